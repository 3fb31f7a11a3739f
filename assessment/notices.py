"""站内通知: what a person was told, and what they have read. A notice of a key reaches a person once."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, QuerySet

from accounts.models import User
from assessment.models import Notice
from communities.models import Appointment, Community, Department, Role, Town

Unit = Town | Community | Department | User

ROLE_OF_UNIT = {Town: Role.TOWN_OFFICER, Community: Role.COMMUNITY_WORKER, Department: Role.LIAISON}
"""Who acts for a unit of each kind; a user acts for themselves."""


def people_of(unit: Unit) -> list[User]:
    """Those who act for the unit now, nobody who has left or is disabled."""
    current = Appointment.objects.current().select_related("user").order_by("pk")
    if isinstance(unit, User):
        return [one.user for one in current.filter(user=unit)]
    role = ROLE_OF_UNIT[type(unit)]
    return [one.user for one in current.filter(**{unit._meta.model_name or "": unit, "role": role})]


def tell(
    people: Iterable[User],
    *,
    kind: Notice.Kind,
    key: str,
    text: str,
    now: datetime,
    url: str = "",
    due_on: date | None = None,
    by: Appointment | None = None,
) -> int:
    """Write a notice for each of the people who has none of the key yet; answers how many are new.

    The constraint on user and key decides, so that two who tell at the same moment tell once.
    """
    longest = Notice._meta.get_field("text").max_length
    told = {"kind": kind, "text": text[:longest], "url": url, "due_on": due_on, "sent_at": now}
    sender = by.user if by else None
    return sum(
        Notice.objects.get_or_create(user=user, key=key, defaults={**told, "sent_by": sender})[1] for user in people
    )


def notices_of(user: User) -> QuerySet[Notice]:
    """The unread first, then the newest."""
    return (
        Notice.objects.filter(user=user).select_related("sent_by").order_by(F("read_at").asc(nulls_first=True), "-pk")
    )


def unread_count(user: User) -> int:
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def mark_read(user: User, *, now: datetime, pk: int | None = None) -> None:
    """One notice, or all of the person's."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    (unread if pk is None else unread.filter(pk=pk)).update(read_at=now)
