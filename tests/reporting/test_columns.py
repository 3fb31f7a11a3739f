"""四级评分比较 of one unit: the four columns, their differences, and the workbook that says the same (R75-R81)."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Assessment, Evidence, Stage
from assessment.models.assessments import FORM_STAGES
from assessment.sheets import SHEET_RELATIONS, sheet_table
from reporting.columns import columns_of, marks, statements
from reporting.scores import signed
from tests.assessment.scored import FULL
from tests.factories import make_assessment, make_file, make_standard
from tests.reporting.staged import score

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    """Self 100; the district took 2.5 from 1.1 and 1 from 3.1; the city gave 1.1 half of it back; no province."""
    made = make_assessment(community=community, campaign_year=open_year, scores=FULL)
    score(made, Stage.DISTRICT, i1_1="2.5", i3_1="1")
    score(made, Stage.CITY, i1_1="1.25", i3_1="1")
    return Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=made.pk)


def words(found) -> list[list[str]]:
    return [[one.in_words for one in mark.differences] for mark in found]


def test_each_item_shows_its_differences_signed_and_in_words(assessment):
    line = columns_of(assessment).blocks[0].lines[0]
    assert [mark.points for mark in line.marks] == [Decimal("12.5"), Decimal(10), Decimal("11.25"), None]
    assert words(line.marks) == [
        [],
        ["比自评 -2.5（低）"],
        ["比自评 -1.25（低）", "比区预查 +1.25（高）"],
        [],
    ]
    assert line.marks[1].reason == "区预查扣分"


def test_sums_and_totals_are_compared_too(assessment):
    found = columns_of(assessment)
    assert words(found.totals) == [[], ["比自评 -3.5（低）"], ["比自评 -2.25（低）", "比区预查 +1.25（高）"], []]
    assert words(found.blocks[2].sums)[2] == ["比自评 -1（低）", "与区预查相同"]
    assert [mark.points for mark in found.totals] == list(sheet_table(assessment).totals.values())


def test_only_items_that_differ_are_shown_when_asked(assessment):
    found = columns_of(assessment, differing_only=True)
    assert [line.row.code for block in found.blocks for line in block.lines] == ["1.1", "3.1"]
    assert found.differing == columns_of(assessment).differing == 2


def test_a_stage_is_compared_with_the_one_before_that_scored(assessment):
    """A unit may be drawn by the province and not by the city."""
    found = marks({Stage.SELF: Decimal(5), Stage.DISTRICT: Decimal(4), Stage.PROVINCE: Decimal(3)})
    assert words(found)[3] == ["比自评 -2（低）", "比区预查 -1（低）"]


amounts = st.dictionaries(
    st.sampled_from(FORM_STAGES), st.none() | st.decimals(min_value=0, max_value=100, places=2), max_size=4
)


@given(amounts)
def test_differences_add_up(given_amounts):
    """What each stage changed, added to 自评, is what the last stage gave."""
    found = marks(given_amounts)
    scored = [mark for mark in found if mark.points is not None]
    for mark in scored:
        assert mark.to_self is None or mark.to_self.amount == mark.points - given_amounts[Stage.SELF]
    if scored:
        changes = sum(mark.to_before.amount for mark in scored[1:])
        assert scored[0].points + changes == scored[-1].points
        assert scored[0].to_before is None


@pytest.mark.parametrize(
    ("difference", "text"),
    [("1.50", "+1.5"), ("-2.00", "-2"), ("0.00", "0"), ("-0.05", "-0.05"), ("10.00", "+10"), (None, None)],
)
def test_a_difference_is_written_with_its_sign(difference, text):
    assert signed(None if difference is None else Decimal(difference)) == text


def test_the_page_says_it_in_words_and_links_the_evidence(sign_in, bureau, assessment):
    item = assessment.standard.items.first()
    file = make_file(owner=assessment.community, file=ContentFile(b"\xff\xd8", name="a.jpg"), name="议事会照片.jpg")
    evidence = Evidence.objects.create(assessment=assessment, item=item, file=file)
    page = sign_in(bureau).get(reverse("reporting:columns", args=[assessment.pk])).content.decode()
    assert '<span class="difference lower">比自评 -2.5（低）</span>' in page
    assert '<span class="difference higher">比区预查 +1.25（高）</span>' in page
    assert f'<a href="{reverse("assessment:evidence", args=[evidence.pk])}">议事会照片.jpg</a>' in page
    assert "只看有分歧的（2）" in page


def test_the_workbook_says_what_the_page_shows(sign_in, bureau, assessment):
    url = reverse("reporting:columns_xlsx", args=[assessment.pk])
    book = openpyxl.load_workbook(BytesIO(sign_in(bureau).get(f"{url}?differ=1").getvalue()))
    sums, items = book.worksheets
    total = next(row for row in sums.iter_rows(values_only=True) if row[1] == "合计")
    assert total[2:11] == (100, 100, 96.5, "-3.5", 97.75, "-2.25", "+1.25", None, None)
    rows = list(items.iter_rows(min_row=2, max_row=3, values_only=True))
    assert [row[2] for row in rows] == ["1.1", "3.1"]
    assert rows[0][5:14] == (12.5, None, 10, "-2.5", "区预查扣分", 11.25, "-1.25", "+1.25", "市抽查扣分")


def test_page_and_workbook_are_made_of_one_object(assessment):
    found = columns_of(assessment)
    parts, items = statements(found)
    assert [row[0].value for row in parts.rows] == [block.part.label for block in found.blocks]
    assert [row[1].value for row in items.rows] == [line.row.code for block in found.blocks for line in block.lines]


def test_the_page_takes_the_same_number_of_queries_however_many_items(sign_in, bureau, community, village, open_year):
    counts = []
    for unit, number in ((community, 1), (village, 3)):
        rows = [{"part": 1, "code": f"1.{code}", "points": Decimal(1)} for code in range(1, number + 1)]
        standard = make_standard(category=unit.category, items=rows)
        made = make_assessment(community=unit, campaign_year=open_year, standard=standard)
        score(made, Stage.DISTRICT)
        for item in standard.items.all():
            Evidence.objects.create(assessment=made, item=item, file=make_file(owner=unit))
        client, url = sign_in(bureau), reverse("reporting:columns", args=[made.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
