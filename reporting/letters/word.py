"""A letter or a form as .docx, to be edited in WPS: the same object as the PDF."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor

from reporting.letters.letter import Attachment, Heading, Letter, Mode, Paragraph, width_of
from reporting.letters.pdf import Paper
from reporting.letters.sheet import STAMP, Grid, Lines, Sheet
from reporting.letters.word_parts import (
    BODY,
    CENTRE,
    FANGSONG,
    FORM_MARGINS,
    HEITI,
    KAITI,
    MARGINS,
    RIGHT,
    TABLE_SIZE,
    TITLE,
    WIDE_FORM_MARGINS,
    WIDE_MARGINS,
    fill,
    keep_whole,
    lay,
    line,
    new_word,
    rule_below,
    run,
    share_out,
    statement_table,
)

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LEVEL_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
TITLE_SIZE, TITLE_LINE = Pt(22), Pt(32)
FORM_TITLE, FORM_SIZE, FORM_LINE = Pt(20), Pt(12), Pt(20)
RED = "DD0000"
LABEL, VALUE = 0.14, 0.36
"""Of the width of a grid."""


def paper_docx(paper: Paper, mode: Mode = Mode.PLAIN) -> bytes:
    """The whole of it, attachments included, as the bytes of a .docx."""
    word = new_word(paper.heading, paper.issuer)
    if isinstance(paper, Sheet):
        _sheet(word, paper)
    else:
        _letter(word, paper, mode)
    content = BytesIO()
    word.save(content)
    return content.getvalue()


# --- a letter --------------------------------------------------------------------------------------------------------
def _letter(word: Any, letter: Letter, mode: Mode) -> None:
    lay(word.sections[0], MARGINS)
    _head(word, letter, mode)
    _title(word, letter.title_lines)
    line(word, "")
    if letter.addressee:
        line(word, f"{letter.addressee}：")
    _body(word, letter)
    _foot(word, letter)
    for number, attachment in enumerate(letter.attachments, start=1):
        _attachment(word, attachment, str(number) if len(letter.attachments) > 1 else "")
    if letter.copies:
        line(word, f"　抄送：{'，'.join(letter.copies)}。", size=Pt(14))


def _title(word: Any, lines: Sequence[str], size: Pt = TITLE_SIZE) -> None:
    for words in lines:
        line(word, words, font=TITLE, size=size, align=CENTRE, spacing=TITLE_LINE)


def _head(word: Any, letter: Letter, mode: Mode) -> None:
    if mode is Mode.PLAIN:
        if letter.number:
            line(word, letter.number, align=RIGHT)
        line(word, "")
        return
    for _ in range(3):
        line(word, "")
    mark = letter.mark if mode is Mode.RED else ""
    line(
        word,
        mark,
        font=TITLE,
        size=Pt(letter.mark_size),
        align=CENTRE,
        spacing=Pt(48),
        colour=RGBColor.from_string(RED),
    )
    line(word, "")
    line(word, "")
    if letter.upward:
        number = line(word, f"　{letter.number}\t签发人：")
        run(number, f"{letter.signer}　", KAITI, BODY)
        number.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
    else:
        number = line(word, letter.number, align=CENTRE)
    if mode is Mode.RED:
        rule_below(number, RED)
    line(word, "")
    line(word, "")


def _body(word: Any, letter: Letter) -> None:
    count = 0
    for part in letter.body:
        if isinstance(part, Heading):
            line(word, part.text, font=LEVEL_FONTS[part.level], indent=2).paragraph_format.keep_with_next = True
        elif isinstance(part, Paragraph):
            words = line(word, part.text, indent=2)
            for _note in part.notes:
                count += 1
                run(words, f"[{count}]", FANGSONG, BODY).font.superscript = True


def _foot(word: Any, letter: Letter) -> None:
    if letter.attachments:
        line(word, "")
    for lead, title in letter.attachment_lines:
        _hanging(word, lead, title)
    line(word, "")
    line(word, "")
    for words, room in letter.signing:
        line(word, words, align=RIGHT).paragraph_format.right_indent = Pt(BODY.pt * room)
    if letter.note:
        line(word, f"（{letter.note}）", indent=2)
    if letter.notes:
        line(word, "数据说明", font=HEITI, size=TABLE_SIZE, spacing=Pt(16))
    for number, note in enumerate(letter.notes, start=1):
        line(word, f"[{number}] {note}", size=TABLE_SIZE, spacing=Pt(16))


def _hanging(word: Any, lead: str, title: str) -> None:
    """附件：1. and the title, whose second line begins under its first character."""
    paragraph = line(word, f"{lead}\t{title}" if lead.endswith(".") else f"{lead}{title}")
    hang = Pt(BODY.pt * width_of(lead))
    paragraph.paragraph_format.left_indent = Pt(BODY.pt * 2) + hang
    paragraph.paragraph_format.first_line_indent = -hang


def _attachment(word: Any, attachment: Attachment, number: str) -> None:
    lay(word.add_section(), WIDE_MARGINS if attachment.landscape else MARGINS, wide=attachment.landscape)
    line(word, f"附件{number}", font=HEITI)
    line(word, "")
    _title(word, attachment.title_lines)
    statement_table(word, attachment.table)


# --- a form ----------------------------------------------------------------------------------------------------------
def _sheet(word: Any, sheet: Sheet) -> None:
    lay(word.sections[0], WIDE_FORM_MARGINS if sheet.landscape else FORM_MARGINS, wide=sheet.landscape)
    _title(word, [sheet.title], FORM_TITLE)
    for block in sheet.blocks:
        if isinstance(block, Lines):
            for words in block.lines:
                line(word, "　　".join(words), size=FORM_SIZE, spacing=FORM_LINE)
        elif isinstance(block, Grid):
            _grid(word, block)
        else:
            statement_table(word, block)


def _grid(word: Any, grid: Grid) -> None:
    section = word.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    widths = [int(room * share) for share in (LABEL, VALUE, LABEL, VALUE)]
    table = word.add_table(rows=0, cols=4, style="Table Grid")
    share_out(table, widths)
    for row in grid.rows:
        added = table.add_row()
        keep_whole(added)
        cells = added.cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        if len(row.pairs) == 1:
            cells[1].merge(cells[3])
        for (label, value), at in zip(row.pairs, (0, 2), strict=False):
            fill(cells[at], label, font=HEITI, align=CENTRE)
            fill(cells[at + 1], f"{value}\n\n{STAMP}" if row.is_opinion else value)
            if row.is_opinion:
                cells[at + 1].paragraphs[-1].alignment = RIGHT
