"""Writing text into workbooks so that it stays text: the one way user text gets into a cell (hostile cases 28, 29)."""

import re
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import Cell

# XML 1.0 has no way to write these; openpyxl refuses the first range and writes the others as broken files.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where a text looks like an escaped character: a workbook's reader would put that character in its place."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
CREATOR = "和谐社区示范创建"
LINE_HEIGHT = 13.5
PADDING = 5
MAX_HEIGHT = 409
"""Points: a line of 10 pt text, the air around it, and the most that a row may be high."""


def clean(text: str) -> str:
    """The text without characters that no XML file can hold; line ends as a workbook writes them."""
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def write(cell: Cell, value: str | int | Decimal | None) -> None:
    """Put a value into a cell: numbers as numbers, None as blank, text as text even where it looks like a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = clean(value)
    cell.value = ESCAPE.sub("_x005F_", text)
    if text:
        cell.data_type = "s"
        # Excel turns such text into a formula when somebody edits the cell, unless it is marked as quoted.
        cell.quotePrefix = text.startswith(FORMULA_STARTS)


def workbook_bytes(workbook: Workbook, title: str) -> bytes:
    """The finished .xlsx file."""
    workbook.properties.creator = CREATOR
    workbook.properties.title = clean(title)
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def row_height(texts: Iterable[tuple[str, int]]) -> float:
    """Points that a row of wrapped 10 pt texts takes, each with the width of its column in half-width characters.

    WPS and LibreOffice do not fit the height of wrapped text beside merged cells: it is computed.
    """
    return min(max(_lines(text, width) for text, width in texts) * LINE_HEIGHT + PADDING, MAX_HEIGHT)


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column: a Chinese character is two half-width characters wide."""
    usable = width - 1
    return sum(max(1, -(-_extent(line) // usable)) for line in text.split("\n"))


def _extent(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
