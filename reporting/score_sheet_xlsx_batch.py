"""Many score sheets as workbooks: one for all of one standard, written by openpyxl, the figures put into its XML.

What openpyxl needs most of its time for is the same in each of them. The cells that vary are cut out of the form's XML
once, and with them the heights of the rows; the rest is carried over as it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from assessment.sheets import SheetTable
from communities.workbooks import FORMULA_STARTS, clean
from reporting.score_sheet_xlsx import FIRST_VALUE, Layout, body, body_height, fact_lines, line_height, score_sheet_xlsx
from reporting.score_sheets import Value, columns_of

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
ROW_OR_CELL = re.compile(
    r'(?<=<row r=")(?P<row>\d+)" ht="[\d.]+'
    r'|<c r="(?P<cell>[A-Z]+\d+)" s="(?P<style>\d+)"[^>/]*(?:/>|>.*?</c>)',
    re.DOTALL,
)
FORMATS = re.compile(r'<cellXfs count="(\d+)">(.*?)</cellXfs>', re.DOTALL)
FORMAT = re.compile(r"<xf [^>]*/>|<xf [^>]*[^/]>.*?</xf>", re.DOTALL)


class Stencil:
    """The form of one standard, cut where its sheets differ: `pieces` stand between the `slots`."""

    def __init__(self, table: SheetTable) -> None:
        parts = tuple(replace(part, rows=tuple(replace(row, scores={}) for row in part.rows)) for part in table.parts)
        self.layout = Layout(columns_of(table))
        form = replace(table, parts=parts)
        with ZipFile(BytesIO(score_sheet_xlsx(form))) as workbook:
            self.files = {name: workbook.read(name) for name in workbook.namelist()}
        self.formats, styles = _with_quoting(self.files.pop(STYLES).decode())
        self.files[STYLES] = styles.encode()
        self._cut(self.files.pop(SHEET).decode(), form)

    def _cut(self, xml: str, form: SheetTable) -> None:
        varying = self._values(form).keys() | self._heights(form).keys()
        self.pieces: list[str] = []
        self.slots: list[tuple[str, int]] = []
        """Name of a cell and its format, or number of a row."""
        end = 0
        for found in ROW_OR_CELL.finditer(xml):
            name = found["row"] or found["cell"]
            if name in varying:
                self.pieces.append(xml[end : found.start()])
                self.slots.append((name, int(found["style"] or 0)))
                end = found.end()
        self.tail = xml[end:].split(form.digest)

    def _values(self, table: SheetTable) -> dict[str, Value]:
        """By the names of the cells."""
        values: dict[str, Value] = {f"A{number}": text for number, text in fact_lines(table).items()}
        for row in body(self.layout, table):
            for place, column in enumerate(self.layout.columns, start=FIRST_VALUE - 1):
                if column.varies:
                    values[f"{LETTERS[place]}{row.number}"] = row.values[place]
        return values

    def _heights(self, table: SheetTable) -> dict[str, float]:
        """By the numbers of the rows."""
        lines = {str(number): line_height(self.layout, text) for number, text in fact_lines(table).items()}
        return lines | {str(row.number): body_height(self.layout, row) for row in body(self.layout, table)}

    def fill(self, table: SheetTable) -> bytes:
        """The workbook of one sheet, as `score_sheet_xlsx` writes it."""
        values, heights = self._values(table), self._heights(table)
        written: list[str] = []
        for piece, (name, style) in zip(self.pieces, self.slots, strict=True):
            filling = f'{name}" ht="{heights[name]:g}' if name in heights else self._cell(name, style, values[name])
            written += (piece, filling)
        content = BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED) as workbook:
            for file, unchanged in self.files.items():
                workbook.writestr(file, unchanged)
            workbook.writestr(SHEET, "".join(written) + table.digest.join(self.tail))
        return content.getvalue()

    def _cell(self, name: str, style: int, value: Value) -> str:
        if value in {None, ""}:
            return f'<c r="{name}" s="{style}"/>'
        if not isinstance(value, str):
            return f'<c r="{name}" s="{style}"><v>{value}</v></c>'
        text = clean(value)
        # Like `communities.workbooks.write`: text that looks like a formula is marked as quoted.
        chosen = style + self.formats if text.startswith(FORMULA_STARTS) else style
        return f'<c r="{name}" s="{chosen}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _with_quoting(styles: str) -> tuple[int, str]:
    """How many formats the cells have, and the stylesheet with each of them once more, in the same order, quoted."""
    found = FORMATS.search(styles)
    if found is None:
        raise ValueError("a workbook without formats")
    formats = FORMAT.findall(found[2])
    quoted = [re.sub(r' quotePrefix="\d"', "", one).replace("<xf ", '<xf quotePrefix="1" ', 1) for one in formats]
    both = "".join([*formats, *quoted])
    return len(formats), FORMATS.sub(lambda _: f'<cellXfs count="{2 * len(formats)}">{both}</cellXfs>', styles)


def score_sheet_workbooks(tables: Iterable[SheetTable]) -> Iterator[tuple[SheetTable, bytes]]:
    """Each sheet as a workbook of its own, in the order given."""
    stencils: dict[tuple[int, str], Stencil] = {}
    for table in tables:
        key = (table.standard_id, table.title)
        if key not in stencils:
            stencils[key] = Stencil(table)
        yield table, stencils[key].fill(table)
