"""The 填报工作簿 as a file: a locked sheet a community where only 自评分 and 扣分原因 can be filled (R23, R70)."""

import re
from collections.abc import Iterable
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assessment.forms.scores import REASON_LENGTH
from assessment.models import Part
from assessment.models.titles import title_of
from assessment.sheet_workbooks.filling import FillingRow, FillingSheet
from assessment.sheet_workbooks.identity import TITLE as IDENTITY
from assessment.sheet_workbooks.identity import write_identity
from assessment.sheet_workbooks.layout import (
    CODE,
    CONTENT,
    KEY_LABEL,
    POINTS,
    REASON,
    RULE,
    SCORE,
    SENTENCE,
    SUGGESTED,
    WIDTHS,
    key_of,
)
from assessment.sheet_workbooks.layout import PART as PART_TITLE
from communities.templatetags.official import fact
from communities.workbooks import clean, row_height, workbook_bytes, write

HEAD_ROW = 4
FIRST_ROW = HEAD_ROW + 1
LONGEST_NAME = 28
HOW_TO = (
    "只填浅黄色的“自评分”和“扣分原因”两栏，其余内容已锁定。自评分填0至该条分值之间的数，最多两位小数；"
    "尚未评定的留空。填好后保存，登录系统在“自评申报”中上传，核对预览后确认导入。请勿修改表号和隐藏的工作表。"
)
TITLE_FONT = Font(name="宋体", size=16, bold=True)
HEAD_FONT = Font(name="黑体", size=10)
BODY_FONT = Font(name="仿宋", size=10)
BOLD_FONT = Font(name="仿宋", size=10, bold=True)
THIN = Side(style="thin", color="000000")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD_FILL = PatternFill("solid", fgColor="EAF0F7")
OPEN_FILL = PatternFill("solid", fgColor="FFF9DB")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CENTRED = {CODE, PART_TITLE, POINTS, SUGGESTED, SCORE}
OPEN = {SCORE, REASON}
LETTERS = {title: get_column_letter(number) for number, title in enumerate(WIDTHS, start=1)}
LAST = len(WIDTHS)


def filling_workbook(sheets: Iterable[FillingSheet], title: str) -> bytes:
    """The workbook of some communities, a sheet each, with the hidden sheet 标识 behind them."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    sheets = list(sheets)
    for sheet in sheets:
        _write_sheet(workbook.create_sheet(_name(sheet)), sheet)
    write_identity(workbook.create_sheet(IDENTITY), [sheet.mark for sheet in sheets])
    workbook.security = WorkbookProtection(lockStructure=True)
    return workbook_bytes(workbook, title)


def _name(sheet: FillingSheet) -> str:
    """The community's name as a sheet may be called."""
    return re.sub(r"[\\/*?:\[\]']", " ", clean(sheet.assessment.community.name))[:LONGEST_NAME].strip() or "社区"


def _write_sheet(page: Worksheet, sheet: FillingSheet) -> None:
    _heading(page, sheet)
    for number, row in enumerate(sheet.rows, start=FIRST_ROW):
        _write_row(page, number, row)
    last = FIRST_ROW + len(sheet.rows) - 1
    _total(page, last)
    _validate(page, last)
    _set_up(page)


def _heading(page: Worksheet, sheet: FillingSheet) -> None:
    assessment = sheet.assessment
    community, standard = assessment.community, assessment.standard
    facts = [
        f"单位：{community.full_name}",
        f"类别：{community.get_category_display()}",
        f"考评标准：{standard.label}",
        f"申报截止：{fact(assessment.last_day)}",
        f"{KEY_LABEL}{key_of(assessment)}",
    ]
    title = f"{assessment.campaign_year}{title_of(community.category)}考核评分表（自评填报）"
    for number, (text, font, alignment) in enumerate(
        [
            (title, TITLE_FONT, CENTRE),
            ("　　".join(facts), BODY_FONT, LEFT),
            ("\n".join([HOW_TO, *standard.notice.splitlines()[:1]]), BODY_FONT, LEFT),
        ],
        start=1,
    ):
        page.merge_cells(start_row=number, end_row=number, start_column=1, end_column=LAST)
        cell = page.cell(number, 1)
        write(cell, text)
        cell.font, cell.alignment = font, alignment
        page.row_dimensions[number].height = row_height([(text, sum(WIDTHS.values()))])
    page.row_dimensions[1].height = 30
    for number, label in enumerate(WIDTHS, start=1):
        cell = page.cell(HEAD_ROW, number)
        write(cell, label)
        cell.font, cell.alignment, cell.border, cell.fill = HEAD_FONT, CENTRE, BORDER, HEAD_FILL


def _write_row(page: Worksheet, number: int, row: FillingRow) -> None:
    item = row.item
    values: dict[str, str | Decimal | None] = {
        CODE: item.code,
        PART_TITLE: Part(item.part).label,
        CONTENT: item.content,
        RULE: item.rule,
        POINTS: item.points,
        SUGGESTED: row.suggested.suggested,
        SENTENCE: row.suggested.sentence or "",
        SCORE: row.points,
        REASON: row.reason,
    }
    for column, (title, value) in enumerate(values.items(), start=1):
        cell = page.cell(number, column)
        write(cell, value)
        cell.font, cell.border = BODY_FONT, BORDER
        cell.alignment = CENTRE if title in CENTRED else LEFT
        if title in OPEN:
            cell.fill, cell.protection = OPEN_FILL, Protection(locked=False)
    texts = [(value, WIDTHS[title]) for title, value in values.items() if isinstance(value, str)]
    page.row_dimensions[number].height = row_height(texts)


def _total(page: Worksheet, last: int) -> None:
    """合计 below the items, added up by the sheet as it is filled."""
    number = last + 1
    for column, title in enumerate(WIDTHS, start=1):
        cell = page.cell(number, column)
        if title == CODE:
            write(cell, "合计")
        if title in {POINTS, SCORE}:
            cell.value = f"=SUM({LETTERS[title]}{FIRST_ROW}:{LETTERS[title]}{last})"
        cell.font, cell.alignment, cell.border = BOLD_FONT, CENTRE, BORDER


def _validate(page: Worksheet, last: int) -> None:
    """0 to the item's points, and a reason of a length that can be kept."""
    score = DataValidation(
        type="decimal",
        operator="between",
        formula1="0",
        formula2=f"${LETTERS[POINTS]}{FIRST_ROW}",
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
        errorTitle="自评分",
        error="请填0至该条分值之间的数，最多两位小数。",
        promptTitle="自评分",
        prompt="0至该条分值之间的数，最多两位小数；尚未评定的留空。",
    )
    reason = DataValidation(
        type="textLength",
        operator="lessThanOrEqual",
        formula1=str(REASON_LENGTH),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="扣分原因",
        error=f"扣分原因请控制在{REASON_LENGTH}字以内。",
    )
    for title, rule in ((SCORE, score), (REASON, reason)):
        rule.add(f"{LETTERS[title]}{FIRST_ROW}:{LETTERS[title]}{last}")
        page.add_data_validation(rule)


def _set_up(page: Worksheet) -> None:
    for title, width in WIDTHS.items():
        page.column_dimensions[LETTERS[title]].width = width
    page.freeze_panes = page.cell(FIRST_ROW, 2)
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False  # widths and heights may be changed
    page.page_setup.paperSize, page.page_setup.orientation = page.PAPERSIZE_A4, page.ORIENTATION_LANDSCAPE
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
