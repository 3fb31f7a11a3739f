"""What is read out of four columns: figures against hand-made scores with known differences (R33, R47, R70, R75-R81).

Long because every analysis is looked at for its figures, its links and its cost.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.models import Assessment, Rectification, Stage, State
from communities.models import Category
from tests.assessment.scored import FULL
from tests.factories import make_assessment, make_community, make_designation, make_standard
from tests.reporting.staged import score

pytestmark = pytest.mark.django_db
ANALYSES = ["inflation", "disagreement", "drift", "near-mark", "towns"]


@pytest.fixture
def standard(db):
    return make_standard()


@pytest.fixture
def unit(open_year, standard):
    """A filed community of that name: self 100 less what `own` says, then sheets of later stages."""

    def make(town, name, *, own="0", state=State.RECEIVED, category=Category.URBAN, **later) -> Assessment:
        community = make_community(town=town, name=name, category=category)
        scores = {**FULL, "1.1": str(Decimal("12.5") - Decimal(own))}
        made = make_assessment(
            community=community, campaign_year=open_year, standard=standard, scores=scores, state=state
        )
        for stage, lost in later.items():
            score(made, Stage[stage.upper()], **lost)
        return made

    return make


@pytest.fixture
def scored(unit, town, other_town):
    """湖塘镇: 100/96 and 99/99 and a draft; 牛塘镇: 98/99, then city 97, province 97.5."""
    return [
        unit(town, "聚湖社区", district={"i1_1": "3", "i2_1": "1"}),
        unit(town, "花园社区", own="1", district={"i1_1": "1"}),
        unit(town, "阳湖社区", state=State.DRAFT),
        unit(
            other_town,
            "永安社区",
            own="2",
            district={"i1_1": "1"},
            city={"i1_1": "1", "i2_1": "2"},
            province={"i1_1": "1", "i2_1": "1.5"},
        ),
    ]


@pytest.fixture
def client(sign_in, bureau):
    return sign_in(bureau)


def rows_of(client, url: str) -> list[list[str]]:
    return [[cell.text for cell in cells] for _number, cells in client.get(url).context["statement"].printed_rows]


def links_of(client, url: str) -> dict[str, str]:
    """{address: what it says} of every number of a page that is a link."""
    shown = client.get(url).context["statement"]
    cells = [cell for _number, cells in shown.printed_rows for cell in cells] + shown.printed_foot
    return {cell.url: cell.text for cell in cells if cell.url}


def length(client, url: str) -> int:
    return client.get(url).context["page"].paginator.count


# --- all units ---------------------------------------------------------------------------------------------------
def test_every_unit_shows_its_totals_and_the_difference_to_the_stage_before(client, scored):
    assert [row[1:2] + row[4:] for row in rows_of(client, "/scores/")] == [
        ["聚湖社区", "100", "96", "-4", "", "", "", ""],
        ["花园社区", "99", "99", "0", "", "", "", ""],
        ["阳湖社区", "100", "", "", "", "", "", ""],
        ["永安社区", "98", "99", "+1", "97", "-2", "97.5", "+0.5"],
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("scored=district", ["聚湖社区", "花园社区", "永安社区"]),
        ("scored=province", ["永安社区"]),
        ("pair=self-district", ["聚湖社区", "永安社区"]),
        ("pair=city-province", ["永安社区"]),
        ("category=rural", []),
    ],
)
def test_units_are_narrowed_by_who_scored_and_where_stages_differ(client, scored, query, names):
    assert [row[1] for row in rows_of(client, f"/scores/?{query}")] == names


# --- 自评偏高 ------------------------------------------------------------------------------------------------------
def test_inflation_by_town(client, scored):
    """湖塘镇: (100 + 99)/2 against (96 + 99)/2; 牛塘镇 was too modest by 1."""
    response = client.get("/scores/inflation/")
    assert rows_of(client, "/scores/inflation/") == [
        ["湖塘镇", "2", "99.5", "97.5", "+2", "+4", "1"],
        ["牛塘镇", "1", "98", "99", "-1", "-1", "0"],
    ]
    foot = [cell.text for cell in response.context["statement"].printed_foot]
    assert foot == ["合计", "3", "99", "98", "+1", "+4", "1"]


def test_each_number_of_inflation_leads_to_its_units(client, scored):
    shown = client.get("/scores/inflation/").context["statement"]
    for _number, cells in shown.printed_rows:
        assert length(client, cells[1].url) == int(cells[1].text)


def test_inflation_of_a_town_or_category(client, scored, other_town):
    assert [row[0] for row in rows_of(client, f"/scores/inflation/?town={other_town.pk}")] == ["牛塘镇"]
    assert rows_of(client, "/scores/inflation/?category=rural") == []


# --- 分歧条目 ------------------------------------------------------------------------------------------------------
def test_items_with_the_widest_difference_come_first(client, scored):
    """1.1: self to district -3, 0, +1; 2.1: -1, 0, 0, then the city -2 and the province +0.5."""
    rows = rows_of(client, "/scores/disagreement/")
    assert [[row[1], *row[4:]] for row in rows] == [
        ["1.1", "2", "-0.67", "", "", "", ""],
        ["2.1", "1", "-0.33", "1", "-2", "1", "+0.5"],
    ]


def test_each_number_of_an_item_leads_to_the_units_that_differ(client, scored):
    for _number, cells in client.get("/scores/disagreement/").context["statement"].printed_rows:
        for differing in (cells[4], cells[6], cells[8]):
            if differing.text:
                assert length(client, differing.url) == int(differing.text)
    page = client.get(cells[4].url).content.decode()
    assert "只列对条目2.1" in page


# --- 各级变化 ------------------------------------------------------------------------------------------------------
def test_the_stages_and_their_drift(client, scored):
    rows = rows_of(client, "/scores/drift/?category=urban")
    assert [[row[0], *row[2:]] for row in rows] == [
        ["自评", "4", "99.25", "4", "0", ""],
        ["区预查", "3", "98", "3", "3", "-1"],
        ["市抽查", "1", "97", "1", "1", "-2"],
        ["省考评", "1", "97.5", "1", "1", "+0.5"],
    ]
    for url, text in links_of(client, "/scores/drift/?category=urban").items():
        assert length(client, url) > 0, (url, text)


# --- 临界名单 ------------------------------------------------------------------------------------------------------
def test_those_just_below_the_mark_with_the_cheapest_items(client, unit, town, bureau):
    """85 to 89.99 by the latest total: 84.95 is too low, and 90 has passed."""
    near = unit(town, "近社区", district={"i1_1": "4", "i2_1": "6", "i3_1": "1"})
    unit(town, "达社区", district={"i1_1": "10"})
    unit(town, "远社区", district={"i1_1": "10", "i2_1": "5.05"})
    unit(town, "边社区", district={"i1_1": "10", "i2_1": "5"})
    unit(town, "终社区", state=State.CLOSED, district={"i1_1": "11"})
    item = near.standard.items.get(code="2.1")
    Rectification.objects.create(
        assessment=near,
        stage=Stage.DISTRICT,
        item=item,
        category=Rectification.Category.ROOMS,
        problem="功能室不足",
        owner="陈书记",
        due_on=date(2012, 11, 20),
    )
    rows = rows_of(client, "/scores/near-mark/")
    assert [row[1] for row in rows] == ["近社区", "边社区"]
    assert rows[0][4:] == [
        *("区预查", "89", "1", "2.1（失6分）"),
        "2.1 陈书记，2012年11月20日前（待整改）",
    ]
    assert rows[1][4:] == ["区预查", "85", "5", "1.1（失10分）", "未安排整改"]


def test_a_draft_near_the_mark_counts_what_is_not_scored_as_lost(client, town, open_year, standard):
    community = make_community(town=town, name="半社区")
    scores = {code: points for code, points in FULL.items() if code != "8.1"}
    make_assessment(
        community=community, campaign_year=open_year, standard=standard, scores={**scores, "7.1": "11", "8.1": "0"}
    )
    fuller = make_community(town=town, name="未评社区")
    items = [{"part": part, "code": f"{part}.1", "points": Decimal(12)} for part in range(1, 9)]
    other = make_standard(items=[*items, {"part": 8, "code": "8.2", "points": Decimal(4)}])
    given = {f"{part}.1": "12" for part in range(1, 9)}
    make_assessment(
        community=fuller, campaign_year=open_year, standard=other, scores={**given, "1.1": "3", "8.1": "11"}
    )
    rows = rows_of(client, "/scores/near-mark/")
    assert [[row[1], *row[5:8]] for row in rows] == [
        ["半社区", "86", "4", "8.1（失12.5分）"],
        ["未评社区", "86", "4", "1.1（失9分）"],
    ]


# --- 各镇比较 ------------------------------------------------------------------------------------------------------
def test_towns_side_by_side_in_administrative_order(client, scored, unit, open_year):
    """R33: applied, passed, named, missing, average score, spread."""
    town, other_town = scored[0].community.town, scored[-1].community.town
    make_designation(
        community=make_community(town=town, name="名社区"), campaign_year=open_year, named_on=date(2012, 1, 1)
    )
    unit(other_town, "达社区", own="4", state=State.RECOGNISED)
    rows = rows_of(client, "/scores/towns/")
    assert rows == [
        # 总数 已申报 预查办结 列入名单 市通过 省达标 已命名 还差 平均 最高 最低 相差
        ["湖塘镇", "4", "2", "0", "0", "0", "0", "1", "2", "97.5", "99", "96", "3"],
        ["牛塘镇", "2", "2", "1", "1", "1", "1", "0", "2", "96.75", "97.5", "96", "1.5"],
    ]
    foot = [cell.text for cell in client.get("/scores/towns/").context["statement"].printed_foot]
    assert foot == ["合计", "6", "4", "1", "1", "1", "1", "1", "4", "97.13", "99", "96", "3"]


def test_each_number_of_the_comparison_leads_to_its_list(client, scored):
    shown = client.get("/scores/towns/").context["statement"]
    for _number, cells in shown.printed_rows:
        for cell in cells[1:7]:  # 还差 leads to those it is to come from
            found = client.get(cell.url).context["table"].paginator.count
            assert (cell.url, found) == (cell.url, int(cell.text))


# --- all of them -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ANALYSES)
def test_the_workbook_has_the_rows_of_the_page(name, client, scored):
    shown = client.get(f"/scores/{name}/").context["statement"]
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"/scores/{name}.xlsx").getvalue())).active
    assert [cell.value for cell in sheet[1]][1:] == [column.label for column in shown.columns]
    assert [[cell.value for cell in row][1] for row in sheet.iter_rows(min_row=2, max_row=1 + len(shown.rows))] == [
        row[0].value for row in shown.rows
    ]


@pytest.mark.parametrize("path", ["/scores/", *(f"/scores/{name}/" for name in ANALYSES)])
def test_a_town_sees_only_its_own(path, sign_in, other_town_officer, scored):
    page = sign_in(other_town_officer).get(path).content.decode()
    assert "湖塘" not in page
    assert "聚湖社区" not in page


@pytest.mark.parametrize("path", ["/scores/", *(f"/scores/{name}/" for name in ANALYSES)])
def test_pages_take_the_same_number_of_queries_however_much_there_is(path, client, unit, town):
    counts = []
    for number in (1, 2):
        for _ in range(number):
            unit(town, f"社区{Assessment.objects.count()}", district={"i1_1": "10", "i2_1": "2"})
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 15
