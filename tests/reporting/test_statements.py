"""经费、指标数据、覆盖情况: what the pages of reports say (R13, R15-R17, R20, R52, decision 3).

Long because every report is looked at for what it says, what it leaves blank, and what it costs.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.models import (
    Category,
    Community,
    DistrictBudget,
    FundingStandard,
    Policy,
    SourceFigure,
    TownBudget,
    TownPolicy,
)
from communities.statements import Cell, Column, Kind, Statement, statement_workbook, written
from reporting.register_sums import quarters_over
from tests.factories import make_community, make_town

pytestmark = pytest.mark.django_db
PAGES = ["/funding/", "/figures/", "/coverage/grid/", "/coverage/services/", "/coverage/policies/"]


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def values(statement: Statement) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in statement.rows]


def texts(statement: Statement) -> list[list[str]]:
    return [[cell.text for cell in cells] for _number, cells in statement.printed_rows]


# --- statements --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.WAN, Decimal("2531.05"), "2531.1"),
        (Kind.PERCENT, Decimal(16), "16.0%"),
        (Kind.NUMBER, Decimal("0.30000000000001"), "0.3"),
        (Kind.NUMBER, 0, "0"),
        (Kind.NUMBER, None, ""),
        (Kind.NUMBER, "不适用", "不适用"),
        (Kind.DATE, date(2012, 9, 30), "2012年9月30日"),
    ],
)
def test_values_are_written_as_people_write_them(kind, value, text):
    assert written(kind, value) == text


def test_a_workbook_keeps_numbers_as_numbers_and_text_as_text():
    """Hostile case 28: no text becomes a formula."""
    columns = [
        Column("名称"),
        Column("金额（万元）", Kind.WAN),
        Column("比率", Kind.PERCENT),
        Column("日期", Kind.DATE),
    ]
    row = [Cell("=1+1"), Cell(Decimal("2531.05")), Cell(Decimal("16.0")), Cell(date(2012, 9, 30))]
    statement = Statement("报表", columns, [row], foot=[Cell("合计"), Cell(1), Cell(), Cell()], notes=["口径：=1"])
    sheet = openpyxl.load_workbook(BytesIO(statement_workbook(statement))).active
    cells = list(sheet[2])
    assert [cell.value for cell in cells][1:4] == ["=1+1", 2531.05, 16]
    assert cells[1].data_type == "s"
    assert (cells[2].number_format, cells[3].number_format) == ("0.0", '0.0"%"')
    assert (sheet["A4"].value, sheet["A4"].data_type) == ("口径：=1", "s")


# --- 经费 --------------------------------------------------------------------------------------------------------
def money(district: str, town: str, paid: str, others: str = "0") -> dict[str, Decimal]:
    amounts = [Decimal(text) for text in (district, town, paid, others)]
    total = amounts[0] + amounts[1] + amounts[3]
    return {"funding_district": amounts[0], "funding_town": amounts[1], "funding_approved": total} | {
        "funding_paid": amounts[2]
    }


def test_towns_say_what_is_granted_paid_and_budgeted(client, town, other_town):
    make_community(town=town, profile=money("4", "6", "5"))
    make_community(town=town, profile=money("6.0001", "6", "5", others="2"))
    make_community(town=other_town)
    TownBudget.objects.create(town=town, year=2012, is_included=True, amount_wan=Decimal("12.5"), document="预算1")
    statement = client.get("/funding/").context["statement"]
    first, second = texts(statement)
    assert first == ["湖塘镇", "2", "2", "10.0", "12.0", "2.0", "24.0", "10.0", "41.7%", "1", "已纳入", "12.5", "预算1"]
    assert second == ["牛塘镇", "1", "0", "", "", "", "", "", "", "0", "未填", "", ""]
    assert [cell.text for cell in statement.printed_foot][:3] == ["合计", "3", "2"]
    assert "纳入同级财政预算的1个，共2个，占50.0%；未填的1个。" in statement.notes
    assert "district_above_town" in statement.rows[0][9].url


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("2531.1", "与预算一致"),
        ("2531.0", "比预算多0.1万元"),
        ("2600", "比预算少68.9万元"),
        ("2531.0997", "比预算多3元"),
        (None, "不能核对"),
    ],
)
def test_the_district_total_is_held_against_its_budget(budget, said, client, town, district):
    """R15."""
    make_community(town=town, profile=money("2531.1", "3000", "0"))
    if budget:
        DistrictBudget.objects.create(district=district, year=2012, amount_wan=Decimal(budget))
    assert said in client.get("/funding/").content.decode()


def test_growth_is_in_money_and_in_percent(client, district):
    for year, amount in ((2011, "1250"), (2012, "2531.1")):
        DistrictBudget.objects.create(district=district, year=year, amount_wan=Decimal(amount))
    found = client.get("/funding/").context["money"]
    assert (found.growth, found.growth_percent) == (Decimal("1281.1"), Decimal("102.5"))


def test_the_standards_in_force_stand_on_the_page(client, district):
    rates = {"base_wan": 10, "base_households": 1000, "per_household_yuan": 50, "district_percent": 40}
    FundingStandard.objects.create(district=district, year=2012, category="urban", document="武发1号", **rates)
    FundingStandard.objects.create(district=district, year=2011, category="urban", document="旧标准", **rates)
    page = client.get("/funding/").content.decode()
    assert "武发1号" in page
    assert "旧标准" not in page


def test_a_town_sees_its_own_money_only(town_officer, open_year, sign_in, town, other_town):
    page = sign_in(town_officer).get("/funding/")
    assert [row[0] for row in texts(page.context["statement"])] == ["湖塘镇"]
    assert page.context["money"] is None


# --- 指标数据 ------------------------------------------------------------------------------------------------------
def test_figures_stand_beside_what_old_documents_say(client, town, district):
    make_community(town=town, profile={"workers": 10, "certified_workers": 2})
    SourceFigure.objects.create(
        district=district,
        name="持证率",
        category="urban",
        value=16,
        unit_name="%",
        numerator=138,
        document="动员讲话",
        as_of=date(2012, 3, 1),
    )
    own, sources = client.get("/figures/").context["statements"]
    row = next(row for row in texts(own) if row[:2] == ["持证率", "城镇社区"])
    assert row[2:6] == ["20.0%", "%", "2", "10"]
    assert row[7] == "原文16%（138／—，2012年3月1日，动员讲话）"
    assert texts(sources)[0][0] == "持证率"
    rural = next(row for row in texts(own) if row[:2] == ["持证率", "农村社区（村）"])
    assert (rural[2], rural[7]) == ("", "")


def test_figures_of_one_town_and_category_can_be_asked_for(client, town, other_town):
    make_community(town=town, profile={"platform_connected": True})
    make_community(town=other_town, profile={"platform_connected": False})
    page = client.get(f"/figures/?town={town.pk}&category=urban")
    rows = {row[0]: row[2] for row in texts(page.context["statements"][0])}
    assert rows["平台接入率"] == "100.0%"


def test_new_figures_are_formed_from_sums(client, town):
    make_community(town=town, profile={**money("4", "6", "5"), "public_services": "劳动就业", "disclosures": 4})
    make_community(town=town)
    rows = {row[0]: row[2:6] for row in texts(client.get("/figures/?category=urban").context["statements"][0])}
    assert rows["经费到位率"] == ["50.0%", "%", "5.0", "10.0"]
    assert rows["区级补贴总额"][0] == "4.0"
    assert rows["平台接入率"] == ["0.0%", "%", "0", "2"]
    assert rows["五类公共服务齐全率"] == ["0.0%", "%", "0", "1"]
    assert rows["村（居）务公开按季达标率"][0] == "100.0%"
    assert rows["家底完整度"][2] == "6"


@pytest.mark.parametrize(
    ("as_of", "quarters"),
    [
        (date(2012, 3, 30), 0),
        (date(2012, 3, 31), 1),
        (date(2012, 9, 30), 3),
        (date(2012, 12, 31), 4),
        (date(2011, 5, 1), 0),
        (date(2013, 5, 1), 4),
        (date.max, 4),
    ],
)
def test_quarters_are_over_on_their_last_day(as_of, quarters):
    assert quarters_over(2012, as_of) == quarters


# --- 覆盖 --------------------------------------------------------------------------------------------------------
STEPS = dict.fromkeys(["grid_divided_on", "grid_teamed_on", "grid_published_on"], date(2012, 3, 1))
WHOLE = {**STEPS, "registered_households": 900, "grid_households": 900}


@pytest.mark.parametrize(
    ("facts", "covered"),
    [
        ({}, "是"),
        ({"grid_households": 899}, "否"),
        ({"grid_households": 901}, "否"),
        ({"grid_households": None}, "否"),
        ({"registered_households": None}, "否"),
        ({"grid_published_on": None}, "否"),
    ],
)
def test_a_town_is_covered_only_when_every_community_is(facts, covered, client, town):
    """R20: unknown is not yes."""
    make_community(town=town, profile=WHOLE)
    make_community(town=town, profile={**WHOLE, **facts})
    statement = client.get("/coverage/grid/").context["statements"][0]
    assert values(statement)[0][-1] == covered
    assert statement.foot[-1].value == covered


def test_a_community_without_a_profile_leaves_its_town_uncovered(client, town):
    make_community(town=town, profile=WHOLE)
    make_community(town=town)
    assert texts(client.get("/coverage/grid/").context["statements"][0])[0] == [
        *("湖塘镇", "2", "1", "900", "900", "1", "1", "否")
    ]


def test_services_in_villages_stand_beside_those_of_the_city(client, town):
    """R52."""
    for services in ("劳动就业|医疗卫生", "劳动就业", "", None):
        make_community(town=town, category=Category.RURAL, profile={"public_services": services})
    make_community(town=town, profile={"public_services": "劳动就业"})
    by_kind, by_town = client.get("/coverage/services/").context["statements"]
    assert texts(by_kind)[0] == ["劳动就业", "2", "66.7%", "1", "100.0%"]
    assert values(by_town) == [["湖塘镇", 4, 2, 0, 0, 1, 0, 1]]


def test_the_policy_matrix_names_gaps_in_words(client, town, other_town, district):
    """R13: only policies that ask for a town's paper."""
    grid, money_ = [
        Policy.objects.create(district=district, title=title, issuer="区委", level="3", needs_implementation=True)
        for title in ("网格化意见", "经费意见")
    ]
    Policy.objects.create(district=district, title="通知", issuer="区委", level="3")
    TownPolicy.objects.create(
        town=town, policy=grid, title="实施意见", document_number="湖政发〔2012〕3号", issued_on=date(2012, 3, 1)
    )
    TownPolicy.objects.create(town=town, policy=money_, title="实施意见")
    statement = client.get("/coverage/policies/").context["statements"][0]
    first, second = texts(statement)
    assert first == ["湖塘镇", "已出台，湖政发〔2012〕3号，2012年3月1日", "已出台，文号未填，日期未填", "无"]
    assert second == ["牛塘镇", "未出台", "未出台", "缺2份"]
    assert statement.foot[1].value == "已出台1个，共2个，占50.0%"


# --- all of them -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_empty_and_its_export_is_a_workbook(page, client):
    assert client.get(page).status_code == 200
    answer = client.get(f"{page.rstrip('/')}.xlsx")
    assert openpyxl.load_workbook(BytesIO(answer.getvalue())).active["A1"].value == "序号"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_the_same_queries_for_1_3_and_60_communities(page, client, district):
    counts = set()
    for total in (1, 3, 60):
        while Community.objects.count() < total:
            make_community(town=make_town(district=district), profile={**WHOLE, **money("4", "6", "5")})
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        counts.add(len(captured))
    assert len(counts) == 1


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ["town=x", "town=0", "category=x", "year=x"])
def test_an_address_typed_wrong_still_answers(page, query, client, community):
    assert client.get(f"{page}?{query}").status_code == 200
