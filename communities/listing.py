"""How any register is listed: its table, its filters and its order, made from its declaration."""

from functools import lru_cache
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.html import format_html

from communities.models import Appointment, Category, Town
from communities.models.members import MembersField
from communities.models.records import REGISTERS, Record, Register
from communities.models.searching import matching
from communities.revisions import shown
from communities.tables import NUMBER, PIN, serial_of

UNKNOWN = ("unknown", "未填")
YES_NO = [("true", "是"), ("false", "否"), UNKNOWN]
UNIT_ORDER = {
    "community": ("community__town__sort_order", "-community__category", "community__sort_order"),
    "town": ("town__sort_order",),
    "district": (),
}
RELATED = {"community": ("community__town",), "town": ("town",), "district": ()}


def records_of(register: Register, year: int, appointment: Appointment) -> QuerySet[Record]:
    """The records of a year that a person sees, units in administrative order, ready to be shown."""
    records = register.records.visible_to(appointment)
    if register.yearly:
        records = records.filter(year=year)
    keys = [name for name in register.columns if isinstance(field_of(register, name), models.ForeignKey)]
    related = [*RELATED[register.unit], *(f"{name}__town" if name == "community" else name for name in keys)]
    if related:
        records = records.select_related(*related)
    return records.order_by(*UNIT_ORDER[register.unit], *(register.model._meta.ordering or ()))


def field_of(register: Register, name: str) -> models.Field:
    return register.model._meta.get_field(name)  # type: ignore[return-value]


# --- the table ---------------------------------------------------------------------------------------------------
class FactColumn(tables.Column):
    """A value as people write it; `linked` leads to the record."""

    def __init__(self, label: str, name: str, *, linked: bool, orderable: bool, is_number: bool) -> None:
        attrs = NUMBER if is_number else {}
        super().__init__(label, accessor=name, orderable=orderable, empty_values=(), attrs=attrs)
        self.name = name
        self.linked = linked

    def render(self, record: Record) -> str:
        text = shown(record, self.name)
        return (
            format_html('<a href="{}">{}</a>', record.get_absolute_url(), text or "（未填）") if self.linked else text
        )


class RecordTable(tables.Table):
    """A register's list. The boxes in front choose the records of a bulk edit.

    序号 is called `serial` here: cells and cases have a `number` of their own.
    """

    chosen = tables.CheckBoxColumn(
        accessor="pk",
        attrs={"input": {"name": "chosen", "form": "bulk"}, "th__input": {"aria-label": "全选本页", "form": "none"}},
        orderable=False,
    )

    serial = tables.Column("序号", empty_values=(), orderable=False, attrs=NUMBER)

    class Meta:
        sequence = ("chosen", "serial", "...")

    def render_serial(self, bound_row: Any) -> int:
        return serial_of(self, bound_row)

    def render_chosen(self, record: Record) -> str:
        return format_html(
            '<input type="checkbox" name="chosen" value="{}" form="bulk" aria-label="选择{}">', record.pk, record
        )


@lru_cache(maxsize=64)
def table_class_of(slug: str) -> type[RecordTable]:
    register = REGISTERS[slug]
    columns: dict[str, Any] = {}
    if register.unit in {"community", "town"}:
        path = "community__town" if register.unit == "community" else "town"
        columns["unit_town"] = tables.Column("镇（开发区、街道）", accessor=path, order_by=f"{path}__sort_order")
    if register.unit == "community":
        columns["unit_name"] = tables.Column(
            "社区（村）", accessor="community__name", order_by=UNIT_ORDER["community"], attrs=PIN
        )
    for position, name in enumerate((*register.listed, "remarks")):
        columns[name] = _column(register, name, linked=position == 0)
    meta = type("Meta", (RecordTable.Meta,), {"model": register.model, "fields": ("chosen", "serial", *columns)})
    return type(f"{register.model.__name__}Table", (RecordTable,), {**columns, "Meta": meta})


