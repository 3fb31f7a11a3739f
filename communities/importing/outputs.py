"""Workbooks that go back to a person: the file with its problems marked, and the blank form.

The marked copy is written anew from the values that were read, so nothing foreign (macros, links, formulas) returns.
"""

import re
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from communities.importing.cells import READERS, read_date, shown
from communities.importing.headings import NAME, SERIAL, TOWN, label_of
from communities.importing.packages import position
from communities.importing.problems import Problem
from communities.importing.workbooks import Cell as FoundCell
from communities.importing.workbooks import Sheet, Workbook
from communities.models.profiles import OFFICE_FACTS

YELLOW = PatternFill("solid", fgColor="FFFF00")
LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
PROBLEM_TITLES = ["工作表", "单元格", "现有内容", "应为", "说明"]
PROBLEM_WIDTHS = [18, 10, 24, 30, 70]
TEMPLATE_SHEETS = {"城镇社区": "全区城镇社区基本情况表", "农村社区（村）": "全区农村社区（村）基本情况表"}
TEMPLATE_WIDTHS = {SERIAL: 6, TOWN: 16, NAME: 18, "remarks": 20}
TEMPLATE_ROWS = 300
COLUMN_WIDTH = 12
LONGEST_TITLE = 31
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
HEADING_ROW = 3


def write_plain(cell: Cell, value: FoundCell) -> None:
    """Write a value that stays what it is: text never becomes a formula or an error, whatever it starts with."""
    if value is None or isinstance(value, (bool, int, float, date, datetime, time, timedelta)):
        cell.value = value
        return
    text = ILLEGAL_CHARACTERS_RE.sub("□", shown(value))
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True


def annotated_workbook(workbook: Workbook, problems: list[Problem], *, keep: Sheet | None = None) -> bytes:
    """The sheets as read, each problem's cell yellow with a comment, and a list of all problems as the first sheet.

    `keep` is a hidden sheet without which the corrected file could not be read again.
    """
    book = openpyxl.Workbook()
    _list_problems(book.active, problems)
    by_sheet: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_sheet[problem.sheet].append(problem)
    for sheet in workbook.sheets:
        page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", sheet.name)[:LONGEST_TITLE] or None)
        _copy_values(page, sheet)
        _mark(page, sheet, by_sheet[sheet.name])
        for (top, left), (bottom, right) in sheet.merges:
            page.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
    if keep:
        page = book.create_sheet(keep.name)
        _copy_values(page, keep)
        page.sheet_state = page.SHEETSTATE_VERYHIDDEN
    return _saved(book)


def _list_problems(page: Worksheet, problems: list[Problem]) -> None:
    page.title = "问题清单"
    rows = [[problem.sheet, problem.cell, problem.found, problem.expected, problem.message] for problem in problems]
    for number, row in enumerate([PROBLEM_TITLES, *rows], start=1):
        for column, text in enumerate(row, start=1):
            cell = page.cell(number, column)
            write_plain(cell, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for column, width in enumerate(PROBLEM_WIDTHS, start=1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A2"


def _copy_values(page: Worksheet, sheet: Sheet) -> None:
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row, start=1):
            if value not in {None, ""}:
                write_plain(page.cell(number, column), value)
    for column in range(1, max((len(row) for row in sheet.rows), default=0) + 1):
        page.column_dimensions[get_column_letter(column)].width = COLUMN_WIDTH


def _mark(page: Worksheet, sheet: Sheet, problems: list[Problem]) -> None:
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for problem in problems:
        if problem.cell:
            at = position(problem.cell)
            texts[sheet.covered.get(at, at)].append(f"应为：{problem.expected}。{problem.message}")
    for (row, column), found in texts.items():
        cell = page.cell(row + 1, column + 1)
        cell.fill = YELLOW
        cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("□", "\n".join(found)), "导入检查", width=320, height=120)


def register_template() -> bytes:
    """导入模板: the office's own form, one sheet per category, ready for printing on A4 landscape."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, title in TEMPLATE_SHEETS.items():
        _blank_form(book.create_sheet(name), title)
    return _saved(book)


def _blank_form(page: Worksheet, title: str) -> None:
    columns = [SERIAL, TOWN, NAME, *OFFICE_FACTS]
    last = get_column_letter(len(columns))
    page["A1"], page["A2"] = title, "填报单位：　　　　　　　　　　截止日期："
    page["A1"].font, page["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    page.merge_cells(f"A1:{last}1")
    page.merge_cells(f"A2:{last}2")
    for number, name in enumerate(columns, start=1):
        heading = page.cell(HEADING_ROW, number, label_of(name))
        heading.font, heading.border = Font(bold=True), BOX
        heading.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(number)].width = TEMPLATE_WIDTHS.get(name, COLUMN_WIDTH)
        if READERS.get(name) is read_date:
            for row in range(HEADING_ROW + 1, HEADING_ROW + TEMPLATE_ROWS + 1):
                page.cell(row, number).number_format = "yyyy-mm-dd"
    page.freeze_panes = "D4"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows = "1:3"


def _saved(book: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()
