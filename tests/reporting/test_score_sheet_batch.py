"""Many score sheets at once look like the single ones: the same words in the same places, the same figures (R70)."""

import re
import subprocess
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from assessment.models import Assessment, ItemScore
from assessment.sheets import SHEET_RELATIONS, sheet_table
from communities.models import Category
from reporting.score_sheet_batch import blank_of, score_sheets_pdf, sheet_of, single_pdfs
from reporting.score_sheets import score_sheet_pdf
from reporting.typesetting import unbreakable
from tests.factories import make_assessment, make_community, make_standard

WORD = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="[\d.]+">([^<]*)<')
RULE = (
    "没有党组织的本项记0分；班子缺员超过3个月未补，每人扣0.5分；没有党员联系居民记录扣1分，"
    "记录连续一个季度空白扣0.5分；扣完为止。"
)
REASONS = [
    "现场资料不一致。",
    "公开栏内容更新不及时，近两个月没有新内容；责任人未落实，扣0.5分。",
    "“四个民主”台账（含会议记录、签到表）不全。",
    "应配4人，实有3人，缺1人（2012年10月起）。",
    "网格A-3、B-12户数 1,234 与台账不符",
    "第一行\n第二行",
    "：以标点开头、《书名》、（括号）、“引号”，都不在行首行尾断开。",
]


@pytest.fixture
def assessments(town, open_year):
    """Seven sheets of one standard, each with another reason on every item, and one of a village."""
    standard = make_standard(
        items=[{"part": part, "code": f"{part}.1", "points": Decimal("12.5"), "rule": RULE} for part in range(1, 9)]
    )
    made = [
        make_assessment(
            community=make_community(town=town, name=f"第{number}社区"),
            campaign_year=open_year,
            standard=standard,
            scores={f"{part}.1": "11.5" for part in range(1, 9)},
        )
        for number in range(len(REASONS))
    ]
    for assessment, reason in zip(made, REASONS, strict=True):
        ItemScore.objects.filter(sheet__assessment=assessment).update(reason=reason)
    village = make_community(town=town, name="银荡村", category=Category.RURAL)
    return [*made, make_assessment(community=village, campaign_year=open_year, scores={"1.1": "0"})]


def tables_of(assessments):
    found = Assessment.objects.select_related(*SHEET_RELATIONS).in_bulk([one.pk for one in assessments])
    return [sheet_table(found[one.pk]) for one in assessments]


def characters(content: bytes) -> list[tuple[str, float, float]]:
    """Every word with its place, and the pages one below the other, to half a point."""
    command = ["pdftotext", "-bbox", "-", "-"]
    html = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    found = []
    for number, page in enumerate(html.split("<page ")[1:]):
        for left, top, word in WORD.findall(page):
            found.append((word, float(left), float(top) + 1000 * number))
    return found


def same_places(ours, theirs) -> bool:
    """The same words, none further away than half a point."""
    left = list(theirs)
    for word, x, y in ours:
        near = next((one for one in left if one[0] == word and abs(one[1] - x) < 0.5 and abs(one[2] - y) < 0.5), None)
        if near is None:
            return False
        left.remove(near)
    return not left


def test_each_sheet_of_a_batch_has_the_words_of_the_single_one_in_their_places(assessments):
    tables = tables_of(assessments)
    for table, (same, content) in zip(tables, single_pdfs(tables), strict=True):
        assert same is table
        single = score_sheet_pdf(table)
        drawn, laid_out = PdfReader(BytesIO(content)), PdfReader(BytesIO(single))
        assert len(drawn.pages) == len(laid_out.pages)
        squeezed = ["".join("".join(page.extract_text().split()) for page in pdf.pages) for pdf in (drawn, laid_out)]
        assert sorted(squeezed[0]) == sorted(squeezed[1])
        in_table = [[word for word in characters(pdf) if word[2] % 1000 > 100] for pdf in (content, single)]
        assert same_places(*in_table), table.unit


def test_the_batch_is_one_pdf_with_a_bookmark_a_sheet(assessments):
    tables = tables_of(assessments)
    reader = PdfReader(BytesIO(score_sheets_pdf(tables)))
    assert [one.title for one in reader.outline] == [table.unit for table in tables]
    for table, mark in zip(tables, reader.outline, strict=True):
        text = reader.pages[reader.get_destination_page_number(mark)].extract_text()
        assert table.unit in text
        assert table.digest in text


def test_all_but_what_makes_a_row_grow_is_drawn_on_the_blank(assessments):
    long = assessments[0]
    ItemScore.objects.filter(sheet__assessment=long).update(reason="资料不全。" * 60)
    sheets = [sheet_of(table) for table in tables_of(assessments[:-1])]
    blank = blank_of(sheets)
    crowded = [f"row-{number}-6" for number in range(1, 9)]
    assert [blank.misfits(sheet.values) for sheet in sheets] == [crowded, *[[]] * (len(sheets) - 1)]
    content = score_sheets_pdf([sheet.table for sheet in sheets])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "".join(text.split()).count("资料不全。") == 60 * 8


def test_a_character_without_a_glyph_of_its_own_is_left_to_the_layout(assessments):
    """Hostile case 45: what joins with its neighbour, or has no glyph, is not drawn sign by sign."""
    ItemScore.objects.filter(sheet__assessment=assessments[0]).update(reason="e\u0301\U0010fffd")
    sheet = sheet_of(tables_of(assessments[:1])[0])
    assert blank_of([sheet]).misfits(sheet.values)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("缺1人", ["缺", "1", "人"]),
        ("记录，签到", ["记", "录，", "签", "到"]),
        ("（含会议）", ["（含", "会", "议）"]),
        ("12.5 分", ["12.5 ", "分"]),
        ("", []),
    ],
)
def test_where_a_line_may_break(text, parts):
    assert list(unbreakable(text)) == parts