def _column(register: Register, name: str, *, linked: bool) -> FactColumn:
    field = field_of(register, name)
    is_number = isinstance(field, models.IntegerField | models.DecimalField)
    is_set = isinstance(field, MembersField) or name == "remarks"
    return FactColumn(register.label_of(name), name, linked=linked, orderable=not is_set, is_number=is_number)


# --- the filters -------------------------------------------------------------------------------------------------
class RecordFilter(filters.FilterSet):
    """Search by words or pinyin initials; what else there is follows from the register. Needs `appointment`."""

    q = filters.CharFilter(label="查询（可用拼音首字母）", method="search")

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register = REGISTERS[self.slug]
        for found in self.filters.values():
            if isinstance(found, ChosenFrom):
                found.queryset = _choosable(found.model_of_choice, appointment)
        if appointment.town_id:
            self.filters.pop("unit_town", None)
        if appointment.community_id:
            self.filters.pop("unit_category", None)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        paths = {"community": ("", "community__"), "town": ("",), "district": ("",)}[self.register.unit]
        found = matching(value, *paths)
        text = value.strip()
        if self.register.unit == "community" and text:
            found |= Q(community__code__startswith=text) | Q(community__town__name__icontains=text)
        if self.register.unit == "town" and text:
            found |= Q(town__name__icontains=text)
        return queryset.filter(found)


class ChosenFrom(filters.ModelChoiceFilter):
    def __init__(self, *, model: type[models.Model], **kwargs: Any) -> None:
        super().__init__(queryset=model._default_manager.none(), empty_label="全部", **kwargs)
        self.model_of_choice = model


def _choosable(model: Any, appointment: Appointment) -> QuerySet[Any]:
    """Towns and records of registers alike know what a person may see of them."""
    return model.objects.visible_to(appointment)


def _three_valued(queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    return queryset.filter(**{name: {"true": True, "false": False, UNKNOWN[0]: None}[value]})


@lru_cache(maxsize=64)
def filter_class_of(slug: str) -> type[RecordFilter]:
    register = REGISTERS[slug]
    found: dict[str, Any] = {}
    if register.unit in {"community", "town"}:
        path = "community__town" if register.unit == "community" else "town"
        found["unit_town"] = ChosenFrom(model=Town, field_name=path, label="镇（开发区、街道）")
    if register.unit == "community":
        found["unit_category"] = filters.ChoiceFilter(
            field_name="community__category", label="城镇或农村", choices=Category, empty_label="全部"
        )
        found["community"] = filters.CharFilter(field_name="community__code", widget=forms.HiddenInput)
    for path in register.filters:
        found[path.replace("__", "_")] = _filter(register, path)
    if register.dated:
        label = register.label_of(register.dated)
        found["dated"] = filters.DateFromToRangeFilter(
            field_name=register.dated,
            label=label,
            widget=filters.widgets.RangeWidget(attrs={"type": "date", "aria-label": label}),
        )
    meta = type("Meta", (), {"model": register.model, "fields": []})
    return type(f"{register.model.__name__}Filter", (RecordFilter,), {**found, "Meta": meta, "slug": slug})


def _filter(register: Register, path: str) -> filters.Filter:
    field: Any = register.model._meta
    for name in path.split("__"):
        meta = field if isinstance(field, type(register.model._meta)) else field.related_model._meta
        field = meta.get_field(name)
    label = field.verbose_name
    if isinstance(field, models.ForeignKey):
        return ChosenFrom(model=field.related_model, field_name=path, label=label)
    if isinstance(field, models.BooleanField):
        choices = YES_NO if field.null else YES_NO[:2]
        return filters.ChoiceFilter(
            field_name=path, label=label, choices=choices, empty_label="全部", method=_three_valued
        )
    if isinstance(field, MembersField):
        choices = [(member, member) for member in field.members]
        return filters.ChoiceFilter(
            field_name=path, label=label, choices=choices, empty_label="全部", lookup_expr="contains"
        )
    choices = [choice for choice in field.choices if choice[0]]
    return filters.ChoiceFilter(field_name=path, label=label, choices=choices, empty_label="全部")
