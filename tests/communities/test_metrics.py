"""What the registers say about a community, the same on both engines (R7, R25, R31, R48)."""

from decimal import Decimal

import pytest

from communities.metrics import DICTIONARY, METRICS, read_metrics
from communities.models import District
from tests.factories import make_community, make_district, make_town

pytestmark = pytest.mark.django_db
FLOOR, CEIL = District.StaffingRounding.FLOOR, District.StaffingRounding.CEIL
ALL_UNITS = {
    "has_party_committee": True,
    "has_residents_committee": True,
    "has_service_station": True,
    "has_governance_office": True,
}


def metrics_of(profile, *, district=None, **town_facts):
    district = district or make_district()
    community = make_community(town=make_town(district=district, **town_facts), profile=profile)
    return read_metrics(district, 2012, [community.pk])[community.pk]


@pytest.mark.parametrize(
    ("households", "floor", "ceil"), [(0, 4, 4), (1000, 4, 4), (1001, 4, 5), (1249, 4, 5), (1250, 5, 5), (1500, 6, 6)]
)
def test_staff_required_by_households_in_both_readings(households, floor, ceil):
    """R25: 4 people up to 1,000 households, 1 more per 250; the part of 250 as the district decided."""
    profile = {"registered_households": households, "workers": 0}
    for rounding, required in ((FLOOR, floor), (CEIL, ceil)):
        district = make_district(staffing_rounding=rounding)
        assert metrics_of(profile, district=district)["staff_shortfall"] == required


def test_more_staff_than_required_is_no_negative_shortfall():
    assert metrics_of({"registered_households": 900, "workers": 7})["staff_shortfall"] == 0


def test_the_district_decides_which_households_count():
    profile = {"registered_households": 1000, "resident_households": 2000, "workers": 4}
    resident = make_district(staffing_households=District.StaffingHouseholds.RESIDENT)
    assert metrics_of(profile)["staff_shortfall"] == 0
    assert metrics_of(profile, district=resident)["staff_shortfall"] == 4


@pytest.mark.parametrize(
    "profile",
    [{"workers": 3}, {"registered_households": 2000}, {"resident_households": 2000, "workers": 3}, {}],
    ids=["no households", "no workers", "only the other households", "nothing"],
)
def test_an_unknown_fact_leaves_the_shortfall_unknown(profile):
    """GREATEST of a blank and 0 is 0 on PostgreSQL and blank on SQLite; unknown must not become «nobody missing»."""
    assert metrics_of(profile)["staff_shortfall"] is None


@pytest.mark.parametrize(
    ("certified", "workers", "rate"),
    [(138, 862, "16.0093"), (1, 3, "33.3333"), (4, 5, "80"), (0, 6, "0"), (6, 6, "100")],
)
def test_certified_rate_keeps_its_decimals(certified, workers, rate):
    """R31: 138 of 862 are 16.0 %; whole numbers divided by whole numbers must not lose the rest."""
    found = metrics_of({"certified_workers": certified, "workers": workers})["cert_rate"]
    assert isinstance(found, Decimal)
    assert found == Decimal(rate)


@pytest.mark.parametrize(
    "profile", [{"certified_workers": 0, "workers": 0}, {"workers": 5}, {"certified_workers": 2}, {}]
)
def test_certified_rate_of_nobody_or_of_unknown_is_unknown(profile):
    assert metrics_of(profile)["cert_rate"] is None


def test_organisation_units_are_a_set_and_one_unknown_unit_leaves_it_unknown():
    """R7: four units; R8's rates need each of them to be known."""
    three = {**ALL_UNITS, "has_governance_office": False}
    assert metrics_of(ALL_UNITS)["org_units"] == {"一委", "一居", "一站", "一办"}
    assert metrics_of(three)["org_units"] == {"一委", "一居", "一站"}
    assert metrics_of(dict.fromkeys(ALL_UNITS, False))["org_units"] == frozenset()
    assert metrics_of({**ALL_UNITS, "has_governance_office": None})["org_units"] is None


def test_areas_flags_and_the_town_are_read_as_they_are():
    found = metrics_of(
        {"premises_area_sqm": "380.50", "outdoor_area_sqm": 0, "platform_connected": False}, has_community_office=True
    )
    assert found["premises_area_sqm"] == Decimal("380.5")
    assert found["outdoor_area_sqm"] == 0
    assert found["platform_connected"] is False
    assert found["town_has_community_office"] is True
    assert found["has_party_org"] is None


def test_many_communities_are_read_in_one_query(django_assert_num_queries):
    district = make_district()
    town = make_town(district=district)
    communities = [make_community(town=town, profile={"workers": number}) for number in range(5)]
    with django_assert_num_queries(1):
        found = read_metrics(district, 2012, [community.pk for community in communities])
    assert set(found) == {community.pk for community in communities}


def test_a_community_without_a_profile_has_no_entry():
    district = make_district()
    community = make_community(town=make_town(district=district))
    assert read_metrics(district, 2012, [community.pk]) == {}


def test_every_live_metric_has_the_kind_the_dictionary_names():
    full = metrics_of(
        {
            **ALL_UNITS,
            "registered_households": 1000,
            "premises_area_sqm": 400,
            "outdoor_area_sqm": 500,
            "workers": 4,
            "certified_workers": 4,
            "platform_connected": True,
        },
        has_community_office=True,
    )
    assert len(DICTIONARY) == 40
    assert set(full) == set(METRICS)
    for name in set(METRICS) & set(DICTIONARY):
        assert isinstance(full[name], DICTIONARY[name]), name
