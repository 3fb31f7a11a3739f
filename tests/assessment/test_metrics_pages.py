"""What is known, unknown and short of a community, and that a filed sheet keeps what was suggested (R23, R30)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.metrics import MET, SHORT, UNKNOWN, metric_rows
from assessment.models import Item, ItemScore, Standard
from assessment.page import sheet_page
from assessment.sheets import sheet_table
from assessment.standards.publishing import load_initial_standards
from assessment.suggestions import suggestions_for
from assessment.workflow import advance
from communities.models import Category, CommunityWorker, YearProfile
from communities.models.records import REGISTERS
from communities.records import save_record
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community

pytestmark = pytest.mark.django_db
TODAY = date(2012, 9, 1)
WORKERS = REGISTERS["workers"]


@pytest.fixture
def urban(db) -> Standard:
    load_initial_standards()
    return Standard.objects.get(category=Category.URBAN)


@pytest.fixture
def client(bureau, open_year, urban, sign_in) -> Client:
    return sign_in(bureau)


def add_worker(community, name: str, *, by, certificate: str = "none") -> None:
    values = {"name": name, "post": "member", "recruited_by": "open", "certificate": certificate, "duty": "on_post"}
    save_record(WORKERS, CommunityWorker(community=community, year=2012), values, revision=0, by=by)


def states(community, standard) -> dict[str, str]:
    return {row.metric.name: row.state for row in metric_rows(community, 2012, standard, today=TODAY)}


def test_each_metric_is_met_short_or_unknown(urban, town):
    profile = {"premises_area_sqm": 400, "outdoor_area_sqm": Decimal("499.99"), "has_resident_pact": False}
    found = states(make_community(town=town, profile=profile), urban)
    assert (found["premises_area_sqm"], found["outdoor_area_sqm"]) == (MET, SHORT)
    assert found["has_resident_pact"] == SHORT, "a plain condition that is not met"
    assert found["cert_rate"] == UNKNOWN
    assert found["station_staff_count"] == UNKNOWN
    assert len(found) == 41


def test_without_a_profile_everything_of_the_community_is_unknown(urban, town):
    assert set(states(make_community(town=town), urban).values()) == {UNKNOWN}


def test_the_page_of_a_community_says_of_what_how_much_and_who_closes_it(client, town):
    community = make_community(town=town, profile={"registered_households": 1500, "workers": 4})
    page = client.get(reverse("assessment:community_metrics", args=[community.code, 2012])).content.decode()
    assert "专职工作者缺额2人，建议得0分" in page
    assert "由镇（开发区、街道）解决" in page
    assert "每满250户增配1人，按户籍户数计算" in page, "the rule used is printed"
    assert f"/registers/workers/?community={community.code}" in page


def test_the_list_names_what_is_unknown_and_what_is_short(client, town):
    make_community(town=town, name="甲社区", profile={"premises_area_sqm": 380})
    page = client.get("/metrics/")
    assert '<td class="number">1</td>' in page.content.decode()
    (row,) = page.context["table"].rows
    assert (row.get_cell("known"), row.get_cell("short"), row.get_cell("gaps")) == (1, 1, "用房")
    assert "持证率" in row.get_cell("unknown")


def test_the_list_costs_the_same_for_1_3_and_60_communities(client, town):
    counts = []
    for total in (1, 3, 60):
        while town.communities.count() < total:
            category = Category.RURAL if town.communities.count() % 2 else Category.URBAN
            make_community(town=town, category=category, profile={"workers": 3})
        if total == 1:
            make_community(town=town, category=Category.RURAL)
        client.get("/metrics/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/metrics/")
        counts.append(len(captured))
    assert len(set(counts)) == 1


# --- a register changes what is suggested, never what was filed ----------------------------------------------------
def suggested(assessment, code: str) -> tuple[Decimal | None, str | None]:
    return next((one.suggested, one.sentence) for one in suggestions_for(assessment) if one.item.code == code)


def test_a_change_in_a_register_changes_the_suggestion_at_once(urban, community, open_year, bureau):
    assessment = make_assessment(community=community, campaign_year=open_year, standard=urban)
    assert suggested(assessment, "1.5") == (None, None)
    add_worker(community, "张三", by=bureau)
    assert suggested(assessment, "1.5") == (Decimal(0), "持证率0.0%，比80%低80.0个百分点，建议得0分")
    add_worker(community, "李四", by=bureau, certificate="assistant")
    assert suggested(assessment, "1.5") == (Decimal(1), "持证率50.0%，比80%低30.0个百分点，建议得1分")


def test_a_filed_sheet_keeps_its_scores_and_what_was_suggested(urban, community, open_year, town_officer, bureau):
    """Until it is returned: then the registers speak again."""
    YearProfile.objects.create(community=community, year=2012, workers=5, certified_workers=2)
    full = {item.code: item.points for item in Item.objects.filter(standard=urban)}
    assessment = make_assessment(community=community, campaign_year=open_year, standard=urban, scores=full)
    ItemScore.objects.filter(sheet__assessment=assessment).update(reason="按现场情况评分")
    advance(assessment, "submit", by=town_officer, now=DURING)
    digest = sheet_table(assessment).digest
    at_filing = (Decimal(1), "持证率40.0%，比80%低40.0个百分点，建议得1分")
    assert suggested(assessment, "1.5") == at_filing
    add_worker(community, "张三", by=bureau)
    assert suggested(assessment, "1.5") == at_filing
    assert sheet_table(assessment).digest == digest
    advance(assessment, "return", by=bureau, now=DURING, reason="请核对", last_day=date(2012, 11, 20))
    assert suggested(assessment, "1.5")[0] == 0


def test_the_page_of_a_filed_sheet_shows_what_was_suggested_then(urban, community, open_year, town_officer, bureau):
    YearProfile.objects.create(community=community, year=2012, workers=5, certified_workers=5)
    full = {item.code: item.points for item in Item.objects.filter(standard=urban)}
    assessment = make_assessment(community=community, campaign_year=open_year, standard=urban, scores=full)
    advance(assessment, "submit", by=town_officer, now=DURING)
    add_worker(community, "张三", by=bureau)
    rows = [row for part in sheet_page(assessment, sheet_table(assessment)) for row in part.rows]
    sentences = {row.row.code: row.suggestion.sentence for row in rows if row.suggestion}
    assert sentences["1.5"] == "持证率100.0%，达到80%，建议得2分"


# --- decisions and citations ---------------------------------------------------------------------------------------
def test_the_settings_page_lists_the_decisions_with_their_present_value(client, district):
    district.staffing_rounding = "ceil"
    district.save()
    page = client.get("/campaign/").content.decode()
    assert "原文没有写明或前后不一之处的处理" in page
    assert "不足250户按250户计，按户籍户数计算" in page


def test_an_item_cites_the_policies_that_govern_it(client, urban, district, bureau):
    """R2, R10."""
    policies = REGISTERS["policies"]
    values = {"title": "关于核定经费的实施意见", "issuer": "区政府", "level": "3", "items": "1.4、4.2"}
    save_record(policies, policies.model(district=district), values, revision=0, by=bureau)
    page = client.get(reverse("assessment:standard", args=[urban.pk])).content.decode()
    assert page.count("《关于核定经费的实施意见》") == 2
