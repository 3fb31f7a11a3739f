"""公文和表格: one table of papers; each has its page, its PDF and its .docx, all of one object."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from accounts import audit
from assessment.models import Assessment, CampaignYear, Consultation
from assessment.sheets import SHEET_RELATIONS
from communities.access import BUREAU, DISTRICT, IN_CHARGE, LIAISONS, LIST_READERS, READERS, Request, allow
from communities.models import Department, Role
from communities.views.statements import export
from reporting.exports import FORBIDDEN_IN_NAMES, download
from reporting.letters.applications import application_form, self_report, summary, summary_sheet
from reporting.letters.consultations import consultation_letter, consultation_reply
from reporting.letters.letter import Letter, Mode
from reporting.letters.pdf import Paper, context_of, fonts_in_use, paper_pdf
from reporting.letters.requests import district_request, province_request
from reporting.letters.terms import Terms, TermsForm
from reporting.letters.word import DOCX, paper_docx
from reporting.views.documents import load_list, load_round

FORMATS: dict[str, tuple[str, str, Callable[[Paper, Mode], bytes]]] = {
    "pdf": ("PDF", "application/pdf", paper_pdf),
    "docx": ("Word", DOCX, paper_docx),
}
SIGNED = ("number", "signer", "dated")
ASKED = ("contact", "phone")


@dataclass(frozen=True)
class Kind:
    """A paper of the table: where it is, who reads it, what it is about, and what is typed beside it.

    `load` finds what it is about within the reader's scope, from the arguments of the address; `back` is the address
    of the page it belongs to; `defaults` are the terms that what it is about knows.
    """

    name: str
    path: str
    roles: tuple[Role, ...]
    load: Callable[..., Any]
    make: Callable[[Request, Any, Terms], Paper]
    back: Callable[[Request, Any], str]
    terms: Sequence[str] = ()
    defaults: Callable[[Any], Mapping[str, Any]] = field(default=lambda _about: {})


# --- what a paper is about -----------------------------------------------------------------------------------------
def load_asked(request: Request, pk: int, department_pk: int) -> tuple[Consultation, Department]:
    """A round and a department that it asked."""
    consultation = load_round(request, pk)
    asked = Department.objects.visible_to(request.appointment).filter(opinions__consultation=consultation)
    return consultation, get_object_or_404(asked.distinct().select_related("district"), pk=department_pk)


def load_year(request: Request) -> CampaignYear:
    if request.campaign_year is None:
        raise Http404
    return request.campaign_year


def load_application(request: Request, pk: int) -> Assessment:
    """An application: a recheck has no self-assessment to report on."""
    visible = Assessment.objects.visible_to(request.appointment).filter(kind=Assessment.Kind.APPLICATION)
    return get_object_or_404(visible.select_related(*SHEET_RELATIONS), pk=pk)


def back_to_round(request: Request, consultation: Consultation) -> str:
    own = request.appointment.department_id is not None
    return reverse("assessment:my_consultations") if own else consultation.get_absolute_url()


# --- the table -----------------------------------------------------------------------------------------------------
KINDS = [
    Kind(
        *("district_request", "candidate-lists/<int:pk>/request", LIST_READERS, load_list),
        make=lambda _request, about, terms: district_request(about, terms),
        back=lambda _request, about: about.get_absolute_url(),
        terms=("mode", "city", *SIGNED, *ASKED),
        defaults=lambda about: {"number": about.number, "dated": about.dated},
    ),
    Kind(
        *("province_request", "acceptance/request", LIST_READERS, load_year),
        make=lambda request, about, terms: province_request(about, request.day, terms, request.appointment),
        back=lambda _request, _about: reverse("assessment:acceptance"),
        terms=("mode", "province", "city", *SIGNED, *ASKED),
    ),
    Kind(
        *("consultation_letter", "consultations/<int:pk>/letter", (*DISTRICT, *LIAISONS), load_round),
        make=lambda request, about, _terms: consultation_letter(about, request.appointment),
        back=back_to_round,
        terms=("mode",),
    ),
    Kind(
        *("consultation_reply", "consultations/<int:pk>/departments/<int:department_pk>/reply"),
        *((*BUREAU, *LIAISONS), load_asked),
        make=lambda _request, about, _terms: consultation_reply(*about),
        back=lambda _request, about: reverse("assessment:department_units", args=[one.pk for one in about]),
    ),
    Kind(
        *("application_form", "assessments/<int:pk>/application-form", READERS, load_application),
        make=lambda _request, about, terms: application_form(about, terms),
        back=lambda _request, about: about.get_absolute_url(),
        terms=("contact", "phone", "dated"),
    ),
    Kind(
        *("self_report", "assessments/<int:pk>/self-report", READERS, load_application),
        make=lambda _request, about, terms: self_report(about, terms),
        back=lambda _request, about: about.get_absolute_url(),
        terms=("mode", *SIGNED),
    ),
    Kind(
        *("application_summary", "applications/summary", IN_CHARGE, load_year),
        make=lambda request, about, _terms: summary_sheet(about, request.appointment),
        back=lambda _request, _about: reverse("assessment:list"),
    ),
]


# --- page and files ------------------------------------------------------------------------------------------------
def view_of(kind: Kind, file_format: str = "") -> Callable[..., HttpResponseBase]:
    """The page of a paper, or one of its files."""

    @require_safe
    @allow(kind.roles)
    def view(request: Request, **ids: int) -> HttpResponse:
        about = kind.load(request, **ids)
        form = TermsForm(request.GET, names=kind.terms, defaults=kind.defaults(about))
        terms = form.terms()
        if file_format and form.is_valid():
            return file_of(request, kind.make(request, about, terms), about, terms, file_format)
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        page = reverse(f"reporting:{kind.name}", kwargs=ids)
        if file_format:
            return redirect(f"{page}{query}")
        paper = kind.make(request, about, terms)
        addresses = {name: reverse(f"reporting:{kind.name}_{name}", kwargs=ids) + query for name in FORMATS}
        context = {
            **context_of(paper, terms.mode),
            "form": form,
            "files": addresses,
            "back": kind.back(request, about),
            "is_letter": isinstance(paper, Letter),
            "fonts": fonts_in_use(),
            "workbook": reverse("reporting:application_summary_xlsx") if kind.name == "application_summary" else "",
        }
        return render(request, "reporting/paper.html", context)

    return view


def file_of(request: Request, paper: Paper, about: Any, terms: Terms, file_format: str) -> HttpResponse:
    """The file; once it is made the export is in the audit trail."""
    label, content_type, render_paper = FORMATS[file_format]
    content = render_paper(paper, terms.mode)
    subject: Model = about[0] if isinstance(about, tuple) else about
    told = {"文件": paper.heading, "格式": label, **({"发文字号": terms.number} if terms.number else {})}
    audit.record("导出", subject, by=request.user, after=told)
    name = f"{paper.heading}（{paper.issuer}）.{file_format}".translate(FORBIDDEN_IN_NAMES)
    return download(name, content, content_type)


@require_safe
@allow(IN_CHARGE)
def summary_export(request: Request) -> HttpResponseBase:
    return export(request, summary(load_year(request), request.appointment))


def urls() -> list[URLPattern]:
    """The addresses of all papers: the page, and a file for each format."""
    pages = [path(f"{kind.path}/", view_of(kind), name=kind.name) for kind in KINDS]
    files = [
        path(f"{kind.path}.{name}", view_of(kind, name), name=f"{kind.name}_{name}")
        for kind in KINDS
        for name in FORMATS
    ]
    return [*pages, *files, path("applications/summary.xlsx", summary_export, name="application_summary_xlsx")]
