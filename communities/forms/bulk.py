"""The form of a bulk edit: only the facts whose box is ticked are changed, all of the chosen records alike."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from communities.forms.records import REASON_LABEL, form_class_of, outside_year
from communities.locks import Gate
from communities.models import Appointment
from communities.models.records import CommunityRecord, Record, Register, is_pk


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
        self.register = register
        self.model_fields: dict[str, Any] = {name: register.model._meta.get_field(name) for name in register.columns}
        self.year = getattr(records[0], "year", None)
        of_one_unit = len({record.unit.pk for record in records}) == 1
        for name in register.columns:
            if name not in register.key and (of_one_unit or not self._is_of_a_community(name)):
                self.fields[name] = single.fields[name]
                self.fields[name].required = name in self.ticked and single.fields[name].required
        self.ticked = [name for name in self.ticked if name in self.fields]
        if needs_reason:
            self.fields["reason"] = forms.CharField(
                label=REASON_LABEL, max_length=200, error_messages={"required": "请填写更正原因。"}
            )

    @staticmethod
    def _year(record: Record) -> dict[str, int]:
        return {"year": record.year} if hasattr(record, "year") else {}

    def _is_of_a_community(self, name: str) -> bool:
        """Whether a fact names a record of one community and year, like a room: no other community's may name it."""
        related = self.model_fields[name].related_model
        return isinstance(self.model_fields[name], models.ForeignKey) and issubclass(related, CommunityRecord)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in set(self.errors) - {*self.ticked, "reason"}:
            del self.errors[name]
        for name in self.ticked:
            if name in data and data[name] not in self.model_fields[name].empty_values:
                self._look_at(name, data[name])
        if not self.ticked:
            self.add_error(None, "请勾选要修改的项目。")
        return data

    def _look_at(self, name: str, value: Any) -> None:
        """The rules of one fact, as its own form would hold it to."""
        try:
            self.model_fields[name].run_validators(value)
        except ValidationError as error:
            self.add_error(name, error)
        if name == self.register.dated and value.year != self.year:
            self.add_error(name, outside_year(self.year))

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
        return {int(pk): int(seen) for pk, _dash, seen in pairs if is_pk(pk) and is_pk(seen)}
