"""The import of any register: the columns of its own template, read cell by cell through the fields of its own form.

Nothing is written while one cell is in doubt; what is written is what was previewed (R23).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from communities import locks
from communities.forms.records import choices_for, form_class_of
from communities.importing.cells import UnclearCellError, is_blank, plain_text, shown
from communities.importing.headings import HEADING_SEARCH_ROWS, TITLES, TOWN, canonical
from communities.importing.headings import NAME as UNIT_NAME
from communities.importing.problems import Problem
from communities.importing.record_cells import typed
from communities.importing.workbooks import Cell, Sheet, Workbook
from communities.models import Appointment, Community, District, Town
from communities.models.masked import MaskedField
from communities.models.records import Record, Register
from communities.records import Change, Written, save_records
from communities.revisions import label as label_on
from communities.revisions import shown as face

UNIT_TITLES = {"community": (TOWN, UNIT_NAME), "town": (TOWN,), "district": ()}
FEWEST_TITLES = 2


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


@dataclass(frozen=True)
class Headings:
    row: int
    columns: Mapping[str, int]
    unknown: list[str]


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


def titles_of(register: Register) -> dict[str, str]:
    """{what: title} of the template, in order."""
    units = {name: TITLES[name][0] for name in UNIT_TITLES[register.unit]}
    return units | {name: register.label_of(name) for name in register.columns}


def find_headings(register: Register, sheet: Sheet) -> Headings | None:
    """The first row with the titles of unit and key, and at least FEWEST_TITLES in all."""
    known = {canonical(title): name for name, title in titles_of(register).items()}
    for name in UNIT_TITLES[register.unit]:
        known |= {canonical(title): name for title in TITLES[name]}
    needed = {*UNIT_TITLES[register.unit], *register.key}
    for row in range(min(len(sheet.rows), HEADING_SEARCH_ROWS)):
        titles = [shown(sheet.merged(row, column)).strip() for column in range(len(sheet.rows[row]))]
        columns = {
            known[canonical(title)]: at for at, title in reversed(list(enumerate(titles))) if canonical(title) in known
        }
        if len(columns) >= FEWEST_TITLES and needed <= columns.keys():
            unknown = [title for title in titles if title and canonical(title) not in {*known, "序号"}]
            return Headings(row, columns, unknown)
    return None


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
            return {(town.name,): town for town in Town.objects.visible_to(self.appointment)}
        visible = Community.objects.visible_to(self.appointment).select_related("town").order_by()
        return {(community.town.name, community.name): community for community in visible}

    def _stored(self) -> list[Record]:
        records = self.register.records.visible_to(self.appointment).order_by()
        if self.register.yearly:
            records = records.filter(year=self.plan.year)
        return list(records)

    def _key(self, record: Record) -> tuple[Any, ...]:
        attributes = [record._meta.get_field(name).attname for name in self.register.key]  # type: ignore[union-attr]
        return (getattr(record, f"{self.register.unit}_id"), *(getattr(record, name) for name in attributes))

    def read(self, sheet: Sheet, headings: Headings) -> None:
        self.plan.notes += [f"工作表“{sheet.name}”的“{title}”一栏未读取。" for title in headings.unknown]
        for number in range(headings.row + 1, len(sheet.rows)):
            cells = {name: sheet.cell(number, column) for name, column in headings.columns.items()}
            if not all(is_blank(cell) for cell in cells.values()):
                self._read_row(Place(sheet, number, headings.columns), cells)

    def _read_row(self, place: "Place", cells: Mapping[str, Cell]) -> None:
        unit = self._unit_of(place, cells)
        if unit is None:
            return
        record = self.register.model(**{self.register.unit: unit})
        if self.register.yearly:
            record.year = self.plan.year  # type: ignore[attr-defined]
        values = self._values(place, cells, record)
        if values is None:
            return
        for name, value in values.items():
            setattr(record, name, value)
        stored = self.stored.get(self._key(record))
        if self._is_sound(place, record):
            self._compare(stored, record, values)

    def _unit_of(self, place: "Place", cells: Mapping[str, Cell]) -> Community | Town | District | None:
        names = UNIT_TITLES[self.register.unit]
        key = tuple("".join(plain_text(cells[name]).split()) for name in names)
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

    def _values(self, place: "Place", cells: Mapping[str, Cell], record: Record) -> dict[str, Any] | None:
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
        model_field = record._meta.get_field(name)
        if isinstance(model_field, models.ForeignKey):
            return self._chosen(model_field, cell, record)
        value = typed(form_field, cell)
        cleaned = form_field.clean(value)
        if isinstance(model_field, models.BooleanField) and not model_field.null:
            return bool(cleaned)
        model_field.run_validators(cleaned)  # type: ignore[union-attr]
        return cleaned

    def _chosen(self, model_field: Any, cell: Cell, record: Record) -> Any:
        """The record of another register that a cell names."""
        text = plain_text(cell)
        if not text:
            if model_field.blank:
                return None
            raise ValidationError("请填写。")
        model = model_field.related_model
        if model is Community:
            visible = Community.objects.visible_to(self.appointment).select_related("town")
            found = [unit for unit in visible if text in {unit.name, unit.full_name}]
            by_name = {text: found[0]} if len(found) == 1 else {}
        else:
            by_name = self._by_name(model, record)
        if text not in by_name:
            names = "、".join(list(by_name)[:8])
            raise ValidationError(f"没有“{text}”这一项{'，现有：' + names if names else ''}。请核对。")
        return by_name[text]

    def _by_name(self, model: Any, record: Record) -> dict[str, Any]:
        unit = record.unit.pk if self.register.unit != "district" else 0
        if (model.__name__, unit) not in self.choices:
            found = choices_for(model, record, self.appointment)
            self.choices[model.__name__, unit] = {str(choice).strip("《》"): choice for choice in found}
        names = self.choices[model.__name__, unit]
        return names | {f"《{name}》": choice for name, choice in names.items()}

    def _is_sound(self, place: "Place", record: Record) -> bool:
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
        if stored is None:
            self.plan.created.append(Change(record, values, 0))
            return
        for name, value in list(values.items()):
            model_field = stored._meta.get_field(name)
            if isinstance(model_field, MaskedField):
                values[name] = model_field.unmasked(value, getattr(stored, name))
        counted = set(getattr(stored, "counted", ()))
        after = {k: v for k, v in values.items() if getattr(stored, k) != v and k not in counted}
        if not after:
            self.plan.unchanged += 1
            return
        words = [(label_on(stored, name), face(stored, name), face(record, name)) for name in after]
        self.plan.changed.append((Change(stored, after, stored.revision), words))

    def _ask(self, place: "Place", name: str, found: str, expected: str, message: str) -> None:
        column = place.columns.get(name, 0)
        address = place.sheet.address(place.number, column)
        self.plan.problems.append(Problem(place.sheet.name, address, found, expected, message))


@dataclass(frozen=True)
class Place:
    """A row of a sheet (from 0) and its columns."""

    sheet: Sheet
    number: int
    columns: Mapping[str, int]


def write_plan(plan: RecordPlan, *, by: Appointment, reason: str) -> Written:
    """Write a plan as it was previewed. Raises Conflict or Locked; nothing is written then."""
    return save_records(plan.register, plan.changes, by=by, reason=reason, action=f"导入{plan.register.label}")
