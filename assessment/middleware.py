"""Attach the campaign's years, and the one a person is looking at, to the request."""

from collections.abc import Callable
from datetime import date

from django.http import HttpResponse
from django.utils import timezone

from assessment.lists import today_in_year
from assessment.models import CampaignYear
from communities.access import Request
from communities.forms.bounded import EARLIEST

READING = ("GET", "HEAD")


class CampaignYearMiddleware:
    """`request.campaign_years` in order and `request.campaign_year`: `?year=` in the address, else the session's, else
    the first year still open. Both are empty before the campaign exists and for people without an appointment.
    `request.day` is the day that the year's lists stand for: `?on=` in the address, else today or the last day of a
    round that is over. `request.states_on` is the day whose states they show: the one asked for, else today, since
    the work of a round may go on after its last day."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.campaign_years = years_of(request)
        request.campaign_year = chosen_year(request, request.campaign_years)
        request.on = day_asked(request)
        request.day = request.on or today_in_year(request.campaign_year)
        request.states_on = request.on or timezone.localdate()
        return self.get_response(request)


def day_asked(request: Request) -> date | None:
    """`?on=2012-11-05` where one only reads: a day of the past; None where none is asked for, or none that there is."""
    return past_day(request.GET.get("on", "")) if request.method in READING else None


def past_day(text: str) -> date | None:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return None
    return asked if EARLIEST <= asked <= timezone.localdate() else None


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
