"""短板清单: what the standing reports list, count and export (R9, R17, R30, R32, R36, R37, R48, R49, R55, R60).

Long because each report has its own words and numbers.
"""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.ledger_intervals import months_before
from communities.models import Category, Community, District, LedgerEntry, LedgerKind, PremisesPlan, YearProfile
from communities.models.profiles import HOUSEHOLD_FACTS
from communities.shortfall_reports import Asked
from reporting.shortfalls import REPORTS, Listed, overview
from tests.factories import make_assessment, make_community, make_district, make_renaming, make_standard, make_town

pytestmark = pytest.mark.django_db
AS_OF = date(2012, 10, 1)
PAGE = "/shortfalls/"


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def listed(name: str, district: District, as_of: date = AS_OF) -> Listed:
    return Listed(REPORTS[name], Asked(district, 2012, as_of), Q(place__town__district=district))


def told(name: str, district: District, as_of: date = AS_OF) -> list[dict[str, Any]]:
    """The rows of a report by the titles of its columns."""
    statement = listed(name, district, as_of).statement()
    labels = [column.label for column in statement.columns]
    return [dict(zip(labels, [cell.value for cell in row], strict=True)) for row in statement.rows]


def foot(name: str, district: District) -> dict[str, Any]:
    statement = listed(name, district).statement()
    assert statement.foot is not None
    return dict(
        zip([column.label for column in statement.columns], [cell.value for cell in statement.foot], strict=True)
    )


def test_the_reports_are_these_in_this_order():
    assert [report.label for report in REPORTS.values()] == [
        "用房不达标",
        "户外场地不达标",
        "人员不到位",
        "持证率缺口",
        "经费不落实",
        "网格空白",
        "挂牌不符",
        "未联网",
        "只有选举没有决策、管理、监督",
        "硬件好而内涵低",
        "家底不清",
        "台账超期",
        "区级经费高于镇级",
        "党组织未建",
    ]


def test_premises_that_are_short_stand_beside_the_plan_to_complete_them(town, district):
    """R49: the route and the day; a plan for the other kind or of another year is not this one."""
    planned = make_community(town=town, name="有计划", profile={"premises_area_sqm": Decimal("399.99")})
    make_community(town=town, name="没计划", profile={"premises_area_sqm": 100})
    for kind, year, area in (("indoor", 2012, 120), ("outdoor", 2012, 500), ("indoor", 2011, 80)):
        PremisesPlan.objects.create(
            community=planned,
            year=year,
            kind=kind,
            route="integration",
            planned_area_sqm=area,
            finish_on=date(2012, 10, 31),
            progress_percent=30,
        )
    first, second = told("premises", district)
    assert (first["应达（㎡）"], first["尚缺（㎡）"]) == (400, Decimal("0.01"))
    assert first["补足计划"] == "资源整合120㎡，2012年10月31日前完成，进度30%"
    assert (second["补足计划"], second["责任"]) == ("未定补足计划", "镇（开发区、街道）")
    assert foot("premises", district)["尚缺（㎡）"] == Decimal("300.01")


@pytest.mark.parametrize(("rounding", "required"), [("floor", 4), ("ceil", 5)])
def test_staff_are_held_against_the_rule_in_force_and_the_rule_is_printed(rounding, required, town, district):
    """R25, decision 5."""
    district.staffing_rounding = rounding
    make_community(town=town, profile={"registered_households": 1100, "workers": 3})
    make_community(town=town, category=Category.RURAL, profile={"registered_households": 5000, "workers": 0})
    statement = listed("staff", district).statement()
    assert [cell.value for cell in statement.rows[0]][3:7] == [3, required, required - 3, 1100]
    assert f"尾数{district.get_staffing_rounding_display()}" in statement.notes[0]
    assert "户数按户籍户数" in statement.notes[0]


