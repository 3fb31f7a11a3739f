"""Writing text into workbooks so that it stays text: the one way user text gets into a cell (hostile cases 28, 29)."""

import re
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell

# XML 1.0 has no way to write these; openpyxl refuses the first range and writes the others as broken files.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
CREATOR = "和谐社区示范创建"


def clean(text: str) -> str:
    """The text without characters that no XML file can hold; line ends as a workbook writes them."""
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def write(cell: Cell, value: str | int | Decimal | None) -> None:
    """Put a value into a cell: numbers as numbers, None as blank, text as text even where it looks like a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = clean(value)
    cell.value = text
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
