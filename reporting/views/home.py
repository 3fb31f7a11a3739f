"""The home page: work first, by role."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessment.campaigns import PROVINCIAL_VISIT
from assessment.models import Assessment, SamplingDraw, Stage
from assessment.notices import unread_count
from assessment.sampling.statements import visits_of
from assessment.tasks import overdue_todos, todo_count, todos
from communities.access import EVERYONE, Request, allow
from communities.models import Role
from reporting import charts, dashboards, worklists
from reporting.tallies import tally


@allow(EVERYONE)
def home(request: Request) -> HttpResponse:
    if request.appointment.role == Role.SYSTEM_ADMINISTRATOR:
        return redirect("communities:people")
    if request.appointment.role == Role.LIAISON:
        return redirect("assessment:my_consultations")
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    return HOMES[Role(request.appointment.role)](request)


def bureau(request: Request) -> HttpResponse:
    """The district in one view, today or on a day that is asked for: progress, steps, towns, coverage, who lags."""
    year, appointment = request.campaign_year, request.appointment
    as_of = request.day
    if request.GET.get("on") and request.on is None:
        messages.warning(request, "这一天不能查看，请选择不晚于今天的日期；以下为现在的情况。")
    lists = dashboards.Lists(year.year, request.on)
    counted = tally(year, as_of, appointment.sees_versions, states_on=request.states_on)
    funnel = dashboards.funnel_rows(counted, lists)
    context = {
        **common(request),
        "as_of": as_of,
        "today": timezone.localdate(),
        "targets": dashboards.target_rows(counted, request.campaign_years, lists),
        "columns": dashboards.TOWN_COLUMNS,
        "categories": [group.category.label for group in counted.whole],
        "towns": dashboards.town_rows(counted, lists),
        "states": dashboards.state_rows(counted, lists),
        "funnel": funnel,
        "coverage": dashboards.coverage_cards(counted, lists),
        "lagging": worklists.lag_list(year, as_of, request.states_on, appointment.sees_versions),
        "lagging_url": lists.of_assessments(filed="0", recognised="0"),
        "overdue": overdue_todos(year, timezone.localdate()) if appointment.role == Role.BUREAU_LEADER else None,
        "may_urge": appointment.role == Role.BUREAU_OFFICER,
        "changes": worklists.recent_changes(appointment, year),
        "progress_chart": charts.progress_chart(counted, request.campaign_years),
        "funnel_chart": charts.funnel_chart(funnel),
        "town_charts": charts.town_charts(counted),
    }
    return render(request, "reporting/home_bureau.html", context)


def town(request: Request) -> HttpResponse:
    """The town's own work with dates, and its own progress."""
    year, appointment = request.campaign_year, request.appointment
    as_of = request.day
    lists = dashboards.Lists(year.year, request.on)
    counted = tally(year, as_of, appointment.sees_versions, states_on=request.states_on)
    context = {
        **common(request),
        "as_of": as_of,
        "tasks": worklists.open_assessments(appointment, year)[: worklists.LIST_LENGTH],
        "targets": dashboards.target_rows(counted, [year], lists),
        "states": dashboards.state_rows(counted, lists),
        "funnel": dashboards.funnel_rows(counted, lists),
        "categories": [group.category.label for group in counted.whole],
        "not_started_url": lists.of_assessments(state="none", recognised="0"),
        "coverage": dashboards.coverage_cards(counted, lists),
        "changes": worklists.recent_changes(appointment, year),
    }
    return render(request, "reporting/home_town.html", context)


def community(request: Request) -> HttpResponse:
    """One community's sheet, where it stands, and what it lost points for."""
    year, appointment = request.campaign_year, request.appointment
    assessment = (
        Assessment.objects.visible_to(appointment)
        .filter(campaign_year=year)
        .select_related("community__town", "campaign_year")
        .first()
    )
    sheet = worklists.sheet_to_mend(assessment) if assessment else None
    context = {
        **common(request),
        "assessment": assessment,
        "sheet": sheet,
        "gaps": worklists.gaps(sheet)[: worklists.LIST_LENGTH] if sheet else [],
        "changes": worklists.recent_changes(appointment, year),
    }
    return render(request, "reporting/home_community.html", context)


def inspector(request: Request) -> HttpResponse:
    """What the level's draw of the year asks of its inspectors: where, when, and how far each visit has come."""
    year, appointment = request.campaign_year, request.appointment
    stage = Stage.CITY if appointment.role == Role.CITY_INSPECTOR else Stage.PROVINCE
    visible = SamplingDraw.objects.visible_to(appointment).select_related("campaign_year")
    draw = visible.filter(campaign_year=year, stage=stage).first()
    visits = visits_of(draw, appointment) if draw and draw.is_drawn else []
    context = {
        "year": year,
        "stage": stage,
        "draw": draw,
        "visits": sorted(visits, key=lambda visit: (visit.unit.visit_on or date.max, visit.unit.position)),
        "number": len(visits),
        "complete": sum(visit.is_complete for visit in visits),
        "last_day": date(year.year, *PROVINCIAL_VISIT) if stage == Stage.PROVINCE else None,
    }
    return render(request, "reporting/home_inspector.html", context)


def common(request: Request) -> dict[str, object]:
    """`todos`, and `days_left` until the year's deadline day: 0 on the day, negative after it."""
    year, today = request.campaign_year, timezone.localdate()
    days_left = year.days_left(today)
    found = todos(request.appointment, year, today)
    return {"year": year, "today": today, "days_left": days_left, "days_over": -days_left, "todos": found}


@allow(EVERYONE)
def counts(request: Request) -> HttpResponse:
    """How much waits, and how many notices are unread: the top bar fetches it after its page, which need not wait."""
    found = todos(request.appointment, request.campaign_year, timezone.localdate())
    context = {"waiting": todo_count(found), "unread": unread_count(request.user)}
    return render(request, "_includes/counts.html", context)


HOMES = {
    Role.BUREAU_OFFICER: bureau,
    Role.BUREAU_LEADER: bureau,
    Role.TOWN_OFFICER: town,
    Role.COMMUNITY_WORKER: community,
    Role.CITY_INSPECTOR: inspector,
    Role.PROVINCE_INSPECTOR: inspector,
}
