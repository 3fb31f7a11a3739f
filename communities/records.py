"""Writing records of registers: the one way for pages, bulk edits, imports and carrying over.

Each write passes the gate (`locks`), keeps its history (`accounts.audit`) and counts the profile's facts anew
(`counting`), in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts import audit
from communities import locks
from communities.counting import recount
from communities.ledger_kinds import COUNTED_BY, complete_anew
from communities.locks import Locked
from communities.models import Appointment, Community, LedgerKind, RecordFile, Town, YearProfile
from communities.models.records import REGISTERS, Record, Register
from communities.record_files import attach, detach, detach_all
from communities.revisions import Conflict, label, revise, shown

REASON = "更正原因"


@dataclass(frozen=True)
class Change:
    """New values for a record; one that is not stored yet is created. `revision` is the one its editor saw."""

    record: Record
    values: Mapping[str, Any]
    revision: int


@dataclass
class Written:
    created: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)


def year_of(record: Record) -> int | None:
    """The year of a yearly record, None for one that is of no year."""
    return getattr(record, "year", None)


def save_record(
    register: Register,
    record: Record,
    values: Mapping[str, Any],
    *,
    revision: int,
    by: Appointment,
    reason: str = "",
) -> None:
    """Create or change one record. Raises Conflict, or Locked with a sentence."""
    save_records(register, [Change(record, values, revision)], by=by, reason=reason)


@transaction.atomic
def save_records(
    register: Register, changes: Iterable[Change], *, by: Appointment, reason: str = "", action: str = ""
) -> Written:
    """Write all of the changes or none. Raises Conflict at the first record that somebody else changed, or Locked."""
    changes = list(changes)
    touched = _pass_gates(register, [change.record for change in changes], by=by, reason=reason)
    written = Written()
    new = []
    for change in changes:
        if change.record.pk is None:
            _fill(change)
            new.append(change.record)
        else:
            changed = _revise(register, change, by=by, reason=reason, action=action)
            written.changed.append(change.record)
            if isinstance(change.record, LedgerKind) and changed & COUNTED_BY:
                _recount(REGISTERS["ledger"], complete_anew(change.record))
    written.created = _create(register, new, by=by, reason=reason, action=action)
    _recount(register, touched)
    return written


def _fill(change: Change) -> None:
    for name, value in change.values.items():
        setattr(change.record, name, value)
    try:
        change.record.clean()
    except ValidationError as error:
        raise Locked(f"{change.record}：{''.join(error.messages)}") from None


def _create(register: Register, new: list[Record], *, by: Appointment, reason: str, action: str) -> list[Record]:
    for record in new:
        record.revision = 1
    try:
        with transaction.atomic():
            created = register.records.bulk_create(new, batch_size=500)
    except IntegrityError:
        raise Locked(f"“{register.label}”中已有同样的记录（可能刚刚由他人新增），请刷新后核对。") from None
    acts = [audit.Act(record, {}, with_reason(faces(register, record), reason)) for record in created]
    audit.record_many(action or f"新增{register.label}", acts, by=by.user)
    return created


def _revise(register: Register, change: Change, *, by: Appointment, reason: str, action: str) -> set[str]:
    """Answers with what changed. Facts that are counted meanwhile are left alone, whatever the form still held."""
    record = _stored(register, change.record)
    counted = set(getattr(record, "counted", ()))
    values = {name: value for name, value in change.values.items() if name not in counted}
    changed = {name for name, value in values.items() if getattr(record, name) != value}
    _fill(Change(record, values, change.revision))
    derived = {name: getattr(record, name) for name in DERIVED if hasattr(record, name)}
    try:
        with transaction.atomic():
            revise(
                change.record,
                {**values, **derived},
                revision=change.revision,
                by=by,
                action=action or f"修改{register.label}",
                reason=reason,
            )
    except IntegrityError:
        raise Locked(f"“{register.label}”中已有同样的记录，请核对{key_words(register)}。") from None
    return changed


def _stored(register: Register, record: Record) -> Record:
    """The record as it stands now. Raises Locked where somebody has taken it out meanwhile."""
    found = register.records.filter(pk=record.pk).first()
    if found is None:
        raise Locked(f"“{record}”刚刚由他人删除，请刷新后核对。")
    return found


DERIVED = ("is_complete",)
"""Values that `Record.clean` derives from the others and that are stored with them."""


@transaction.atomic
def remove_record(register: Register, record: Record, *, revision: int, by: Appointment, reason: str = "") -> None:
    """Take a record out of its register; what it said stays in the audit trail. Raises Conflict or Locked."""
    if isinstance(record, YearProfile):
        raise Locked("年度台账不能删除，请改正其中的内容。")
    touched = _pass_gates(register, [record], by=by, reason=reason)
    before = faces(register, record)
    rows = register.records.filter(pk=record.pk, revision=revision)
    audit.record(f"删除{register.label}", record, by=by.user, before=before, after=with_reason({}, reason))
    detach_all(record, by=by)
    try:
        deleted, _by_model = rows.delete()
    except ProtectedError as error:
        other = next(iter(error.protected_objects))._meta.verbose_name
        raise Locked(f"{record}还有{other}引用，请先处理{other}后再删除。") from None
    if not deleted:
        raise Conflict(_stored(register, record))
    _recount(register, touched)


@transaction.atomic
def attach_file(
    register: Register, record: Record, upload: UploadedFile, *, by: Appointment, reason: str = ""
) -> RecordFile:
    """Put a file beside a record: a change of it like any other. Raises Locked or UnfitFile."""
    _pass_gates(register, [record], by=by, reason=reason)
    return attach(record, upload, **_owner_of(record), by=by, reason=reason)


@transaction.atomic
def detach_file(
    register: Register, record: Record, record_file: RecordFile, *, by: Appointment, reason: str = ""
) -> None:
    """Take a file off its record: a change of it like any other. Raises Locked."""
    _pass_gates(register, [record], by=by, reason=reason)
    detach(record_file, by=by, reason=reason)


def _owner_of(record: Record) -> dict[str, Any]:
    """Whose the files of a record are."""
    unit = record.unit
    if isinstance(unit, Community):
        return {"district": unit.town.district, "town": unit.town, "community": unit}
    return {"district": unit.district, "town": unit} if isinstance(unit, Town) else {"district": unit}


def _pass_gates(register: Register, records: list[Record], *, by: Appointment, reason: str) -> dict[int, set[int]]:
    """Raise Locked where a record may not be written now; answers with {year: communities} that are touched."""
    units: dict[int | None, set[int]] = defaultdict(set)
    for record in records:
        units[year_of(record)].add(record.unit.pk)
    for year, found in units.items():
        for gate in locks.gates(register, year, found, by=by).values():
            gate.pass_with(reason)
        if register.unit == "community" and year is not None:
            locks.lapse(register, year, found, by=by)
    return {year: found for year, found in units.items() if year is not None} if register.unit == "community" else {}


def _recount(register: Register, touched: Mapping[int, set[int]]) -> None:
    try:
        for year, communities in touched.items():
            recount(register, year, communities)
    except ValidationError as error:
        raise Locked("".join(error.messages)) from None


def faces(register: Register, record: Record) -> dict[str, str]:
    """The record as people write it: {label: value} of all that is not blank."""
    pairs = [(label(record, name), shown(record, name)) for name in register.columns]
    unit = {"单位": str(getattr(record.unit, "full_name", record.unit))}
    return unit | {name: value for name, value in pairs if value}


def with_reason(after: Mapping[str, Any], reason: str) -> dict[str, Any]:
    return {**after, REASON: reason.strip()} if reason.strip() else dict(after)


def key_words(register: Register) -> str:
    """What finds a record again, in words: 类别、名称."""
    return "、".join(register.label_of(name) for name in register.key) or "年度"
