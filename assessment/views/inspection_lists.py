"""预查分派: the year's units by method, dealt out evenly; and what a person has to check themselves (R73)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessment.attendance import unattended
from assessment.forms.inspecting import DistributeForm, people_of
from assessment.inspecting.assigning import Plan, distribute, loads, plan
from assessment.inspecting.lists import (
    InspectionFilter,
    concerned,
    inspection_statement,
    stage_of,
    to_check,
    unfinished_count,
)
from assessment.inspecting.methods import METHODS
from assessment.inspecting.rights import CHECKERS
from assessment.models import Stage
from assessment.tables import ToCheckTable
from assessment.workflow import Refused
from communities.access import BUREAU, DISTRICT, INSPECTORS, Request, allow
from communities.models import Appointment
from communities.paging import PER_PAGE, CappedPaginator
from communities.tables import paged
from communities.views.statements import export

OVERSEERS = (*DISTRICT, *INSPECTORS)


def filtered(request: Request) -> tuple[InspectionFilter, Stage]:
    stage, year = stage_of(request.GET.get("stage")), request.campaign_year
    units = concerned(stage, campaign_year=year, day=request.day, appointment=request.appointment)
    filters = InspectionFilter(request.GET, units, stage=stage, campaign_year=year, appointment=request.appointment)
    return filters, stage


@require_safe
@allow(OVERSEERS)
def inspection_list(request: Request) -> HttpResponse:
    """Units of a stage with checker, progress and date of every method."""
    filters, stage = filtered(request)
    page = CappedPaginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    statement = inspection_statement(
        list(page.object_list), stage, campaign_year=request.campaign_year, first=max(page.start_index(), 1)
    )
    context = {"filter": filters, "page": page, "statement": statement, "stage": stage}
    if request.campaign_year and request.appointment.role in DISTRICT:
        context["unattended"] = unattended(request.campaign_year).count()
    context["may_distribute"] = request.appointment.role in BUREAU and stage == Stage.DISTRICT
    return render(request, "assessment/inspection_list.html", context)


@require_safe
@allow(OVERSEERS)
def inspection_list_export(request: Request) -> HttpResponseBase:
    filters, stage = filtered(request)
    return export(request, inspection_statement(list(filters.qs), stage, campaign_year=request.campaign_year))


@allow(BUREAU)
def distribute_page(request: Request) -> HttpResponse:
    """批量分派: choose methods and people, see how the loads come out, confirm."""
    if request.campaign_year is None:
        messages.error(request, "本区还没有设置创建活动年度，请先在“创建活动”中设置。")
        return redirect("assessment:inspection_list")
    asked = request.POST if request.method == "POST" else request.GET if "methods" in request.GET else None
    methods = [method.value for method in METHODS[Stage.DISTRICT]]
    form = DistributeForm(asked, district=request.appointment.district, initial={"methods": methods})
    if request.method == "POST" and form.is_valid():
        try:
            made = distribute(
                campaign_year=request.campaign_year,
                methods=form.chosen_methods,
                inspectors=form.chosen_inspectors,
                by=request.appointment,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已分派{len(made)}项检查。")
            return redirect("assessment:inspection_list")
    return render(request, "assessment/distribute.html", distribute_context(request, form))


def distribute_context(request: Request, form: DistributeForm) -> dict[str, Any]:
    now = loads(request.campaign_year)
    people = list(people_of(form, "inspectors").queryset or Appointment.objects.none())
    context: dict[str, Any] = {"form": form, "people": [(one, now[one.user_id]) for one in people]}
    if form.is_bound and form.is_valid():
        chosen = form.chosen_inspectors
        dealt = plan(campaign_year=request.campaign_year, methods=form.chosen_methods, inspectors=chosen)
        context |= {"plan": dealt, "shares": [shares(dealt, one) for one in chosen]}
    return context


def shares(dealt: Plan, checker: Appointment) -> tuple[Appointment, int, int, int]:
    """A person's inspections before, given now, and together."""
    return checker, dealt.before[checker.user_id], dealt.share(checker), dealt.load(checker)


@require_safe
@allow(CHECKERS)
def my_inspections(request: Request) -> HttpResponse:
    """我的检查: what the person was given in the year, the unfinished first."""
    table = paged(ToCheckTable(to_check(request.appointment, request.campaign_year), default=""), request)
    left = unfinished_count(request.appointment, request.campaign_year)
    return render(request, "assessment/my_inspections.html", {"table": table, "left": left})
