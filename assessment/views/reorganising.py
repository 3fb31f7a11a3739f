"""区划调整: the list, one act with what was decided, and the page on which the bureau records a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assessment.forms.reorganising import ReorganiseForm, UnitsForm
from assessment.lists import ReorganisationFilter
from assessment.reorganising import reorganise
from assessment.tables import ReorganisationTable
from communities.access import BUREAU, BUSINESS, DISTRICT, Request, allow
from communities.lineage.faults import LineageRefused
from communities.models import Community, Reorganisation, Role
from communities.tables import paged


@allow(DISTRICT)
def reorganisation_list(request: Request) -> HttpResponse:
    visible = Reorganisation.objects.visible_to(request.appointment).with_parts()
    filters = ReorganisationFilter(request.GET, visible)
    table = paged(ReorganisationTable(filters.qs, default=""), request)
    context = {"filter": filters, "table": table, "may_add": request.appointment.role == Role.BUREAU_OFFICER}
    return render(request, "assessment/reorganisations.html", context)


@allow(BUSINESS)
def reorganisation(request: Request, pk: int) -> HttpResponse:
    """What changed, what was decided, why, by which document, by whom and when."""
    act = get_object_or_404(Reorganisation.objects.visible_to(request.appointment).with_parts(), pk=pk)
    related = ("community", "successor")
    context = {
        "act": act,
        "assessments": act.assessment_decisions.select_related(*related, "assessment__campaign_year"),
        "titles": act.title_decisions.select_related(*related, "designation__campaign_year"),
        "visible": set(
            Community.objects.visible_to(request.appointment)
            .filter(reorganisation_parts__reorganisation=act)
            .values_list("pk", flat=True)
        ),
        "may_list": request.appointment.role in DISTRICT,
    }
    return render(request, "assessment/reorganisation.html", context)


@allow(BUREAU)
def reorganise_page(request: Request) -> HttpResponse:
    """Pick kind and units by the address, then say what will be and decide; a POST carries it out."""
    units = UnitsForm(request.GET if "kind" in request.GET else None, appointment=request.appointment)
    sources = units.sources
    if not sources:
        return render(request, "assessment/reorganise.html", {"units": units})
    kind = units.cleaned_data["kind"]
    form = ReorganiseForm(request.POST or None, kind=kind, sources=sources, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            act = reorganise(form.plan(), form.terms(), form.choices(), by=request.appointment, now=timezone.now())
        except LineageRefused as refused:
            form.refuse(refused.faults)
        else:
            messages.success(request, f"{act}已办理。")
            return redirect(act)
    return render(request, "assessment/reorganise.html", {"units": units, "form": form, "sources": sources})
