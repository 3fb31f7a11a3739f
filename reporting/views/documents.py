"""Letters and lists: print page and PDF of a document of `reporting.documents`, and the lists as workbooks (F6, F9)."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessment.candidate_lists import list_statement
from assessment.consultation_lists import OpinionFilter, opinion_statement, opinions_of
from assessment.models import CandidateList, Consultation
from communities.access import BUREAU, DISTRICT, IN_CHARGE, LIAISONS, LIST_READERS, READERS, Request, allow
from communities.models import Department
from communities.views.statements import export
from reporting.documents import (
    Document,
    candidate_list_document,
    consultation_letter,
    consultation_reply,
    public_notice,
    rectification_worklist,
)
from reporting.exports import FORBIDDEN_IN_NAMES, download
from reporting.views.score_sheets import load as load_assessment


def shown(request: Request, document: Document, *, pdf: str, back: str) -> HttpResponse:
    """打印预览: `pdf` and `back` are addresses."""
    context = {"document": document, "pdf": pdf, "back": back, **document.context}
    return render(request, "reporting/document.html", context)


def as_pdf(request: Request, document: Document) -> HttpResponse:
    name, content = document.export(by=request.appointment)
    return download(name.translate(FORBIDDEN_IN_NAMES), content, "application/pdf")


# --- 征求部门意见 ----------------------------------------------------------------------------------------------------
def load_round(request: Request, pk: int) -> Consultation:
    visible = Consultation.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related("campaign_year__campaign__district"), pk=pk)


def load_department(request: Request, consultation: Consultation, pk: int) -> Department:
    asked = Department.objects.visible_to(request.appointment).filter(opinions__consultation=consultation)
    return get_object_or_404(asked.distinct().select_related("district"), pk=pk)


@require_safe
@allow(IN_CHARGE)
def opinions_export(request: Request, pk: int) -> HttpResponseBase:
    """What the list of opinions shows, as a workbook."""
    round_ = load_round(request, pk)
    filters = OpinionFilter(request.GET, opinions_of(round_, request.appointment), appointment=request.appointment)
    return export(request, opinion_statement(round_, filters.qs))


@require_safe
@allow((*DISTRICT, *LIAISONS))
def letter(request: Request, pk: int) -> HttpResponse:
    round_ = load_round(request, pk)
    own = request.appointment.department_id is not None
    return shown(
        request,
        consultation_letter(round_, request.appointment),
        pdf=reverse("reporting:consultation_letter_pdf", args=[pk]),
        back=reverse("assessment:my_consultations") if own else round_.get_absolute_url(),
    )


@require_safe
@allow((*DISTRICT, *LIAISONS))
def letter_pdf(request: Request, pk: int) -> HttpResponse:
    return as_pdf(request, consultation_letter(load_round(request, pk), request.appointment))


@require_safe
@allow((*BUREAU, *LIAISONS))
def reply(request: Request, pk: int, department_pk: int) -> HttpResponse:
    round_ = load_round(request, pk)
    return shown(
        request,
        consultation_reply(round_, load_department(request, round_, department_pk)),
        pdf=reverse("reporting:consultation_reply_pdf", args=[pk, department_pk]),
        back=reverse("assessment:department_units", args=[pk, department_pk]),
    )


@require_safe
@allow((*BUREAU, *LIAISONS))
def reply_pdf(request: Request, pk: int, department_pk: int) -> HttpResponse:
    round_ = load_round(request, pk)
    return as_pdf(request, consultation_reply(round_, load_department(request, round_, department_pk)))


# --- 创建名单 --------------------------------------------------------------------------------------------------------
def load_list(request: Request, pk: int) -> CandidateList:
    visible = CandidateList.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related("campaign_year__campaign__district"), pk=pk)


def load_notice(request: Request, pk: int) -> CandidateList:
    """One that is shown in public; of another there is no notice."""
    found = load_list(request, pk)
    if found.notice_from is None:
        raise Http404
    return found


@require_safe
@allow(LIST_READERS)
def candidate_list_print(request: Request, pk: int) -> HttpResponse:
    found = load_list(request, pk)
    pdf = reverse("reporting:candidate_list_pdf", args=[pk])
    return shown(request, candidate_list_document(found), pdf=pdf, back=found.get_absolute_url())


@require_safe
@allow(LIST_READERS)
def candidate_list_pdf(request: Request, pk: int) -> HttpResponse:
    return as_pdf(request, candidate_list_document(load_list(request, pk)))


@require_safe
@allow(LIST_READERS)
def candidate_list_export(request: Request, pk: int) -> HttpResponseBase:
    found = load_list(request, pk)
    return export(request, list_statement(found, list(found.candidates.all())))


@require_safe
@allow(LIST_READERS)
def notice(request: Request, pk: int) -> HttpResponse:
    found = load_notice(request, pk)
    pdf = reverse("reporting:public_notice_pdf", args=[pk])
    return shown(request, public_notice(found), pdf=pdf, back=found.get_absolute_url())


@require_safe
@allow(LIST_READERS)
def notice_pdf(request: Request, pk: int) -> HttpResponse:
    return as_pdf(request, public_notice(load_notice(request, pk)))


# --- 整改 ------------------------------------------------------------------------------------------------------------
@require_safe
@allow(READERS)
def worklist(request: Request, pk: int) -> HttpResponse:
    document = rectification_worklist(load_assessment(request, pk))
    pdf = reverse("reporting:rectification_worklist_pdf", args=[pk])
    return shown(request, document, pdf=pdf, back=reverse("assessment:rectifications", args=[pk]))


@require_safe
@allow(READERS)
def worklist_pdf(request: Request, pk: int) -> HttpResponse:
    return as_pdf(request, rectification_worklist(load_assessment(request, pk)))
