"""经费, 指标数据 and the coverage reports: statements read from the registers, each with its export."""

from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import BUSINESS, IN_CHARGE, Request, allow, year_of
from communities.models import Role
from communities.statements import Statement
from communities.views.statements import export
from reporting import coverage, funding
from reporting.figure_statements import figure_statement, source_statement, sources_of
from reporting.filters import UnitFilter
from reporting.tallies import tally
from reporting.views.shortfalls import asked_by, communities_of


# --- 经费 --------------------------------------------------------------------------------------------------------
@require_safe
@allow(IN_CHARGE)
def funding_page(request: Request) -> HttpResponse:
    """By town; to the district also its budget, last year's, and whether the amounts add up to it."""
    appointment, year = request.appointment, year_of(request)
    context = {
        "statement": funding.by_town(appointment, asked_by(request)),
        "money": None if appointment.town_id else funding.district_money(asked_by(request)),
        "standards": funding.standards_of(appointment.district, year),
        "may_approve": appointment.role == Role.BUREAU_OFFICER and request.campaign_year,
    }
    return render(request, "reporting/funding.html", context)


@require_safe
@allow(IN_CHARGE)
def funding_export(request: Request) -> HttpResponseBase:
    return export(request, funding.by_town(request.appointment, asked_by(request)))


# --- 指标数据 ------------------------------------------------------------------------------------------------------
def figure_statements(request: Request) -> tuple[UnitFilter, list[Statement]]:
    """The figures of the person's unit or of the town that the address asks for, then 原文数据 of the district."""
    filters = UnitFilter(request.GET, communities_of(request).none(), appointment=request.appointment)
    chosen = filters.form.cleaned_data if filters.form.is_valid() else {}
    town, category = chosen.get("town"), chosen.get("category")
    counted = tally(request.campaign_year, request.day, request.appointment.sees_versions, states_on=request.states_on)
    groups = counted.whole
    if town:
        groups = next((pair for pair in counted.towns if pair[0].place.pk == town.pk), ())
    groups = tuple(group for group in groups if not category or group.category == category)
    sources = [] if town or request.appointment.town_id else sources_of(request.appointment)
    statements = [figure_statement(groups, sources, request.day)]
    return filters, [*statements, source_statement(sources)] if sources else statements


@require_safe
@allow(BUSINESS)
def figures(request: Request) -> HttpResponse:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    filters, statements = figure_statements(request)
    return render(request, "reporting/figures.html", {"filter": filters, "statements": statements})


@require_safe
@allow(BUSINESS)
def figures_export(request: Request) -> HttpResponseBase:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    return export(request, *figure_statements(request)[1])


# --- coverage ----------------------------------------------------------------------------------------------------
Make = Callable[[Request], tuple[UnitFilter | None, list[Statement]]]


def grid(request: Request) -> tuple[UnitFilter | None, list[Statement]]:
    filters = UnitFilter(request.GET, communities_of(request), appointment=request.appointment)
    return filters, [coverage.grid_coverage(filters.qs, asked_by(request))]


def services(request: Request) -> tuple[UnitFilter | None, list[Statement]]:
    communities, asked = communities_of(request), asked_by(request)
    return None, [coverage.services_by_kind(communities, asked), coverage.services_by_town(communities, asked)]


def policies(request: Request) -> tuple[UnitFilter | None, list[Statement]]:
    return None, [coverage.policy_matrix(request.appointment)]


MAKERS: dict[str, Make] = {"grid": grid, "services": services, "policies": policies}
"""The coverage reports by the word in their address."""


@require_safe
@allow(IN_CHARGE)
def covered(request: Request, name: str) -> HttpResponse:
    filters, statements = MAKERS[name](request)
    context = {"name": f"reporting:{name}_xlsx", "filter": filters, "statements": statements, "yearly": name}
    return render(request, "reporting/coverage.html", context)


@require_safe
@allow(IN_CHARGE)
def covered_export(request: Request, name: str) -> HttpResponseBase:
    return export(request, *MAKERS[name](request)[1])
