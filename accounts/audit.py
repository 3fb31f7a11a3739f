"""The one way into the audit trail."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import AuditEvent, User

COMMAND_LINE = "命令行"
origin_address: ContextVar[str] = ContextVar("origin_address", default="")


@dataclass(frozen=True)
class Act:
    """What was done to one record of many."""

    obj: models.Model
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record(
    action: str,
    obj: models.Model | None = None,
    *,
    by: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    result: AuditEvent.Result = AuditEvent.Result.DONE,
    label: str = "",
    actor: str = "",
) -> AuditEvent:
    """Append one act to the trail, inside the caller's transaction.

    `by` is None for a command run from a shell, or where nobody is signed in: `actor` then says who.
    `before` and `after` map Chinese field names to plain values.
    """
    event = _event(action, obj, by=by, before=before, after=after, result=result, label=label, actor=actor)
    event.save()
    return event


def record_many(action: str, acts: Iterable[Act], *, by: User | None) -> None:
    """Append the same act on many records at once, inside the caller's transaction."""
    AuditEvent.objects.bulk_create(
        _event(action, act.obj, by=by, before=act.before, after=act.after, result=AuditEvent.Result.DONE)
        for act in acts
    )


def _event(
    action: str,
    obj: models.Model | None,
    *,
    by: User | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    result: AuditEvent.Result,
    label: str = "",
    actor: str = "",
) -> AuditEvent:
    return AuditEvent(
        user=by,
        actor=actor or (str(by) if by else COMMAND_LINE),
        address=origin_address.get(),
        action=action,
        result=result,
        object_type=obj._meta.label_lower if obj else "",
        object_id=str(obj.pk) if obj else "",
        object_label=(label or (str(obj) if obj else ""))[:200],
        before=dict(before or {}),
        after=dict(after or {}),
    )
