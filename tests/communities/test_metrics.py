"""What the registers say about a community, the same on both engines (R7, R25, R31, R48)."""

from datetime import date
from decimal import Decimal

import pytest

from communities.metrics import DICTIONARY, METRICS, read_metrics
from communities.models import AgencyCase, District
from communities.models.profiles import FACTS
from tests.factories import make_community, make_district, make_town

pytestmark = pytest.mark.django_db
FLOOR, CEIL = District.StaffingRounding.FLOOR, District.StaffingRounding.CEIL
ALL_UNITS = {
    "has_party_committee": True,
    "has_residents_committee": True,
    "has_service_station": True,
    "has_governance_office": True,
}


TODAY = date(2012, 9, 1)


def metrics_of(profile, *, district=None, today=TODAY, **town_facts):
    district = district or make_district()
    community = make_community(town=make_town(district=district, **town_facts), profile=profile)
    return read_metrics(district, 2012, [community.pk], today=today)[community.pk]


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
        found = read_metrics(district, 2012, [community.pk for community in communities], today=TODAY)
    assert set(found) == {community.pk for community in communities}


def test_a_community_without_a_profile_has_no_entry():
    district = make_district()
    community = make_community(town=make_town(district=district))
    assert read_metrics(district, 2012, [community.pk], today=TODAY) == {}


FULL = {
    **ALL_UNITS,
    "registered_households": 1000,
    "resident_population": 3000,
    "premises_area_sqm": 400,
    "premises_right_doc": True,
    "outdoor_area_sqm": 500,
    "function_rooms": "议事决策|便民服务",
    "sign_mismatches": 0,
    "term_ends_on": date(2014, 1, 1),
    "workers": 4,
    "certified_workers": 4,
    "station_staff": 2,
    "disclosures": 4,
    "supervision_records": 4,
    "resident_meetings": 4,
    "participation_forms": "民情恳谈",
    "service_station_standard": True,
    "offpeak_roster": True,
    "cases": 3,
    "public_services": "",
    "funding_approved": Decimal("10.5"),
    "funding_paid": Decimal("10.5"),
    "grid_households": 950,
    "grid_unqualified": 1,
    "grid_issues": 10,
    "grid_issues_closed": 9,
    "platform_connected": True,
    "platform_functions": "信息公开",
    "social_organisations": 5,
    "culture_teams": 3,
    "co_build_agreements": 1,
    "mediations": 20,
    "mediations_succeeded": 19,
    "safety_checks": 4,
    "major_incidents": 0,
    "library_books": 1000,
    "activities": 12,
    "lectures": 4,
    "bulletin_updates": 4,
    "env_problems": 0,
    "has_resident_pact": True,
    "volunteers": 240,
    "satisfaction_sample": 20,
    "satisfied": 17,
    "awareness_sample": 25,
    "aware": 20,
}


def test_all_forty_names_of_the_template_are_live_and_of_the_kind_the_dictionary_names():
    full = metrics_of(FULL, has_community_office=True)
    assert len(DICTIONARY) == 40
    assert set(METRICS) == {*DICTIONARY, "platform_connected"} == set(full)
    for name, kind in DICTIONARY.items():
        assert isinstance(full[name], kind), name


def test_the_values_are_those_of_the_registers():
    full = metrics_of(FULL)
    expected = {
        "funding_paid_rate": 100,
        "grid_coverage_rate": 95,
        "grid_issue_close_rate": 90,
        "mediation_success_rate": 95,
        "volunteer_rate": 8,
        "satisfaction_rate": 85,
        "awareness_rate": 80,
        "election_overdue": False,
        "function_rooms": {"议事决策", "便民服务"},
        "public_services": frozenset(),
        "agency_overdue_count": 0,
    }
    assert {name: full[name] for name in expected} == expected


@pytest.mark.parametrize("name", [name for name in METRICS if METRICS[name].facts])
def test_a_metric_is_unknown_while_a_fact_it_reads_is(name):
    """Unknown is not zero, and gives no suggestion."""
    optional = {"term_extended", "resident_households"}
    for fact in set(METRICS[name].facts) - optional:
        assert metrics_of({**FULL, fact: None})[name] is None, fact


def test_nothing_is_known_of_an_empty_profile():
    found = metrics_of({})
    assert {name for name, value in found.items() if value is not None} == set()


def test_every_fact_a_metric_reads_is_a_fact_of_the_profile():
    for metric in METRICS.values():
        assert set(metric.facts) <= set(FACTS), metric.name


def test_households_counted_twice_are_no_coverage():
    """R55: cells with more households than there are count some of them twice; that is mended, not scored."""
    assert metrics_of({"registered_households": 1000, "grid_households": 1000})["grid_coverage_rate"] == 100
    assert metrics_of({"registered_households": 1000, "grid_households": 1001})["grid_coverage_rate"] is None


@pytest.mark.parametrize(
    ("ends", "extended", "overdue"),
    [(date(2012, 9, 1), None, False), (date(2012, 8, 31), None, True), (date(2012, 8, 31), True, False)],
)
def test_an_election_is_overdue_the_day_after_the_term_unless_extended(ends, extended, overdue):
    profile = {"term_ends_on": ends, "term_extended": extended}
    assert metrics_of(profile)["election_overdue"] is overdue


def test_a_year_that_is_over_is_read_as_of_its_last_day():
    profile = {"term_ends_on": date(2012, 12, 31)}
    assert metrics_of(profile, today=date(2020, 1, 1))["election_overdue"] is False


def test_cases_are_overdue_when_late_or_still_open_after_the_promised_day():
    """R54."""
    district = make_district()
    community = make_community(town=make_town(district=district), profile={"cases": 4})
    other = make_community(town=community.town, profile={"cases": None})
    day = date(2012, 8, 1)
    for number, (promised, finished) in enumerate(
        [(day, day), (day, date(2012, 8, 2)), (day, None), (date(2012, 9, 1), None)]
    ):
        for owner in (community, other):
            AgencyCase.objects.create(
                community=owner,
                year=2012,
                number=str(number),
                received_on=day,
                promised_on=promised,
                finished_on=finished,
            )
    found = read_metrics(district, 2012, [community.pk, other.pk], today=TODAY)
    assert found[community.pk]["agency_overdue_count"] == 2
    assert found[other.pk]["agency_overdue_count"] is None


@pytest.mark.parametrize(("sample", "satisfied", "rate"), [(19, 19, None), (20, 17, 85), (20, 0, 0)])
def test_a_rate_of_answers_needs_twenty_households(sample, satisfied, rate):
    profile = {"satisfaction_sample": sample, "satisfied": satisfied}
    assert metrics_of(profile)["satisfaction_rate"] == rate


def test_without_any_dispute_mediation_is_full():
    assert metrics_of({"mediations": 0, "mediations_succeeded": 0})["mediation_success_rate"] == 100
