"""Two people on one record never overwrite each other silently."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F


class Conflict(Exception):
    """Somebody else changed the record since it was read; `current` is the record as it stands now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("记录已被他人修改")
        self.current = current


def save_revision(record: models.Model, changes: Mapping[str, Any], *, revision: int) -> None:
    """Write `changes` if the record still has `revision`, and count the revision up; otherwise raise Conflict.

    One UPDATE decides, so it holds on SQLite and PostgreSQL alike, without locks.
    """
    manager = type(record)._default_manager
    written = manager.filter(pk=record.pk, revision=revision).update(**changes, revision=F("revision") + 1)
    if not written:
        raise Conflict(manager.get(pk=record.pk))
