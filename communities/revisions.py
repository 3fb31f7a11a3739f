"""Two people on one record never overwrite each other silently, and every change is in the audit trail."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from communities.models import Appointment
from communities.models.masked import MaskedField, masked
from communities.models.members import MembersField, split
from communities.models.searching import SearchKey
from communities.templatetags.official import fact


class Conflict(Exception):
    """Somebody else changed the record since it was read; `current` is the record as it stands now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("记录已被他人修改")
        self.current = current


@transaction.atomic
def revise(
    record: models.Model,
    values: Mapping[str, Any],
    *,
    revision: int,
    by: Appointment,
    action: str,
    reason: str = "",
) -> None:
    """Write `values` if the record still has `revision`, and count the revision up; otherwise raise Conflict.

    One UPDATE decides, so it holds on SQLite and PostgreSQL alike, without locks. `reason` is that of a correction.
    """
    manager = type(record)._default_manager
    before = manager.get(pk=record.pk)
    written = manager.filter(pk=record.pk, revision=revision).update(
        **values, **stamps(record, values), revision=F("revision") + 1
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
        after={
            **{label(after, name): shown(after, name) for name in changed},
            **({"更正原因": reason.strip()} if reason.strip() else {}),
        },
    )


def stamps(record: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a save would write by itself and an UPDATE would leave behind: the time, and the words to search for."""
    fields = record._meta.concrete_fields
    found: dict[str, Any] = {field.name: timezone.now() for field in fields if getattr(field, "auto_now", False)}
    keys = [field for field in fields if isinstance(field, SearchKey)]
    if keys:
        future = copy(record)
        for name, value in values.items():
            setattr(future, name, value)
        found |= {field.name: field.pre_save(future, add=False) for field in keys}
    return found


def label(record: models.Model, name: str) -> str:
    """The Chinese name of a field."""
    return str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def shown(record: models.Model, name: str) -> str:
    """A field's value as people write it: the label of a choice, 2012年9月30日, 75, √."""
    display = getattr(record, f"get_{name}_display", None)
    if display:
        return display()
    field: Any = record._meta.get_field(name)
    if getattr(record, field.attname) is None:
        return ""
    value = getattr(record, name)
    if isinstance(field, MaskedField):
        return masked(value)
    if isinstance(field, MembersField):
        return "、".join(split(value or "")) or ("无" if value == "" else "")
    return fact(value)
