"""The form of a bulk edit: only the facts whose box is ticked are changed, all of the chosen records alike."""

from collections.abc import Sequence
from typing import Any

from django import forms

from communities.forms.records import REASON_LABEL, form_class_of
from communities.locks import Gate
from communities.models import Appointment
from communities.models.records import Record, Register


class BulkForm(forms.Form):
    """Needs the chosen records. The names of the ticked facts come as `change`, their revisions as `seen`."""

    def __init__(
        self,
        data: Any = None,
        *,
        register: Register,
        records: Sequence[Record],
        appointment: Appointment,
        needs_reason: bool,
    ) -> None:
        super().__init__(data)
        self.ticked = [name for name in (data.getlist("change") if data else []) if name in register.columns]
        self.seen = data.getlist("seen") if data else []
        single = form_class_of(register)(
            instance=type(records[0])(**{register.unit: records[0].unit}, **self._year(records[0])),
            register=register,
            appointment=appointment,
            gate=Gate(),
        )
        for name in register.columns:
            if name not in register.key:
                self.fields[name] = single.fields[name]
                self.fields[name].required = name in self.ticked and single.fields[name].required
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                label=REASON_LABEL, max_length=200, error_messages={"required": "请填写更正原因。"}
            )

    @staticmethod
    def _year(record: Record) -> dict[str, int]:
        return {"year": record.year} if hasattr(record, "year") else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in set(self.errors) - {*self.ticked, "reason"}:
            del self.errors[name]
        if not self.ticked:
            self.add_error(None, "请勾选要修改的项目。")
        return data

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")

    @property
    def rows(self) -> list[tuple[forms.BoundField, bool]]:
        """Each fact with whether it is ticked."""
        return [(field, field.name in self.ticked) for field in self.visible_fields() if field.name != "reason"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.ticked if name in self.cleaned_data}

    def revisions(self) -> dict[int, int]:
        """{record: the revision that was on the page}."""
        pairs = [text.partition("-") for text in self.seen]
        return {int(pk): int(seen) for pk, _dash, seen in pairs if pk.isdecimal() and seen.isdecimal()}
