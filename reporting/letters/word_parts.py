"""What a .docx is made of, with the fonts and the page of GB/T 9704: lines, tables, page numbers."""

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from communities.statements import NUMERIC, Statement
from communities.workbooks import clean
from reporting.letters.letter import width_of

FANGSONG, TITLE, KAITI, HEITI, SONG = "仿宋_GB2312", "方正小标宋简体", "楷体_GB2312", "黑体", "宋体"
BODY, LINE = Pt(16), Pt(28.95)
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
WIDE_MARGINS = {"top_margin": Mm(28), "bottom_margin": Mm(26), "left_margin": Mm(35), "right_margin": Mm(37)}
FORM_MARGINS = {"top_margin": Mm(20), "bottom_margin": Mm(22), "left_margin": Mm(24), "right_margin": Mm(20)}
WIDE_FORM_MARGINS = {"top_margin": Mm(24), "bottom_margin": Mm(20), "left_margin": Mm(20), "right_margin": Mm(22)}
NUMBER_ROOM = {True: Mm(15), False: Mm(25)}
"""From the foot of the page to its number, of a landscape page or not: 7 mm below the text."""
TABLE_SIZE = Pt(10.5)
NARROWEST, WIDEST = 4, 24
"""Characters of a column of a table."""
CLOSER = "-5"
"""Twentieths of a point between characters: 28 of them take 441 pt of the 442.2 there are."""
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
"""What a paragraph's properties have behind its borders."""
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def new_word(title: str, author: str) -> Any:
    """An empty document: 3号仿宋, 22 lines a page, page numbers outside."""
    word = Document()
    word.core_properties.title, word.core_properties.author = clean(title), clean(author)
    style = word.styles["Normal"]
    style.font.name, style.font.size = FANGSONG, BODY
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANGSONG)
    _marked(style.element.rPr, "w:spacing", {"val": CLOSER})
    _marked(style.element.rPr, "w:lang", {"val": "en-US", "eastAsia": "zh-CN"})
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    spacing.widow_control = False
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)
    return word


def lay(section: Any, margins: dict[str, Mm], *, wide: bool = False) -> None:
    """A4 with these margins."""
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    for name, margin in margins.items():
        setattr(section, name, margin)
    section.footer_distance = min(NUMBER_ROOM[wide], margins["bottom_margin"] - Mm(10))


def line(
    word: Any,
    text: str,
    *,
    font: str = FANGSONG,
    size: Pt = BODY,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: int = 0,
    spacing: Pt | None = None,
    colour: RGBColor | None = None,
) -> Any:
    """A paragraph; `indent` in characters of the first line."""
    paragraph = word.add_paragraph()
    paragraph.alignment = align
    if spacing is not None:
        paragraph.paragraph_format.line_spacing = spacing
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(size.pt * indent)
    added = run(paragraph, text, font, size)
    if colour is not None:
        added.font.color.rgb = colour
    return paragraph


def run(paragraph: Any, text: str, font: str, size: Pt) -> Any:
    added = paragraph.add_run(clean(text))
    added.font.name, added.font.size = font, size
    added._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return added


def statement_table(word: Any, statement: Statement) -> None:
    """The table with its head on every page, its foot, and its notes below; columns as wide as what stands in them."""
    heads = ["序号", *(column.label for column in statement.columns)]
    rows = [[str(number), *(cell.text for cell in cells)] for number, cells in statement.printed_rows]
    foot = [["", *(cell.text for cell in statement.printed_foot)]] if statement.printed_foot else []
    aligned = [CENTRE, *(CENTRE if column.kind in NUMERIC else None for column in statement.columns)]
    widths = _widths(word.sections[-1], [heads, *rows, *foot])
    table = word.add_table(rows=0, cols=statement.width, style="Table Grid")
    share_out(table, widths)
    _row(table, heads, widths, [CENTRE] * len(heads), font=HEITI)
    _marked(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", {"val": "true"})
    for texts in rows:
        _row(table, texts, widths, aligned)
    for texts in foot:
        _row(table, texts, widths, [CENTRE] * len(heads), font=HEITI)
    for note in statement.notes:
        line(word, note, size=TABLE_SIZE, spacing=Pt(16))


def share_out(table: Any, widths: Sequence[int]) -> None:
    """Columns of these widths, whatever is written in them."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _widths(section: Any, rows: Sequence[Sequence[str]]) -> list[int]:
    """The room between the margins, shared out by the longest text of each column, within bounds."""
    longest = [max(map(width_of, texts)) for texts in zip(*rows, strict=True)]
    wanted = [min(max(length + 3, NARROWEST), WIDEST) for length in longest]
    room = section.page_width - section.left_margin - section.right_margin
    return [int(room * one / sum(wanted)) for one in wanted]


def _row(
    table: Any,
    texts: Sequence[str],
    widths: Sequence[int],
    aligned: Sequence[WD_ALIGN_PARAGRAPH | None],
    *,
    font: str = FANGSONG,
) -> None:
    row = table.add_row()
    keep_whole(row)
    for cell, text, width, align in zip(row.cells, texts, widths, aligned, strict=True):
        cell.width = width
        fill(cell, text, font=font, align=align)


def fill(cell: Any, text: str, *, font: str = FANGSONG, align: WD_ALIGN_PARAGRAPH | None = None) -> None:
    """Words into a cell of a table, a paragraph for each line of them."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for number, words in enumerate(text.split("\n")):
        paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
        paragraph.alignment = align
        spacing = paragraph.paragraph_format
        spacing.line_spacing, spacing.space_before, spacing.space_after = Pt(15), Pt(2), Pt(2)
        run(paragraph, words, font, TABLE_SIZE)


def keep_whole(row: Any) -> None:
    """A row that is not divided between two pages."""
    _marked(row._tr.get_or_add_trPr(), "w:cantSplit", {"val": "true"})


def _page_number(paragraph: Any, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character in from the outer edge (7.5)."""
    paragraph.alignment = align
    run(paragraph, "　— " if align is LEFT else "— ", SONG, Pt(14))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        added = run(paragraph, "", SONG, Pt(14))
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        added._element.append(part)
    run(paragraph, " —" if align is LEFT else " —　", SONG, Pt(14))


def rule_below(paragraph: Any, colour: str) -> None:
    """分隔线 over the width of the text."""
    borders = OxmlElement("w:pBdr")
    _marked(borders, "w:bottom", {"val": "single", "sz": "14", "space": "4", "color": colour})
    paragraph._element.get_or_add_pPr().insert_element_before(borders, *AFTER_BORDERS)


def _marked(parent: Any, name: str, values: dict[str, str]) -> None:
    """Give an element a child of that name with these values."""
    child = OxmlElement(name)
    for key, value in values.items():
        child.set(qn(f"w:{key}"), value)
    parent.append(child)
