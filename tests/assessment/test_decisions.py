"""Where the source text is silent or contradicts itself: every decision is told in the product."""

import pytest

from assessment.decisions import decisions_of

pytestmark = pytest.mark.django_db


def test_all_sixteen_decisions_are_told_in_order(campaign):
    assert [decision.number for decision in decisions_of(campaign)] == list(range(1, 17))


def test_what_became_of_named_units_and_who_asks_the_province_is_told(campaign):
    """Decisions 2, 8, 9 and 16."""
    told = {decision.number: decision.answer for decision in decisions_of(campaign)}
    assert "区向市上报，由市向省上报" in told[2]
    assert "最近一次评分" in told[8]
    assert "合格的保留，不合格的建议撤销" in told[9]
    assert "不再重复申报" in told[16]
    assert "90分" in told[16]


def test_the_decisions_stand_on_the_page_of_the_campaign(campaign, bureau, sign_in):
    page = sign_in(bureau).get("/campaign/").content.decode()
    for decision in decisions_of(campaign):
        assert decision.question in page
