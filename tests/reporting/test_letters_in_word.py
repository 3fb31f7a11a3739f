"""A letter in Word says what the paper says, with the page and the fonts of the standard (F11)."""

import re
from collections import Counter
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from reporting.letters.letter import Mode
from reporting.letters.pdf import paper_pdf
from reporting.letters.sheet import STAMP
from reporting.letters.word import paper_docx
from tests.reporting.test_letters import LETTER, SHEET, text_of


def words_of(content: bytes) -> str:
    word = Document(BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "".join("".join([*(paragraph.text for paragraph in word.paragraphs), *cells]).split())


@pytest.mark.parametrize("mode", Mode)
def test_word_says_what_the_paper_says(mode):
    printed = re.sub(r"—\d+—", "", text_of(paper_pdf(LETTER, mode)))
    assert Counter(words_of(paper_docx(LETTER, mode))) == Counter("".join(printed.split()))


def test_a_form_in_word_says_what_the_paper_says():
    printed = re.sub(r"—\d+—", "", text_of(paper_pdf(SHEET)))
    words = words_of(paper_docx(SHEET))
    assert set(words) == set("".join(printed.split()))
    assert "".join(STAMP.split()) in words


def test_word_has_the_page_and_the_fonts_of_the_standard():
    word = Document(BytesIO(paper_docx(LETTER, Mode.RED)))
    first, *_others, last = word.sections
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    margins = (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(last.page_width.mm), round(last.page_height.mm)) == (297, 210)
    by_text = {paragraph.text: paragraph for paragraph in word.paragraphs}
    fonts = {
        LETTER.title[0]: "方正小标宋简体",
        "妥否，请批示。": "仿宋_GB2312",
        "一、自查申报": "黑体",
        "（一）基本情况": "楷体_GB2312",
        "附件1": "黑体",
    }
    for text, font in fonts.items():
        assert by_text[text].runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == font
    normal = word.styles["Normal"]
    assert normal.font.size == Pt(16)
    assert normal.paragraph_format.line_spacing == Pt(28.95)
    assert by_text["妥否，请批示。"].paragraph_format.first_line_indent == Pt(32)


def test_word_numbers_its_pages_outside():
    word = Document(BytesIO(paper_docx(LETTER)))
    assert word.settings.odd_and_even_pages_header_footer
    section = word.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (str(odd.alignment), str(even.alignment)) == ("RIGHT (2)", "LEFT (0)")
    assert "PAGE" in odd._element.xml


def test_characters_that_no_file_can_hold_are_left_out():
    """Hostile case 29."""
    assert "甲乙" in words_of(paper_docx(replace(LETTER, issuer="甲\x0b乙")))
