"""Many score sheets at once: one blank for all of one standard, laid out once, the figures drawn over it (F2, R70).

The same values that the single sheet prints; a sheet with a text that does not fit its row is laid out on its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pikepdf
from django.template.loader import render_to_string

from assessment.sheets import SheetTable
from reporting.overlay import Blank, Sampler
from reporting.score_sheets import PrintedCell, PrintedFact, printed, score_sheet_pdf
from reporting.volumes import Volume

IN_TABLE = '<table class="score-sheet"><tbody><tr class="{row}"><td class="{cell}">{{}}</td></tr></tbody></table>'
SAMPLERS = {
    "number": Sampler(IN_TABLE.format(row="", cell="number"), align="center", padding=0.3),
    "text": Sampler(IN_TABLE.format(row="", cell="text"), padding=0.3),
    "sum": Sampler(IN_TABLE.format(row="sum", cell="number"), align="center", padding=0.3),
    "fact": Sampler('<dl class="sheet-facts"><dd>{}</dd></dl>'),
    "digest": Sampler('<p style="margin: 0; font-size: 8pt">{}</p>'),
}


@dataclass(frozen=True)
class Sheet:
    """One sheet: its values by the names of their cells."""

    table: SheetTable
    values: dict[str, str]

    @property
    def blank_key(self) -> tuple[int, str]:
        """Sheets with the same key are printed on the same blank."""
        return self.table.standard_id, self.table.title


def sheet_of(table: SheetTable) -> Sheet:
    values = {cell.name: cell.text for cell in _named(printed(table))}
    return Sheet(table, values | {"digest": table.digest})


def _named(context: dict[str, Any]) -> Iterator[PrintedCell | PrintedFact]:
    rows = [cells for part in context["parts"] for _number, cells in part.rows]
    subtotals = [part.subtotal for part in context["parts"]]
    for cells in (*rows, *subtotals, context["total"], context["facts"]):
        yield from (cell for cell in cells if cell.name)


def blank_of(sheets: Sequence[Sheet]) -> Blank:
    """The blank on which these sheets are printed, with glyphs for all their texts."""
    context = printed(sheets[0].table)
    names = {cell.name: _style(cell) for cell in _named(context)} | {"digest": "digest"}
    empty = {
        **context,
        "parts": [
            replace(
                part,
                rows=[(number, _emptied(cells)) for number, cells in part.rows],
                subtotal=_emptied(part.subtotal),
            )
            for part in context["parts"]
        ],
        "total": _emptied(context["total"]),
        "facts": _emptied(context["facts"]),
        "table": replace(context["table"], receipt_number=""),
        "is_blank": True,
    }
    html = render_to_string("reporting/score_sheet_pdf.html", empty)
    return Blank(html, names, SAMPLERS, (value for sheet in sheets for value in sheet.values.values()))


def _emptied(cells: Sequence[Any]) -> list[Any]:
    return [replace(cell, text="") if cell.name else cell for cell in cells]


def _style(cell: PrintedCell | PrintedFact) -> str:
    if isinstance(cell, PrintedFact):
        return "fact"
    return cell.style if cell.name.startswith("row-") else "sum"


def score_sheets_pdf(tables: Iterable[SheetTable]) -> bytes:
    """All sheets as one PDF with a bookmark each, in the order given."""
    volume = Volume()
    for sheet, blank in on_blanks(tables):
        bind(volume, sheet, blank)
    return volume.content()


def single_pdfs(tables: Iterable[SheetTable]) -> Iterator[tuple[SheetTable, bytes]]:
    """Each sheet as a PDF of its own, in the order given."""
    for sheet, blank in on_blanks(tables):
        volume = Volume()
        bind(volume, sheet, blank)
        yield sheet.table, volume.content()


def on_blanks(tables: Iterable[SheetTable]) -> Iterator[tuple[Sheet, Blank]]:
    """Each sheet with its blank, which all of one standard share."""
    sheets = [sheet_of(table) for table in tables]
    members: dict[tuple[int, str], list[Sheet]] = {}
    for sheet in sheets:
        members.setdefault(sheet.blank_key, []).append(sheet)
    blanks = {key: blank_of(sharing) for key, sharing in members.items()}
    return ((sheet, blanks[sheet.blank_key]) for sheet in sheets)


def bind(volume: Volume, sheet: Sheet, blank: Blank) -> None:
    if blank.fits(sheet.values):
        volume.add(sheet.table.unit, blank.fill(sheet.values), blank.pdf)
    else:
        own = pikepdf.open(BytesIO(score_sheet_pdf(sheet.table)))
        volume.add(sheet.table.unit, own.pages, own)
