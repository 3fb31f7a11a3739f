"""The totals row as a check: where it disagrees with the rows read, the person who imports is told."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from communities.importing.cells import UNITS, UnclearCellError, decimal_of, is_blank, plain_text, shown
from communities.importing.headings import NAME, Headings, label_of
from communities.importing.packages import UNCOMPUTED
from communities.importing.workbooks import Cell, Flaw, Sheet

COUNTED = frozenset({"个", "家", "村", "人", "户", "处"})


class HasFacts(Protocol):
    facts: dict[str, object]


def check_totals(
    sheet: Sheet, headings: Headings, totals: Sequence[int], rows: Sequence[HasFacts], uncertain: set[str]
) -> list[str]:
    """A note per total that differs: totals are often stale, and the rows are what is imported.

    Columns with cells in doubt and totals without a number are not compared.
    """
    notes = []
    columns = [(NAME, headings.columns[NAME]), *(fact for fact in headings.facts if fact[0] != "remarks")]
    for number in totals:
        for name, column in columns:
            cell = sheet.cell(number, column)
            sums = expected_totals(name, rows)
            found = stated_total(cell, name)
            if name in uncertain or found is None or found in sums:
                continue
            place = f"工作表“{sheet.name}”{sheet.address(number, column)}"
            notes.append(
                f"{place}：“{label_of(name)}”的合计是{shown(cell)}，各行相加是{sums[0]:f}，以各行为准，请核对。"
            )
    return notes


def stated_total(cell: Cell, name: str) -> Decimal | None:
    """The number in a totals row; None where there is none to compare. A broken total is a number nothing equals."""
    if is_blank(cell) or (isinstance(cell, Flaw) and cell.text == UNCOMPUTED):
        return None
    if isinstance(cell, Flaw):
        return Decimal("NaN")
    if isinstance(cell, str) and not re.search("[0-9]", plain_text(cell)):
        return None
    try:
        return decimal_of(cell, COUNTED | UNITS.get(name, frozenset()), "数")
    except UnclearCellError:
        return Decimal("NaN")


def expected_totals(name: str, rows: Sequence[HasFacts]) -> list[Decimal]:
    """What the total of a column may be: the sum of numbers, the count of ticks, dates or rows.

    Under a milestone's dates offices also write how many communities have all three.
    """
    if name == NAME:
        return [Decimal(len(rows))]
    values = [row.facts.get(name) for row in rows]
    if any(isinstance(value, date) for value in values):
        milestones = [[row.facts.get(f"grid_{step}_on") for step in ("divided", "teamed", "published")] for row in rows]
        return [Decimal(sum(value is not None for value in values)), Decimal(sum(all(three) for three in milestones))]
    return [sum((Decimal(str(+value)) for value in values if isinstance(value, (int, Decimal))), Decimal(0))]
