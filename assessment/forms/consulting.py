"""征求部门意见: the letter to be sent, what a department answers, and how the bureau settles it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory

from assessment.consulting import GIVEN, Remark
from assessment.forms.scores import REASON_LENGTH
from assessment.models import Assessment, Item, Opinion, Part
from assessment.models.consultation import OBJECTING
from communities.forms.bounded import EARLIEST, LATEST, UNLIKELY_DAY, RecordsField
from communities.models import Department

NUMBER_LENGTH = 60
TEN_DAYS = timedelta(days=10)
MORE_REMARKS = 2
"""Empty rows for remarks on items; once saved, there are as many again."""


class DayField(forms.DateField):
    """A day that can be meant, by the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError(UNLIKELY_DAY)


class SendForm(forms.Form):
    """A round: whom to ask about which units; `left_out` are pairs "department-unit" that are not asked."""

    assessments = RecordsField(
        label="征求意见的单位",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices choices-wide"}),
        error_messages={"required": "请至少选择一个单位。"},
    )
    departments = RecordsField(
        label="征求意见的部门",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
        error_messages={"required": "请至少选择一个部门。"},
    )
    number = forms.CharField(label="发文字号", max_length=NUMBER_LENGTH, required=False)
    sent_on = DayField(label="发出日期")
    due_on = DayField(label="回复期限", help_text="含当日，至24:00止。")
    note = forms.CharField(
        label="说明",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LENGTH,
        required=False,
        help_text="写入征求意见函，如请各部门结合本部门职能核查的事项。",
    )
    left_out = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        units: QuerySet[Assessment],
        asked: Mapping[int, int],
        departments: QuerySet[Department],
        today: date,
    ) -> None:
        """`asked` is the latest round in which a unit was asked about, by its id: those are not ticked again."""
        super().__init__(data, initial={"sent_on": today, "due_on": today + TEN_DAYS})
        self.units, self.offices = list(units), list(departments)
        labels = [(unit.pk, _about(unit, asked.get(unit.pk))) for unit in self.units]
        cast("RecordsField", self.fields["assessments"]).offer(self.units, shown=labels)
        self.initial["assessments"] = [unit.pk for unit in self.units if unit.pk not in asked]
        names = [(office.pk, office.name) for office in self.offices]
        cast("RecordsField", self.fields["departments"]).offer(self.offices, shown=names)
        self.initial["departments"] = [office.pk for office in self.offices]
        pairs = [(f"{office.pk}-{unit.pk}", "") for office in self.offices for unit in self.units]
        cast("forms.MultipleChoiceField", self.fields["left_out"]).choices = pairs

    def grid(self) -> Iterator[tuple[Assessment, list[tuple[Department, str, bool]]]]:
        """Each unit with a box for each department: value, and whether it is ticked."""
        ticked = set(self["left_out"].value() or [])
        for unit in self.units:
            values = [(office, f"{office.pk}-{unit.pk}") for office in self.offices]
            yield unit, [(office, value, value in ticked) for office, value in values]

    def letter(self) -> dict[str, Any]:
        """Keyword arguments of `consulting.send`."""
        pairs = [value.split("-") for value in self.cleaned_data["left_out"]]
        given = {name: self.cleaned_data[name] for name in ("number", "sent_on", "due_on", "note")}
        return {
            **given,
            "assessments": self.cleaned_data["assessments"],
            "departments": self.cleaned_data["departments"],
            "left_out": {(int(department), int(unit)) for department, unit in pairs},
        }


def _about(unit: Assessment, round_: int | None) -> str:
    words = unit.community.get_category_display()
    return f"{unit.community.full_name}　{words}{f'，第{round_}轮已征求' if round_ else ''}"


class AnswerForm(forms.Form):
    """What a department says of a unit as a whole."""

    answer = forms.ChoiceField(
        label="意见",
        choices=[(one.value, one.label) for one in GIVEN],
        widget=forms.RadioSelect(attrs={"class": "options"}),
        error_messages={"required": "请选择同意、有意见或不同意。"},
    )
    text = forms.CharField(
        label="具体意见",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=REASON_LENGTH,
        required=False,
        help_text="选择“有意见”或“不同意”的必须填写。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, opinion: Opinion) -> None:
        initial = {"answer": opinion.answer, "text": opinion.text, "revision": opinion.revision}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") in OBJECTING and not data.get("text", "").strip() and "text" not in self.errors:
            self.add_error("text", "请写明具体意见。")
        return data


class RemarkForm(forms.Form):
    """What it says of one item; a row left empty says nothing."""

    item = forms.ChoiceField(label="条目", required=False)
    answer = forms.ChoiceField(
        label="对条目的意见", choices=[("", "请选择"), *((one.value, one.label) for one in OBJECTING)], required=False
    )
    text = forms.CharField(
        label="对条目的具体意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=REASON_LENGTH, required=False
    )

    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        groups = [
            (part.label, [(item.pk, f"{item.code} {item.content[:40]}") for item in items if item.part == part])
            for part in Part
        ]
        cast("forms.ChoiceField", self.fields["item"]).choices = [
            ("", "请选择"),
            *((label, rows) for label, rows in groups if rows),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("item", "answer", "text") if data.get(name, "").strip()]
        if given and not self.errors:
            for name, asked in (("item", "请选择条目。"), ("answer", "请选择意见。"), ("text", "请写明具体意见。")):
                if name not in given:
                    self.add_error(name, asked)
        return data

    def remark(self) -> Remark | None:
        data = self.cleaned_data
        return Remark(self.items[data["item"]], data["answer"], data["text"]) if data.get("item") else None


RemarkFormSet = formset_factory(RemarkForm, extra=MORE_REMARKS)


def remark_rows(data: Any, *, items: Sequence[Item], remarks: Sequence[Opinion]) -> BaseFormSet:
    """The rows of remarks that were made already, and some empty ones."""
    initial = [{"item": one.item_id, "answer": one.answer, "text": one.text} for one in remarks]
    return RemarkFormSet(data, initial=initial, form_kwargs={"items": items}, prefix="items")


def remarks_of(rows: BaseFormSet) -> list[Remark]:
    return [remark for remark in (cast("RemarkForm", form).remark() for form in rows) if remark]


class SettleForm(forms.Form):
    """已解决 or 不予采纳, and why."""

    resolution = forms.ChoiceField(
        label="处理",
        choices=Opinion.Resolution.choices,
        widget=forms.RadioSelect(attrs={"class": "options"}),
        error_messages={"required": "请选择已解决或不予采纳。"},
    )
    reason = forms.CharField(
        label="处理说明",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=REASON_LENGTH,
        help_text="写明怎样解决的，或者不予采纳的理由；部门和镇（街道）都能看到。",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, opinion: Opinion) -> None:
        initial = {
            "resolution": opinion.resolution,
            "reason": opinion.resolution_reason,
            "revision": opinion.revision,
        }
        super().__init__(data, initial=initial)
