"""What is typed about 不申报 and 目标分解."""

from typing import Any

from django import forms

from assessment.models import NonApplication, TownTarget
from assessment.town_targets import Entry, Matrix, Target
from communities.forms.bounded import bounded
from communities.forms.revised import RevisedForm


class NonApplicationForm(RevisedForm):
    class Meta:
        model = NonApplication
        fields = ["reason"]
        formfield_callback = bounded


class PlannedField(forms.IntegerField):
    """A number of units of one town and category."""

    def __init__(self, target: Target) -> None:
        label = f"{target.town.name}{target.category.label}计划命名数"
        most = f"{target.town.name}只有{target.communities}个{target.category.label}，计划数不能更大。"
        super().__init__(
            label=label,
            required=target.planned is not None,
            min_value=0,
            max_value=target.communities,
            error_messages={
                "required": "请填写数字，不计划命名的填0。",
                "invalid": "请填写整数。",
                "min_value": "请填写0或更大的数。",
                "max_value": most,
            },
            widget=forms.NumberInput(attrs={"aria-label": label, "inputmode": "numeric"}),
        )


class TargetsForm(forms.Form):
    """The whole matrix: a number and the revision that was read, for each town and category."""

    def __init__(self, data: Any = None, *, found: Matrix, proposal: dict[str, int] | None = None) -> None:
        super().__init__(data)
        self.found = found
        for target in found.targets:
            planned, revision = f"planned_{target.key}", f"revision_{target.key}"
            self.fields[planned] = PlannedField(target)
            self.fields[revision] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
            self.initial[planned] = proposal[target.key] if proposal else target.planned
            self.initial[revision] = target.revision

    def cells(self) -> list[tuple[str, list[tuple[Target, forms.BoundField, forms.BoundField]]]]:
        """By town: each target with its field and the field of its revision."""
        return [
            (
                town.name,
                [(one, self[f"planned_{one.key}"], self[f"revision_{one.key}"]) for one in targets],
            )
            for town, targets in self.found.rows
        ]

    def entries(self) -> list[Entry]:
        """What was filled in; blank where nothing was planned stays unplanned."""
        values = self.cleaned_data
        return [
            Entry(one.town, one.category, values[f"planned_{one.key}"], values[f"revision_{one.key}"])
            for one in self.found.targets
            if values[f"planned_{one.key}"] is not None
        ]

    def face(self, pairs: list[tuple[Entry, TownTarget]]) -> list[tuple[str, str, str]]:
        """Go on from what somebody else saved: (town and category, their number, one's own)."""
        revisions = {f"revision_{now.town_id}_{now.category}": str(now.revision) for _typed, now in pairs}
        self.data = {**self.data.dict(), **revisions}  # type: ignore[attr-defined]
        return [
            (f"{typed.town.name}{typed.category.label}", str(now.planned), str(typed.planned)) for typed, now in pairs
        ]
