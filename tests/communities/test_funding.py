"""经费核定: the arithmetic, the preview, and writing it through the gates (R14, R17)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from communities import locks
from communities.funding import approved_wan, make_plan
from communities.models import Category, Community, Funding, FundingStandard, YearProfile
from communities.models.funding import Source
from communities.models.records import REGISTERS
from tests.factories import make_community, make_district, make_town

DAY = date(2012, 10, 1)
ADDRESS = "/funding/approve/"


@dataclass
class Rates:
    base_wan: Decimal = Decimal(10)
    base_households: int = 1000
    per_household_yuan: Decimal = Decimal("50.00")
    district_percent: Decimal = Decimal(40)


@pytest.mark.parametrize(
    ("households", "district", "town"),
    [
        (0, "4.0000", "6.0000"),
        (1000, "4.0000", "6.0000"),
        (1001, "4.0020", "6.0030"),
        (1500, "5.0000", "7.5000"),
    ],
)
def test_a_base_amount_and_more_for_each_household_beyond(households, district, town):
    """基本保障、超户增付 (R14)."""
    assert approved_wan(Rates(), households) == (Decimal(district), Decimal(town))


def test_both_shares_are_rounded_half_up_to_the_yuan_and_add_up():
    rates = Rates(base_wan=Decimal("0.0001"), per_household_yuan=Decimal("0.50"), district_percent=Decimal(50))
    assert approved_wan(rates, 1001) == (Decimal("0.0001"), Decimal("0.0001"))  # 1.5 元 is 2 元 in all
    assert approved_wan(rates, 1000) == (Decimal("0.0001"), Decimal("0.0000"))  # 0.5 元 of 1 元 goes up to the district


@given(
    households=st.integers(0, 100_000),
    base=st.decimals(0, 1000, places=4),
    each=st.decimals(0, 1000, places=2),
    percent=st.decimals(0, 100, places=2),
)
def test_the_shares_always_make_up_the_total(households, base, each, percent):
    district, town = approved_wan(Rates(base, 1000, each, percent), households)
    total = base + max(0, households - 1000) * each / 10_000
    assert abs(district + town - total) <= Decimal("0.00005")
    assert district >= 0
    assert town >= 0


def standard(district: Any, category: str = Category.URBAN, **fields: Any) -> FundingStandard:
    rates = {"base_wan": 10, "base_households": 1000, "per_household_yuan": 50, "district_percent": 40}
    return FundingStandard.objects.create(district=district, year=2012, category=category, **{**rates, **fields})


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def confirm(client: Client, **data: str) -> Any:
    digest = client.get(ADDRESS).context["plan"].digest
    return client.post(ADDRESS, {"digest": digest, **data})


def test_the_preview_counts_and_writes_nothing(client, district, town):
    standard(district)
    make_community(town=town, profile={"registered_households": 1500})
    make_community(town=town, name="没户数", profile={"resident_households": 1500})
    make_community(town=town, name="没标准村", category=Category.RURAL, profile={"registered_households": 900})
    page = client.get(ADDRESS)
    plan = page.context["plan"]
    assert (len(plan.new), len(plan.changed), len(plan.unchanged)) == (2, 0, 0)
    assert (page.context["district_total"], page.context["total"]) == (Decimal(5), Decimal("12.5"))
    assert [(community.name, why) for community, why in plan.left_out] == [
        ("没户数", "户籍户数未填"),
        ("没标准村", "没有农村社区（村）的经费标准"),
    ]
    assert not Funding.objects.exists()


def test_what_was_previewed_is_written_counted_and_kept_in_the_trail(client, district, town):
    standard(district)
    community = make_community(town=town, profile={"registered_households": 1500})
    assert confirm(client).status_code == 302
    found = {record.source: record.approved_wan for record in Funding.objects.filter(community=community, year=2012)}
    assert found == {Source.DISTRICT: Decimal(5), Source.TOWN: Decimal("7.5")}
    profile = YearProfile.objects.get(community=community)
    assert (profile.funding_district, profile.funding_town) == (Decimal(5), Decimal("7.5"))
    assert AuditEvent.objects.filter(action="经费核定").count() == 2


def test_a_second_time_only_what_differs_is_written_and_what_was_paid_stays(client, district, town):
    rates = standard(district)
    same, more = [make_community(town=town, profile={"registered_households": n}) for n in (900, 1500)]
    confirm(client)
    Funding.objects.filter(community=more).update(paid_wan=3, document="凭证1")
    rates.per_household_yuan = 100
    rates.save()
    plan = make_plan(district, 2012, DAY)
    assert (len(plan.new), len(plan.changed), len(plan.unchanged)) == (0, 2, 2)
    confirm(client)
    record = Funding.objects.get(community=more, source=Source.DISTRICT)
    assert (record.approved_wan, record.paid_wan, record.document) == (Decimal(6), Decimal(3), "凭证1")
    assert Funding.objects.get(community=same, source=Source.DISTRICT).revision == 1
    page = confirm(client)
    assert "没有需要写入的" in page.content.decode()


def test_a_plan_that_changed_since_the_preview_is_not_written(client, district, town):
    standard(district)
    make_community(town=town, profile={"registered_households": 1500})
    digest = client.get(ADDRESS).context["plan"].digest
    YearProfile.objects.update(registered_households=1600)
    page = client.post(ADDRESS, {"digest": digest})
    assert "在预览之后有变化" in page.content.decode()
    assert not Funding.objects.exists()


def test_the_households_are_of_the_kind_by_which_the_district_counts(district, town):
    """Decision 6."""
    standard(district)
    make_community(town=town, profile={"registered_households": 900, "resident_households": 1500})
    district.staffing_households = "resident"
    assert make_plan(district, 2012, DAY).total(Source.DISTRICT) == 5


def test_a_register_that_was_confirmed_asks_for_a_reason(client, bureau, district, town):
    standard(district)
    community = make_community(town=town, profile={"registered_households": 1500})
    locks.confirm(REGISTERS["funding"], community, 2012, by=bureau, now=timezone.now())
    assert "更正须填写原因" in confirm(client).content.decode()
    assert not Funding.objects.exists()
    assert 'name="reason"' in client.get(ADDRESS).content.decode()
    assert confirm(client, reason="按新标准核定").status_code == 302


def test_an_amount_that_cannot_be_is_left_out(client, district, town):
    standard(district, per_household_yuan="9999999.99")
    make_community(town=town, profile={"registered_households": 2_000_000_000})
    plan = client.get(ADDRESS).context["plan"]
    assert (plan.grants, len(plan.left_out)) == ([], 1)


def test_another_district_is_left_alone(client, district, community):
    standard(district)
    make_community(town=make_town(district=make_district()), profile={"registered_households": 1500})
    assert make_plan(district, 2012, DAY).grants == []


def test_the_preview_takes_the_same_queries_for_1_and_60_communities(client, district, town):
    standard(district)
    counts = set()
    for total in (1, 60):
        while Community.objects.count() < total:
            make_community(town=town, profile={"registered_households": 1500})
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        counts.add(len(captured))
    assert len(counts) == 1
