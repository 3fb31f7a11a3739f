"""报表: a list with columns, figures and a foot, made once as an object; page and workbook both show that object.

So what is exported is what is shown (look.md), and a number on the page and in the file agree by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from communities.exporting import BOX, HEAD, SERIAL
from communities.templatetags.official import fact, percent, plain, wan
from communities.workbooks import clean, workbook_bytes, write

TOTAL = "合计"
SHEET_NAME_LENGTH = 31
FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("\\/*?:[]", " "))
UNIT_FRACTION = Decimal("0.0001")


class Kind(Enum):
    """What a column holds: how it is written, its class on the page, its number format and width in a workbook."""

    TEXT = "", "", 14
    WORDS = "wrap", "", 40
    LONG = "wrap wrap-wide", "", 80
    NUMBER = "number", "", 12
    WAN = "number", "0.0", 12
    PERCENT = "number", '0.0"%"', 10
    DATE = "", "yyyy-mm-dd", 14

    def __init__(self, css: str, number_format: str, width: int) -> None:
        self.css = css
        self.number_format = number_format
        self.width = width


NUMERIC = {Kind.NUMBER, Kind.WAN, Kind.PERCENT}


@dataclass(frozen=True)
class Column:
    label: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Cell:
    """A value and the list behind it; None is blank. `kind` where it differs from the column's."""

    value: Any = None
    url: str = ""
    kind: Kind | None = None


Row = Sequence[Cell]


@dataclass(frozen=True)
class Printed:
    """A cell as the page shows it."""

    text: str
    url: str
    css: str


@dataclass(frozen=True)
class Statement:
    """`first` is the 序号 of the first row; `foot` holds the sums, its first cell 合计."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    foot: Row | None = None
    notes: Sequence[str] = ()
    first: int = 1
    empty: str = "没有符合条件的记录。"

    @property
    def printed_rows(self) -> list[tuple[int, list[Printed]]]:
        return [(number, self._printed(row)) for number, row in enumerate(self.rows, start=self.first)]

    @property
    def printed_foot(self) -> list[Printed]:
        return self._printed(self.foot) if self.foot and self.rows else []

    @property
    def width(self) -> int:
        """Columns with the 序号."""
        return len(self.columns) + 1

    def _printed(self, row: Row) -> list[Printed]:
        return [
            Printed(written(cell.kind or column.kind, cell.value), cell.url, column.kind.css)
            for column, cell in zip(self.columns, row, strict=True)
        ]


def written(kind: Kind, value: Any) -> str:
    """A value as people write it; blank stays blank, words stay words in a column of numbers."""
    if value is None:
        return ""
    if kind not in NUMERIC or isinstance(value, str):
        return fact(value)
    if kind is Kind.NUMBER:
        return plain(settled(value))
    return wan(value) if kind is Kind.WAN else percent(value)


def settled(value: Any) -> Any:
    """A decimal without the dust that a database leaves behind when it adds reals."""
    return value.quantize(UNIT_FRACTION, ROUND_HALF_UP) if isinstance(value, Decimal) else value


def statement_workbook(*statements: Statement) -> bytes:
    """A sheet for each statement, with its notes under the table."""
    book = Workbook(write_only=True)
    for statement in statements:
        _write(book, statement)
    return workbook_bytes(book, statements[0].title)


def _write(book: Workbook, statement: Statement) -> None:
    page = book.create_sheet(clean(statement.title).translate(FORBIDDEN_IN_SHEET_NAMES)[:SHEET_NAME_LENGTH])
    page.freeze_panes = "A2"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows = "1:1"
    page.column_dimensions["A"].width = 6
    for position, column in enumerate(statement.columns, start=2):
        width = max(column.kind.width, 2 * len(column.label) + 2)
        page.column_dimensions[get_column_letter(position)].width = width
    page.append(_heads(page, statement))
    for number, row in enumerate(statement.rows, start=statement.first):
        page.append([_cell(page, Kind.NUMBER, number), *_cells(page, statement, row)])
    if statement.foot and statement.rows:
        page.append([_cell(page, Kind.TEXT, None), *_cells(page, statement, statement.foot)])
    for note in statement.notes:
        line = WriteOnlyCell(page)
        write(line, note)
        page.append([line])


def _heads(page: WriteOnlyWorksheet, statement: Statement) -> list[WriteOnlyCell]:
    heads = [_cell(page, Kind.TEXT, label) for label in (SERIAL, *(column.label for column in statement.columns))]
    for head in heads:
        head.font, head.fill = Font(bold=True), HEAD
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return heads


def _cells(page: WriteOnlyWorksheet, statement: Statement, row: Row) -> list[WriteOnlyCell]:
    pairs = zip(statement.columns, row, strict=True)
    return [_cell(page, cell.kind or column.kind, cell.value) for column, cell in pairs]


def _cell(page: WriteOnlyWorksheet, kind: Kind, value: Any) -> WriteOnlyCell:
    """Numbers as numbers, days as days, all else as text."""
    cell = WriteOnlyCell(page)
    if kind in NUMERIC and not isinstance(value, str | bool):
        cell.value = settled(value)
    elif isinstance(value, date):
        cell.value = value
    else:
        write(cell, None if value is None else fact(value))
    if kind.number_format and not isinstance(value, str):
        cell.number_format = kind.number_format
    cell.border = BOX
    cell.alignment = Alignment(vertical="center", wrap_text=kind in {Kind.WORDS, Kind.LONG})
    return cell
