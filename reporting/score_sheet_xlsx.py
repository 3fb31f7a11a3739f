"""考核评分表 or 动态复核表 as a workbook that prints like the form: A4 landscape, repeated head, rows that fit."""

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessment.sheets import PartTable, SheetTable
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


def score_sheet_xlsx(table: SheetTable) -> bytes:
    """The workbook; numbers are numbers, text is text, nothing is a formula."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = table.form
    layout = Layout(columns_of(table))
    _heading(sheet, layout, table)
    row = HEAD_ROW + 1
    for part in table.parts:
        row = _part(sheet, layout, row, part)
    _total_row(sheet, layout, row, "合计", total_values(layout.columns, table.points, table.totals))
    _signatures(sheet, layout, row + 2, SIGNATURES_OF[table.form])
    _page_setup(sheet, layout, table)
    return workbook_bytes(workbook, table.title)


def _heading(sheet: Worksheet, layout: Layout, table: SheetTable) -> None:
    _line(sheet, layout, 1, table.title, (TITLE_FONT, CENTRE))
    facts = [f"{one.label}：{one.text}" for one in facts_of(table)]
    _line(sheet, layout, 2, GAP.join(facts[:FACTS_OF_UNIT]), (BODY_FONT, LEFT))
    _line(sheet, layout, 3, GAP.join(facts[FACTS_OF_UNIT:]), (BODY_FONT, LEFT))
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
    sheet.row_dimensions[row].height = row_height([(text, sum(layout.widths))])


def _part(sheet: Worksheet, layout: Layout, first: int, part: PartTable) -> int:
    """Write a part's rows and its 小计; the number of the row after it."""
    for offset, row in enumerate(part.rows):
        _row(sheet, layout, first + offset, [row.number, part.label, *row_values(layout.columns, row)])
    subtotal = first + len(part.rows)
    if len(part.rows) > 1:
        sheet.merge_cells(start_row=first, end_row=subtotal - 1, start_column=2, end_column=2)
    _total_row(sheet, layout, subtotal, "小计", total_values(layout.columns, part.points, part.sums))
    return subtotal + 1


def _row(sheet: Worksheet, layout: Layout, number: int, values: list[Value]) -> None:
    for column, (value, style) in enumerate(zip(values, layout.styles, strict=True), start=1):
        cell = sheet.cell(number, column)
        write(cell, value)
        cell.font, cell.alignment, cell.border = BODY_FONT, ALIGNMENTS[style], BORDER
    texts = [
        (value, width)
        for value, width, style in zip(values, layout.widths, layout.styles, strict=True)
        if isinstance(value, str) and style != "part"
    ]
    sheet.row_dimensions[number].height = row_height(texts)


def _total_row(sheet: Worksheet, layout: Layout, number: int, label: str, values: list[Value]) -> None:
    for column, (value, style) in enumerate(zip([label, None, *values], layout.styles, strict=True), start=1):
        cell = sheet.cell(number, column)
        write(cell, value)
        cell.font, cell.alignment, cell.border = TOTAL_FONT, ALIGNMENTS[style], BORDER
    sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=FIRST_VALUE + 1)
    sheet.row_dimensions[number].height = LINE_HEIGHT + PADDING + 2


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
