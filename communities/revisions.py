"""Two people on one record never overwrite each other silently, and every change is in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from communities.models import Appointment
from communities.templatetags.official import fact


class Conflict(Exception):
    """Somebody else changed the record since it was read; `current` is the record as it stands now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("记录已被他人修改")
        self.current = current


@transaction.atomic
def revise(record: models.Model, values: Mapping[str, Any], *, revision: int, by: Appointment, action: str) -> None:
    """Write `values` if the record still has `revision`, and count the revision up; otherwise raise Conflict.

    One UPDATE decides, so it holds on SQLite and PostgreSQL alike, without locks.
    """
    manager = type(record)._default_manager
    before = manager.get(pk=record.pk)
    written = manager.filter(pk=record.pk, revision=revision).update(
        **values, **stamps(record), revision=F("revision") + 1
    )
    if not written:
        raise Conflict(before)
    after = manager.get(pk=record.pk)
    changed = [name for name in values if getattr(before, name) != getattr(after, name)]
    audit.record(
        action,
        after,
        by=by.user,
        before={label(before, name): shown(before, name) for name in changed},
        after={label(after, name): shown(after, name) for name in changed},
    )


def stamps(record: models.Model) -> dict[str, datetime]:
    """The times of the last change, which an UPDATE would leave behind."""
    return {field.name: timezone.now() for field in record._meta.concrete_fields if getattr(field, "auto_now", False)}


def label(record: models.Model, name: str) -> str:
    """The Chinese name of a field."""
    return str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def shown(record: models.Model, name: str) -> str:
    """A field's value as people write it: the label of a choice, 2012年9月30日, 75, √."""
    display = getattr(record, f"get_{name}_display", None)
    return display() if display else fact(getattr(record, name))
