"""Many score sheets at once: one blank for all of one standard, laid out once, the figures drawn over it (F2, R70).

The same values that the single sheet prints. A row does not grow here: a text that does not fit its cell stands in full
on an annex page (附页) behind the sheet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pikepdf
from django.template.loader import render_to_string

from assessment.sheets import SheetTable
from reporting.overlay import Blank, Sampler
from reporting.pdf import document, rendering
from reporting.score_sheets import PrintedCell, PrintedFact, printed
from reporting.volumes import Volume

SEE_ANNEX = "见附页"
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
    texts = [value for sheet in sheets for value in sheet.values.values()]
    return Blank(html, names, SAMPLERS, [*texts, SEE_ANNEX])


def _emptied(cells: Sequence[Any]) -> list[Any]:
    return [replace(cell, text="") if cell.name else cell for cell in cells]


def _style(cell: PrintedCell | PrintedFact) -> str:
    if isinstance(cell, PrintedFact):
        return "fact"
    return cell.style if cell.name.startswith("row-") else "sum"


def score_sheets_pdf(tables: Iterable[SheetTable]) -> bytes:
    """All sheets as one PDF with a bookmark each, in the order given."""
    volume = Volume()
    for printing in printings(tables):
        printing.bind(volume)
    return volume.content()


def single_pdfs(tables: Iterable[SheetTable]) -> Iterator[tuple[SheetTable, bytes]]:
    """Each sheet as a PDF of its own, in the order given."""
    for printing in printings(tables):
        volume = Volume()
        printing.bind(volume)
        yield printing.sheet.table, volume.content()


@dataclass(frozen=True)
class Annex:
    """附页: what did not fit the cells of one sheet, in full. `pdf` holds the annexes of all."""

    pdf: pikepdf.Pdf
    pages: list[pikepdf.Page]


@dataclass(frozen=True)
class Printing:
    """A sheet on its blank, its misfits on an annex."""

    sheet: Sheet
    blank: Blank
    misfits: tuple[str, ...] = ()
    annex: Annex | None = None

    def bind(self, volume: Volume) -> None:
        values = self.sheet.values | dict.fromkeys(self.misfits, SEE_ANNEX)
        pages = self.blank.fill(values)
        if self.annex:
            volume.add(self.sheet.table.unit, [*pages, *self.annex.pages], self.blank.pdf, self.annex.pdf)
        else:
            volume.add(self.sheet.table.unit, pages, self.blank.pdf)


def printings(tables: Iterable[SheetTable]) -> list[Printing]:
    """Each sheet with its blank, which all of one standard share; the annexes are laid out together."""
    sheets = [sheet_of(table) for table in tables]
    members: dict[tuple[int, str], list[Sheet]] = {}
    for sheet in sheets:
        members.setdefault(sheet.blank_key, []).append(sheet)
    blanks = {key: blank_of(sharing) for key, sharing in members.items()}
    made = [Printing(sheet, blanks[sheet.blank_key]) for sheet in sheets]
    made = [replace(one, misfits=tuple(one.blank.misfits(one.sheet.values))) for one in made]
    found = iter(annexes([one for one in made if one.misfits]))
    return [replace(one, annex=next(found)) if one.misfits else one for one in made]


# --- the annexes ---------------------------------------------------------------------------------------------------
def annexes(crowded: Sequence[Printing]) -> list[Annex]:
    """The annex of each of these sheets, in their order; one layout for all of them."""
    if not crowded:
        return []
    html = render_to_string("reporting/score_sheet_annex.html", {"annexes": [_annex(one) for one in crowded]})
    with rendering:
        laid_out = document(html).render()
        content = laid_out.write_pdf()
    pdf = pikepdf.open(BytesIO(content))
    found: list[Annex] = []
    for page, boxes in zip(pdf.pages, laid_out.pages, strict=True):
        if f"annex-{len(found) + 1}" in boxes.anchors:
            found.append(Annex(pdf, []))
        found[-1].pages.append(page)
    return found


def _annex(printing: Printing) -> dict[str, Any]:
    table = printing.sheet.table
    labels = {cell.name: label for label, cell in _labelled(table)}
    lines = [(labels[name], printing.sheet.values[name]) for name in printing.misfits]
    return {"table": table, "lines": lines}


def _labelled(table: SheetTable) -> Iterator[tuple[str, PrintedCell | PrintedFact]]:
    """Every cell that varies with what it is called: 2.1 扣分原因."""
    context = printed(table)
    columns = [column.label for column in context["columns"]]
    codes = [row.code for row in table.rows]
    rows = [cells for part in context["parts"] for _number, cells in part.rows]
    for code, cells in zip(codes, rows, strict=True):
        yield from ((f"{code} {label}", cell) for label, cell in zip(columns, cells, strict=True))
    for title, cells in [("小计", part.subtotal) for part in context["parts"]] + [("合计", context["total"])]:
        yield from ((f"{title} {label}", cell) for label, cell in zip(columns, cells, strict=True))
    yield from ((fact.label, fact) for fact in context["facts"])
