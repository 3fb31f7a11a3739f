"""考核评分表 or 动态复核表 as a workbook that prints like the form: A4 landscape, repeated head, rows that fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessment.sheets import SheetTable
from communities.workbooks import LINE_HEIGHT, PADDING, clean, row_height, workbook_bytes, write
from reporting.score_sheets import (
    NUMBER,
    PART,
    SIGNATURES_OF,
    Column,
    Value,
    columns_of,
    facts_of,
    row_values,
    total_values,
)

NUMBER_WIDTH, PART_WIDTH = 5, 7
HEAD_ROW = 4
FIRST_VALUE = 3
"""The column where the values of the form begin, after 序号 and 一级指标."""
FACTS_OF_UNIT = 4
"""How many facts stand in the first line above the form; the rest stand in the second."""

GAP = "　　"
TITLE_FONT = Font(name="宋体", size=18, bold=True)
HEAD_FONT = Font(name="黑体", size=10)
BODY_FONT = Font(name="仿宋", size=10)
TOTAL_FONT = Font(name="仿宋", size=10, bold=True)
THIN = Side(style="thin", color="000000")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD_FILL = PatternFill("solid", fgColor="EAF0F7")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
Style = tuple[Font, Alignment]
ALIGNMENTS = {"text": LEFT, "number": CENTRE, "part": CENTRE}


@dataclass(frozen=True)
class Layout:
    """The form's columns with their widths (half-width characters) and styles."""

    columns: list[Column]

    @property
    def widths(self) -> list[int]:
        return [NUMBER_WIDTH, PART_WIDTH, *(column.width for column in self.columns)]

    @property
    def styles(self) -> list[str]:
        return ["number", "part", *(column.style for column in self.columns)]

    @property
    def last(self) -> int:
        return len(self.columns) + FIRST_VALUE - 1


@dataclass(frozen=True)
class BodyRow:
    """A row of the form with a value for each column: an item's, or a sum."""

    number: int
    values: list[Value]
    is_sum: bool = False


def body(layout: Layout, table: SheetTable) -> Iterator[BodyRow]:
    """The rows below the head: each part's items and its 小计, at last the 合计."""
    number = count(HEAD_ROW + 1)
    for part in table.parts:
        for row in part.rows:
            yield BodyRow(next(number), [row.number, part.label, *row_values(layout.columns, row)])
        sums = total_values(layout.columns, part.points, part.sums)
        yield BodyRow(next(number), ["小计", None, *sums], is_sum=True)
    totals = total_values(layout.columns, table.points, table.totals)
    yield BodyRow(next(number), ["合计", None, *totals], is_sum=True)


def fact_lines(table: SheetTable) -> dict[int, str]:
    """What stands above the form, by the number of its line."""
    facts = [f"{one.label}：{one.text}" for one in facts_of(table)]
    return {2: GAP.join(facts[:FACTS_OF_UNIT]), 3: GAP.join(facts[FACTS_OF_UNIT:])}


def line_height(layout: Layout, text: str) -> float:
    """In points, like every height."""
    return row_height([(text, sum(layout.widths))])


def body_height(layout: Layout, row: BodyRow) -> float:
    """Of a row of the form, by its longest text."""
    if row.is_sum:
        return LINE_HEIGHT + PADDING + 2
    texts = zip(row.values, layout.widths, layout.styles, strict=True)
    return row_height([(text, width) for text, width, style in texts if isinstance(text, str) and style != "part"])


def score_sheet_xlsx(table: SheetTable) -> bytes:
    """The workbook; numbers are numbers, text is text, nothing is a formula."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = table.form
    layout = Layout(columns_of(table))
    _heading(sheet, layout, table)
    for row in body(layout, table):
        _row(sheet, layout, row)
    _merge_parts(sheet, table)
    _signatures(sheet, layout, row.number + 2, SIGNATURES_OF[table.form])
    _page_setup(sheet, layout, table)
    return workbook_bytes(workbook, table.title)


def _heading(sheet: Worksheet, layout: Layout, table: SheetTable) -> None:
    _line(sheet, layout, 1, table.title, (TITLE_FONT, CENTRE))
    for number, text in fact_lines(table).items():
        _line(sheet, layout, number, text, (BODY_FONT, LEFT))
    sheet.row_dimensions[1].height = 36
    for number, label in enumerate([NUMBER, PART, *(column.label for column in layout.columns)], start=1):
        cell = sheet.cell(HEAD_ROW, number)
        write(cell, label)
        cell.font, cell.alignment, cell.border, cell.fill = HEAD_FONT, CENTRE, BORDER, HEAD_FILL
    sheet.row_dimensions[HEAD_ROW].height = 2 * LINE_HEIGHT + PADDING


def _line(sheet: Worksheet, layout: Layout, row: int, text: str, style: Style) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=layout.last)
    cell = sheet.cell(row, 1)
    write(cell, text)
    cell.font, cell.alignment = style
    sheet.row_dimensions[row].height = line_height(layout, text)


def _row(sheet: Worksheet, layout: Layout, row: BodyRow) -> None:
    for column, (value, style) in enumerate(zip(row.values, layout.styles, strict=True), start=1):
        cell = sheet.cell(row.number, column)
        write(cell, value)
        cell.font, cell.alignment, cell.border = TOTAL_FONT if row.is_sum else BODY_FONT, ALIGNMENTS[style], BORDER
    if row.is_sum:
        sheet.merge_cells(start_row=row.number, end_row=row.number, start_column=1, end_column=FIRST_VALUE + 1)
    sheet.row_dimensions[row.number].height = body_height(layout, row)


def _merge_parts(sheet: Worksheet, table: SheetTable) -> None:
    first = HEAD_ROW + 1
    for part in table.parts:
        last = first + len(part.rows) - 1
        if last > first:
            sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)
        first = last + 2


def _signatures(sheet: Worksheet, layout: Layout, number: int, signatures: list[str]) -> None:
    span = layout.last // len(signatures)
    for place, label in enumerate(signatures):
        start = 1 + place * span
        sheet.merge_cells(start_row=number, end_row=number, start_column=start, end_column=start + span - 1)
        cell = sheet.cell(number, start)
        write(cell, label)
        cell.font, cell.alignment = BODY_FONT, Alignment(vertical="center")
    sheet.row_dimensions[number].height = 30
    _line(sheet, layout, number + 1, "单位（盖章）：", (BODY_FONT, LEFT))
    sheet.row_dimensions[number + 1].height = 60


def _page_setup(sheet: Worksheet, layout: Layout, table: SheetTable) -> None:
    for number, width in enumerate(layout.widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, FIRST_VALUE)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.25, 0.25
    # In a footer & begins a code; a doubled one is the letter itself.
    sheet.oddFooter.left.text = clean(table.standard_label).replace("&", "&&")
    sheet.oddFooter.center.text = "第 &P 页　共 &N 页"
    sheet.oddFooter.right.text = f"校验码 {table.digest}"
