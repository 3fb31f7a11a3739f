"""What a cell of a register's table says, as the field of its form would take it from a person."""

import unicodedata
from typing import Any

from django import forms

from communities.importing.cells import (
    INVISIBLE,
    UnclearCellError,
    is_blank,
    plain_text,
    read_date,
    read_tick,
    shown,
)
from communities.importing.workbooks import Cell, Flaw
from communities.models.members import MembersFormField

MAY_STAND_IN_TEXT = {"\n", "\t"}


def typed(form_field: forms.Field, cell: Cell) -> Any:
    """What to give to the field's `clean`. Raises UnclearCellError."""
    if is_blank(cell):
        return [] if isinstance(form_field, MembersFormField) else None if is_yes_no(form_field) else ""
    if isinstance(form_field, forms.DateField):
        return read_date(cell).isoformat()
    if is_yes_no(form_field):
        return read_tick(cell)
    text = text_of(cell)
    if isinstance(form_field, MembersFormField):
        return members_of(plain_text(cell))
    if isinstance(form_field, forms.TypedChoiceField | forms.ChoiceField):
        return value_of_label(form_field, text)
    return plain_text(cell).replace(",", "") if isinstance(form_field, forms.IntegerField) else text


def text_of(cell: Cell) -> str:
    """The text of a cell as it stands there, its full-width signs too; nothing that cannot be seen."""
    if isinstance(cell, Flaw | bool):
        raise UnclearCellError("文字", f"“{shown(cell)}”不是文字，请填写实际内容。")
    text = shown(cell).strip()
    if any(unicodedata.category(sign) in INVISIBLE and sign not in MAY_STAND_IN_TEXT for sign in text):
        raise UnclearCellError("文字", "文字中含有看不见的控制字符。请删去整个单元格后重新录入。")
    return text


def is_yes_no(form_field: forms.Field) -> bool:
    return isinstance(form_field, forms.BooleanField | forms.NullBooleanField)


def members_of(text: str) -> list[str]:
    """议事决策、党群活动 as the boxes to tick; 无 ticks none."""
    return [] if text == "无" else [part.strip() for part in text.replace(",", "、").split("、") if part.strip()]


def value_of_label(form_field: Any, text: str) -> str:
    """The choice whose label stands in the cell, with either width of brackets, or without what is in them."""
    labels = {str(label): value for value, label in form_field.choices if value is not None}
    wanted = plain_text(text)
    for label, value in labels.items():
        if wanted in {plain_text(label), plain_text(label.split("（")[0])}:
            return value
    names = "、".join(label for label, value in labels.items() if value)
    raise UnclearCellError(names, f"“{text}”不在可选项之中。请填写{names}之一。")
