"""The year's list, one's own, and one unit's overview (R73): filtered, exported as shown, in a constant number of
queries."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessment.models import Method, Stage, State
from tests.assessment.ready import inspect
from tests.factories import make_assessment, make_community, make_standard
from tests.inspection_rows import make_inspection

pytestmark = pytest.mark.django_db
LIST = "/inspections/?year=2012"


@pytest.fixture
def standard(district):
    return make_standard(district=district)


@pytest.fixture
def make_unit(town, year, standard, bureau, other_town_officer):
    """A received unit whose documents the bureau checks and whose site another town's officer."""

    def make(name, *, home=town, checked=True):
        unit = make_community(town=home, name=name)
        assessment = make_assessment(community=unit, campaign_year=year, standard=standard, state=State.RECEIVED)
        if checked:
            make_inspection(assessment, bureau, method=Method.DOCUMENTS)
            make_inspection(assessment, other_town_officer, method=Method.SITE, finished=True)
        return assessment

    return make


def number_of_queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize(
    ("address", "who"),
    [
        (LIST, "bureau"),
        ("/inspections.xlsx?year=2012", "bureau"),
        ("/inspections/mine/?year=2012", "other_town_officer"),
    ],
)
def test_a_list_asks_as_often_for_three_as_for_one(address, who, make_unit, sign_in, request):
    client = sign_in(request.getfixturevalue(who))
    client.get(address)
    make_unit("一社区")
    once = number_of_queries(client, address)
    make_unit("二社区")
    make_unit("三社区")
    assert number_of_queries(client, address) == once


def test_the_scoring_page_asks_as_often_for_many_items_as_for_few(town, year, other_town_officer, sign_in):
    counts = []
    for number in (1, 8):
        rows = [{"part": 1, "code": f"1.{place}", "points": 1, "method": "现场检查"} for place in range(1, number + 1)]
        assessment = make_assessment(
            community=make_community(town=town),
            campaign_year=year,
            standard=make_standard(items=rows),
            state=State.RECEIVED,
        )
        own = make_inspection(assessment, other_town_officer, method=Method.SITE)
        client = sign_in(other_town_officer)
        client.get("/inspections/mine/")
        counts.append(number_of_queries(client, reverse("assessment:inspection", args=[own.pk])))
    assert counts[0] == counts[1]


def test_the_list_shows_checker_progress_and_date_and_the_file_the_same(make_unit, bureau, sign_in):
    make_unit("花园社区")
    make_unit("新城社区", checked=False)
    client = sign_in(bureau)
    page = client.get(LIST).content.decode()
    for words in ("花园社区", "区办王主任", "8／8", "牛塘赵科员", "已办结", "2012年11月5日", "未分派"):
        assert words in page
    answer = client.get("/inspections.xlsx?year=2012")
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[0][:5] == ("序号", "镇（开发区、街道）", "社区（村）", "类别", "状态")
    assert rows[0][-1] == "备注"
    assert [row[2] for row in rows[1:3]] == ["花园社区", "新城社区"]
    assert rows[1][5:8] == ("区办王主任", "8／8", "2012年11月5日")


def test_filters_narrow_the_list(other_town, make_unit, bureau, other_town_officer, sign_in):
    make_unit("甲社区")
    make_unit("乙社区", checked=False)
    done = make_unit("丙社区", home=other_town, checked=False)
    inspect(done, Stage.DISTRICT, by=bureau)
    client = sign_in(bureau)

    def shown(query: str) -> list[str]:
        page = client.get(f"{LIST}&{query}").content.decode()
        return [name for name in ("甲社区", "乙社区", "丙社区") if name in page]

    assert shown("") == ["甲社区", "乙社区", "丙社区"]
    assert shown("progress=nobody") == ["乙社区"]
    assert shown("progress=open") == ["甲社区"]
    assert shown("progress=complete") == ["丙社区"]
    assert shown(f"town={other_town.pk}") == ["丙社区"]
    assert shown(f"inspector={other_town_officer.user_id}") == ["甲社区"]
    assert shown("stage=city") == []


def test_ones_own_list_holds_what_was_given_and_nothing_else(make_unit, other_town_officer, town_officer, sign_in):
    make_unit("甲社区")
    page = sign_in(other_town_officer).get("/inspections/mine/?year=2012").content.decode()
    assert "甲社区" in page
    assert "甲社区" not in sign_in(town_officer).get("/inspections/mine/?year=2012").content.decode()


def test_the_overview_tells_what_is_missing_before_it_can_be_concluded(make_unit, bureau, sign_in):
    unit = make_unit("甲社区")
    page = sign_in(bureau).get(reverse("assessment:inspections", args=[unit.pk])).content.decode()
    assert "区预查的材料审核尚未完成（区办王主任）。" in page
    assert "检查全部办结后形成总分" in page


def test_the_overview_shows_what_each_found_beside_the_formed_score(make_unit, bureau, leader, sign_in):
    unit = make_unit("甲社区", checked=False)
    inspect(unit, Stage.DISTRICT, by=bureau, lost={"1.1": 3})
    page = sign_in(leader).get(reverse("assessment:inspections", args=[unit.pk])).content.decode()
    assert "总分97分" in page
    assert "<b>9.5</b> 现场不符" in page
    assert "裁定</a>" not in page, "a leader only looks"
