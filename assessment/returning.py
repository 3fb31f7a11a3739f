"""退回修改 with reasons by item (R69): what the town reads beside each item until it files again."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from assessment.models import Assessment, Item, ReturnReason, State, StateChange
from assessment.workflow import advance
from communities.models import Appointment


@transaction.atomic
def give_back(
    assessment: Assessment,
    *,
    by: Appointment,
    now: datetime,
    reason: str,
    last_day: date | None,
    items: Mapping[Item, str],
) -> StateChange:
    """Return an application to its town, with what is wrong with single items. Raises workflow.Refused."""
    change = advance(assessment, "return", by=by, now=now, reason=reason, last_day=last_day)
    given = {item: text.strip() for item, text in items.items() if text.strip()}
    ReturnReason.objects.bulk_create(
        ReturnReason(change=change, item=item, reason=text) for item, text in given.items()
    )
    if given:
        audit.record("退回的条目", assessment, by=by.user, after={item.code: text for item, text in given.items()})
    return change


def standing_reasons(assessment: Assessment) -> list[ReturnReason]:
    """What the latest return said of items, in the standard's order; nothing once the town has filed again."""
    if assessment.state != State.RETURNED:
        return []
    latest = assessment.changes.filter(target=State.RETURNED).first()
    return list(ReturnReason.objects.filter(change=latest).select_related("item"))
