"""整改通知单 and 整改反馈单: 打印预览 and PDF; 培训需求 with its export."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit
from assessment.models import RectificationNotice
from communities.access import IN_CHARGE, READERS, Request, allow
from communities.views.statements import export
from reporting import training
from reporting.exports import FORBIDDEN_IN_NAMES, download
from reporting.letters.rectifications import rectification_sheet
from reporting.letters.word import DOCX, paper_docx
from reporting.rectifications import FEEDBACK, NOTICE, RELATIONS, Form, address, paper, paper_pdf

FORMS: dict[str, Form] = {form.name: form for form in (NOTICE, FEEDBACK)}


def load(request: Request, pk: int) -> RectificationNotice:
    visible = RectificationNotice.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related(*RELATIONS), pk=pk)


@require_safe
@allow(READERS)
def preview(request: Request, pk: int, name: str) -> HttpResponse:
    notice, form = load(request, pk), FORMS[name]
    context = {
        "notice": notice,
        "paper": paper(notice, form, address),
        "body": form.body,
        "pdf": f"reporting:{name}_pdf",
        "docx": f"reporting:{name}_docx",
    }
    return render(request, "reporting/rectification_paper.html", context)


@require_safe
@allow(READERS)
def pdf(request: Request, pk: int, name: str) -> HttpResponse:
    notice, form = load(request, pk), FORMS[name]
    printed, content = paper_pdf(notice, form)
    audit.record("导出", notice, by=request.user, after={"文件": form.title, "格式": "PDF", "校验码": printed.digest})
    file_name = f"{form.title}（{printed.unit}{notice.number}）.pdf".translate(FORBIDDEN_IN_NAMES)
    return download(file_name, content, "application/pdf")


@require_safe
@allow(READERS)
def docx(request: Request, pk: int, name: str) -> HttpResponse:
    """The words of the paper, to be edited."""
    notice, form = load(request, pk), FORMS[name]
    made = paper(notice, form, address)
    audit.record("导出", notice, by=request.user, after={"文件": form.title, "格式": "Word", "校验码": made.digest})
    file_name = f"{form.title}（{made.unit}{notice.number}）.docx".translate(FORBIDDEN_IN_NAMES)
    return download(file_name, paper_docx(rectification_sheet(made, form)), DOCX)


# --- 培训需求 ------------------------------------------------------------------------------------------------------
def asked(request: Request) -> tuple[training.TrainingFilter, training.Need]:
    rows = training.lost_scores(request.campaign_year, request.appointment)
    filters = training.TrainingFilter(request.GET, rows, appointment=request.appointment)
    return filters, training.Need(filters.qs, request.GET)


@require_safe
@allow(IN_CHARGE)
def training_page(request: Request) -> HttpResponse:
    filters, need = asked(request)
    return render(request, "reporting/training.html", {"filter": filters, "statement": need.statement()})


@require_safe
@allow(IN_CHARGE)
def training_export(request: Request) -> HttpResponseBase:
    return export(request, asked(request)[1].statement())
