"""Registers as workbooks: what is shown on a list, and the empty template of an import. Both have the same columns."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from communities.importing.record_titles import UNIT_NAME, UNIT_TITLES, UNIT_TOWN, titles_of
from communities.models import Community
from communities.models.members import MembersField
from communities.models.records import Record, Register
from communities.revisions import shown
from communities.templatetags.official import tick
from communities.workbooks import workbook_bytes, write

SERIAL = "序号"
LINE = Side(style="thin", color="999999")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD = PatternFill("solid", fgColor="EAF0F7")
WIDTHS = {UNIT_TOWN: 16, UNIT_NAME: 18, "remarks": 24}
NARROWEST, WIDEST = 10, 40
MOST_ROWS = 50_000
TEMPLATE_ROWS = 1000
CHOICES_LENGTH = 250


def export_workbook(register: Register, records: Iterable[Record], title: str) -> bytes:
    """The records with every column of the register; text stays text, phones keep their stars (hostile case 28)."""
    book = Workbook(write_only=True)
    page = _page(book, register)
    titles = titles_of(register)
    page.append(_heading(page, titles))
    for number, record in enumerate(records, start=1):
        values = [number, *unit_names(register, record), *(_value(record, name) for name in register.columns)]
        page.append([_cell(page, value) for value in values])
    return workbook_bytes(book, title)


def unit_names(register: Register, record: Record) -> list[str]:
    """镇 and 社区（村） of a record, as far as its register has them."""
    if register.unit == "community":
        return [record.unit.town.name, record.unit.name]  # type: ignore[union-attr]
    return [record.unit.name] if register.unit == "town" else []


def template_workbook(register: Register) -> bytes:
    """导入模板: the headings, with notes on what goes where and lists to choose from."""
    book = Workbook(write_only=True)
    page = _page(book, register)
    titles = titles_of(register)
    for position, name in enumerate(titles, start=2):
        choices = _choices(register, name)
        if choices and len(choices) < CHOICES_LENGTH:
            rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=False)
            letter = get_column_letter(position)
            rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
            page.data_validations.append(rule)
    heading = _heading(page, titles)
    for cell, name in zip(heading[1:], titles, strict=True):
        note = _note(register, name)
        if note:
            cell.comment = Comment(note, "导入说明", width=260, height=90)
    page.append(heading)
    return workbook_bytes(book, f"{register.label}导入模板")


def _page(book: Workbook, register: Register) -> WriteOnlyWorksheet:
    page = book.create_sheet(register.label[:31].translate(str.maketrans("\\/*?:[]", " " * 7)))
    page.freeze_panes = "A2"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows = "1:1"
    page.column_dimensions["A"].width = 6
    for position, (name, title) in enumerate(titles_of(register).items(), start=2):
        width = WIDTHS.get(name, min(max(NARROWEST, 2 * len(title) + 2), WIDEST))
        page.column_dimensions[get_column_letter(position)].width = width
    return page


def _heading(page: WriteOnlyWorksheet, titles: dict[str, str]) -> list[WriteOnlyCell]:
    cells = [_cell(page, title) for title in (SERIAL, *titles.values())]
    for cell in cells:
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cells


def _cell(page: WriteOnlyWorksheet, value: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(page)
    if isinstance(value, date):
        cell.value, cell.number_format = value, "yyyy-mm-dd"
    else:
        write(cell, value)  # type: ignore[arg-type]
    cell.border = BOX
    return cell


def _value(record: Record, name: str) -> object:
    """Numbers and dates as such, everything else as people write it."""
    field, value = record._meta.get_field(name), getattr(record, name)
    if isinstance(field, models.IntegerField | models.DecimalField | models.DateField):
        return value
    if isinstance(value, Community):
        return value.full_name
    return shown(record, name)


def _choices(register: Register, name: str) -> str:
    if name in UNIT_TITLES[register.unit]:
        return ""
    field = register.model._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return "√,×"
    labels = [str(label) for value, label in field.choices or [] if value]  # type: ignore[union-attr]
    return "" if any("," in label for label in labels) else ",".join(labels)


def _note(register: Register, name: str) -> str:
    if name in UNIT_TITLES[register.unit]:
        return "与社区家底中的名称一致。"
    field = register.model._meta.get_field(name)
    parts = [] if field.blank or name not in register.key else ["必填，用来识别同一条记录。"]  # type: ignore[union-attr]
    if isinstance(field, models.BooleanField):
        parts.append(f"是填√，否填×，{'不掌握的留空' if field.null else '留空按' + tick(bool(field.get_default()))}。")
    if isinstance(field, models.DateField):
        parts.append("填日期，如2012年3月9日或2012-3-9。")
    if isinstance(field, MembersField):
        parts.append(f"填{'、'.join(field.members)}，多项用顿号分开。")
    if field.help_text:  # type: ignore[union-attr]
        parts.append(str(field.help_text))  # type: ignore[union-attr]
    return "".join(parts)
