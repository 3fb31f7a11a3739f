"""A letter as .docx, to be edited in WPS: the same object as the PDF, with the fonts and the page of the standard."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from communities.statements import Statement
from communities.workbooks import clean
from reporting.letters.letter import Attachment, Heading, Letter, Mode, Paragraph

FANGSONG, TITLE, KAITI, HEITI, SONG = "仿宋_GB2312", "方正小标宋简体", "楷体_GB2312", "黑体", "宋体"
LEVEL_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
BODY, LINE = Pt(16), Pt(28.95)
MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
WIDE_MARGINS = {"top_margin": Mm(28), "bottom_margin": Mm(26), "left_margin": Mm(35), "right_margin": Mm(37)}
TABLE_SIZE = Pt(10.5)
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
RED = RGBColor(0xDD, 0, 0)


def letter_docx(letter: Letter, mode: Mode = Mode.PLAIN) -> bytes:
    """The whole letter, attachments included, as the bytes of a .docx."""
    word = Document()
    word.core_properties.title, word.core_properties.author = clean(letter.heading), clean(letter.issuer)
    _set_up(word)
    _head(word, letter, mode)
    for line in letter.title:
        _line(word, line, font=TITLE, size=Pt(22), align=CENTRE, spacing=Pt(32))
    _line(word, "")
    if letter.addressee:
        _line(word, f"{letter.addressee}：")
    _body(word, letter)
    _foot(word, letter)
    for number, attachment in enumerate(letter.attachments, start=1):
        _attachment(word, attachment, number if len(letter.attachments) > 1 else None)
    content = BytesIO()
    word.save(content)
    return content.getvalue()


def _set_up(word: Any) -> None:
    style = word.styles["Normal"]
    style.font.name, style.font.size = FANGSONG, BODY
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANGSONG)
    spacing = style.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, margin in MARGINS.items():
        setattr(section, name, margin)
    section.footer_distance = Mm(25)
    _page_number(section.footer.paragraphs[0], RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], LEFT)


def _head(word: Any, letter: Letter, mode: Mode) -> None:
    if mode is Mode.PLAIN:
        if letter.number:
            _line(word, letter.number, align=RIGHT)
        return
    for _ in range(3):
        _line(word, "")
    mark = f"{letter.issuer}文件" if mode is Mode.RED else ""
    _line(word, mark, font=TITLE, size=Pt(40), align=CENTRE, spacing=Pt(48), colour=RED)
    _line(word, "")
    if letter.upward:
        number = _line(word, f"　{letter.number}\t签发人：{letter.signer}　")
        number.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    else:
        number = _line(word, letter.number, align=CENTRE)
    if mode is Mode.RED:
        _rule_below(number)
    _line(word, "")


def _body(word: Any, letter: Letter) -> None:
    count = 0
    for part in letter.body:
        if isinstance(part, Heading):
            _line(word, part.text, font=LEVEL_FONTS[part.level], indent=2).paragraph_format.keep_with_next = True
        elif isinstance(part, Paragraph):
            line = _line(word, part.text, indent=2)
            for _note in part.notes:
                count += 1
                mark = line.add_run(f"[{count}]")
                mark.font.superscript = True


def _foot(word: Any, letter: Letter) -> None:
    if letter.attachments:
        _line(word, "")
        for line in letter.attachment_lines:
            _line(word, line, indent=2)
    _line(word, "")
    _line(word, "")
    _line(word, f"{letter.issuer}　　", align=RIGHT)
    _line(word, f"{letter.date_line}　　　　", align=RIGHT)
    if letter.note:
        _line(word, f"（{letter.note}）", indent=2)
    if letter.notes:
        _line(word, "数据说明", font=HEITI, size=TABLE_SIZE, spacing=Pt(16))
    for number, note in enumerate(letter.notes, start=1):
        _line(word, f"[{number}] {note}", size=TABLE_SIZE, spacing=Pt(16))
    if letter.copies:
        _line(word, f"　抄送：{'，'.join(letter.copies)}。", size=Pt(14))


def _attachment(word: Any, attachment: Attachment, number: int | None) -> None:
    section = word.add_section()
    wide = attachment.landscape
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    for name, margin in (WIDE_MARGINS if wide else MARGINS).items():
        setattr(section, name, margin)
    _line(word, f"附件{number or ''}", font=HEITI)
    _line(word, "")
    _line(word, attachment.title, font=TITLE, size=Pt(22), align=CENTRE, spacing=Pt(32))
    _table(word, attachment.table)


def _table(word: Any, statement: Statement) -> None:
    table = word.add_table(rows=1, cols=statement.width, style="Table Grid")
    heads = ["序号", *(column.label for column in statement.columns)]
    _row(table.rows[0], heads, font=HEITI)
    _repeated(table.rows[0])
    for number, cells in statement.printed_rows:
        _row(table.add_row(), [str(number), *(cell.text for cell in cells)])
    if statement.printed_foot:
        _row(table.add_row(), ["", *(cell.text for cell in statement.printed_foot)], font=HEITI)
    for note in statement.notes:
        _line(word, note, size=TABLE_SIZE, spacing=Pt(16))


def _row(row: Any, texts: Sequence[str], *, font: str = FANGSONG) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(15)
        _run(paragraph, text, font, TABLE_SIZE)


def _line(
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
    run = _run(paragraph, text, font, size)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _run(paragraph: Any, text: str, font: str, size: Pt) -> Any:
    run = paragraph.add_run(clean(text))
    run.font.name, run.font.size = font, size
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return run


def _page_number(paragraph: Any, align: WD_ALIGN_PARAGRAPH) -> None:
    """— 1 —, one character in from the outer edge (7.5)."""
    paragraph.alignment = align
    _run(paragraph, "　— " if align is LEFT else "— ", SONG, Pt(14))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _run(paragraph, "", SONG, Pt(14))
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)
    _run(paragraph, " —" if align is LEFT else " —　", SONG, Pt(14))


def _rule_below(paragraph: Any) -> None:
    """红色分隔线."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "14", "space": "4", "color": "DD0000"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._element.get_or_add_pPr().append(borders)


def _repeated(row: Any) -> None:
    """The head of a table, printed anew on every page."""
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)
