"""A filled workbook read back: the sheets by their key, the rows by their code, the two columns cell by cell (R23).

Nothing is looked for at a fixed place: sheets may have been renamed and rows moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError

from assessment.entries import Entry
from assessment.forms.scores import REASON_LENGTH, read_points, read_reason
from assessment.models import Item
from assessment.sheet_workbooks.identity import ItemMark, digest_of
from assessment.sheet_workbooks.layout import CODE, KEY, READ, REASON, SCORE
from communities.importing.cells import UnclearCellError, is_blank, shown
from communities.importing.problems import Problem
from communities.importing.record_cells import text_of
from communities.importing.workbooks import Cell, Flaw, Sheet
from communities.templatetags.official import plain

TOTAL = "合计"
LONGEST_FOUND = 60
REASON_EXPECTED = f"不超过{REASON_LENGTH}个字的文字"


@dataclass
class FilledSheet:
    """A sheet of scores as it was found: where its columns and rows are, and what is wrong with it so far.

    `rows` leads from an item's code to its row; rows and columns count from 0.
    """

    sheet: Sheet
    key: str
    key_cell: str
    columns: Mapping[str, int]
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cell(self, row: int, title: str) -> Cell:
        return self.sheet.cell(row, self.columns[title])

    def ask(self, row: int, title: str, *, expected: str, message: str, found: str | None = None) -> None:
        """Note a problem of one cell."""
        column = self.columns[title]
        text = shown(self.sheet.merged(row, column)) if found is None else found
        self.problems.append(problem(self.sheet.name, Sheet.address(row, column), text, expected, message))

    def refuse(self, *, expected: str, message: str) -> None:
        """Note a problem of the sheet as a whole, at the key that it is known by."""
        self.problems.append(problem(self.sheet.name, self.key_cell, self.key, expected, message))


def problem(sheet: str, cell: str, found: str, expected: str, message: str) -> Problem:
    """A problem that shows no more of a cell than a line."""
    return Problem(sheet, cell, line(found), expected, message)


def line(text: str) -> str:
    """The beginning of a text that may be of any length."""
    return text if len(text) <= LONGEST_FOUND else f"{text[:LONGEST_FOUND]}…"


def read_sheet(sheet: Sheet) -> FilledSheet | None:
    """A sheet with its key and columns; None for a sheet that is no score sheet, as 问题清单 is.

    One that has only a key or only columns is a problem in itself.
    """
    head, columns = _head(sheet)
    key, key_cell = _key(sheet, head if columns else len(sheet.rows))
    if not key and not columns:
        return None
    filled = FilledSheet(sheet, key, key_cell, columns)
    if not columns:
        titles = "、".join(f"“{title}”" for title in READ)
        message = f"没有找到{titles}各一栏的表头，或其中一栏出现了两次。请恢复原来的表头。"
        filled.problems.append(problem(sheet.name, "", "", f"{titles}的表头", message))
    elif not key:
        message = "没有找到“表号”，不能确定是哪个社区（村）的表。请恢复表头上方的“表号：……”一行。"
        filled.problems.append(problem(sheet.name, "", "", "下载时的表号", message))
    else:
        _find_rows(filled, head)
    return filled


def _head(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """(row, columns by title) of the head; no columns where there is none that is certain."""
    for number in range(len(sheet.rows)):
        titles = ["".join(shown(cell).split()) for cell in sheet.rows[number]]
        if all(titles.count(title) == 1 for title in READ):
            return number, {title: titles.index(title) for title in READ}
    return 0, {}


def _key(sheet: Sheet, rows: int) -> tuple[str, str]:
    """(key, the address of its cell), from the first `rows` rows."""
    for number, row in enumerate(sheet.rows[:rows]):
        for column, cell in enumerate(row):
            found = KEY.search(cell) if isinstance(cell, str) else None
            if found:
                return found[1], Sheet.address(number, column)
    return "", ""


def _find_rows(filled: FilledSheet, head: int) -> None:
    for number in range(head + 1, len(filled.sheet.rows)):
        code = shown(filled.cell(number, CODE)).strip()
        has_content = not all(is_blank(filled.cell(number, title)) for title in (SCORE, REASON))
        if code == TOTAL:
            continue
        if code in filled.rows:
            message = f"编号“{code}”与第{filled.rows[code] + 1}行重复，不能确定以哪一行为准。请只保留一行。"
            filled.ask(number, CODE, expected="每个编号一行", message=message)
        elif code:
            filled.rows[code] = number
        elif has_content:
            message = "这一行填有内容，但没有编号。请恢复编号，或清空这一行。"
            filled.ask(number, CODE, expected="条目的编号", message=message)


def read_entries(filled: FilledSheet, items: list[Item], marks: Mapping[str, ItemMark]) -> list[Entry]:
    """What was filled in since the download, item by item; `revision` is the one that the file was made from.

    An item that still says what it said then is no entry. Problems go to `filled`.
    """
    codes = {item.code for item in items}
    for code, row in filled.rows.items():
        if code not in codes and not all(is_blank(filled.cell(row, title)) for title in (SCORE, REASON)):
            message = f"考评标准中没有编号“{code}”。请恢复原来的编号，或清空这一行。"
            filled.ask(row, CODE, expected="考评标准中的编号", message=message)
    found = [_read_item(filled, item, marks.get(item.code, ItemMark(0, ""))) for item in items]
    return [entry for entry in found if entry]


def _read_item(filled: FilledSheet, item: Item, mark: ItemMark) -> Entry | None:
    row = filled.rows.get(item.code)
    if row is None:
        message = f"缺少编号“{item.code}”的一行。请恢复这一行；不评定的，自评分留空即可。"
        filled.problems.append(problem(filled.sheet.name, "", "", f"编号“{item.code}”的一行", message))
        return None
    count = len(filled.problems)
    points = _read_score(filled, row, item)
    if len(filled.problems) == count and digest_of(points, shown(filled.cell(row, REASON))) == mark.digest:
        _ask_merged_reason(filled, row)
        return None
    reason = "" if _ask_merged_reason(filled, row) else _read_reason(filled, row)
    return Entry(item, points, reason, mark.revision) if len(filled.problems) == count else None


def _read_score(filled: FilledSheet, row: int, item: Item) -> Decimal | None:
    at = (row, filled.columns[SCORE])
    cell = filled.sheet.cell(*at)
    expected = f"0至{plain(item.points)}之间的数，最多两位小数"
    if at in filled.sheet.covered:
        message = "单元格被合并，不能确定这一条的得分。请取消合并后逐条填写。"
        filled.ask(row, SCORE, expected=expected, message=message)
    elif isinstance(cell, Flaw):
        message = f"公式没有得出结果（{cell.text}）。请直接填写得分。"
        filled.ask(row, SCORE, expected=expected, message=message)
    elif at in filled.sheet.percents and isinstance(cell, (int, float)):
        message = "百分数不能作为得分。请把单元格设为“常规”格式后填写分数。"
        filled.ask(row, SCORE, expected=expected, message=message, found=_percent(cell))
    elif isinstance(cell, (date, time, timedelta)):
        message = f"“{shown(cell)}”是日期或时间，不是得分。请把单元格设为“常规”格式后重新填写。"
        filled.ask(row, SCORE, expected=expected, message=message)
    else:
        return _points(filled, row, item, expected)
    return None


def _points(filled: FilledSheet, row: int, item: Item, expected: str) -> Decimal | None:
    text = shown(filled.cell(row, SCORE))
    try:
        points = read_points(text, item)
    except ValidationError as error:
        filled.ask(row, SCORE, expected=expected, message="".join(error.messages))
        return None
    at = (row, filled.columns[SCORE])
    if at in filled.sheet.formulas:
        place = f"工作表“{filled.sheet.name}”{Sheet.address(*at)}"
        filled.notes.append(f"{place}是公式，采用的是计算结果{text.strip() or '（空）'}，请核对。")
    return points


def _ask_merged_reason(filled: FilledSheet, row: int) -> bool:
    """Whether the cell is part of a merge, which may mean the reason for several items."""
    if (row, filled.columns[REASON]) not in filled.sheet.covered:
        return False
    message = "单元格被合并，不能确定这一条的扣分原因。请取消合并后逐条填写。"
    filled.ask(row, REASON, expected=REASON_EXPECTED, message=message)
    return True


def _read_reason(filled: FilledSheet, row: int) -> str:
    at = (row, filled.columns[REASON])
    cell = filled.sheet.cell(*at)
    if at in filled.sheet.percents and isinstance(cell, (int, float)):
        return _percent(cell)
    try:
        return read_reason(text_of(cell))
    except UnclearCellError as unclear:
        filled.ask(row, REASON, expected=REASON_EXPECTED, message=unclear.message)
    except ValidationError as error:
        filled.ask(row, REASON, expected=REASON_EXPECTED, message="".join(error.messages))
    return ""


def _percent(cell: float) -> str:
    """A number as its cell shows it."""
    return f"{cell * 100:.10g}%"
