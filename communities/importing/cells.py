"""What one cell says. Read what is certain, ask about what is not, never guess: each reader returns a value or raises
`UnclearCellError`; blank is None (unknown), and for ticks False: on the office's form an empty box means no."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import models

from communities.importing.workbooks import Cell, Flaw
from communities.models import YearProfile
from communities.models.profiles import OFFICE_FACTS

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
NUMBER = re.compile(r"(?P<whole>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.(?P<part>[0-9]+))?\s*(?P<unit>[^0-9\s.,]\S*)?")
DATE = re.compile(
    r"(?P<year>[0-9]{4})(年|(?P<mark>[-./]))(?P<month>[0-9]{1,2})(?(mark)(?P=mark)|月)(?P<day>[0-9]{1,2})(?(mark)|[日号])"
    r"([ T]0{1,2}:00(:00)?)?"
)
YES, NO = frozenset("√✓✔☑是有"), frozenset("×✕✖✗✘否无")
AREA_UNITS = frozenset({"㎡", "m2", "M2", "m²", "平方米", "平米"})
UNITS = {
    "registered_households": frozenset({"户"}),
    "resident_households": frozenset({"户"}),
    "premises_area_sqm": AREA_UNITS,
    "outdoor_area_sqm": AREA_UNITS,
    "grid_cells": frozenset({"个", "格"}),
    "workers": frozenset({"人", "名"}),
    "certified_workers": frozenset({"人", "名"}),
}
INVISIBLE = {"Cc", "Cf", "Cs"}
LARGEST = {models.PositiveIntegerField: 2_147_483_647, models.PositiveSmallIntegerField: 32_767}
EARLIEST, LATEST = 1949, 2099


@dataclass
class UnclearCellError(Exception):
    """A cell that is not certain: what was expected, and a sentence that says what is wrong and what to do."""

    expected: str
    message: str


Reader = Callable[[Cell], object]


def shown(cell: Cell) -> str:
    """A cell as a person sees it: 1469 and not 1469.0, 2012年3月9日, the error's own name."""
    if cell is None:
        return ""
    if isinstance(cell, Flaw):
        return cell.text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, date):
        return f"{cell.year}年{cell.month}月{cell.day}日"
    return str(cell)


def written(value: object) -> str:
    """A stored fact as the form has it: √ or ×, 2012年3月9日, a number without idle zeros; （空） where unknown."""
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "√" if value else "×"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return shown(value) if isinstance(value, (int, str, date)) else str(value)


def plain_text(cell: Cell) -> str:
    """The text of a cell with full-width letters, digits and signs made plain, and no space at either end."""
    return shown(cell).translate(FULL_WIDTH).strip()


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.translate(FULL_WIDTH).strip())


def decimal_of(cell: Cell, units: frozenset[str], expected: str) -> Decimal:
    """The number a cell holds, as number or as text like 1,200 or 380㎡ with one of `units`; never negative."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = Decimal(f"{cell:.15g}")
    else:
        text = plain_text(cell)
        match = NUMBER.fullmatch(text) if isinstance(cell, str) else None
        if not match or (match["unit"] and match["unit"] not in units):
            raise UnclearCellError(expected, f"“{shown(cell)}”不是确定的数。请填写{expected}，不掌握的请留空。")
        number = Decimal(match["whole"].replace(",", "") + "." + (match["part"] or "0"))
    if not number.is_finite() or number < 0:
        raise UnclearCellError(expected, f"“{shown(cell)}”不能小于0。请填写{expected}，不掌握的请留空。")
    return number


def count_reader(units: frozenset[str], largest: int) -> Reader:
    expected = "不小于0的整数"

    def read(cell: Cell) -> int:
        number = decimal_of(cell, units, expected)
        if number != number.to_integral_value():
            raise UnclearCellError(expected, f"“{shown(cell)}”不是整数。请填写{expected}。")
        if number > largest:
            raise UnclearCellError(f"不大于{largest}的整数", f"“{shown(cell)}”过大，请核对。")
        return int(number)

    return read


def area_reader(units: frozenset[str], field: models.DecimalField) -> Reader:
    places, limit = field.decimal_places, Decimal(10) ** (field.max_digits - field.decimal_places)
    expected = f"以㎡为单位、最多{places}位小数的数"

    def read(cell: Cell) -> Decimal:
        number = decimal_of(cell, units, expected)
        if -int(number.as_tuple().exponent) > places:
            raise UnclearCellError(expected, f"“{shown(cell)}”的小数超过{places}位。请填写{expected}。")
        if number >= limit:
            raise UnclearCellError(expected, f"“{shown(cell)}”过大。请填写小于{limit:f}的数。")
        return number

    return read


def read_date(cell: Cell) -> date:
    """A date cell, or text like 2012年3月9日, 2012-3-9, 2012.3.9, 2012/3/9; a bare number is never a date."""
    expected = "日期，例如2012年3月9日"
    found: date | None = None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif isinstance(cell, str) and (match := DATE.fullmatch(plain_text(cell))):
        found = existing_date(int(match["year"]), int(match["month"]), int(match["day"]))
    if found is None:
        raise UnclearCellError(
            expected, f"“{shown(cell)}”不是确定的日期。请填写完整日期，例如2012年3月9日，未完成的请留空。"
        )
    if not EARLIEST <= found.year <= LATEST:
        raise UnclearCellError(expected, f"“{shown(cell)}”不在{EARLIEST}年至{LATEST}年之间，请核对。")
    return found


def existing_date(year: int, month: int, day: int) -> date | None:
    """The day, or None where the calendar has none, as 30 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_tick(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = plain_text(cell) if isinstance(cell, str) else ""
    if text in YES:
        return True
    if text in NO:
        return False
    raise UnclearCellError("√或留空", f"“{shown(cell)}”不能确定是有还是没有。有的请填√，没有的请留空。")


def text_reader(longest: int, *, is_name: bool = False) -> Reader:
    """Text without invisible characters. A name loses every space within it, as in 李 荡 村; rare characters stay."""
    expected = f"不超过{longest}个字的文字"

    def read(cell: Cell) -> str:
        if isinstance(cell, (Flaw, bool)):
            raise UnclearCellError(expected, f"“{shown(cell)}”不是文字。请填写{expected}。")
        text = ("" if is_name else " ").join(shown(cell).split())
        if any(unicodedata.category(character) in INVISIBLE for character in text):
            raise UnclearCellError(expected, "文字中含有看不见的控制字符。请删去整个单元格后重新录入。")
        if len(text) > longest:
            raise UnclearCellError(expected, f"文字有{len(text)}个字，超过{longest}个字。请缩短后再导入。")
        return text

    return read


def _reader_of(name: str) -> Reader:
    field = YearProfile._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return read_tick
    if isinstance(field, models.DateField):
        return read_date
    if isinstance(field, models.DecimalField):
        return area_reader(UNITS[name], field)
    if isinstance(field, models.CharField):
        return text_reader(field.max_length or 0)
    return count_reader(UNITS[name], LARGEST[type(field)])  # type: ignore[index]


READERS: dict[str, Reader] = {name: _reader_of(name) for name in OFFICE_FACTS}
BLANKS: dict[str, object] = {
    name: False if reader is read_tick else "" if name == "remarks" else None for name, reader in READERS.items()
}
