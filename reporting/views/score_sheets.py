"""考核评分表: 打印预览, and the same table as Excel and PDF."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from assessment.models import Assessment
from assessment.sheets import SHEET_RELATIONS, sheet_table
from communities.access import READERS, Request, allow
from reporting.exports import FORMATS, download, export_score_sheet
from reporting.score_sheets import printed


def load(request: Request, pk: int) -> Assessment:
    visible = Assessment.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related(*SHEET_RELATIONS), pk=pk)


@require_safe
@allow(READERS)
def preview(request: Request, pk: int) -> HttpResponse:
    assessment = load(request, pk)
    context = {"assessment": assessment, **printed(sheet_table(assessment))}
    return render(request, "reporting/score_sheet.html", context)


@require_safe
@allow(READERS)
def export(request: Request, pk: int, file_format: str) -> HttpResponse:
    chosen = FORMATS[file_format]
    name, content = export_score_sheet(load(request, pk), chosen, by=request.appointment)
    return download(name, content, chosen.content_type)
