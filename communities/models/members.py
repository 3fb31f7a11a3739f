"""A fact that is a set of fixed words, like the functions of a room: kept as one text, so that SQL can look into it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

MARK = "|"
NONE_OF_THEM = "无"
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
        required = not (self.blank or self.null)
        return MembersFormField(
            members=self.members, nullable=self.null, required=required, label=self.verbose_name, **kwargs
        )


class MembersFormField(forms.MultipleChoiceField):
    """A box to tick for each member; in a workbook the members are written with 、 between them.

    Where `nullable`, nothing ticked is unknown, and a box of its own says that there are none.
    """

    def __init__(self, *, members: tuple[str, ...], nullable: bool = False, **kwargs: Any) -> None:
        names = (*members, NONE_OF_THEM) if nullable else members
        super().__init__(choices=[(name, name) for name in names], widget=forms.CheckboxSelectMultiple, **kwargs)
        self.nullable = nullable

    def prepare_value(self, value: Any) -> Any:
        if value == "" and self.nullable:
            return (NONE_OF_THEM,)
        return split(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str | None:
        """A disabled field brings its stored text, a form the ticked boxes."""
        chosen = super().clean(self.prepare_value(value))
        if not chosen and self.nullable:
            return None
        if NONE_OF_THEM in chosen and len(chosen) > 1:
            raise ValidationError(f"勾选了“{NONE_OF_THEM}”，不能再勾选其他项。")
        return joined(name for name, _label in self.choices if name in chosen and name != NONE_OF_THEM)  # type: ignore[misc]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