def test_certificates_say_how_many_people_are_missing(town, district):
    """R32: ceil(staff × target / 100) − certified; 80 of 11 is 8.8, so nine."""
    make_community(town=town, profile={"workers": 11, "certified_workers": 2})
    make_community(town=town, category=Category.RURAL, profile={"workers": 3, "certified_workers": 1})
    urban, rural = told("certificates", district)
    assert (urban["应持证（人）"], urban["尚缺（人）"], urban["持证率"], urban["标准"]) == (9, 7, Decimal("18.2"), 80)
    assert (rural["应持证（人）"], rural["尚缺（人）"]) == (2, 1)
    total = foot("certificates", district)
    assert (total["持证（人）"], total["专职工作者（人）"], total["持证率"]) == (3, 14, Decimal("21.4"))


def test_funding_that_is_not_paid_in_full_is_listed_with_its_rate(town, district):
    make_community(town=town, profile={"funding_approved": Decimal("12.5"), "funding_paid": Decimal(10)})
    make_community(town=town, profile={"funding_approved": Decimal("0.3"), "funding_paid": Decimal("0.2999")})
    first, second = told("funding", district)
    assert (first["未到位（万元）"], first["到位率"]) == (Decimal("2.5"), Decimal("80.0"))
    assert second["未到位（万元）"] == Decimal("0.0001")
    printed = listed("funding", district).statement().printed_rows[0][1]
    assert [cell.text for cell in printed][3:7] == ["10.0", "12.5", "2.5", "80.0%"]


def test_grid_gaps_say_how_many_households_are_blank_or_double(town, district):
    whole = {"registered_households": 1000, "grid_cells": 3, "grid_households": 1000, "grid_unqualified": 0}
    for facts in (
        {"grid_households": 880},
        {"grid_households": 1020, "grid_unqualified": 2},
        {"grid_cells": 0, "grid_households": 0},
        {},
    ):
        make_community(town=town, profile={**whole, **facts})
    rows = told("grid_gaps", district)
    assert [row["情形"] for row in rows] == ["空白120户", "重复登记20户；不合格网格2个", "没有网格；空白1000户"]
    total = foot("grid_gaps", district)
    assert (total["空白（户）"], total["重复登记（户）"], total["不合格网格（个）"]) == (1120, 20, 2)


def test_words_say_what_is_missing(town, district):
    """R9, R37."""
    make_community(
        town=town,
        profile={
            "self_government": "民主选举",
            "has_party_committee": False,
            "has_residents_committee": True,
            "sign_mismatches": 3,
            "platform_connected": False,
        },
    )
    assert told("elections_only", district)[0]["缺"] == "民主决策、民主管理、民主监督"
    assert told("no_party", district)[0]["已建机构"] == "一居"
    assert told("signs", district)[0]["应办"] == "更正或摘除3块"
    assert told("platform", district)[0]["现状"] == "未接入平台"


def test_district_money_above_town_money_is_a_warning(town, district):
    """R17."""
    make_community(town=town, profile={"funding_district": Decimal("6.3"), "funding_town": Decimal("6.1")})
    make_community(town=town, profile={"funding_district": Decimal("6.1"), "funding_town": Decimal("6.1")})
    assert [row["区级高出（万元）"] for row in told("district_above_town", district)] == [Decimal("0.2")]


def test_the_least_complete_profile_comes_first_and_names_what_it_lacks(town, district):
    """R35."""
    known = dict.fromkeys(["registered_households", "resident_households", "resident_population"], 1)
    make_community(town=town, name="较全", profile=known)
    make_community(town=town, name="不全", profile={"registered_households": 1})
    first, second = told("incomplete", district)
    assert (first["社区（村）"], second["社区（村）"]) == ("不全", "较全")
    assert second["已填（项）"] == 3
    assert "常住户数" in first["未填项目"]
    assert "常住户数" not in second["未填项目"]
    assert second["完整度"] == round(Decimal(300) / len(HOUSEHOLD_FACTS), 1)


@pytest.fixture
def meetings(district) -> LedgerKind:
    return LedgerKind.objects.create(district=district, name="代表会议", interval_months=3)


def enter(community: Community, kind: LedgerKind, day: date, **fields: Any) -> None:
    LedgerEntry.objects.create(community=community, kind=kind, date=day, title="会议", **{"year": 2012, **fields})


