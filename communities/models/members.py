"""A fact that is a set of fixed words, like the functions of a room: kept as one text, so that SQL can look into it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

MARK = "|"
LONGEST = 200


def joined(members: Iterable[str]) -> str:
    """The text in which a set is kept: 议事决策|党群活动."""
    return MARK.join(members)


def split(text: str) -> tuple[str, ...]:
    return tuple(member for member in text.split(MARK) if member)


class MembersField(models.CharField):
    """Some of `members`, in their order. Null is unknown, an empty text is «none of them».

    No member is a part of another, so `contains` finds a member in SQL on every engine.
    """

    def __init__(self, *args: Any, members: Iterable[str] = (), **kwargs: Any) -> None:
        self.members = tuple(members)
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "members": list(self.members)}

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        foreign = [member for member in split(value or "") if member not in self.members]
        if foreign:
            raise ValidationError(f"“{'、'.join(foreign)}”不在{'、'.join(self.members)}之中。")

    def formfield(self, **kwargs: Any) -> forms.Field:
        return MembersFormField(
            members=self.members, required=not (self.blank or self.null), label=self.verbose_name, **kwargs
        )


class MembersFormField(forms.MultipleChoiceField):
    """A box to tick for each member; in a workbook the members are written with 、 between them."""

    def __init__(self, *, members: tuple[str, ...], **kwargs: Any) -> None:
        self.members = members
        super().__init__(
            choices=[(member, member) for member in members], widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return split(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        chosen = super().clean(value)
        return joined(member for member in self.members if member in chosen)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
