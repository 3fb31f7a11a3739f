"""Reading .xls (Excel 97-2003) with xlrd, which keeps error cells apart and rows as short as they are."""

from io import StringIO
from typing import Any

import xlrd

from communities.importing.packages import BROKEN, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, TOO_BIG, TOO_FAR
from communities.importing.problems import FileRefusedError

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
MACRO_FOLDER = "_VBA_PROJECT_CUR".encode("utf-16-le")
ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
ENCRYPTED = "工作簿已加密。请在WPS或Excel中取消密码后再上传。"
MACROS = "工作簿含有宏，未读取。请另存为不含宏的“.xlsx”后再上传。"


def open_old_workbook(content: bytes) -> xlrd.Book:
    """The workbook within the limits that hold for .xlsx too; `FileRefusedError` when it is broken, locked or too big.

    Merges come only with formatting. Nothing of the file is believed beyond what xlrd could read.
    """
    if MACRO_FOLDER in content:
        raise FileRefusedError(MACROS)
    if ENCRYPTED_XLSX in content:
        raise FileRefusedError(ENCRYPTED)
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=StringIO(), ragged_rows=True, formatting_info=True, on_demand=False
        )
    except xlrd.XLRDError as error:
        raise FileRefusedError(ENCRYPTED if "encrypted" in str(error).lower() else BROKEN) from error
    except Exception as error:  # why: on damaged bytes xlrd raises whatever its parsing ran into
        raise FileRefusedError(BROKEN) from error
    if any(sheet.nrows > MAX_ROWS or sheet.ncols > MAX_COLUMNS for sheet in book.sheets()):
        raise FileRefusedError(TOO_FAR)
    if sum(sheet.row_len(row) for sheet in book.sheets() for row in range(sheet.nrows)) > MAX_CELLS:
        raise FileRefusedError(TOO_BIG)
    return book


def value_of(cell: xlrd.sheet.Cell, book: xlrd.Book) -> Any:
    """A sound cell's value in Python's types: None for a blank, a datetime for a date, a float for any number."""
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (xlrd.xldate.XLDateError, OverflowError, ValueError):
            return cell.value  # a number where a date is wanted is asked about
    return cell.value


def error_of(cell: xlrd.sheet.Cell) -> str | None:
    """#REF! and its kin, or None for a sound cell."""
    return xlrd.error_text_from_code.get(cell.value, "#N/A") if cell.ctype == xlrd.XL_CELL_ERROR else None
