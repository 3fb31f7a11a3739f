"""指标: what is known, unknown and short, for every community and for one."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from assessment.decisions import staffing_rule
from assessment.metrics import SHORT, UNKNOWN, address_of, metric_rows, summaries
from assessment.models import Standard
from assessment.tables import MetricsTable
from communities.access import BUSINESS, Request, allow, year_of
from communities.filters import CommunityFilter
from communities.models import Category, Community
from communities.registers import with_profiles
from communities.tables import paged


def standards_of(request: Request) -> dict[str, Standard]:
    """The newest standard of each category."""
    district = request.appointment.district
    found = {category.value: Standard.objects.current(district, category) for category in Category}
    return {category: standard for category, standard in found.items() if standard}


@allow(BUSINESS)
def metrics_list(request: Request) -> HttpResponse:
    """Every community of the caller's unit with its known, unknown and short metrics of the year."""
    year = year_of(request)
    visible = with_profiles(Community.objects.listed_on(request.day, request.appointment), year)
    filters = CommunityFilter(request.GET, visible, year=year, day=request.day, appointment=request.appointment)
    table = paged(MetricsTable(filters.qs, default=""), request)
    on_page = list(table.page.object_list.data)
    district = request.appointment.district
    found = summaries(on_page, year, district, standards_of(request), today=timezone.localdate())
    table.summaries = {summary.community.pk: summary for summary in found}
    return render(request, "assessment/metrics_list.html", {"filter": filters, "table": table})


@allow(BUSINESS)
def community_metrics(request: Request, code: str, year: int) -> HttpResponse:
    """The forty metrics of one community: value, definition, what the standard asks, and who closes a gap."""
    visible = Community.objects.visible_to(request.appointment).select_related("town__district")
    community = get_object_or_404(visible, code=code)
    if year not in {campaign_year.year for campaign_year in request.campaign_years}:
        raise Http404
    standard = standards_of(request).get(community.category)
    rows = metric_rows(community, year, standard, today=timezone.localdate())
    context = {
        "community": community,
        "year": year,
        "standard": standard,
        "staffing_rule": staffing_rule(request.campaign_year.campaign),
        "rows": [(row, address_of(community, year, row)) for row in rows],
        "short": [row for row in rows if row.state == SHORT],
        "unknown": [row for row in rows if row.state == UNKNOWN],
    }
    return render(request, "assessment/community_metrics.html", context)
