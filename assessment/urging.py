"""催办: who owes what in a year, and the press that reminds them, once a day for the same thing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Count, DateField, F, Min, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assessment.models import CampaignYear, Notice
from assessment.notices import Unit, people_of, tell
from assessment.tasks import ROWS, TASKS, Task, unit_of
from assessment.waiting import Ask
from communities.models import Appointment, Community, Department, Role, Town
from communities.templatetags.official import fact

MAY_URGE: dict[Role, tuple[str, ...]] = {
    Role.BUREAU_OFFICER: ("town", "department", "inspector"),
    Role.TOWN_OFFICER: ("community",),
}
"""Which kinds of unit a role presses: the bureau its towns, departments and inspectors, a town its communities."""

UNITS: dict[str, type[Unit]] = {"town": Town, "community": Community, "department": Department, "inspector": User}
RECENT = 50


class UrgeRefused(Exception):
    """A press that reaches nobody, or one too many; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Owed:
    """What one unit owes of one task; `urged` once it was pressed today."""

    task: Task
    kind: str
    unit: Unit
    count: int
    due: date | None
    overdue: bool
    urged: bool

    @property
    def name(self) -> str:
        return self.unit.name

    @property
    def about(self) -> str:
        return self.task.name


def owed(appointment: Appointment, campaign_year: CampaignYear, today: date) -> list[Owed]:
    """What the units that this person may press owe, the earliest day first. A constant number of queries."""
    ask = Ask(campaign_year, today)
    lines = _lines(appointment, ask)
    units = _units({(kind, pk) for _task, kind, pk, _count, _due in lines})
    pressed = set(_pressed_today(today, appointment))
    found = [
        Owed(
            *(TASKS[task], kind, units[kind, pk], count, due),
            overdue=due is not None and due < today,
            urged=key_of(task, units[kind, pk], today) in pressed,
        )
        for task, kind, pk, count, due in lines
    ]
    return sorted(found, key=lambda one: (one.due is None, one.due or today, ROWS.index(one.task), one.unit.pk))


def _lines(appointment: Appointment, ask: Ask) -> list[tuple[str, str, int, int, date | None]]:
    """(task, kind of unit, its key, how many, earliest day), in one query."""
    parts = [
        _grouped(task.due_rows(ask).filter(_within(path, appointment)), task, path)
        for task in ROWS
        for path in dict.fromkeys(task.owners.values())
        if unit_of(path) in MAY_URGE[Role(appointment.role)]
    ]
    return list(parts[0].union(*parts[1:], all=True))


def _within(path: str, appointment: Appointment) -> Q:
    """A town presses its own communities; the year already keeps the bureau to its district."""
    return Q(**{f"{path}__town": appointment.town_id}) if unit_of(path) == "community" else Q()


def _grouped(rows: QuerySet[Any], task: Task, path: str) -> QuerySet[Any]:
    return (
        rows.annotate(
            task=Value(task.name, output_field=CharField()),
            unit_kind=Value(unit_of(path), output_field=CharField()),
            unit_pk=Cast(F(path), BigIntegerField()),
        )
        .values("task", "unit_kind", "unit_pk")
        .annotate(number=Count("pk", distinct=True), first=Min("due", output_field=DateField()))
        .values_list("task", "unit_kind", "unit_pk", "number", "first")
    )


def _units(keys: set[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    found: dict[tuple[str, int], Any] = {}
    for kind, model in UNITS.items():
        wanted = [pk for one, pk in keys if one == kind]
        if wanted:
            found |= {(kind, unit.pk): unit for unit in model._default_manager.filter(pk__in=wanted)}
    return found


def key_of(about: str, unit: Unit, day: date) -> str:
    return f"urge:{about}:{unit._meta.model_name}-{unit.pk}:{day:%Y%m%d}"


def _pressed_today(today: date, appointment: Appointment) -> QuerySet[Any, str]:
    mine = urgings(appointment).order_by().filter(key__endswith=f":{today:%Y%m%d}")
    return mine.values_list("key", flat=True).distinct()


def urgings(appointment: Appointment) -> QuerySet[Notice]:
    """The history: what was pressed for by those of one's own unit, the newest first."""
    unit = Q(town=appointment.town_id) if appointment.town_id else Q(district=appointment.district_id)
    colleagues = Appointment.objects.filter(unit).values("user")
    found = Notice.objects.filter(kind=Notice.Kind.URGING, sent_by__in=colleagues)
    return found.select_related("user", "sent_by")


@transaction.atomic
def urge(
    *, to: Unit, about: str, text: str, by: Appointment, now: datetime, url: str = "", due_on: date | None = None
) -> int:
    """Press a unit for something: a notice to each who acts for it now. Answers how many were told.

    Raises UrgeRefused where nobody acts for it, or it was pressed for the same today.
    """
    people = people_of(to)
    if not people:
        raise UrgeRefused(f"{to}目前没有在任人员，请联系系统管理员设置任职。")
    key = key_of(about, to, timezone.localdate(now))
    told = tell(people, kind=Notice.Kind.URGING, key=key, text=text, now=now, url=url, due_on=due_on, by=by)
    if not told:
        raise UrgeRefused(f"今天已就此事催办过{to}，请明天再办。")
    audit.record("催办", to, by=by.user, after={"事项": text, "人数": told})
    return told


def urge_for(row: Owed, *, campaign_year: CampaignYear, by: Appointment, now: datetime) -> int:
    """Press for a row of `owed`. Raises UrgeRefused."""
    due = f"，期限{fact(row.due)}" if row.due else ""
    late = "，已逾期" if row.overdue else ""
    text = f"{by.unit_name}催办（{campaign_year}）：{row.task.label}，共{row.count}件{due}{late}，请尽快办理。"
    return urge(
        to=row.unit, about=row.about, text=text, by=by, now=now, url=row.task.url(campaign_year), due_on=row.due
    )


def urge_to_file(community: Community, *, campaign_year: CampaignYear, by: Appointment, now: datetime) -> int:
    """Press for a community of the 落后清单: the bureau its town, the town the community. Raises UrgeRefused."""
    to: Unit = community if by.town_id else community.town
    text = (
        f"{by.unit_name}催办：{community.full_name}{campaign_year}尚未申报，"
        f"申报截止{fact(campaign_year.deadline)}，如申报请抓紧完成自评。"
    )
    about = f"lagging-{campaign_year.year}-{community.pk}"
    return urge(
        to=to, about=about, text=text, by=by, now=now, url=community.get_absolute_url(), due_on=campaign_year.deadline
    )
