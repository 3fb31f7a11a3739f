"""The import of any register: the columns of its own template, read cell by cell through the fields of its own form.

Nothing is written while one cell is in doubt; what is written is what was previewed (R23).
"""

import hashlib
import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from communities import locks
from communities.forms.records import choices_for, form_class_of
from communities.importing.cells import UnclearCellError, is_blank, plain_text, shown
from communities.importing.problems import Problem
from communities.importing.record_cells import typed
from communities.importing.record_titles import UNIT_TITLES, Headings, Place, called, find_headings, name_of, titles_of
from communities.importing.workbooks import Cell, Sheet, Workbook
from communities.models import Appointment, Community, District, Town
from communities.models.masked import MaskedField
from communities.models.records import Record, Register
from communities.records import Change, Written, save_records
from communities.revisions import label as label_on
from communities.revisions import shown as face


@dataclass
class RecordPlan:
    """What an import would do: nothing may be written while `problems` is not empty."""

    register: Register
    year: int
    created: list[Change] = field(default_factory=list)
    changed: list[tuple[Change, list[tuple[str, str, str]]]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    needs_reason: bool = False

    @property
    def changes(self) -> list[Change]:
        return [*self.created, *(change for change, _words in self.changed)]

    @property
    def digest(self) -> str:
        """Equal for two plans that do the same to the same stored values."""
        rows = [
            [change.record.unit.pk, change.record.pk, change.revision, {k: str(v) for k, v in change.values.items()}]
            for change in self.changes
        ]
        return hashlib.sha256(json.dumps([self.year, rows], cls=DjangoJSONEncoder).encode()).hexdigest()


def plan_records(register: Register, workbook: Workbook, *, year: int, appointment: Appointment) -> RecordPlan:
    """Match every row of every sheet that has the register's headings against what is stored."""
    plan = RecordPlan(register, year)
    plan.notes = [f"工作表“{name}”是隐藏的，未读取。" for name in workbook.hidden]
    found = [(sheet, headings) for sheet in workbook.sheets if (headings := find_headings(register, sheet))]
    if not found:
        titles = "、".join(f"“{title}”" for title in titles_of(register).values())
        message = f"没有找到“{register.label}”的表头（{titles}）。请使用导入模板。"
        plan.problems.append(Problem("", "", "", f"{register.label}的表头", message))
        return plan
    planner = Planner(plan, appointment)
    for sheet, headings in found:
        planner.read(sheet, headings)
    return plan


class Planner:
    """Fills `plan` row by row; a row with a cell in doubt becomes problems instead of a change."""

    def __init__(self, plan: RecordPlan, appointment: Appointment) -> None:
        self.plan = plan
        self.register = plan.register
        self.appointment = appointment
        self.fields = {name: form_class_of(plan.register).base_fields[name] for name in plan.register.columns}
        self.choices: dict[tuple[str, Any], dict[str, Any]] = {}
        self.seen: dict[tuple[Any, ...], str] = {}
        self.units = self._units()
        pks = {unit.pk for unit in self.units.values()}
        year = plan.year if self.register.yearly else None
        self.gates = locks.gates(self.register, year, pks, by=appointment)
        self.stored = {self._key(record): record for record in self._stored()}

    def _units(self) -> dict[tuple[str, ...], Community | Town | District]:
        """The units by the names that stand in a row."""
        if self.register.unit == "district":
            return {(): self.appointment.district}
        if self.register.unit == "town":
            return {(name_of(town.name),): town for town in Town.objects.visible_to(self.appointment)}
        return {(name_of(found.town.name), name_of(found.name)): found for found in self._communities()}

    def _communities(self) -> models.QuerySet[Community]:
        """Those there are now last, so that a name is theirs before that of one that ended."""
        visible = Community.objects.visible_to(self.appointment).select_related("town")
        return visible.order_by(models.F("closed_on").asc(nulls_last=True))

    def _stored(self) -> list[Record]:
        records = self.register.records.visible_to(self.appointment).order_by()
        if self.register.yearly:
            records = records.filter(year=self.plan.year)
        keys = [name for name in self.register.columns if isinstance(self._field(name), models.ForeignKey)]
        return list(records.select_related(self.register.unit, *keys))

    def _field(self, name: str) -> Any:
        return self.register.model._meta.get_field(name)

    def _key(self, record: Record) -> tuple[Any, ...]:
        return (record.unit.pk, *(getattr(record, self._field(name).attname) for name in self.register.key))

    def read(self, sheet: Sheet, headings: Headings) -> None:
        self.plan.notes += [f"工作表“{sheet.name}”的“{title}”一栏未读取。" for title in headings.unknown]
        for column in headings.doubled:
            title = shown(sheet.merged(headings.row, column))
            message = f"“{title}”出现了两栏，不能确定以哪一栏为准。请只保留一栏。"
            address = sheet.address(headings.row, column)
            self.plan.problems.append(Problem(sheet.name, address, title, "每栏只出现一次", message))
        for number in range(headings.row + 1, len(sheet.rows)):
            cells = {name: sheet.cell(number, column) for name, column in headings.columns.items()}
            if not all(is_blank(cell) for cell in cells.values()):
                self._read_row(Place(sheet, number, headings.columns), cells)

    def _read_row(self, place: Place, cells: Mapping[str, Cell]) -> None:
        unit = self._unit_of(place, cells)
        if unit is None:
            return
        record = self.register.model(**{self.register.unit: unit})
        if self.register.yearly:
            record.year = self.plan.year  # type: ignore[attr-defined]
        values = self._values(place, cells, record)
        if values is None:
            return
        for name in self.register.key:
            setattr(record, name, values[name])
        stored = self.stored.get(self._key(record))
        record = copy(stored) if stored else record
        if self._fits(place, record, stored, values) and self._is_sound(place, record):
            self._compare(stored, record, values)

    def _unit_of(self, place: Place, cells: Mapping[str, Cell]) -> Community | Town | District | None:
        names = UNIT_TITLES[self.register.unit]
        key = tuple(name_of(shown(cells[name])) for name in names)
        unit = self.units.get(key)
        if unit is None:
            kind = "社区（村）" if len(key) > 1 else "镇（开发区、街道）"
            message = f"没有名为“{''.join(key)}”的{kind}，或不属于您的单位。请核对。"
            self._ask(place, names[-1], "".join(key), "名录中的名称", message)
            return None
        gate = self.gates[unit.pk]
        self.plan.needs_reason |= gate.needs_reason
        if gate.refusal:
            self._ask(place, names[-1] if names else self.register.columns[0], "", "可以修改的台账", gate.refusal)
            return None
        return unit

    def _values(self, place: Place, cells: Mapping[str, Cell], record: Record) -> dict[str, Any] | None:
        """The values of the columns the file has; None where a cell is in doubt."""
        values: dict[str, Any] = {}
        sound = True
        for name in self.register.columns:
            if name not in cells:
                continue
            try:
                values[name] = self._value(name, cells[name], record)
            except UnclearCellError as unclear:
                self._ask(place, name, shown(cells[name]), unclear.expected, unclear.message)
                sound = False
            except ValidationError as error:
                expected = self.register.label_of(name)
                self._ask(place, name, shown(cells[name]), expected, "".join(error.messages))
                sound = False
        return values if sound else None

    def _value(self, name: str, cell: Cell, record: Record) -> Any:
        form_field = self.fields[name]
        model_field = self._field(name)
        if isinstance(model_field, models.ForeignKey):
            return self._chosen(model_field, cell, record)
        if isinstance(model_field, models.BooleanField) and not model_field.null and is_blank(cell):
            return bool(model_field.get_default())
        cleaned = form_field.clean(typed(form_field, cell))
        if not isinstance(model_field, MaskedField):
            model_field.run_validators(cleaned)
        return cleaned

    def _chosen(self, model_field: Any, cell: Cell, record: Record) -> Any:
        """The record of another register that a cell names."""
        text = plain_text(cell)
        if not text:
            if model_field.blank:
                return None
            raise ValidationError("请填写。")
        by_name = self._by_name(model_field.related_model, record)
        if by_name.get(text) is None:
            names = "、".join([name for name in by_name if "《" not in name][:8])
            raise ValidationError(f"没有“{text}”这一项{'，现有：' + names if names else ''}。请核对。")
        return by_name[text]

    def _by_name(self, model: Any, record: Record) -> dict[str, Any]:
        """What may be named in a cell."""
        unit = record.unit.pk if self.register.unit == "community" else 0
        if (model.__name__, unit) not in self.choices:
            if model is Community:
                named = called(self._communities())
            else:
                named = {str(each): each for each in choices_for(model, record, self.appointment)}
            plain = {plain_text(name): each for name, each in named.items()}
            self.choices[model.__name__, unit] = plain | {name.strip("《》"): each for name, each in plain.items()}
        return self.choices[model.__name__, unit]

    def _fits(self, place: Place, record: Record, stored: Record | None, values: dict[str, Any]) -> bool:
        """Put the values onto the record: no column is missing that a new one needs, no mask replaces a number, and
        what is counted from a register is left alone."""
        first = next(iter(place.columns))
        sound = True
        for name in self.register.columns:
            field = self._field(name)
            if name not in values:
                if stored is None and self.fields[name].required and not field.has_default():
                    message = f"表中没有“{self.register.label_of(name)}”一栏，新增记录必须填写。请使用导入模板。"
                    self._ask(place, first, "", self.register.label_of(name), message)
                    sound = False
                continue
            if name in getattr(stored, "counted", ()):
                if values.pop(name) != getattr(stored, name):
                    self._note_counted(name)
                continue
            if isinstance(field, MaskedField):
                sound = self._unmask(place, field, stored, values) and sound
            setattr(record, name, values[name])
        return sound

    def _unmask(self, place: Place, field: MaskedField, stored: Record | None, values: dict[str, Any]) -> bool:
        typed_text = values[field.name]
        values[field.name] = field.unmasked(typed_text, getattr(stored, field.name, ""))
        try:
            if values[field.name]:
                field.run_validators(values[field.name])
        except ValidationError as error:
            self._ask(place, field.name, typed_text, "完整号码", "".join(error.messages))
            return False
        return True

    def _note_counted(self, name: str) -> None:
        note = f"“{self.register.label_of(name)}”由名册计数，未采用表中的数。"
        if note not in self.plan.notes:
            self.plan.notes.append(note)

    def _is_sound(self, place: Place, record: Record) -> bool:
        """The rules between the fields, the year of the date, and one row a record."""
        key = self._key(record)
        first = self.register.key[0] if self.register.key else next(iter(place.columns))
        if key in self.seen:
            message = f"与{self.seen[key]}重复，请只保留一行。"
            self._ask(place, first, "", "每项一行", message)
            return False
        self.seen[key] = f"“{place.sheet.name}”第{place.number + 1}行"
        dated = self.register.dated
        if dated and getattr(record, dated).year != self.plan.year:
            self._ask(place, dated, "", f"{self.plan.year}年内的日期", f"日期不在{self.plan.year}年内，请核对。")
            return False
        try:
            record.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                at = name if name in place.columns else first
                self._ask(place, at, face(record, name) if name != "__all__" else "", "符合规则", "".join(messages))
            return False
        return True

    def _compare(self, stored: Record | None, record: Record, values: dict[str, Any]) -> None:
        """What the file says and what follows from it, beside what is stored."""
        values = {name: getattr(record, name) for name in values}
        if stored is None:
            self.plan.created.append(Change(record, values, 0))
            return
        after = {name: value for name, value in values.items() if getattr(stored, name) != value}
        if not after:
            self.plan.unchanged += 1
            return
        words = [(label_on(stored, name), face(stored, name), face(record, name)) for name in after]
        self.plan.changed.append((Change(stored, after, stored.revision), words))

    def _ask(self, place: Place, name: str, found: str, expected: str, message: str) -> None:
        column = place.columns.get(name, 0)
        address = place.sheet.address(place.number, column)
        self.plan.problems.append(Problem(place.sheet.name, address, found, expected, message))


def write_plan(plan: RecordPlan, *, by: Appointment, reason: str) -> Written:
    """Write a plan as it was previewed. Raises Conflict or Locked; nothing is written then."""
    return save_records(plan.register, plan.changes, by=by, reason=reason, action=f"导入{plan.register.label}")
