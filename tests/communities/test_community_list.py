"""社区家底: what is found, in which order, at which price (R30, R33, R34)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.models import Category, Community
from communities.shortfalls import SHORTFALLS
from tests.factories import make_community

pytestmark = pytest.mark.django_db
LIST = "/communities/"
WHOLE: dict[str, Any] = {
    "registered_households": 1000,
    "resident_households": 1000,
    "premises_area_sqm": Decimal(400),
    "outdoor_area_sqm": Decimal(500),
    "has_party_committee": True,
    "has_residents_committee": True,
    "has_service_station": True,
    "has_governance_office": True,
    "grid_divided_on": date(2012, 1, 1),
    "grid_teamed_on": date(2012, 2, 1),
    "grid_published_on": date(2012, 3, 1),
    "workers": 5,
    "certified_workers": 4,
    "platform_connected": True,
    "funding_approved": Decimal("12.5"),
    "funding_paid": Decimal("12.5"),
    "funding_district": Decimal("6.25"),
    "funding_town": Decimal("6.25"),
    "grid_cells": 3,
    "grid_households": 1000,
    "grid_unqualified": 0,
    "sign_mismatches": 0,
    "self_government": "民主选举|民主决策",
}
"""A community that falls short of nothing, each fact exactly on its threshold: 以上 includes the number itself."""


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def listed(client: Client, query: str = "") -> list[str]:
    """The names on the page, in order."""
    table = client.get(f"{LIST}{query}").context["table"]
    return [row.record.name for row in table.paginated_rows]


SHORT = {
    # name: (facts that fall short by the smallest step, facts that are unknown and so not short)
    "premises": ({"premises_area_sqm": Decimal("399.99")}, {"premises_area_sqm": None}),
    "outdoor": ({"outdoor_area_sqm": Decimal("499.99")}, {"outdoor_area_sqm": None}),
    "staff": ({"registered_households": 1500, "certified_workers": 5}, {"workers": None, "certified_workers": None}),
    "certificates": ({"certified_workers": 3}, {"certified_workers": None}),
    "units3": ({"has_service_station": False}, {"has_service_station": None}),
    "units4": ({"has_governance_office": False}, {"has_governance_office": None}),
    "platform": ({"platform_connected": False}, {"platform_connected": None}),
    "funding": ({"funding_paid": Decimal("12.4999")}, {"funding_paid": None}),
    "grid_gaps": ({"grid_households": 999}, {"grid_households": None}),
    "signs": ({"sign_mismatches": 1}, {"sign_mismatches": None}),
    "elections_only": ({"self_government": "民主选举"}, {"self_government": None}),
    "district_above_town": ({"funding_district": Decimal("6.2501")}, {"funding_district": None}),
    "no_party": ({"has_party_committee": False}, {"has_party_committee": None}),
}


@pytest.mark.parametrize("short", SHORT)
def test_a_shortfall_lists_what_falls_short_and_not_what_is_unknown(short, client, town):
    below, unknown = SHORT[short]
    for name, facts in {"够": {}, "缺": below, "不明": unknown}.items():
        make_community(town=town, name=name, profile={**WHOLE, **facts})
    make_community(town=town, name="未填")
    make_community(town=town, name="别的年", profile={**WHOLE, **below}, year=2011)
    assert listed(client, f"?short={short}") == ["缺"]


def test_the_grid_is_short_until_all_three_milestones_are_dated(client, town):
    """R19: an undated milestone is work not done."""
    make_community(town=town, name="够", profile=WHOLE)
    for milestone in ("grid_divided_on", "grid_teamed_on", "grid_published_on"):
        make_community(town=town, name=milestone, profile={**WHOLE, milestone: None})
    assert listed(client, "?short=grid") == ["grid_divided_on", "grid_teamed_on", "grid_published_on"]


@pytest.mark.parametrize(
    ("facts", "short"),
    [
        ({"grid_cells": 0, "grid_households": None, "grid_unqualified": None}, True),
        ({"grid_households": 1001}, True),
        ({"grid_unqualified": 1}, True),
        ({"registered_households": None}, False),
        ({"resident_households": 900}, False),
    ],
)
def test_a_grid_has_gaps_doubles_or_cells_that_do_not_qualify(facts, short, client, town):
    """R55, against the households that the district counts by."""
    make_community(town=town, name="网", profile={**WHOLE, **facts})
    assert listed(client, "?short=grid_gaps") == (["网"] if short else [])


def test_every_shortfall_has_its_test():
    assert set(SHORT) | {"grid", "incomplete", "ledger_late"} == set(SHORTFALLS)


@pytest.mark.parametrize(
    ("category", "certified", "short"), [("urban", 4, 0), ("urban", 3, 1), ("rural", 3, 0), ("rural", 2, 1)]
)
def test_certificates_are_held_against_80_and_50_percent(category, certified, short, client, town):
    """R32, of five workers."""
    make_community(town=town, category=category, profile={"workers": 5, "certified_workers": certified})
    assert len(listed(client, "?short=certificates")) == short


def test_a_village_has_no_staffing_rule(client, town):
    """The formula of document 1 is urban."""
    make_community(town=town, category=Category.RURAL, profile={"registered_households": 5000, "workers": 1})
    assert listed(client, "?short=staff") == []


def test_filters_narrow_each_other_and_stay_in_the_address(client, town, other_town):
    make_community(town=town, name="甲社区", profile={"premises_area_sqm": 100})
    make_community(town=town, name="乙村", category=Category.RURAL, profile={"premises_area_sqm": 100})
    make_community(town=other_town, name="丙社区", profile={"premises_area_sqm": 100})
    assert listed(client, "?short=premises") == ["甲社区", "乙村", "丙社区"]
    query = f"?town={town.pk}&category=urban&short=premises"
    assert listed(client, query) == ["甲社区"]
    page = client.get(LIST + query).content.decode()
    assert f'<option value="{town.pk}" selected>' in page
    assert '<option value="premises" selected>' in page


@pytest.mark.parametrize("text", ["聚湖", " 聚湖 ", "湖塘", "CODE"])
def test_search_finds_by_name_town_or_code(text, client, community, other_town):
    make_community(town=other_town, name="丙社区")
    assert listed(client, f"?q={text.replace('CODE', community.code)}") == ["聚湖社区"]


@pytest.mark.parametrize("text", ["%", "_", "'", "x' OR 1=1--", "\x00", "𠀋", "a" * 5000])
def test_search_takes_anything_as_text(text, client, community):
    assert client.get(LIST, {"q": text}).status_code == 200


def test_a_name_with_rare_characters_is_found(client, town):
    """Hostile case 45."""
    make_community(town=town, name="㐂𠀋村")
    assert listed(client, "?q=𠀋") == ["㐂𠀋村"]


WRONG_ADDRESSES = ["short=x", "town=0", "town=x", "category=x", "sort=x", "page=x", "page=99", "page=-1", "year=x"]


@pytest.mark.parametrize("query", [*WRONG_ADDRESSES, "per_page=0", "per_page=-5"])
def test_an_address_typed_wrong_still_lists(query, client, community):
    assert listed(client, f"?{query}") == ["聚湖社区"]


def test_a_town_of_another_district_cannot_be_asked_for(client, community, foreign_bureau):
    page = client.get(LIST).content.decode()
    assert "外区" not in page


def test_towns_stay_in_administrative_order(client, town, other_town):
    """R33: however they are named or numbered."""
    names = ["乙社区", "甲社区"]
    for name in names:
        make_community(town=other_town, name=f"牛{name}")
    for name in names:
        make_community(town=town, name=f"湖{name}")
    assert listed(client) == ["湖乙社区", "湖甲社区", "牛乙社区", "牛甲社区"]


def test_the_list_is_paged_and_numbered_on(client, town):
    for number in range(60):
        make_community(town=town, name=f"第{number:02d}社区")
    assert len(listed(client)) == 50
    assert listed(client, "?page=2") == [f"第{number}社区" for number in range(50, 60)]
    page = client.get(f"{LIST}?page=2&category=urban").content.decode()
    assert "共60条，第2／2页" in page
    assert '<td class="number">51</td>' in page
    assert "category=urban" in page[page.index('class="pagination') :], "filters stay while paging"


def test_the_list_makes_the_same_number_of_queries_for_1_3_and_60_communities(client, town, other_town):
    """House rule 8."""
    counts = []
    for total in (1, 3, 60):
        while Community.objects.count() < total:
            make_community(town=other_town if total == 60 else town, profile=WHOLE)
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_blank_is_not_zero_on_the_page(client, town):
    make_community(town=town, name="零", profile={"workers": 0, "platform_connected": False})
    make_community(town=town, name="空", profile={})
    zero, blank = client.get(LIST).context["table"].rows
    assert (zero.get_cell("workers"), zero.get_cell("platform_connected")) == (0, "×")
    assert (blank.get_cell("workers"), blank.get_cell("platform_connected")) == ("", "")


def test_a_name_is_shown_as_text(client, town):
    """Hostile case 30."""
    community = make_community(town=town, name="<script>alert(1)</script>社区")
    for url in (LIST, community.get_absolute_url()):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page
