"""A self-assessment just begun, for whoever scores it; and one to be pushed through the chain."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from assessment.deadlines import grant as grant_exception
from assessment.models import Assessment, CampaignYear, DeadlineException, Item
from communities.models import Appointment, Role
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING, Case
from tests.factories import make_assessment

FIXTURES = {
    Role.BUREAU_OFFICER: "bureau",
    Role.BUREAU_LEADER: "leader",
    Role.SYSTEM_ADMINISTRATOR: "administrator",
}
"""The members of the cast who are not called as their role."""


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def items(assessment) -> list[Item]:
    return list(assessment.standard.items.all())


@pytest.fixture
def item(items) -> Item:
    """The first of them, 1.1."""
    return items[0]


@pytest.fixture
def post(town_officer, sign_in, assessment, item) -> Callable[..., HttpResponse]:
    """Put files forward for the item as the browser does; with `htmx` the answer is the file list alone."""
    client = sign_in(town_officer)

    def send(*files: SimpleUploadedFile, htmx: bool = True) -> HttpResponse:
        url = reverse("assessment:evidence_upload", args=[assessment.pk, item.pk])
        return client.post(url, {"files": list(files)}, headers={"HX-Request": "true"} if htmx else {})

    return send


@pytest.fixture
def year(campaign) -> CampaignYear:
    """2012, to be filed by 15 November (R72)."""
    return campaign.years.get(year=2012)


@pytest.fixture
def people(request) -> dict[str, Appointment]:
    """One person in each role, by role."""
    return {str(role): request.getfixturevalue(FIXTURES.get(role, role.value)) for role in Role}


@pytest.fixture
def grant(year, community, bureau) -> Callable[..., DeadlineException]:
    """Let 聚湖社区 file later; `community=None` lets all of 湖塘镇."""

    def give(**fields) -> DeadlineException:
        defaults = {"campaign_year": year, "town": community.town, "community": community, "now": DURING}
        told = {"reason": "汛情", "approver": "李区长", "by": bureau}
        return grant_exception(**{**defaults, **told, **fields})

    return give


@pytest.fixture
def make_case(community, year, people) -> Callable[..., Case]:
    def case(scores=FULL, **fields) -> Case:
        return Case(make_assessment(community=community, campaign_year=year, scores=scores, **fields), people)

    return case
