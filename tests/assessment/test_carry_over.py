"""Last year's scores and files, carried over on request (R23)."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from assessment.assessing import Entry, save_scores
from assessment.models import Assessment, Evidence, ItemScore, State
from communities.models import StoredFile
from tests.assessment.scored import FULL, stored
from tests.factories import make_assessment, make_file, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def last_year(community, campaign, assessment) -> Assessment:
    """The self-assessment of 2012, all full but 2.1, with a file on 1.1; `this_year` follows it."""
    item = assessment.standard.items.get(code="1.1")
    sheet = assessment.self_sheet
    for code, points in {**FULL, "2.1": "10"}.items():
        reason = "" if points == "12.5" else "去年的原因"
        ItemScore.objects.create(
            sheet=sheet, item=assessment.standard.items.get(code=code), points=Decimal(points), reason=reason
        )
    Evidence.objects.create(assessment=assessment, item=item, file=make_file(owner=community))
    return assessment


@pytest.fixture
def this_year(last_year, campaign, community) -> Assessment:
    return make_assessment(
        community=community, campaign_year=campaign.years.get(year=2013), standard=last_year.standard
    )


def carry_over(client: Client, assessment: Assessment) -> str:
    return client.post(reverse("assessment:carry_over", args=[assessment.pk]), follow=True).content.decode()


def test_last_years_scores_reasons_and_files_are_carried_over(this_year, last_year, client):
    assert "已沿用上年自评8个条目及其佐证材料，请逐条核对后再申报。" in carry_over(client, this_year)
    assert stored(this_year) == stored(last_year)
    assert this_year.self_sheet.total == Decimal("97.5")
    assert list(this_year.evidence.values_list("item__code", "file")) == list(
        last_year.evidence.values_list("item__code", "file")
    )
    assert StoredFile.objects.count() == 1


def test_carrying_over_fills_only_what_is_empty_and_only_once(this_year, last_year, client, town_officer):
    own = Entry(this_year.standard.items.get(code="1.1"), Decimal(5), "今年的原因", 0)
    save_scores(this_year, [own], by=town_officer)
    assert "已沿用上年自评7个条目" in carry_over(client, this_year)
    assert "已沿用上年自评0个条目" in carry_over(client, this_year)
    assert stored(this_year)["1.1"] == (Decimal(5), "今年的原因", 1)
    assert this_year.evidence.count() == 0, "the file belonged to an item that is judged anew"
    assert this_year.self_sheet.total == Decimal(90)


def test_an_item_that_reads_otherwise_this_year_is_judged_anew(last_year, campaign, community, client):
    rows = [{"part": part, "code": f"{part}.1", "points": Decimal("12.5")} for part in range(1, 9)]
    rows[0]["content"] = "改写后的考评内容"
    rows[1]["points"] = Decimal(10)
    standard = make_standard(items=rows)
    year = campaign.years.get(year=2013)
    assessment = make_assessment(community=community, campaign_year=year, standard=standard)
    assert "已沿用上年自评6个条目" in carry_over(client, assessment)
    assert sorted(stored(assessment)) == ["3.1", "4.1", "5.1", "6.1", "7.1", "8.1"]


def test_without_last_year_there_is_nothing_to_carry(assessment, client):
    assert "沿用上年自评</button>" not in client.get(assessment.get_absolute_url()).content.decode()
    assert "上年度没有该社区（村）的自评，无法沿用。" in carry_over(client, assessment)


def test_a_filed_sheet_carries_nothing(last_year, campaign, community, client):
    year = campaign.years.get(year=2013)
    filed = make_assessment(community=community, campaign_year=year, standard=last_year.standard, state=State.SUBMITTED)
    assert "不能再修改" in carry_over(client, filed)
    assert stored(filed) == {}
