"""A published standard as a workbook that can be edited and imported again."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font

from assessment.models import Item, Part, Standard
from assessment.standards.file import COLUMNS
from communities.templatetags.official import plain

WIDTHS = [9, 18, 9, 40, 50, 8, 22, 30, 22, 12, 22, 40]


def standard_workbook(standard: Standard) -> bytes:
    """The notice above, then the import's own columns; every cell is text, so that no ">=" becomes a formula."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "考评标准"
    for row, line in enumerate(standard.notice.splitlines(), 1):
        _write(sheet.cell(row, 1), line)
    head = sheet.max_row + 1 if standard.notice else 1
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True), 1):
        _write(sheet.cell(head, column), name).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(head, column).column_letter].width = width
    for row, item in enumerate(standard.items.all(), head + 1):
        for column, text in enumerate(_cells(item), 1):
            _write(sheet.cell(row, column), text).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = sheet.cell(head + 1, 1)
    content = BytesIO()
    workbook.save(content)
    return content.getvalue()


def _write(cell: Cell, text: str) -> Cell:
    cell.value = text
    cell.data_type = "s"
    return cell


def _cells(item: Item) -> list[str]:
    texts = (item.content, item.rule, plain(item.points), item.method, item.evidence)
    return [
        str(item.part),
        Part(item.part).label,
        item.code,
        *texts,
        item.metric,
        item.operator,
        item.threshold,
        item.note,
    ]
