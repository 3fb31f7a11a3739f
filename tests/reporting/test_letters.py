"""A letter on paper and in Word: page, lines, characters and fonts of GB/T 9704-2012, measured (F11)."""

import re
import subprocess
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from communities.statements import TOTAL, Cell, Column, Kind, Statement
from reporting.letters.letter import (
    Attachment,
    Heading,
    Letter,
    Mode,
    Paragraph,
    width_of,
)
from reporting.letters.pdf import paper_html, paper_pdf, substitutes
from reporting.letters.sheet import Grid, GridRow, Lines, Sheet
from reporting.pdf import document

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28 * MM, (210 - 26) * MM, 37 * MM, (297 - 35) * MM
WORD = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<')
LONG = "经各镇（开发区、街道）自查申报，区社区建设领导小组办公室逐一进行了材料审核和现场检查，并征求了有关部门意见。"
TABLE = Statement(
    title="名单",
    columns=[Column("社区（村）"), Column("自评分", Kind.NUMBER)],
    rows=[[Cell("聚湖社区"), Cell(96)], [Cell("银荡村"), Cell(90.5)]],
    foot=[Cell(TOTAL), Cell("2个")],
    notes=["城镇社区1个、农村社区（村）1个，共2个。"],
)
LETTER = Letter(
    issuer="常州市武进区民政局",
    title=["关于对2012年度省级和谐社区建设", "示范社区（村）创建单位进行验收的请示"],
    addressee="常州市民政局",
    body=[
        Paragraph(LONG * 2, notes=["来源一"]),
        Heading(1, "一、自查申报"),
        Heading(2, "（一）基本情况"),
        *[Paragraph(LONG * 3) for _ in range(8)],
        Paragraph("妥否，请批示。"),
    ],
    number="武民发〔2012〕8号",
    signer="王局长",
    upward=True,
    attachments=[
        Attachment("2012年度省级和谐社区建设示范社区（村）创建名单", TABLE),
        Attachment("考核评分汇总表", TABLE, landscape=True),
    ],
    dated=date(2012, 11, 5),
    note="联系人：李科员，联系电话：0519-86310000",
)
SHEET = Sheet(
    title="创建申报表",
    issuer="湖塘镇聚湖社区",
    blocks=[
        Lines([["申报单位（盖章）：湖塘镇聚湖社区", "填报日期：2012年9月1日"]]),
        Grid([GridRow([("名称", "聚湖社区"), ("类别", "城镇社区")]), GridRow([("区民政局意见", "")], is_opinion=True)]),
        TABLE,
    ],
)


@dataclass(frozen=True)
class Line:
    """A line of a page as it was set, in points from the upper left corner."""

    text: str
    left: float
    top: float
    right: float

    @property
    def length(self) -> float:
        """Characters, those of a footnote's mark left out."""
        return width_of(re.sub(r"\[\d+\]$", "", self.text))


def pages_of(content: bytes) -> list[list[Line]]:
    command = ["pdftotext", "-bbox", "-", "-"]
    html = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return [lines_of(page) for page in html.split("<page ")[1:]]


def lines_of(page: str) -> list[Line]:
    """Words of one height, from left to right."""
    words = [
        (float(left), float(top), float(right), unescape(text)) for left, top, right, _b, text in WORD.findall(page)
    ]
    lines: list[list[tuple[float, float, float, str]]] = []
    for word in sorted(words, key=lambda one: (round(one[1]), one[0])):
        if lines and abs(lines[-1][0][1] - word[1]) < 3:
            lines[-1].append(word)
        else:
            lines.append([word])
    joined = [sorted(line) for line in lines]
    return [Line("".join(one[3] for one in line), line[0][0], line[0][1], line[-1][2]) for line in joined]


def found(pages: list[list[Line]], text: str) -> Line:
    return next(line for page in pages for line in page if text in line.text)


def text_of(content: bytes) -> str:
    return "".join(line.text for page in pages_of(content) for line in page)


@pytest.fixture(scope="module")
def pages() -> list[list[Line]]:
    return pages_of(paper_pdf(LETTER))


