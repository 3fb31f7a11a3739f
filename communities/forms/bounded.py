"""Form fields that take only what every database can hold, and days that can be meant: alike on both engines."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from communities.models.records import largest

EARLIEST, LATEST = date(1949, 1, 1), date(2099, 12, 31)
UNLIKELY_DAY = f"日期应在{EARLIEST.year}年至{LATEST.year}年之间，请核对。"


def bounded(field: models.Field, **options: Any) -> forms.Field | None:
    """The form field of a model field, with the limits that SQLite does not know of."""
    found = field.formfield(**options)
    if found and isinstance(field, models.IntegerField) and not field.choices:
        most = largest(field)
        found.validators.append(MaxValueValidator(most, f"不能大于{most}，请核对。"))
    if found and isinstance(field, models.DateField):
        found.validators += [MinValueValidator(EARLIEST, UNLIKELY_DAY), MaxValueValidator(LATEST, UNLIKELY_DAY)]
    return found


class RecordsField(forms.MultipleChoiceField):
    """Several of the records at hand, by their ids: no number that a database cannot hold ever reaches one."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, records: Iterable[models.Model], *, shown: Iterable[tuple[int, str]]) -> None:
        """Any of `records` may be chosen; `shown` are those the page offers, id and label."""
        self.records = {str(record.pk): record for record in records}
        self.choices = list(shown)

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.records

    def clean(self, value: Any) -> list[Any]:
        return [self.records[pk] for pk in super().clean(value)]
