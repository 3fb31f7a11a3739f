"""The file of a standard, CSV or workbook, as text cells with their line numbers; what they mean is not known here."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO, StringIO

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell

from communities.importing.packages import BROKEN, check_package
from communities.importing.problems import FileRefusedError

COLUMNS = [
    *("part_no", "part", "item_code", "content", "rule", "points", "method", "evidence"),
    *("metric", "operator", "threshold", "note"),
]
XLSX, XLS = b"PK", b"\xd0\xcf\x11\xe0"
NOTICE = "#"
FLAW = "错误值或公式："
MAX_TEXT = 200_000
"""Characters of a whole standard; the template has 8,000."""


@dataclass(frozen=True)
class Row:
    """`line` counts from 1, as an editor or a spreadsheet shows it."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class StandardFile:
    """`notice`: the lines with # and those above the head; `rows`: what stands under the head."""

    notice: str
    head: Row
    rows: list[Row]

    def as_csv(self) -> str:
        """The same content as CSV, so that a page can carry it from preview to publication."""
        text = StringIO()
        text.writelines(f"{NOTICE} {line}\n" for line in self.notice.splitlines())
        csv.writer(text).writerows([self.head.cells, *(row.cells for row in self.rows)])
        return text.getvalue()


def read_file(content: bytes) -> StandardFile:
    """Read .csv (UTF-8 or GB18030) or .xlsx, told apart by content. Raises FileRefusedError for anything else."""
    if content.startswith(XLS):
        raise FileRefusedError("这是旧版“.xls”工作簿，请用WPS或Excel另存为“.xlsx”后重新导入。")
    rows = _workbook_rows(content) if content.startswith(XLSX) else _csv_rows(_decoded(content))
    return _arranged([row for row in rows if any(row.cells)])


def _arranged(rows: list[Row]) -> StandardFile:
    notice = [row for row in rows if row.cells[0].startswith(NOTICE)]
    table = [row for row in rows if not row.cells[0].startswith(NOTICE)]
    if not table:
        raise FileRefusedError("文件里没有考评内容，请对照导入模板填写后重新导入。")
    start = next((number for number, row in enumerate(table) if "item_code" in row.cells), 0)
    lines = [" ".join(filter(None, row.cells)).lstrip(f"{NOTICE} ") for row in [*notice, *table[:start]]]
    if sum(len(cell) for row in rows for cell in row.cells) > MAX_TEXT:
        raise FileRefusedError("文件内容过多，不像一份考评标准，请删去无关内容后重新导入。")
    return StandardFile("\n".join(lines), table[start], table[start + 1 :])


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileRefusedError("无法识别的文件，请导入UTF-8编码的“.csv”文件，或“.xlsx”工作簿。")


def _csv_rows(text: str) -> list[Row]:
    """Rows with the line each begins on: a quoted cell may run over several lines."""
    lines = list(StringIO(text, newline=""))
    rows = [Row(number, [line.strip(" \r\n,")]) for number, line in enumerate(lines, 1) if line.startswith(NOTICE)]
    reader = csv.reader(["\n" if line.startswith(NOTICE) else line for line in lines], strict=True)
    start = 1
    try:
        for cells in reader:
            rows.append(Row(start, [_text(cell) for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError(f"第{start}行的引号没有成对，请改正后重新导入。") from error
    return rows


def _workbook_rows(content: bytes) -> list[Row]:
    """Rows of the first visible sheet that has the head, else of the first visible one.

    Formulas are read as their text: "==" is one to a spreadsheet, and any other has no place here.
    """
    checked = check_package(content)
    try:
        workbook = load_workbook(BytesIO(checked.content), read_only=True, keep_links=False)
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            sheet.reset_dimensions()
        tables = [_sheet_rows(sheet.iter_rows()) for sheet in sheets]
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError) as error:
        raise FileRefusedError(BROKEN) from error
    with_head = (rows for rows in tables if any("item_code" in row.cells for row in rows))
    return next(with_head, tables[0] if tables else [])


def _sheet_rows(rows: Iterable[tuple[ReadOnlyCell, ...]]) -> list[Row]:
    return [Row(line, [_cell_text(cell) for cell in row]) for line, row in enumerate(rows, 1)]


def _cell_text(cell: ReadOnlyCell) -> str:
    """A cell as text: 2.0 → 2, TRUE → true; what is no value is marked with FLAW."""
    value = cell.value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = "" if value is None else _text(str(value))
    is_flaw = cell.data_type == "e" or (cell.data_type == "f" and text != "==")
    return f"{FLAW}{text}" if is_flaw else text


def _text(cell: str) -> str:
    return cell.replace("\r\n", "\n").strip()
