"""Reading .xls (Excel 97-2003) with xlrd, in a process of its own that gets so much memory and time and no more.

xlrd believes a file's own counts: 10 KB can send it round a directory or a table of texts without end, or spread one
link over 16 million cells. Only the system can stop that, and only in a process that serves nobody else.
"""

import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from io import StringIO
from multiprocessing import get_context
from typing import Any, NamedTuple

import xlrd

from communities.importing.packages import (
    BROKEN,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    TOO_BIG,
    TOO_FAR,
    Flaws,
)
from communities.importing.problems import FileRefusedError

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
MACRO_FOLDER = "_VBA_PROJECT_CUR".encode("utf-16-le")
ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED = "工作簿已加密。请在WPS或Excel中取消密码后再上传。"
MACROS = "工作簿含有宏，未读取。请另存为不含宏的“.xlsx”后再上传。"
MAX_MEMORY = 600 * 1024 * 1024
MAX_SECONDS = 15
"""Of processor time; the largest register that is allowed needs about 4."""
NO_VALUE = bytes([xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK])


class OldSheet(NamedTuple):
    """A sheet as it crosses between the processes; rows end at their last value, positions count from 0."""

    name: str
    hidden: bool
    rows: list[list[Any]]
    merges: list[tuple[tuple[int, int], tuple[int, int]]]
    flaws: Flaws


def read_old_workbook(content: bytes) -> list[OldSheet]:
    """The sheets, within the limits of .xlsx; `FileRefusedError` when broken, locked, with macros or too big."""
    if MACRO_FOLDER in content:
        raise FileRefusedError(MACROS)
    if ENCRYPTED_XLSX in content:
        raise FileRefusedError(ENCRYPTED)
    # Spawned, not forked: the server has threads, and a fork would copy their locks.
    limits = (MAX_MEMORY, MAX_SECONDS)
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_limit, initargs=limits) as reader:
        try:
            return reader.submit(read_sheets, content).result()
        except (MemoryError, BrokenProcessPool) as error:
            raise FileRefusedError(TOO_BIG) from error


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def read_sheets(content: bytes) -> list[OldSheet]:
    """What the limited process does for `read_old_workbook`."""
    try:
        # Merges come only with formatting.
        book = xlrd.open_workbook(file_contents=content, logfile=StringIO(), ragged_rows=True, formatting_info=True)
        sheets = [_sheet(sheet, book.datemode) for sheet in book.sheets()]
    except (FileRefusedError, MemoryError):
        raise
    except xlrd.XLRDError as error:
        raise FileRefusedError(ENCRYPTED if "encrypted" in str(error).lower() else BROKEN) from error
    except Exception as error:  # on damaged bytes xlrd raises whatever its parsing ran into
        raise FileRefusedError(BROKEN) from error
    values = [value for sheet in sheets for row in sheet.rows for value in row]
    if len(values) > MAX_CELLS or sum(len(value) for value in values if isinstance(value, str)) > MAX_TEXT:
        raise FileRefusedError(TOO_BIG)
    return sheets


def _sheet(sheet: xlrd.sheet.Sheet, datemode: int) -> OldSheet:
    widths = [len(bytes(sheet.row_types(number)).rstrip(NO_VALUE)) for number in range(sheet.nrows)]
    height = max((number for number, width in enumerate(widths, 1) if width), default=0)
    if height > MAX_ROWS or max(widths, default=0) > MAX_COLUMNS:
        raise FileRefusedError(TOO_FAR)
    cells = [sheet.row_slice(number, 0, widths[number]) for number in range(height)]
    rows = [[_value(cell, datemode) for cell in row] for row in cells]
    merges = [((top, left), (below - 1, beside - 1)) for top, below, left, beside in sheet.merged_cells]
    return OldSheet(sheet.name, sheet.visibility != 0, rows, merges, dict(_flaws(cells)))


def _flaws(rows: list[list[xlrd.sheet.Cell]]) -> Iterator[tuple[tuple[int, int], str]]:
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                yield (number, column), xlrd.error_text_from_code.get(cell.value, "错误值")


def _value(cell: xlrd.sheet.Cell, datemode: int) -> Any:
    """None for a blank or an error, a datetime for a date, a float for any other number."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except (OverflowError, ValueError):
            return cell.value  # a number where a date is wanted is asked about
    return cell.value
