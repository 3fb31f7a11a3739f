"""The gates after sign-in: the role a view asks for. What one may see of it is each queryset's `visible_to`."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from communities.models import Appointment, Role

View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """A request as the views get it: what the middleware attached, behind the role gate."""

    user: User
    appointment: Appointment
    campaign_years: list[Any]
    campaign_year: Any
    """assessment.models.CampaignYear: set above this app, used here for its `year` only."""
    day: date
    """The day that the chosen year's lists stand for: `on`, else today, or the last of a year that is over."""
    on: date | None
    """The day that the address asks for, if it does."""
    states_on: date
    """The day whose states the lists show: `on`, else today."""


def year_of(request: Request) -> int:
    """The chosen year, 0 before there is a campaign: no record is of year 0."""
    return request.campaign_year.year if request.campaign_year else 0


BUREAU = (Role.BUREAU_OFFICER,)
DISTRICT = (Role.BUREAU_OFFICER, Role.BUREAU_LEADER)
REGISTER_EDITORS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER, Role.COMMUNITY_WORKER)
SCORERS = (Role.TOWN_OFFICER, Role.COMMUNITY_WORKER)
BUSINESS = (Role.BUREAU_OFFICER, Role.BUREAU_LEADER, Role.TOWN_OFFICER, Role.COMMUNITY_WORKER)
IN_CHARGE = (Role.BUREAU_OFFICER, Role.BUREAU_LEADER, Role.TOWN_OFFICER)
INSPECTORS = (Role.CITY_INSPECTOR, Role.PROVINCE_INSPECTOR)
LIAISONS = (Role.LIAISON,)
READERS = (*BUSINESS, *INSPECTORS)
"""Who may read what is put forward about a community: those at work in the district, and those who check it."""
LIST_READERS = (*DISTRICT, *INSPECTORS)
"""Who reads what the district puts forward as a whole, all towns together."""
ADMINISTRATORS = (Role.SYSTEM_ADMINISTRATOR,)
EVERYONE = tuple(Role)


def allow(roles: tuple[Role, ...]) -> Callable[[View], View]:
    """Let only holders of one of `roles` into a view; anybody else gets 403 with a sentence."""

    def decorator(view: View) -> View:
        @wraps(view)
        def gated(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.appointment is None:
                raise PermissionDenied("您的账号目前没有任职单位，请联系系统管理员。")
            if request.appointment.role not in roles:
                names = "、".join(role.label for role in roles)
                raise PermissionDenied(f"此功能由{names}使用。")
            return view(request, *args, **kwargs)

        return gated

    return decorator
