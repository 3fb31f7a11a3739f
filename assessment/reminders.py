"""到期提醒: what is due in 30, 7, 3 and 1 days, told once each to whoever acts for the unit, and mailed once.

Safe to run as often as one likes: a day missed is made up for at the next run, and two runs at once tell once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Count, F, IntegerField, Value
from django.utils import timezone

from accounts.models import User
from assessment.models import CampaignYear, Notice
from assessment.tasks import KEYS, ROWS, Task, unit_of
from assessment.waiting import Ask
from communities.models import Appointment, Role
from communities.templatetags.official import fact

log = logging.getLogger(__name__)

DAYS_AHEAD = (30, 7, 3, 1)
MAILED_WITHIN = timedelta(days=1)
"""Older notices are not mailed: mail that is switched on later does not pour out the past."""

SIGNATURE = "请登录和谐社区示范创建管理系统办理。本邮件由系统自动发出，请勿回复。"


@dataclass(frozen=True)
class Reminded:
    """What a run did: notices written, mails sent, mails that could not be sent."""

    notices: int
    mails: int
    failed: int


def remind(now: datetime) -> Reminded:
    """Write what is due to be told and, where the settings say so, mail what has not been mailed yet."""
    due = [notice for year in CampaignYear.objects.select_related("campaign") for notice in notices_due(year, now)]
    before = Notice.objects.filter(kind=Notice.Kind.REMINDER).count()
    Notice.objects.bulk_create(due, ignore_conflicts=True)
    written = Notice.objects.filter(kind=Notice.Kind.REMINDER).count() - before
    sent, failed = mail_notices(now) if settings.REMINDERS_BY_EMAIL else (0, 0)
    return Reminded(written, sent, failed)


def notices_due(campaign_year: CampaignYear, now: datetime) -> Iterator[Notice]:
    """Of one year, unsaved; most of them are there already on most days."""
    ask = Ask(campaign_year, timezone.localdate(now))
    for task in ROWS:
        if task.reminds:
            for role, path in task.owners.items():
                yield from _of_role(task, role, path, ask, now)


def _of_role(task: Task, role: Role, path: str, ask: Ask, now: datetime) -> Iterator[Notice]:
    found = list(_by_unit_and_day(task, path, ask))
    people = _people(role, path, {unit for unit, _due, _count in found}, ask) if found else {}
    for unit, due, count in found:
        for user in people.get(unit, []):
            yield Notice(user=user, sent_at=now, **_words(task, due, count, ask))


def _by_unit_and_day(task: Task, path: str, ask: Ask) -> Any:
    """(key of the unit, day, how many) of what is due from today on; the key is 0 where the role owns all rows."""
    rows = task.due_rows(ask).filter(due__gte=ask.today, due__lte=ask.today + timedelta(days=max(DAYS_AHEAD)))
    unit = F(path) if path else Value(0, output_field=IntegerField())
    counted = rows.annotate(unit=unit, day=F("due")).values("unit", "day").annotate(number=Count("pk", distinct=True))
    return counted.values_list("unit", "day", "number")


def _people(role: Role, path: str, units: set[int], ask: Ask) -> dict[int, list[User]]:
    """Who acts now, by the key of their unit."""
    here = Appointment.objects.current().filter(role=role, district=ask.campaign_year.campaign.district_id)
    key = KEYS[unit_of(path)] if path else ""
    if key:
        here = here.filter(**{f"{key}__in": units})
    found: dict[int, list[User]] = {}
    for one in here.select_related("user"):
        found.setdefault(getattr(one, key) if key else 0, []).append(one.user)
    return found


def _words(task: Task, due: date, count: int, ask: Ask) -> dict[str, Any]:
    """What the notice says, under a key for each of DAYS_AHEAD."""
    left = (due - ask.today).days
    reached = min(days for days in DAYS_AHEAD if left <= days)
    remaining = f"还有{left}天" if left else "今天到期"
    return {
        "kind": Notice.Kind.REMINDER,
        "key": f"remind:{task.name}:{ask.campaign_year.pk}:{due:%Y%m%d}:{reached}",
        "text": f"{ask.campaign_year}{task.label}：{count}件，期限{fact(due)}，{remaining}。",
        "url": task.url(ask.campaign_year),
        "due_on": due,
    }


# --- mail ------------------------------------------------------------------------------------------------------------
def mail_notices(now: datetime) -> tuple[int, int]:
    """Mail what was told lately to people with an address; (sent, failed). Each is claimed first, so it leaves once."""
    waiting = Notice.objects.filter(mailed_at__isnull=True, sent_at__gte=now - MAILED_WITHIN).exclude(user__email="")
    sent = failed = 0
    for notice in waiting.filter(user__is_active=True).select_related("user").order_by("pk"):
        if not Notice.objects.filter(pk=notice.pk, mailed_at__isnull=True).update(mailed_at=now):
            continue
        if mail(notice):
            sent += 1
        else:
            failed += 1
            Notice.objects.filter(pk=notice.pk).update(mailed_at=None)
    return sent, failed


def mail(notice: Notice) -> bool:
    """Hand one notice to the mail server; a refusal is logged, and the next run tries again."""
    subject = f"【{notice.get_kind_display()}】{notice.text[:40]}"
    body = f"{notice.user.name}：\n\n{notice.text}\n\n{SIGNATURE}\n"
    try:
        send_mail(subject, body, None, [notice.user.email])
    except (SMTPException, OSError):
        log.exception("notice %s was not mailed", notice.pk)
        return False
    return True
