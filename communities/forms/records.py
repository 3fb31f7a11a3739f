"""The form of any register: its columns, limited to what belongs to the record's unit, with its rules in words."""

from functools import lru_cache
from typing import Any, cast

from django import forms
from django.db import models
from django.db.models import Q
from django.forms import modelform_factory

from communities.forms.revised import RevisedForm
from communities.locks import Gate
from communities.models import Appointment, Community, LedgerKind, Town
from communities.models.masked import MaskedField, masked
from communities.models.records import CommunityRecord, DistrictRecord, Record, Register
from communities.models.searching import matching

REASON_LABEL = "更正原因"


class CommunityField(forms.CharField):
    """A community by its code, its name, or town and name; only those that `appointment` sees."""

    def __init__(self, *, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(**{"label": "社区（村）", "max_length": 120, **kwargs})
        self.appointment = appointment

    def prepare_value(self, value: Any) -> Any:
        found = Community.objects.filter(pk=value).first() if isinstance(value, int) else None
        return found.code if found else value

    def clean(self, value: Any) -> Community | None:
        text = "".join(str(super().clean(value)).split())
        if not text:
            return None
        visible = Community.objects.visible_to(self.appointment).select_related("town")
        found = list(visible.filter(Q(code=text) | Q(name=text))) or self._with_town(text, visible)
        found = [community for community in found if community.closed_on is None] or found
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(community.full_name for community in found[:5])
            raise forms.ValidationError(f"有多个名为“{text}”的社区（村）：{names}等，请写明镇名或填写代码。")
        near = "、".join(community.full_name for community in visible.filter(matching(text, ""))[:5])
        hint = f"您要找的是不是{near}？" if near else "请核对名称或填写12位代码。"
        raise forms.ValidationError(f"没有找到“{text}”。{hint}")

    @staticmethod
    def _with_town(text: str, visible: models.QuerySet[Community]) -> list[Community]:
        towns = [town for town in Town.objects.filter(communities__in=visible).distinct() if text.startswith(town.name)]
        return [
            community for town in towns for community in visible.filter(town=town, name=text.removeprefix(town.name))
        ]


class RecordForm(RevisedForm):
    """One record. `gate` decides whether a correction must give its reason (`reason`)."""

    def __init__(
        self, data: Any = None, *, instance: Record, register: Register, appointment: Appointment, gate: Gate
    ) -> None:
        super().__init__(data, instance=instance)
        self.register = register
        for name in register.columns:
            self._suit(name, instance, appointment)
        if gate.needs_reason:
            self.fields["reason"] = forms.CharField(
                label=REASON_LABEL,
                max_length=200,
                help_text="本台账已核对或封存，更正须写明原因。",
                error_messages={"required": "请填写更正原因。"},
            )

    def _suit(self, name: str, instance: Record, appointment: Appointment) -> None:
        model_field = instance._meta.get_field(name)
        if isinstance(model_field, models.ForeignKey):
            if model_field.related_model is Community:
                self.fields[name] = CommunityField(
                    appointment=appointment, required=not model_field.blank, label=model_field.verbose_name
                )
            else:
                field = cast("forms.ModelChoiceField", self.fields[name])
                field.queryset = choices_for(model_field.related_model, instance, appointment)
                field.empty_label = "（未填）" if model_field.blank else "请选择"
        if isinstance(model_field, MaskedField) and self.initial.get(name):
            self.initial[name] = masked(self.initial[name])
            self.fields[name].help_text = "显示的是部分号码；不改动则保持原号码。"

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")

    @property
    def reason_field(self) -> forms.BoundField | None:
        return self["reason"] if "reason" in self.fields else None

    def _clean_fields(self) -> None:
        """A masked number that came back unchanged is the stored one, before any rule looks at it."""
        super()._clean_fields()  # type: ignore[misc]  # why: Django's own, unknown to its type stubs
        for name in self.register.columns:
            field = self.instance._meta.get_field(name)
            if isinstance(field, MaskedField) and name in self.cleaned_data:
                self.cleaned_data[name] = field.unmasked(self.cleaned_data[name], getattr(self.instance, name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year, dated = getattr(self.instance, "year", None), self.register.dated
        if dated and data.get(dated) and data[dated].year != year:
            self.add_error(dated, outside_year(year))
        if not self.errors and self._twin(data):
            words = "、".join(self.register.label_of(name) for name in self.register.key)
            self.add_error(
                self.register.key[0] if self.register.key else None,
                f"已有{words or '年度'}相同的记录，不必重复登记。" if words else "本年度已有记录，请直接修改。",
            )
        return data

    def _twin(self, data: dict[str, Any]) -> bool:
        """Whether the unit has another record with the same key."""
        same = type(self.instance)._default_manager.filter(
            **unit_and_year(self.instance), **{name: data.get(name) for name in self.register.key}
        )
        return same.exclude(pk=self.instance.pk).exists()


def outside_year(year: int | None) -> str:
    return f"日期不在{year}年内。请核对；属于其他年度的，请先在页面上方切换年度。"


def unit_and_year(record: Record) -> dict[str, Any]:
    """What the records of one unit and year have in common."""
    found: dict[str, Any] = {record.UNIT: record.unit}
    return found | {"year": record.year} if hasattr(record, "year") else found


def choices_for(model: Any, record: Record, appointment: Appointment) -> models.QuerySet[Any]:
    """The records of another register that this record may name: of the same community and year, or the district."""
    if model is Town:
        return Town.objects.visible_to(appointment)
    if issubclass(model, CommunityRecord):
        return model.objects.filter(community=record.unit, year=getattr(record, "year", None))
    if issubclass(model, DistrictRecord):
        found = model.objects.filter(district=appointment.district)
        if model is LedgerKind and isinstance(record, CommunityRecord):
            found = found.filter(for_category__in=["", record.community.category])
        return found
    raise LookupError(f"{model} is chosen from nowhere")


@lru_cache(maxsize=64)
def form_class_of(register: Register) -> type[RecordForm]:
    made = modelform_factory(register.model, form=RecordForm, fields=register.columns)
    return cast("type[RecordForm]", made)


class PickCommunityForm(forms.Form):
    """Whose record it will be, where the person keeps more than one community."""

    def __init__(self, data: Any = None, *, appointment: Appointment) -> None:
        super().__init__(data)
        self.fields["community"] = CommunityField(
            appointment=appointment,
            help_text="名称或12位代码。",
            widget=forms.TextInput(attrs={"list": "communities", "autocomplete": "off"}),
            error_messages={"required": "请填写社区（村）的名称或代码。"},
        )
