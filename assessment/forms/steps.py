"""What a step along the chain asks for: the row of the table says which fields its form has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from assessment.forms.scores import REASON_LENGTH
from assessment.models import Item
from assessment.transitions import Transition

DOCUMENT_LENGTH = 60


class StepForm(forms.Form):
    """Reason, number of the document and last day, of which a step keeps those it needs."""

    reason = forms.CharField(label="原因", widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH)
    document = forms.CharField(label="依据文号", max_length=DOCUMENT_LENGTH)
    last_day = forms.DateField(
        label="期限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="含当日，至24:00止。",
    )

    def __init__(self, *args: Any, transition: Transition, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        asked = {
            "reason": transition.needs_reason,
            "document": transition.needs_document,
            "last_day": transition.sets_last_day,
        }
        for name in [name for name, wanted in asked.items() if not wanted]:
            del self.fields[name]
        if transition.needs_reason:
            self.fields["reason"].label = f"{transition.label}的原因"

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return list(self)

    def given(self) -> dict[str, Any]:
        """What `workflow.advance` asks for beside the name of the step."""
        return self.cleaned_data

    def clean_last_day(self) -> date:
        day = self.cleaned_data["last_day"]
        if day < self.today:
            raise forms.ValidationError("期限不能早于今天。")
        return day


@dataclass(frozen=True)
class ItemRow:
    """An item that a reason can be given for, and its self score."""

    item: Item
    points: Decimal | None
    field: forms.BoundField

    @property
    def is_short(self) -> bool:
        return self.points is None or self.points < self.item.points


class ReturnForm(StepForm):
    """退回修改: beside the reason for the whole, one for each item that is not right; most stay blank (R69)."""

    def __init__(self, *args: Any, items: Sequence[Item], scores: Mapping[int, Decimal | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.scores = items, scores
        for item in items:
            text = forms.CharField(label=f"{item.code}的退回原因", required=False, max_length=REASON_LENGTH)
            text.widget.attrs["aria-label"] = text.label
            self.fields[name_of(item)] = text

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Those of every step."""
        return [self[name] for name in self.fields if not name.startswith("item-")]

    @property
    def rows(self) -> list[ItemRow]:
        return [ItemRow(item, self.scores.get(item.pk), self[name_of(item)]) for item in self.items]

    @property
    def short_rows(self) -> list[ItemRow]:
        """Where the town itself took points off: looked at first."""
        return [row for row in self.rows if row.is_short]

    @property
    def full_rows(self) -> list[ItemRow]:
        return [row for row in self.rows if not row.is_short]

    @property
    def says_of_full(self) -> bool:
        return any(row.field.value() for row in self.full_rows)

    def given(self) -> dict[str, Any]:
        """What `returning.give_back` asks for."""
        texts = {item: self.cleaned_data.pop(name_of(item)) for item in self.items}
        return {**self.cleaned_data, "items": texts}


def name_of(item: Item) -> str:
    return f"item-{item.pk}"
