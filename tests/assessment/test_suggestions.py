"""From the registers to the 建议分 of every item (R23, R25, R31, R48)."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessment.models import Standard
from assessment.standards.publishing import load_initial_standards
from assessment.suggestions import suggested_points, suggestions_for
from communities.models import Category
from tests.factories import make_assessment, make_campaign, make_community

pytestmark = pytest.mark.django_db

PROFILE = {
    "registered_households": 1600,
    "workers": 5,
    "certified_workers": 2,
    "premises_area_sqm": 380,
    "outdoor_area_sqm": 500,
    "has_party_committee": True,
    "has_residents_committee": True,
    "has_service_station": True,
    "has_governance_office": False,
    "platform_connected": False,
}


@pytest.fixture
def standard(db) -> Standard:
    load_initial_standards()
    return Standard.objects.get(category=Category.URBAN)


@pytest.fixture
def assessment(standard, town, open_year):
    town.has_community_office = True
    town.save()
    return make_assessment(
        community=make_community(town=town, profile=PROFILE), campaign_year=open_year, standard=standard
    )


def test_every_item_the_register_feeds_has_its_suggestion(assessment):
    found = {item.item.code: (item.suggested, item.sentence) for item in suggestions_for(assessment)}
    assert len(found) == 49
    assert {code: said for code, said in found.items() if said[1]} == {
        "1.1": (Decimal(2), "已建立党组织，建议得2分"),
        "1.3": (Decimal("1.5"), "已设一委、一居、一站，缺一办，建议得1.5分"),
        "1.4": (Decimal(1), "专职工作者缺额1人，建议得1分"),
        "1.5": (Decimal(1), "持证率40.0%，比80%低40.0个百分点，建议得1分"),
        "2.1": (Decimal(3), "用房380㎡，比400㎡少20㎡，建议得3分"),
        "2.3": (Decimal(3), "户外健身活动场所500㎡，达到500㎡，建议得3分"),
        "4.1": (Decimal("1.5"), "已成立镇级社区科（办），建议得1.5分"),
        "4.6": (Decimal(0), "未接入综合管理服务平台，建议得0分"),
    }


def test_points_are_keyed_by_item_for_the_checks(assessment):
    points = suggested_points(assessment)
    items = {item.code: item.pk for item in assessment.standard.items.all()}
    assert points[items["2.1"]] == 3
    assert points[items["2.2"]] is None


def test_the_villages_thresholds_are_their_own(standard, town, open_year):
    """R32: 50 % of certified workers is enough in a village."""
    village = make_community(town=town, category=Category.RURAL, profile={"workers": 4, "certified_workers": 2})
    rural = Standard.objects.get(category=Category.RURAL)
    assessment = make_assessment(community=village, campaign_year=open_year, standard=rural)
    found = {item.item.code: item.sentence for item in suggestions_for(assessment)}
    assert found["1.5"] == "持证率50.0%，达到50%，建议得1.5分"


def test_without_a_profile_nothing_is_suggested(standard, town, open_year):
    assessment = make_assessment(community=make_community(town=town), campaign_year=open_year, standard=standard)
    assert {(item.suggested, item.sentence) for item in suggestions_for(assessment)} == {(None, None)}


def test_a_sheet_of_suggestions_takes_two_queries(assessment, django_assert_num_queries):
    with django_assert_num_queries(2):
        suggestions_for(assessment)


def run(**options):
    out = StringIO()
    call_command("suggestions", stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_command_prints_what_is_known_and_null_elsewhere(assessment):
    rows = {row["code"]: row for row in run(community=assessment.community.code, year=2012)}
    assert len(rows) == 49
    assert rows["2.1"] == {
        "code": "2.1",
        "metric": "premises_area_sqm",
        "metric_value": 380,
        "suggested": 3,
        "points": 4,
        "sentence": "用房380㎡，比400㎡少20㎡，建议得3分",
    }
    assert rows["1.3"]["metric_value"] == sorted(["一委", "一居", "一站"])
    assert rows["4.6"]["metric"] == "platform_functions"
    assert (rows["4.6"]["metric_value"], rows["4.6"]["suggested"]) == (None, 0)
    assert {rows["2.5"][name] for name in ("metric", "metric_value", "suggested", "sentence")} == {None}


def test_the_command_answers_before_an_assessment_is_begun(standard, town, campaign):
    community = make_community(town=town, profile=PROFILE)
    assert len(run(community=community.code, year=2012)) == 49


def test_an_unknown_community_or_year_is_refused(standard, town, district):
    community = make_community(town=town)
    with pytest.raises(CommandError, match="没有代码为000000000000的社区"):
        run(community="000000000000", year=2012)
    make_campaign(district=district)
    with pytest.raises(CommandError, match="没有2030年度"):
        run(community=community.code, year=2030)
