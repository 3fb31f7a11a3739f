"""交接: whoever takes over is told what the unit has to do. The to-dos themselves belong to the unit and stay."""

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from assessment.models import CampaignYear, Notice
from assessment.notices import tell
from assessment.tasks import todos
from communities.models import Appointment
from communities.people import began, ended
from communities.templatetags.official import fact


@receiver(began)
def somebody_began(appointment: Appointment, **_kwargs: Any) -> None:
    """A successor is told, where somebody acted for the unit in the role before and does no more."""
    if _same_office(appointment).exclude(pk__in=_current_colleagues(appointment)).exists():
        hand_over(appointment, now=timezone.now())


@receiver(ended)
def somebody_ended(appointment: Appointment, **_kwargs: Any) -> None:
    """Whoever is left in the office is told."""
    for colleague in _current_colleagues(appointment):
        hand_over(colleague, now=timezone.now(), instead_of=appointment)


def _same_office(appointment: Appointment) -> Any:
    """Other appointments of other people to the same role and unit."""
    same = {name: getattr(appointment, name) for name in ("role", "district", "town", "community", "department")}
    others = Appointment.objects.filter(**{name: value for name, value in same.items() if value is not None})
    empty = {f"{name}__isnull": True for name, value in same.items() if value is None}
    return others.filter(**empty).exclude(user=appointment.user_id)


def _current_colleagues(appointment: Appointment) -> Any:
    return _same_office(appointment).current().select_related("user", "district", "town", "community__town")


def hand_over(successor: Appointment, *, now: datetime, instead_of: Appointment | None = None) -> None:
    """Tell the successor what waits for the unit in the year that is under way; once for each change of office."""
    year = _year_under_way(successor, timezone.localdate(now))
    found = todos(successor, year, timezone.localdate(now))
    waiting = "；".join(f"{todo.label}{todo.count}件" + _by(todo.due) for todo in found) or "目前没有待办"
    office = f"{successor.unit_name}{successor.get_role_display()}"
    begins = f"{instead_of.user.name}不再担任{office}" if instead_of else f"您开始担任{office}"
    tell(
        [successor.user],
        kind=Notice.Kind.HANDOVER,
        key=f"handover:{instead_of.pk if instead_of else successor.pk}:{now:%Y%m%d}",
        text=f"{begins}，请接续办理：{waiting}。",
        now=now,
        url=reverse("reporting:home"),
    )


def _by(due: date | None) -> str:
    return f"（{fact(due)}前）" if due else ""


def _year_under_way(appointment: Appointment, today: date) -> CampaignYear | None:
    """The first year that is not over, else the last there is."""
    years = list(CampaignYear.objects.filter(campaign__district=appointment.district_id).select_related("campaign"))
    return next((year for year in years if year.ends_on >= today), years[-1] if years else None)