# --- the page ------------------------------------------------------------------------------------------------------
def test_the_paper_is_a4_and_the_text_keeps_to_its_156_by_225_mm(pages):
    sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader_of(LETTER).pages]
    assert sizes[0] == pytest.approx((210 * MM, 297 * MM), abs=0.1)
    assert sizes[-1] == pytest.approx((297 * MM, 210 * MM), abs=0.1)
    for page in pages[:3]:
        for line in page[:-1]:
            assert line.left >= LEFT - 0.1
            assert line.right <= RIGHT + 0.4  # the box of a character ends where the next would begin
            assert TOP - 0.1 <= line.top <= BOTTOM


def test_a_full_page_has_22_lines_of_at_most_28_characters(pages):
    *lines, number = pages[1]
    assert number.text == "—2—"
    assert len(lines) == 22
    assert max(line.length for line in lines) == 28
    steps = [after.top - before.top for before, after in pairwise(lines)]
    assert steps == pytest.approx([225 * MM / 22] * 21, abs=0.3)


def test_page_numbers_stand_outside_one_character_in_and_7_mm_below_the_text(pages):
    for number, page in enumerate(pages[:3], start=1):
        line = page[-1]
        assert line.text == f"—{number}—"
        if number % 2:
            assert line.right == pytest.approx(RIGHT - 14, abs=1)
        else:
            assert line.left == pytest.approx(LEFT + 14, abs=1)
    assert dash_below_text() == pytest.approx(7, abs=0.7)


def dash_below_text() -> float:
    """Millimetres from the text's lower edge to the rule beside the number, on the picture of a page."""
    command = ["pdftoppm", "-r", "254", "-gray", "-f", "1", "-l", "1", "-"]
    picture = subprocess.run(command, input=paper_pdf(LETTER), capture_output=True, check=True).stdout
    header, pixels = picture.split(b"\n", 3)[:3], picture.split(b"\n", 3)[3]
    width = int(header[1].split()[0])
    for row in range(2620, 2960):
        run = pixels[row * width + 1500 : row * width + 1840]
        if b"\x00" * 20 in run.translate(DARK):
            return (row - 2620) / 10
    raise AssertionError("no rule beside the page number")


DARK = bytes(0 if value < 128 else 255 for value in range(256))


# --- what stands where -----------------------------------------------------------------------------------------------
def test_the_title_is_centred_and_each_of_its_lines_fits(pages):
    for words in LETTER.title:
        line = found(pages, words)
        assert (line.left + line.right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=1)


def test_the_addressee_is_flush_left_and_paragraphs_begin_two_characters_in(pages):
    assert found(pages, "常州市民政局：").left == pytest.approx(LEFT, abs=0.5)
    assert found(pages, "妥否，请批示。").left == pytest.approx(LEFT + 32, abs=1)


def test_a_long_name_of_an_attachment_hangs_behind_its_number(pages):
    first, second = found(pages, "附件：1."), found(pages, "2.考核评分汇总表")
    page = next(page for page in pages if first in page)
    following = page[page.index(first) + 1]
    title = LEFT + 32 + 3 * 16
    assert first.left == pytest.approx(LEFT + 32, abs=1)
    assert second.left == pytest.approx(title, abs=1)
    assert following.left > title
    assert LETTER.attachments[0].title.endswith(following.text)


def test_the_date_ends_four_characters_from_the_edge_and_the_issuer_is_centred_over_it():
    short = replace(LETTER, issuer="民政局")
    pages = pages_of(paper_pdf(short))
    day = found(pages, "2012年11月5日")
    page = next(page for page in pages if day in page)
    issuer = page[page.index(day) - 1]
    assert issuer.text == "民政局"
    assert RIGHT - day.right == pytest.approx(64, abs=1)
    assert (issuer.left + issuer.right) / 2 == pytest.approx((day.left + day.right) / 2, abs=1)


