"""The home page: work first, by role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessment.lists import today_in_year
from assessment.models import Assessment
from communities.access import EVERYONE, INSPECTORS, Request, allow
from communities.models import Role
from reporting import charts, dashboards, worklists
from reporting.tallies import tally


@allow(EVERYONE)
def home(request: Request) -> HttpResponse:
    if request.appointment.role == Role.SYSTEM_ADMINISTRATOR:
        return redirect("communities:people")
    if request.campaign_year is None or request.appointment.role == Role.LIAISON:
        return render(request, "reporting/home_empty.html")
    if request.appointment.role in INSPECTORS:
        return redirect("assessment:list")
    return HOMES[Role(request.appointment.role)](request)


def bureau(request: Request) -> HttpResponse:
    """The district in one view: progress, states, towns, coverage, who lags, what happened."""
    year, appointment = request.campaign_year, request.appointment
    as_of = request.day
    lists = dashboards.Lists(year.year, as_of if as_of != today_in_year(year) else None)
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
        "waiting_url": lists.of_assessments(state="submitted"),
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
    lists = dashboards.Lists(year.year, as_of if as_of != today_in_year(year) else None)
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
    sheet = worklists.sheet_to_mend(assessment) if assessment else None
    context = {
        **common(request),
        "assessment": assessment,
        "sheet": sheet,
        "gaps": worklists.gaps(sheet)[: worklists.LIST_LENGTH] if sheet else [],
        "changes": worklists.recent_changes(appointment, year),
    }
    return render(request, "reporting/home_community.html", context)


def common(request: Request) -> dict[str, object]:
    """`days_left` until the year's deadline day: 0 on the day, negative after it."""
    year = request.campaign_year
    days_left = year.days_left(timezone.localdate())
    return {"year": year, "days_left": days_left, "days_over": -days_left}


HOMES = {
    Role.BUREAU_OFFICER: bureau,
    Role.BUREAU_LEADER: bureau,
    Role.TOWN_OFFICER: town,
    Role.COMMUNITY_WORKER: community,
}
