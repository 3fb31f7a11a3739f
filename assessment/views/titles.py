"""命名: who holds the title on a day, the documents that give and take it, and a unit's history of all years."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import AuditEvent
from assessment.designating import Paper, TitleRefused, enter, step_of
from assessment.forms.titles import CorrectionForm, TitleDocumentForm
from assessment.histories import history_of
from assessment.models import Assessment, Designation, TitleDocument
from assessment.title_corrections import correct
from assessment.title_lists import (
    DesignationFilter,
    DesignationTable,
    DocumentFilter,
    DocumentTable,
    listed_documents,
)
from assessment.titles import listed_titles, preview, progress
from communities.access import BUREAU, DISTRICT, READERS, Request, allow
from communities.models import Community, Role
from communities.revisions import Conflict
from communities.tables import paged, statement_of
from communities.views.statements import export

Kind = TitleDocument.Kind
GAINS = {Kind.NAMING: 1, Kind.REVOCATION: -1, Kind.RESTORATION: 1}


# --- the titles of a day -------------------------------------------------------------------------------------------
def filtered(request: Request) -> tuple[DesignationFilter, DesignationTable]:
    titles = listed_titles(request.day, request.appointment)
    filters = DesignationFilter(request.GET, titles, appointment=request.appointment, day=request.day)
    table = DesignationTable(filters.qs, default="")
    table.day = request.day
    return filters, table


@require_safe
@allow(READERS)
def title_list(request: Request) -> HttpResponse:
    filters, table = filtered(request)
    year = request.campaign_year
    context = {
        "filter": filters,
        "table": paged(table, request),
        "progress": progress(year, request.day, request.appointment) if year else [],
        "may_add": may_add(request),
    }
    return render(request, "assessment/titles.html", context)


@require_safe
@allow(READERS)
def title_export(request: Request) -> HttpResponseBase:
    _filters, table = filtered(request)
    return export(request, statement_of(table, "命名单位名单", request.GET.get("sort", "")))


def may_add(request: Request) -> bool:
    return request.appointment.role == Role.BUREAU_OFFICER and request.campaign_year is not None


# --- the documents --------------------------------------------------------------------------------------------------
@require_safe
@allow(READERS)
def document_list(request: Request) -> HttpResponse:
    documents = listed_documents(request.appointment)
    filters = DocumentFilter(request.GET, documents, appointment=request.appointment)
    table = paged(DocumentTable(filters.qs, default=""), request)
    context = {"filter": filters, "table": table, "may_add": may_add(request), "kinds": Kind}
    return render(request, "assessment/title_documents.html", context)


@require_safe
@allow(READERS)
def document(request: Request, pk: int) -> HttpResponse:
    """One document with the units on it that the person sees."""
    visible = TitleDocument.objects.visible_to(request.appointment)
    found = get_object_or_404(visible.select_related("campaign_year", "file", "entered_by"), pk=pk)
    on_it = found.taken if found.kind == Kind.REVOCATION else found.given
    inside = Designation.objects.visible_to(request.appointment).filter(pk__in=on_it.values("pk"))
    titles = inside.select_related("community__town", "campaign_year").order_by(
        "community__town__sort_order", "-community__category", "community__sort_order"
    )
    context: dict[str, Any] = {"document": found, "titles": titles, "may_correct": request.appointment.role in BUREAU}
    if request.appointment.role in DISTRICT:  # it names the units of all towns
        context["history"] = AuditEvent.objects.about(found)
    return render(request, "assessment/title_document.html", context)


@allow(BUREAU)
def document_correct(request: Request, pk: int) -> HttpResponse:
    """更正 of a document entered by mistake, with a reason; its titles follow."""
    visible = TitleDocument.objects.visible_to(request.appointment)
    found = get_object_or_404(visible.select_related("campaign_year", "file"), pk=pk)
    bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CorrectionForm(*bound, instance=copy(found))
    both: list[tuple[str, str, str]] = []
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            correct(
                found,
                **form.values(),
                file=data["upload"],
                reason=data["reason"],
                revision=data["revision"],
                by=request.appointment,
                now=timezone.now(),
            )
        except TitleRefused as refused:
            form.refuse(refused.faults)
        except Conflict as conflict:
            both = form.face(conflict.current)
        else:
            messages.success(request, f"{found.get_kind_display()}文件{form.cleaned_data['number']}已更正。")
            return redirect(found)
    context = {"document": found, "form": form, "both": both}
    return render(request, "assessment/title_document_correct.html", context, status=409 if both else 200)


@allow(BUREAU)
def document_add(request: Request) -> HttpResponse:
    """命名、撤销或恢复: the document and the units on it, with what that does to the targets; all or nothing."""
    year, appointment = request.campaign_year, request.appointment
    asked = request.GET.get("kind", Kind.NAMING)
    if asked not in Kind.values or year is None:
        raise Http404
    kind = Kind(asked)
    sign = GAINS[kind]
    candidates = (
        Assessment.objects.visible_to(appointment)
        .filter(campaign_year=year, state__in=step_of(kind).sources)
        .select_related("community__town__district", "campaign_year__campaign")
    )
    everybody = [one.pk for one in candidates] if kind == Kind.NAMING else []
    bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TitleDocumentForm(*bound, candidates=candidates, today=timezone.localdate(), chosen=everybody)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        paper = Paper(kind, year, data["number"], data["dated"])
        try:
            entered = enter(paper, list(data["units"]), file=data["file"], by=appointment, now=timezone.now())
        except TitleRefused as refused:
            form.refuse(refused.faults)
        else:
            messages.success(request, f"{kind.label}文件{entered}已登记，共{len(data['units'])}个单位。")
            return redirect(entered)
    now = progress(year, timezone.localdate(), appointment)
    context = {"form": form, "kind": kind, "sign": sign, "preview": preview(now, form.ticked, sign)}
    return render(request, "assessment/title_document_add.html", context)


# --- one unit -------------------------------------------------------------------------------------------------------
@require_safe
@allow(READERS)
def community_titles(request: Request, code: str) -> HttpResponse:
    """The life of a unit in the campaign: applications, rechecks, results and titles, year by year (R68)."""
    visible = Community.objects.visible_to(request.appointment).select_related("town")
    community = get_object_or_404(visible, code=code)
    context = {"community": community, "history": history_of(community), "today": timezone.localdate()}
    return render(request, "assessment/community_titles.html", context)