@pytest.mark.parametrize(
    ("as_of", "late"), [(date(2012, 6, 30), 0), (date(2012, 9, 30), 0), (date(2012, 10, 1), 1), (date(2013, 1, 1), 1)]
)
def test_an_entry_is_due_again_after_its_interval(as_of, late, meetings, town, district):
    """R60: entered on 30 June, a quarter lasts to 30 September; what comes later does not count yet."""
    community = make_community(town=town, profile={})
    enter(community, meetings, date(2012, 6, 30))
    enter(community, meetings, date(2013, 5, 1))
    rows = told("ledger_late", district, as_of)
    assert len(rows) == late
    if late:
        assert (rows[0]["超期（项）"], rows[0]["超期事项和最近一次"]) == (1, "代表会议（2012年6月30日）")


def test_incomplete_entries_other_categories_and_kinds_without_interval_do_not_count(meetings, town, district):
    LedgerKind.objects.create(district=district, name="村务公开", interval_months=3, for_category="rural")
    LedgerKind.objects.create(district=district, name="走访")
    LedgerKind.objects.create(district=make_district(), name="外区事项", interval_months=1)
    urban = make_community(town=town, name="城", profile={})
    enter(urban, meetings, date(2012, 9, 1), is_complete=False)
    make_community(town=town, name="村", category=Category.RURAL, profile={})
    rows = told("ledger_late", district)
    assert [row["超期事项和最近一次"] for row in rows] == [
        "代表会议（没有记录）",
        "代表会议（没有记录）；村务公开（没有记录）",
    ]


def test_last_years_entry_counts_until_its_interval_is_over(meetings, town, district):
    community = make_community(town=town, profile={})
    enter(community, meetings, date(2011, 12, 20), year=2011)
    assert told("ledger_late", district, date(2012, 1, 31)) == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2012, 5, 31), 3, date(2012, 2, 29)),
        (date(2012, 1, 15), 1, date(2011, 12, 15)),
        (date(2012, 1, 15), 32767, date.min),
        (date(2012, 12, 31), 0, date(2012, 12, 31)),
    ],
)
def test_months_are_counted_back_to_the_same_day_or_the_last_of_the_month(day, months, expected):
    assert months_before(day, months) == expected


ITEMS = [{"part": part, "code": f"{part}.1", "points": Decimal("12.5")} for part in range(1, 9)]


@pytest.mark.parametrize(
    ("hard", "soft", "hollow"),
    [
        ("11.25", "10.62", True),  # 90 % exactly, 84.96 %
        ("11.24", "10.62", False),
        ("11.25", "10.625", False),  # 85 % exactly is not below
        ("12.5", "5", True),
    ],
)
def test_good_premises_and_little_else_are_seen_in_the_scores(hard, soft, hollow, community, open_year):
    """R36: part 2 from 90 % (inclusive), all others together below 85 %."""
    standard = make_standard(items=ITEMS)
    scores = {item["code"]: soft for item in ITEMS} | {"2.1": hard}
    make_assessment(community=community, campaign_year=open_year, standard=standard, scores=scores)
    rows = told("hollow", community.town.district)
    assert len(rows) == hollow
    if hollow and soft == "5":
        assert (rows[0]["其余方面得分率"], rows[0]["第二方面得分率"]) == (Decimal("40.0"), Decimal("100.0"))
        assert rows[0]["失分最多的方面"].count("（失7.5分）") == 3


def test_a_sheet_that_is_not_finished_says_nothing(community, district, open_year):
    make_assessment(community=community, campaign_year=open_year, standard=make_standard(), scores={"2.1": "12.5"})
    assert told("hollow", district) == []
    assert list(listed("hollow", district).unknown) == [community]


@pytest.mark.parametrize("name", ["incomplete", "ledger_late"])
def test_where_no_fact_has_to_be_known_only_a_missing_profile_is_unknown(name, district, town):
    """Without a kind that must be entered again nobody is late, and nobody's ledger is unknown either."""
    make_community(town=town, profile={})
    without = make_community(town=town)
    assert list(listed(name, district).unknown) == [without]


