"""The figures: counted in SQL, formed from sums, blank where unknown (R8, R19, R24, R25, R31, R41-R43, R48, R70)."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import ScoreSheet, Stage, State
from assessment.models.campaigns import end_of_day
from communities.models import Category, Community
from reporting.figure_kinds import Figure, percent_of
from reporting.figures import FIGURES, figures
from tests.factories import make_assessment, make_campaign, make_community, make_designation, make_district, make_town

TODAY = date(2012, 10, 1)
REGISTER = Path(settings.BASE_DIR) / "communities" / "initial" / "register.xlsx"
KEYS = [
    "communities",
    "recognised_share",
    "target_share",
    "needed",
    "missing",
    "submitted",
    "inspected",
    "listed",
    "city_passed",
    "province_passed",
    "named_this_year",
    "late",
    "self_score_90",
    "three_unit_rate",
    "four_unit_rate",
    "grid_complete",
    "certified_rate",
    "staff_shortfall",
    "premises_below",
    "outdoor_below",
    "platform_connected",
    "platform_rate",
    "grid_rate",
    "funding_rate",
    "district_subsidy",
    "completeness",
    "disclosure_rate",
    "public_services_rate",
]


@pytest.fixture
def year(campaign):
    return campaign.years.select_related("campaign__district").get(year=2012)


def by_key(campaign_year, as_of: date = TODAY) -> dict[str, Figure]:
    return {figure.key: figure for figure in figures(campaign_year, as_of)}


def test_every_figure_comes_for_each_category_and_for_every_town_in_order(year, town, other_town, community):
    make_community(town=other_town)
    keys = [figure.key for figure in figures(year, TODAY)]
    whole = [f"{key}.{category}" for key in KEYS for category in ("urban", "rural")]
    assert keys == whole + [f"{key}@湖塘镇" for key in whole] + [f"{key}@牛塘镇" for key in whole]
    assert list(FIGURES) == KEYS
    assert all(kind.definition.endswith("。") and kind.label for kind in FIGURES.values())


def test_the_needed_number_is_rounded_up_and_missing_never_below_zero(year, town):
    """R41: 75 % of 5 is 3.75, so four are needed."""
    five = [make_community(town=town) for _ in range(5)]
    assert by_key(year)["needed.urban"].value == 4
    for community in five:
        make_designation(community=community, campaign_year=year, named_on=TODAY)
    found = by_key(year)
    assert found["missing.urban"].value == 0
    assert found["recognised_share.urban"].value == Decimal("100.0")
    assert found["target_share.urban"].value == 75


@pytest.mark.parametrize(
    ("day", "recognised"),
    [(date(2012, 9, 30), 0), (date(2012, 10, 1), 1), (date(2012, 12, 30), 1), (date(2012, 12, 31), 0)],
)
def test_a_title_counts_from_the_day_of_naming_to_the_day_before_its_revocation(year, community, day, recognised):
    """R81, and the dynamic part of R68."""
    make_designation(community=community, campaign_year=year, named_on=date(2012, 10, 1), revoked_on=date(2012, 12, 31))
    assert by_key(year, day)["recognised_share.urban"].numerator == recognised


@pytest.mark.parametrize(("moment", "submitted"), [(timedelta(microseconds=-1), 1), (timedelta(0), 0)])
def test_a_submission_counts_until_midnight_in_shanghai(year, community, moment, submitted):
    """R71: the day of the count lasts to 24:00."""
    at = end_of_day(TODAY) + moment
    filed = make_assessment(community=community, campaign_year=year, state=State.SUBMITTED, submitted_at=at)
    filed.changes.create(action="提交申报", source=State.DRAFT, target=State.SUBMITTED, actor="湖塘镇", at=at)
    assert by_key(year)["submitted.urban"].value == submitted


@pytest.mark.parametrize(
    ("state", "submitted"),
    [(State.DRAFT, 0), (State.SUBMITTED, 1), (State.RECEIVED, 1), (State.RETURNED, 0)],
)
def test_what_is_withdrawn_or_returned_is_not_submitted(year, community, state, submitted):
    at = end_of_day(date(2012, 9, 1))
    make_assessment(community=community, campaign_year=year, state=state, submitted_at=at)
    assert by_key(year)["submitted.urban"].value == submitted


def test_a_score_just_under_the_mark_does_not_reach_it_and_other_stages_do_not_count(year, town):
    """R70: 89.95 is not 90, and only the self sheet is looked at."""
    under, over = make_community(town=town), make_community(town=town)
    for community, total in ((under, "89.95"), (over, "90")):
        assessment = make_assessment(community=community, campaign_year=year)
        assessment.sheets.update(total=Decimal(total))
        ScoreSheet.objects.create(assessment=assessment, stage=Stage.DISTRICT, total=99)
    assert by_key(year)["self_score_90.urban"].value == 1


def test_rates_state_numerator_and_denominator_and_round_half_up(year, town):
    """R8: three units and four units are two rates, and a blank unit is not a built one."""
    three = {"has_party_committee": True, "has_residents_committee": True, "has_service_station": True}
    make_community(town=town, profile=three)
    make_community(town=town, profile={**three, "has_governance_office": True})
    make_community(town=town, profile={"has_party_committee": True})
    found = by_key(year)
    assert (found["three_unit_rate.urban"].value, found["four_unit_rate.urban"].value) == (
        Decimal("66.7"),
        Decimal("33.3"),
    )
    assert (found["three_unit_rate.urban"].numerator, found["three_unit_rate.urban"].denominator) == (2, 3)
    assert percent_of(138, 862) == Decimal("16.0")
    assert percent_of(1, 0) is None


def test_blank_facts_give_blank_figures_and_zero_stays_zero(year, town, community, village):
    """A profile that is not there is unknown, never 0."""
    found = by_key(year)
    for key in ("three_unit_rate", "grid_complete", "certified_rate", "staff_shortfall", "premises_below"):
        assert found[f"{key}.urban"].value is None, key
    make_community(
        town=town,
        profile={"premises_area_sqm": 400, "outdoor_area_sqm": 499, "workers": 4, "certified_workers": 0},
    )
    found = by_key(year)
    assert found["premises_below.urban"].value == 0
    assert (found["outdoor_below.urban"].value, found["outdoor_below.urban"].denominator) == (1, 1)
    assert found["certified_rate.urban"].value == Decimal("0.0")
    assert found["staff_shortfall.urban"].value is None


def test_staff_are_counted_community_by_community_and_not_for_villages(year, town):
    """R25, decision 5: a surplus here does not fill a gap there; the formula is urban."""
    make_community(town=town, profile={"registered_households": 1500, "workers": 3})
    make_community(town=town, profile={"registered_households": 800, "workers": 9})
    make_community(town=town, category=Category.RURAL, profile={"registered_households": 1500, "workers": 0})
    found = by_key(year)
    assert found["staff_shortfall.urban"].value == 3
    assert found["staff_shortfall.rural"].value is None
    assert "默认不计算" in found["staff_shortfall.rural"].definition


def test_a_grid_is_complete_with_all_three_milestones_by_the_day(year, town):
    """R19."""
    dates = {"grid_divided_on": date(2012, 3, 1), "grid_teamed_on": date(2012, 4, 1)}
    make_community(town=town, profile={**dates, "grid_published_on": date(2012, 5, 1)})
    make_community(town=town, profile=dates)
    assert by_key(year, date(2012, 4, 30))["grid_complete.urban"].value == 0
    assert by_key(year, date(2012, 5, 1))["grid_complete.urban"].value == 1


def test_another_district_and_another_year_do_not_count(year, community):
    stranger = make_community(town=make_town(district=make_district()), profile={"platform_connected": True})
    other_year = make_campaign(district=stranger.town.district).years.get(year=2012)
    make_designation(community=stranger, campaign_year=other_year, named_on=TODAY)
    found = by_key(year)
    assert found["communities.urban"].value == 1
    assert found["recognised_share.urban"].numerator == 0
    assert found["platform_connected.urban"].value is None


@given(parts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=8))
def test_a_share_lies_between_0_and_100_with_one_decimal(parts):
    numerator = sum(min(pair) for pair in parts)
    denominator = sum(max(pair) for pair in parts)
    share = percent_of(numerator, denominator)
    assert share is None or (0 <= share <= 100 and -share.as_tuple().exponent == 1)


@pytest.mark.parametrize("number", [1, 3, 50])
def test_figures_take_four_queries_whatever_the_size(year, town, number, django_assert_num_queries):
    for _ in range(number):
        make_community(town=town, profile={"workers": 4})
    with django_assert_num_queries(4):
        figures(year, TODAY)


def test_the_imported_register_shows_the_figures_of_the_speech(campaign, capsys):
    """R8, R19, R24, R31: 138 of 862, 105 and 117, 90 of 120 and 174 of 264."""
    call_command("import_communities", str(REGISTER), year=2012)
    capsys.readouterr()
    call_command("figures", year=2012)
    found = {figure["key"]: figure for figure in json.loads(capsys.readouterr().out)}

    def parts(key: str) -> tuple:
        return found[key]["value"], found[key]["numerator"], found[key]["denominator"]

    assert Community.objects.count() == 384
    assert parts("communities.urban")[0] == 120
    assert parts("communities.rural")[0] == 264
    assert parts("certified_rate.urban") == (16.0, 138, 862)
    assert parts("grid_complete.urban") == (105, 105, 120)
    assert parts("grid_complete.rural") == (117, 117, 264)
    assert parts("three_unit_rate.urban") == (75.0, 90, 120)
    assert parts("three_unit_rate.rural") == (65.9, 174, 264)
    assert parts("platform_connected.urban")[0] == 120
    assert parts("needed.urban")[0] == 90
    assert sum(figure["value"] for key, figure in found.items() if key.startswith("communities.rural@")) == 264


def test_the_command_answers_with_the_figures_of_the_day(campaign, community, capsys):
    call_command("figures", year=2012, as_of="2012-09-30")
    found = json.loads(capsys.readouterr().out)
    assert set(found[0]) == {"key", "label", "value", "numerator", "denominator", "unit", "as_of", "definition"}
    assert {figure["as_of"] for figure in found} == {"2012-09-30"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"year": 2030}, "没有2030年度的创建活动"),
        ({"year": 2012, "as_of": "9月30日"}, "不是日期"),
        ({"year": 2012, "district": "外区"}, "没有外区2012年度"),
    ],
)
def test_the_command_refuses_what_it_cannot_answer(campaign, options, message):
    with pytest.raises(CommandError, match=message):
        call_command("figures", **options)


def test_the_command_asks_which_of_two_districts(campaign):
    make_campaign(district=make_district(name="外区"))
    with pytest.raises(CommandError, match="--district"):
        call_command("figures", year=2012)
