"""短板清单的页面: a page comes at once, and what is said of the whole list follows it."""

from typing import Any

import pytest
from django.test import Client

from communities.models import Category, District, YearProfile
from communities.paging import PER_PAGE, leaf
from reporting.shortfalls import REPORTS
from tests.factories import make_community
from tests.reporting.test_shortfalls import PAGE, listed

pytestmark = pytest.mark.django_db
MORE_THAN_A_PAGE = PER_PAGE + 7


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


@pytest.fixture
def many(town) -> None:
    """More than a page of each list: short of this or that, or without a profile; some sort alike."""
    for number in range(MORE_THAN_A_PAGE):
        category = Category.RURAL if number % 3 else Category.URBAN
        facts = {"premises_area_sqm": number, "workers": 10, "certified_workers": 4}
        community = make_community(town=town, category=category, profile=facts)
        make_community(town=town, category=category)
        if number % 2:
            type(community).objects.filter(pk=community.pk).update(sort_order=5)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_page_comes_without_its_sums_and_fetches_them(client, town):
    make_community(town=town, profile={"premises_area_sqm": 100})
    make_community(town=town, profile={"premises_area_sqm": 150})
    page = text_of(client, f"{PAGE}premises/?year=2012")
    assert '<tfoot id="foot"></tfoot>' in page
    assert 'hx-get="?year=2012&amp;sums=1" hx-trigger="load" hx-select="#pages" hx-select-oob="#foot,#rates"' in page
    assert '<a href="?year=2012&amp;sums=1">显示总数和合计</a>' in page
    summed = text_of(client, f"{PAGE}premises/?year=2012&sums=1")
    assert '<tfoot id="foot"><tr><td></td><td class="">合计</td>' in summed
    assert '<td class="number">550</td>' in summed
    assert 'hx-select="#pages"' not in summed


def test_the_rate_above_a_report_follows_too(client, town):
    make_community(town=town, profile={"workers": 10, "certified_workers": 4})
    assert '<dt>城镇社区持证率</dt><dd><span class="muted">…</span></dd>' in text_of(client, f"{PAGE}certificates/")
    summed = text_of(client, f"{PAGE}certificates/?sums=1")
    assert '<dt>城镇社区持证率</dt><dd>40.0%<span class="muted">（4／10）</span></dd>' in summed


@pytest.mark.parametrize("name", ["premises", "certificates", "incomplete"])
def test_pages_hold_every_row_once_in_the_order_of_the_export(name, many, district):
    report = listed(name, district)
    pages = [report.page(str(number)) for number in (1, 2)]
    assert [(len(page.rows), page.first, page.has_next) for page in pages] == [(50, 1, True), (7, 51, False)]
    found = [row.pk for page in pages for row in page.rows]
    assert len(set(found)) == MORE_THAN_A_PAGE
    order = {row.pk: sorting(row, report.report.first) for row in report.short}
    assert [order[pk] for pk in found] == sorted(order.values())


def sorting(row: Any, first: tuple[str, ...]) -> tuple[Any, ...]:
    of_community = (row.place_category != Category.URBAN, row.community.sort_order)
    return (*(getattr(row, name) for name in first), *of_community)


def test_the_unknown_are_turned_page_by_page(many, district):
    report = listed("premises", district)
    found = [row.pk for number in (1, 2) for row in report.page_of_unknown(str(number)).rows]
    assert sorted(found) == sorted(report.unknown.values_list("pk", flat=True))
    assert len(found) == MORE_THAN_A_PAGE


@pytest.mark.parametrize("query", ["", "listed=unknown"])
def test_how_many_there_are_is_said_once_the_end_is_in_sight(query, many, client):
    address = f"{PAGE}premises/?{query}"
    first, last, summed = (text_of(client, f"{address}&{asked}") for asked in ("page=1", "page=2", "sums=1"))
    assert "第1页（" in first
    assert "共57条" not in first
    assert "下一页" in first
    assert "共57条，第2页" in last
    assert '<td class="number">51</td>' in last
    assert "下一页" not in last
    assert "共57条，第1页" in summed


@pytest.mark.parametrize("number", [None, "", "0", "x", "-1", "3", "999999999999999999", "9" * 30])
def test_a_page_that_there_is_not_is_the_first(number, many):
    assert leaf(YearProfile.objects.all(), number).number == 1


@pytest.mark.parametrize("name", REPORTS)
def test_what_falls_short_can_be_judged(name, town, district: District):
    """Of a community without cells, or without one of the units, something is said though other facts are blank."""
    facts = {"grid_cells": 0, "has_party_committee": False, "premises_area_sqm": 1, "platform_connected": False}
    make_community(town=town, profile=facts)
    report = listed(name, district)
    known = report.shortfall.known(district)
    rows = report.shortfall.source.rows(2012, report.asked.as_of, report.condition)
    assert rows.count() == rows.filter(known).count()
