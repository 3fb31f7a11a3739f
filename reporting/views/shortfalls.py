"""短板清单: all standing reports at a glance, and each of them as a list that can be exported."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import BUSINESS, Request, allow, year_of
from communities.models import Category, Community
from communities.shortfall_reports import Asked
from communities.views.statements import export
from reporting.figure_kinds import Figure
from reporting.figures import FIGURES
from reporting.filters import ReportFilter
from reporting.shortfalls import FIGURE_OF, REPORTS, Listed, overview
from reporting.tallies import tally_of


def asked_by(request: Request) -> Asked:
    """The chosen year as it stands today, or as it stood on its last day."""
    return Asked(request.appointment.district, year_of(request), request.day)


def within(request: Request) -> Q:
    """What lies within the person's unit on the day, asked of the `place` of a row."""
    return request.appointment.sees_versions("place__")


def communities_of(request: Request) -> QuerySet[Any]:
    return Community.objects.listed_on(request.day, request.appointment)


@require_safe
@allow(BUSINESS)
def shortfall_list(request: Request) -> HttpResponse:
    asked = asked_by(request)
    statement = overview(asked, within(request))
    return render(request, "reporting/shortfalls.html", {"statement": statement, "as_of": asked.as_of})


@require_safe
@allow(BUSINESS)
def shortfall_list_export(request: Request) -> HttpResponseBase:
    return export(request, overview(asked_by(request), within(request)))


@require_safe
@allow(BUSINESS)
def shortfall(request: Request, name: str) -> HttpResponse:
    """One report: the communities that fall short, or those of whom it is not known.

    With `?sums` it says, too, what is to be said of the whole list: how many there are, the foot, the rates. That takes
    as long as the list does, so a page comes without and fetches it afterwards.
    """
    filters, listed = listed_by(request, name)
    of_unknown, summed = filters.asks_for_unknown, "sums" in request.GET
    rows = listed.unknown if of_unknown else listed.short
    number = request.GET.get("page")
    page = listed.page_of_unknown(number) if of_unknown else listed.page(number)
    context = {
        "filter": filters,
        "name": name,
        "page": page,
        "total": rows.count() if summed else page.end,
        "summed": summed,
        "statement": listed.statement_of_unknown(page) if of_unknown else listed.statement(page, summed=summed),
        "asks_for_unknown": of_unknown,
        "as_of": listed.asked.as_of,
        "owner": listed.report.owner,
        "figures": figures_of(request, name, counted=summed) if not of_unknown else [],
    }
    return render(request, "reporting/shortfall.html", context)


@require_safe
@allow(BUSINESS)
def shortfall_export(request: Request, name: str) -> HttpResponseBase:
    filters, listed = listed_by(request, name)
    return export(request, listed.statement_of_unknown() if filters.asks_for_unknown else listed.statement())


def listed_by(request: Request, name: str) -> tuple[ReportFilter, Listed]:
    if name not in REPORTS:
        raise Http404
    filters = ReportFilter(request.GET, communities_of(request), appointment=request.appointment)
    return filters, Listed(REPORTS[name], asked_by(request), within(request) & filters.inside, request.appointment)


def figures_of(request: Request, name: str, *, counted: bool) -> list[tuple[str, Figure | None]]:
    """The rate that belongs to a report, urban and rural apart: its label, and the figure once it is `counted`."""
    if name not in FIGURE_OF or not request.campaign_year:
        return []
    key, counts = FIGURE_OF[name]
    if not counted:
        return [(FIGURES[key].label_of(category), None) for category in Category]
    found = tally_of(request.campaign_year, request.day, request.appointment.sees_versions, counts)
    figures = [FIGURES[key].of(group, request.day) for group in found.whole]
    return [(figure.label, figure) for figure in figures]
