"""Attach the campaign's years, and the one a person is looking at, to the request."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils import timezone

from assessment.lists import day_asked, today_in_year
from assessment.models import CampaignYear
from communities.access import Request

READING = ("GET", "HEAD")


class CampaignYearMiddleware:
    """`request.campaign_years` in order and `request.campaign_year`: `?year=` in the address, else the session's, else
    the first year still open. Both are empty before the campaign exists and for people without an appointment.
    `request.day` is the day that the year's lists stand for: where one only reads, `?on=` may ask for another."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.campaign_years = years_of(request)
        request.campaign_year = chosen_year(request, request.campaign_years)
        asked = day_asked(request.GET.get("on", "")) if request.method in READING else None
        request.day = asked or today_in_year(request.campaign_year)
        return self.get_response(request)


def years_of(request: Request) -> list[CampaignYear]:
    if request.appointment is None:
        return []
    years = CampaignYear.objects.filter(campaign__district=request.appointment.district_id)
    return list(years.select_related("campaign__district"))


def chosen_year(request: Request, years: list[CampaignYear]) -> CampaignYear | None:
    by_number = {str(year.year): year for year in years}
    asked = by_number.get(request.GET.get("year", ""))
    if asked:
        request.session["year"] = str(asked.year)
        return asked
    today = timezone.localdate()
    open_years = [year for year in years if year.deadline >= today]
    kept = by_number.get(request.session.get("year", "")) if years else None
    return kept or next(iter(open_years or years[-1:]), None)
