"""What leads on from an assessment's page: the pages of the chain, in its order, for whoever may open them."""

import pytest
from django.urls import reverse

from assessment.models import Stage, State
from assessment.unit_pages import MOST, pages_of
from tests.assessment.ready import consult, inspect, of_kind
from tests.factories import make_assessment

pytestmark = pytest.mark.django_db

PAPERS = ["打印预览", "创建申报表", "自查报告"]
OF_A_DRAFT = ["缺什么补什么", "整改", *PAPERS, "办理过程"]
ALL = ["缺什么补什么", "检查情况", "整改", "部门意见", "四级评分比较", *PAPERS, "办理过程"]


@pytest.fixture
def unit(community, open_year):
    def make(state, **fields):
        return make_assessment(community=community, campaign_year=open_year, **of_kind(state), **fields)

    return make


def labels(assessment, person) -> list[str]:
    links = pages_of(assessment, person)
    assert len(links.shown) <= MOST
    return [link.label for link in [*links.shown, *links.more]]


def test_a_draft_leads_to_what_there_is_of_a_draft(unit, town_officer):
    assert labels(unit(State.DRAFT), town_officer) == OF_A_DRAFT


def test_a_unit_in_the_chain_leads_to_every_link_of_it_in_order(unit, bureau, community_worker, city_inspector):
    asked = unit(State.INSPECTED)
    assert labels(asked, bureau) == ALL
    for person in (community_worker, city_inspector):
        assert labels(asked, person) == [label for label in ALL if label != "部门意见"]


def test_what_was_checked_before_a_return_stays_within_reach(unit, town_officer, bureau):
    returned = unit(State.RETURNED)
    inspect(returned, Stage.DISTRICT, by=bureau)
    assert "检查情况" in labels(returned, town_officer)


@pytest.mark.parametrize("state", [State.DRAFT, State.INSPECTED, State.RECHECK])
@pytest.mark.parametrize("role", ["bureau", "leader", "town_officer", "community_worker", "province_inspector"])
def test_every_link_of_the_page_may_be_opened(role, state, unit, sign_in, request):
    assessment = unit(state)
    consult(assessment, by=request.getfixturevalue("bureau"))
    person = request.getfixturevalue(role)
    client, links = sign_in(person), pages_of(assessment, person)
    page = client.get(assessment.get_absolute_url()).content.decode()
    for link in [*links.shown, *links.more]:
        assert link.url in page
        assert client.get(link.url).status_code == 200, link
    assert ("更多" in page) == bool(links.more)
    assert (reverse("assessment:unit_opinions", args=[assessment.pk]) in page) == (
        role in {"bureau", "leader", "town_officer"}
    )
