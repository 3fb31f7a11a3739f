"""Form fields that take only what every database can hold, and days that can be meant: alike on both engines."""

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
