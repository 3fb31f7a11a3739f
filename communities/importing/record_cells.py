"""What a cell of a register's table says, as the field of its form would take it from a person."""

from typing import Any

from django import forms

from communities.importing.cells import UnclearCellError, is_blank, plain_text, read_date, read_tick
from communities.importing.workbooks import Cell
from communities.models.members import MembersFormField


def typed(form_field: forms.Field, cell: Cell) -> Any:
    """A cell as a person would have typed it into the form's field."""
    if is_blank(cell):
        return [] if isinstance(form_field, MembersFormField) else None if is_yes_no(form_field) else ""
    if isinstance(form_field, forms.DateField):
        return read_date(cell).isoformat()
    if is_yes_no(form_field):
        return read_tick(cell)
    text = plain_text(cell)
    if isinstance(form_field, MembersFormField):
        return [] if text == "无" else [part.strip() for part in text.replace("，", "、").split("、") if part.strip()]
    if isinstance(form_field, forms.TypedChoiceField | forms.ChoiceField):
        return value_of_label(form_field, text)
    return text.replace(",", "") if isinstance(form_field, forms.IntegerField) else text


def is_yes_no(form_field: forms.Field) -> bool:
    return isinstance(form_field, forms.BooleanField | forms.NullBooleanField)


def value_of_label(form_field: Any, text: str) -> str:
    labels = {str(label): value for value, label in form_field.choices if value not in {"", None}}
    for label, value in labels.items():
        if text in {label, label.split("（")[0]}:
            return value
    names = "、".join(labels)
    raise UnclearCellError(names, f"“{text}”不在可选项之中。请填写{names}之一。")
