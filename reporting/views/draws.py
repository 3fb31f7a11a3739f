"""What leaves the system of a draw: the sample as a workbook, the 抽样记录, the frame for whoever checks it (F10)."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import audit
from assessment.models import SamplingDraw
from assessment.sampling.statements import visit_statement, visits_of
from assessment.views.sampling import FRAME_READERS, RESULT_READERS, load
from communities.access import Request, allow
from communities.views.statements import export
from reporting.draw_minutes import frame_csv, frame_json, minutes_pdf, printed_minutes
from reporting.exports import FORBIDDEN_IN_NAMES, download

FRAME_FILES: dict[str, tuple[str, Callable[[SamplingDraw], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", frame_csv),
    "json": ("application/json", frame_json),
}


def load_drawn(request: Request, pk: int) -> SamplingDraw:
    draw = load(request, pk)
    if not draw.is_drawn:
        raise Http404
    return draw


@require_safe
@allow(RESULT_READERS)
def sample_export(request: Request, pk: int) -> HttpResponseBase:
    draw = load_drawn(request, pk)
    return export(request, visit_statement(draw, visits_of(draw, request.appointment)))


@require_safe
@allow(FRAME_READERS)
def minutes(request: Request, pk: int) -> HttpResponse:
    """打印预览 of the 抽样记录."""
    draw = load_drawn(request, pk)
    return render(request, "reporting/draw_minutes.html", {"draw": draw, **printed_minutes(draw)})


@require_safe
@allow(FRAME_READERS)
def minutes_file(request: Request, pk: int) -> HttpResponse:
    draw = load_drawn(request, pk)
    content = minutes_pdf(draw)
    return sent(request, draw, "抽样记录", file_format="pdf", content_type="application/pdf", content=content)


@require_safe
@allow(FRAME_READERS)
def frame_file(request: Request, pk: int, file_format: str) -> HttpResponse:
    draw, (content_type, render_file) = load(request, pk), FRAME_FILES[file_format]
    content = render_file(draw)
    return sent(request, draw, "抽样框", file_format=file_format, content_type=content_type, content=content)


def sent(
    request: Request, draw: SamplingDraw, what: str, *, file_format: str, content_type: str, content: bytes
) -> HttpResponse:
    """市抽查抽样记录（武进区2012年度）.pdf, with its line in the audit trail."""
    audit.record("导出", draw, by=request.user, after={"文件": what, "格式": file_format.upper()})
    district = draw.campaign_year.campaign.district
    name = f"{draw.get_stage_display()}{what}（{district}{draw.campaign_year}）.{file_format}"
    return download(name.translate(FORBIDDEN_IN_NAMES), content, content_type)