@pytest.mark.parametrize("issuer", ["民政局", "常州市武进区民政局", "常州市武进区社区建设领导小组办公室联席会议"])
def test_a_long_issuer_stays_within_the_text(issuer):
    page = pages_of(paper_pdf(replace(LETTER, issuer=issuer)))
    assert found(page, issuer).right <= RIGHT + 0.5
    (_words, room), (_day, below) = replace(LETTER, issuer=issuer).signing
    assert min(room, below) >= 0


def test_only_the_red_head_names_the_issuer_and_names_the_signer_on_the_right():
    red, blank, plain = (pages_of(paper_pdf(LETTER, mode)) for mode in (Mode.RED, Mode.OVERPRINT, Mode.PLAIN))
    mark = found(red, "常州市武进区民政局文件")
    assert mark.top == pytest.approx(TOP + 35 * MM, abs=12)
    assert "文件" not in "".join(line.text for line in blank[0])
    for pages in (red, blank):
        number = found(pages, "武民发〔2012〕8号")
        assert number.text.endswith("签发人：王局长")
        assert (number.left, number.right) == pytest.approx((LEFT + 16, RIGHT - 16), abs=1)
        assert "常州市民政局：" in [line.text for line in pages[0]]
    assert "签发人" not in "".join(line.text for line in plain[0])
    assert found(red, LETTER.title[0]).top == found(blank, LETTER.title[0]).top


@pytest.mark.parametrize("issuer", ["武进区社区建设领导小组办公室", "常州市武进区社区建设领导小组办公室"])
def test_a_long_issuer_has_a_smaller_head_in_one_line(issuer):
    pages = pages_of(paper_pdf(replace(LETTER, issuer=issuer), Mode.RED))
    mark = found(pages, f"{issuer}文件")
    assert mark.left >= LEFT
    assert mark.right <= RIGHT
    assert found(pages, LETTER.number).top == found(pages_of(paper_pdf(LETTER, Mode.RED)), LETTER.number).top


def test_each_attachment_begins_a_page_with_its_number_and_title(pages):
    heads = [[line.text for line in page[:2]] for page in pages[-2:]]
    assert heads[0][0] == "附件1"
    assert "".join([heads[0][1], pages[-2][2].text]) == LETTER.attachments[0].title
    assert heads[1] == ["附件2", "考核评分汇总表"]


def test_one_attachment_has_no_number():
    letter = replace(LETTER, attachments=LETTER.attachments[1:])
    assert letter.attachment_lines == [("附件：", "考核评分汇总表")]
    assert "附件考核评分汇总表" in text_of(paper_pdf(letter))


def test_a_letter_without_a_day_leaves_it_to_be_written():
    assert "年月日" in text_of(paper_pdf(replace(LETTER, dated=None))).replace("　", "")


# --- fonts -----------------------------------------------------------------------------------------------------------
def reader_of(paper, mode=Mode.PLAIN) -> PdfReader:
    return PdfReader(BytesIO(paper_pdf(paper, mode)))


@pytest.mark.parametrize(
    "paper", [LETTER, replace(LETTER, issuer="㐀𠮷社区", signer="㐀𠮷"), SHEET], ids=["", "rare", "form"]
)
def test_chinese_fonts_are_embedded_and_every_character_has_a_glyph(paper):
    """Hostile case 45."""
    fonts: list = []
    document(paper_html(paper, Mode.RED)).write_pdf(
        finisher=lambda laid_out, _pdf: fonts.extend(laid_out.fonts.values())
    )
    assert [font.missing for font in fonts if font.missing] == []
    for page in reader_of(paper, Mode.RED).pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(described)


def test_the_fonts_really_used_are_told_where_they_are_substitutes():
    assert set(substitutes(paper_pdf(LETTER))) <= {"Noto-Sans-CJK-SC", "Noto-Serif-CJK-SC", "NotoSerifCJKsc-Regular"}


def test_script_in_a_name_stays_text():
    """Hostile case 30."""
    name = "<script>alert(1)</script>社区"
    html = paper_html(replace(LETTER, issuer=name))
    assert name not in html
    assert name in text_of(paper_pdf(replace(LETTER, issuer=name)))
