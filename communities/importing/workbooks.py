"""Safe reading of foreign workbooks: what the file is, is found in its content, never in its name."""

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from pathlib import PurePath

from django.conf import settings
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum, load_workbook

from communities.importing.old_workbooks import SIGNATURE, read_old_workbook
from communities.importing.packages import (
    BROKEN,
    MAX_AREA,
    MAX_COLUMNS,
    MAX_ROWS,
    TOO_BIG,
    TOO_FAR,
    CheckedPackage,
    Flaws,
    Position,
    check_package,
)
from communities.importing.problems import FileRefusedError

EMPTY = "文件是空的，请检查后重新上传。"
FOREIGN = "无法识别的文件。请上传“.xlsx”“.xls”或“.csv”格式的社区基本情况表。"
MARKUP = "这是网页或XML文件，只是扩展名像表格。请用WPS或Excel打开后另存为“.xlsx”，再上传。"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Flaw:
    """A cell whose value is lost: an Excel error such as #REF!, or a formula saved without its result."""

    text: str


Cell = str | int | float | bool | date | datetime | time | timedelta | Flaw | None


@dataclass
class Sheet:
    """A grid of cells, rows and columns from 0; `covered` leads from a cell inside a merge to the merge's first cell.

    `merges` are ((first row, first column), (last row, last column)), clipped to the grid. Of an .xlsx it is known
    which cells are `formulas` and which numbers are shown as `percents`.
    """

    name: str
    rows: list[list[Cell]]
    merges: list[tuple[Position, Position]] = field(default_factory=list)
    covered: dict[Position, Position] = field(default_factory=dict)
    formulas: set[Position] = field(default_factory=set)
    percents: set[Position] = field(default_factory=set)

    def cell(self, row: int, column: int) -> Cell:
        """The cell's own value; a cell covered by a merge has none."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None

    def merged(self, row: int, column: int) -> Cell:
        """The value that a reader sees at a cell: the merge's where a merge covers it."""
        return self.cell(*self.covered.get((row, column), (row, column)))

    @staticmethod
    def address(row: int, column: int) -> str:
        return f"{get_column_letter(column + 1)}{row + 1}"


@dataclass(frozen=True)
class Workbook:
    """The visible sheets in order, and the hidden ones, whose values stand for nothing that a person has seen."""

    sheets: list[Sheet]
    hidden_sheets: list[Sheet] = field(default_factory=list)

    @property
    def hidden(self) -> list[str]:
        return [sheet.name for sheet in self.hidden_sheets]


def read_workbook(content: bytes, name: str) -> Workbook:
    """Read an .xlsx, .xls, .csv or .tsv file, whatever the extension of its name says; else `FileRefusedError`."""
    if not content:
        raise FileRefusedError(EMPTY)
    check_size(len(content))
    if content.startswith(b"PK"):
        package = check_package(content)
        return _read_with_calamine(package)
    if content.startswith(SIGNATURE):
        return _read_with_xlrd(content)
    return Workbook([_read_text(content, PurePath(name).stem)])


def check_size(size: int) -> None:
    if size > settings.IMPORT_MAX_BYTES:
        raise FileRefusedError(f"文件超过{settings.IMPORT_MAX_BYTES / MEGABYTE:.0f}MB。请只保留要导入的工作表。")


def _read_with_calamine(package: CheckedPackage) -> Workbook:
    try:
        with load_workbook(BytesIO(package.content)) as book:
            found = _worksheets(book)
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefusedError(BROKEN) from error
    except BaseException as error:
        # A panic inside the reader is no Exception; left alone it would take the serving process down.
        if type(error).__name__ == "PanicException":
            raise FileRefusedError(BROKEN) from error
        raise
    workbook = Workbook([])
    for name, is_visible, rows, merges in found:
        _mark_flaws(rows, package.flaws.get(name, {}))
        sheet = _with_merges(name, rows, merges if is_visible else [])
        sheet.formulas, sheet.percents = package.formulas.get(name, set()), package.percents.get(name, set())
        (workbook.sheets if is_visible else workbook.hidden_sheets).append(sheet)
    return workbook


def _worksheets(book: CalamineWorkbook) -> list[tuple[str, bool, list[list[Cell]], list[tuple[Position, Position]]]]:
    """(name, whether it is visible, rows, merges) of every worksheet."""
    found = []
    for number, meta in enumerate(book.sheets_metadata):
        if meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(number)
            rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            is_visible = meta.visible == SheetVisibleEnum.Visible
            found.append((meta.name, is_visible, rows, sheet.merged_cell_ranges or []))
    return found


def _read_with_xlrd(content: bytes) -> Workbook:
    workbook = Workbook([])
    for sheet in read_old_workbook(content):
        _mark_flaws(sheet.rows, sheet.flaws)
        kept = workbook.hidden_sheets if sheet.hidden else workbook.sheets
        kept.append(_with_merges(sheet.name, sheet.rows, [] if sheet.hidden else sheet.merges))
    return workbook


def _mark_flaws(rows: list[list[Cell]], flaws: Flaws) -> None:
    width = max((*(len(row) for row in rows), *(column + 1 for _row, column in flaws)), default=0)
    rows += [[] for _ in range(max((row + 1 for row, _column in flaws), default=0) - len(rows))]
    for (row, column), text in flaws.items():
        rows[row] += [None] * (width - len(rows[row]))
        rows[row][column] = Flaw(text)


def _with_merges(name: str, rows: list[list[Cell]], merges: list[tuple[Position, Position]]) -> Sheet:
    sheet = Sheet(name, rows)
    height, width = len(rows), max((len(row) for row in rows), default=0)
    area = 0
    for (top, left), (bottom, right) in merges:
        last = (min(bottom, height - 1), min(right, width - 1))
        area += max(last[0] - top + 1, 0) * max(last[1] - left + 1, 0)
        if area > MAX_AREA:
            raise FileRefusedError(TOO_BIG)
        inside = [(row, column) for row in range(top, last[0] + 1) for column in range(left, last[1] + 1)]
        sheet.covered.update(dict.fromkeys(inside[1:], (top, left)))
        if inside:
            sheet.merges.append(((top, left), last))
    return sheet


def _read_text(content: bytes, name: str) -> Sheet:
    text = _decoded(content)
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        raise FileRefusedError(MARKUP)
    if "\0" in text or start.startswith(("mz", "%pdf", "{\\rtf")):
        raise FileRefusedError(FOREIGN)
    lines = text.splitlines()[:50]
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))
    rows: list[list[Cell]] = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=False):
            rows.append(list(row))
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise FileRefusedError(TOO_FAR)
    except csv.Error as error:
        raise FileRefusedError(FOREIGN) from error
    return Sheet(name, rows)


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith(UTF_16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefusedError(FOREIGN)
