"""What a step along the chain asks for: the row of the table says which fields its form has."""

from datetime import date
from typing import Any

from django import forms

from assessment.forms.scores import REASON_LENGTH
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

    def clean_last_day(self) -> date:
        day = self.cleaned_data["last_day"]
        if day < self.today:
            raise forms.ValidationError("期限不能早于今天。")
        return day
