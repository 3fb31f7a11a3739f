"""Many workbooks at once are the single ones, cell by cell (R70; hostile cases 28, 29)."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from assessment.models import Stage
from assessment.sheets import Score
from reporting.score_sheet_xlsx import score_sheet_xlsx
from reporting.score_sheet_xlsx_batch import score_sheet_workbooks
from tests.reporting.test_score_sheet_batch import assessments, tables_of

assert assessments, "a fixture"
pytestmark = pytest.mark.django_db
REASONS = ["=1+1", "+8", "\tx", "资料不全。" * 90, "第一行\r\n第二行", "<b>&amp;\x01", "  前后有空格 ", ""]


def contents(workbook: bytes):
    """All that a person sees or prints of a workbook."""
    sheet = openpyxl.load_workbook(BytesIO(workbook)).active
    cells = {
        cell.coordinate: (
            cell.value,
            cell.value is not None and cell.data_type,
            cell.number_format,
            repr(cell.font),
            repr(cell.alignment),
            repr(cell.border),
            repr(cell.fill),
            bool(cell.quotePrefix),
        )
        for row in sheet.iter_rows()
        for cell in row
    }
    heights = {number: row.height for number, row in sheet.row_dimensions.items()}
    widths = {name: column.width for name, column in sheet.column_dimensions.items()}
    page = (sheet.page_setup.orientation, sheet.print_title_rows, sheet.freeze_panes, sheet.oddFooter.right.text)
    return cells, heights, widths, sorted(map(str, sheet.merged_cells.ranges)), page, sheet.title


def with_reason(table, reason: str, points: str | None):
    """The sheet with the same reason on every item of two stages."""
    score = Score(None if points is None else Decimal(points), reason, 1)
    scores = {Stage.SELF: score, Stage.CITY: score}
    parts = tuple(
        replace(part, rows=tuple(replace(row, scores=scores) for row in part.rows), sums=table.totals)
        for part in table.parts
    )
    return replace(
        table, parts=parts, unit=f"湖塘镇<{len(reason)}>社区", totals={**table.totals, Stage.SELF: score.points}
    )


def test_each_is_its_single_workbook_cell_by_cell(assessments):
    tables = tables_of(assessments)
    tables += [
        with_reason(tables[0], reason, points) for reason, points in zip(REASONS, ["0.5", None] * 4, strict=True)
    ]
    made = list(score_sheet_workbooks(tables))
    assert [table for table, _workbook in made] == tables
    for table, workbook in made:
        for ours, single in zip(contents(workbook), contents(score_sheet_xlsx(table)), strict=True):
            assert ours == single
