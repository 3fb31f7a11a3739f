"""The home page: work first, by role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessment.models import Assessment
from assessment.tasks import overdue_todos
from communities.access import EVERYONE, Request, allow
from communities.models import Role
from reporting import charts, dashboards, worklists
from reporting.tallies import tally


@allow(EVERYONE)
def home(request: Request) -> HttpResponse:
    if request.appointment.role == Role.SYSTEM_ADMINISTRATOR:
        return redirect("communities:people")
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    return HOMES[Role(request.appointment.role)](request)


def bureau(request: Request) -> HttpResponse:
    """The district in one view: progress, states, towns, coverage, who lags, what happened."""
    year, appointment = request.campaign_year, request.appointment
    as_of = request.day
    lists = dashboards.Lists(year.year)
    counted = tally(year, as_of, appointment.sees_versions)
    states = dashboards.state_rows(counted, lists)
    context = {
        **common(request),
        "as_of": as_of,
        "targets": dashboards.target_rows(counted, request.campaign_years, lists),
        "columns": dashboards.TOWN_COLUMNS,
        "categories": [group.category.label for group in counted.whole],
        "towns": dashboards.town_rows(counted, lists),
        "states": states,
        "coverage": dashboards.coverage_cards(counted, lists),
        "lagging": worklists.lag_list(year, as_of, appointment.sees_versions),
        "lagging_url": lists.of_assessments(filed="0", recognised="0"),
        "overdue": overdue_todos(year, timezone.localdate()) if appointment.role == Role.BUREAU_LEADER else None,
        "may_urge": appointment.role == Role.BUREAU_OFFICER,
        "changes": worklists.recent_changes(appointment, year),
        "progress_chart": charts.progress_chart(counted, request.campaign_years),
        "state_chart": charts.state_chart(states),
        "town_charts": charts.town_charts(counted),
    }
    return render(request, "reporting/home_bureau.html", context)


def town(request: Request) -> HttpResponse:
    """The town's own work with dates, and its own progress."""
    year, appointment = request.campaign_year, request.appointment
    as_of = request.day
    lists = dashboards.Lists(year.year)
    counted = tally(year, as_of, appointment.sees_versions)
    context = {
        **common(request),
        "as_of": as_of,
        "tasks": worklists.open_assessments(appointment, year)[: worklists.LIST_LENGTH],
        "targets": dashboards.target_rows(counted, [year], lists),
        "states": dashboards.state_rows(counted, lists),
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
    context = {
        **common(request),
        "assessment": assessment,
        "sheet": assessment.self_sheet if assessment else None,
        "gaps": worklists.gaps(assessment)[: worklists.LIST_LENGTH] if assessment else [],
        "changes": worklists.recent_changes(appointment, year),
    }
    return render(request, "reporting/home_community.html", context)


def guest(request: Request) -> HttpResponse:
    """Whoever comes for one task: a department's liaison, an inspector of the city or the province."""
    return render(request, "reporting/home_guest.html", common(request))


def common(request: Request) -> dict[str, object]:
    """`days_left` until the year's deadline day: 0 on the day, negative after it."""
    year, today = request.campaign_year, timezone.localdate()
    days_left = year.days_left(today)
    return {"year": year, "today": today, "days_left": days_left, "days_over": -days_left}


HOMES = {
    Role.BUREAU_OFFICER: bureau,
    Role.BUREAU_LEADER: bureau,
    Role.TOWN_OFFICER: town,
    Role.COMMUNITY_WORKER: community,
    Role.LIAISON: guest,
    Role.CITY_INSPECTOR: guest,
    Role.PROVINCE_INSPECTOR: guest,
}
