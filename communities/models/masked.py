"""Facts about a person that lists, exports and the audit trail show with stars (GB/T 22239-2019 8.1.4.11)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

STARS = "****"
HEAD, TAIL = 3, 4


def masked(value: str) -> str:
    """138****5678; a short one keeps its first character only."""
    if len(value) <= HEAD + TAIL:
        return value[:1] + STARS if value else ""
    return value[:HEAD] + STARS + value[-TAIL:]


def refuse_stars(value: str) -> None:
    """Stars that are not the mask of the stored number would replace a number by nothing."""
    if STARS in value:
        raise ValidationError("请填写完整号码，不能带“****”。")


class MaskedField(models.CharField):
    """A phone or certificate number. A form that sends the masked text back leaves the stored value as it is."""

    default_validators = [refuse_stars]

    def unmasked(self, typed: str, stored: Any) -> str:
        return stored if stored and typed == masked(stored) else typed