def test_the_overview_counts_what_the_reports_list_and_what_is_unknown(meetings, town, district, open_year):
    make_community(town=town, profile={"premises_area_sqm": 100, "workers": 1, "registered_households": 900})
    make_community(town=town, category=Category.RURAL, profile={"premises_area_sqm": 400})
    make_community(town=town)
    inside = Q(place__town__district=district)
    asked = Asked(district, 2012, AS_OF)
    for row, (name, report) in zip(overview(asked, inside).rows, REPORTS.items(), strict=True):
        found = listed(name, district)
        categories = [found.short.filter(place__category=category).count() for category in Category]
        expected = [n if c in report.categories else "不适用" for c, n in zip(Category, categories, strict=True)]
        assert [cell.value for cell in row][1:5] == [*expected, sum(categories), found.unknown.count()], name


def test_every_report_opens_exports_and_links(client, community):
    page = client.get(PAGE).content.decode()
    for name, report in REPORTS.items():
        assert f"{PAGE}{name}/?year=2012" in page
        answer = client.get(f"{PAGE}{name}/")
        assert report.label in answer.content.decode()
        assert client.get(f"{PAGE}{name}/?listed=unknown").status_code == 200
        assert client.get(f"{PAGE}{name}.xlsx").status_code == 200


def test_the_export_holds_what_is_shown(client, town, other_town):
    for place, name in ((town, "甲社区"), (other_town, "乙社区")):
        make_community(town=place, name=name, profile={"premises_area_sqm": 100})
    answer = client.get(f"{PAGE}premises.xlsx?town={town.pk}")
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=3)]
    assert rows[0][:5] == ["序号", "镇（开发区、街道）", "社区（村）", "类别", "用房（㎡）"]
    assert rows[1][:7] == [1, "湖塘镇", "甲社区", "城镇社区", 100, 400, 300]
    assert rows[2][1] == "合计"


@pytest.mark.parametrize("query", ["town=x", "town=0", "category=x", "listed=x", "page=x", "page=99", "year=x"])
def test_an_address_typed_wrong_still_lists(query, client, town):
    make_community(town=town, name="甲社区", profile={"premises_area_sqm": 100})
    assert "甲社区" in client.get(f"{PAGE}premises/?{query}").content.decode()


def test_a_report_that_there_is_not_is_not_found(client):
    assert client.get(f"{PAGE}units3/").status_code == 404


def test_a_town_sees_its_own_only(town_officer, open_year, sign_in, town, other_town):
    make_community(town=other_town, name="别镇社区", profile={"premises_area_sqm": 100})
    page = sign_in(town_officer).get(f"{PAGE}premises/").content.decode()
    assert "没有这种短板" in page
    assert "别镇社区" not in page


def test_reports_take_the_same_queries_for_1_3_and_60_communities(client, meetings, town):
    """House rule 8, for every report and for the overview."""
    counts: dict[str, set[int]] = {}
    standard = make_standard(items=ITEMS)
    year = client.get(PAGE).wsgi_request.campaign_year
    for total in (1, 3, 60):
        while YearProfile.objects.count() < total:
            community = make_community(town=town, profile={"premises_area_sqm": 1, "platform_connected": False})
            scores = {item["code"]: "1" for item in ITEMS} | {"2.1": "12.5"}
            make_assessment(community=community, campaign_year=year, standard=standard, scores=scores)
        for address in (PAGE, *(f"{PAGE}{name}/" for name in REPORTS)):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.setdefault(address, set()).add(len(captured))
    assert {address: len(found) for address, found in counts.items()} == dict.fromkeys(counts, 1)
    assert max(counts[PAGE]) <= 14  # three of them read what the standards give


def test_a_past_day_shows_the_name_of_that_day(town, district):
    """Decision 14."""
    community = make_community(town=town, name="新名社区", profile={"premises_area_sqm": 1})
    make_renaming(community, was="旧名社区", on=date(2012, 6, 1))
    assert told("premises", district, date(2012, 5, 31))[0]["社区（村）"] == "旧名社区"
    assert told("premises", district, date(2012, 6, 1))[0]["社区（村）"] == "新名社区"


def test_other_districts_do_not_count(client, community):
    make_community(town=make_town(district=make_district()), name="外区社区", profile={"premises_area_sqm": 1})
    assert "外区社区" not in client.get(f"{PAGE}premises/").content.decode()
