"""自评申报: the list of the year with its filters (R33, R68, R81)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessment.models import CampaignYear, Standard, State
from communities.paging import PER_PAGE
from tests.assessment.ready import of_kind
from tests.factories import make_assessment, make_community, make_designation, make_standard

pytestmark = pytest.mark.django_db
LIST = "/assessments/"


@pytest.fixture
def standard(db) -> Standard:
    return make_standard(items=[{"part": 1, "code": "1.1", "points": Decimal(100)}])


@pytest.fixture
def begin(town, open_year, standard):
    """A community of that name whose self-assessment stands as said."""

    def make(name: str, *, points: str = "", year: CampaignYear = open_year, **fields):
        scores = {"1.1": points} if points else {}
        community = make_community(town=town, name=name)
        return make_assessment(community=community, campaign_year=year, standard=standard, scores=scores, **fields)

    return make


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def listed(client: Client, query: str = "") -> set[str]:
    return {row.record.name for row in client.get(f"{LIST}{query}").context["table"].paginated_rows}


def test_a_community_that_has_not_begun_is_listed_as_such(client, begin, community):
    """自愿申报: it is not in the way, and not forgotten either (R68)."""
    begin("已开始社区")
    assert listed(client) == {"聚湖社区", "已开始社区"}
    assert listed(client, "?state=none") == {"聚湖社区"}


def test_the_list_is_filtered_by_state(client, begin):
    for state in State:
        begin(state.label, **of_kind(state))
    for state in State:
        assert listed(client, f"?state={state}") == {state.label}


def test_reaching_the_pass_mark_is_exact(client, begin, community):
    """89.95 is not 90, and whoever has not begun has not reached it."""
    begin("够", points="90")
    begin("差", points="89.95")
    assert listed(client, "?score90=1") == {"够"}
    assert listed(client, "?score90=0") == {"差", "聚湖社区"}


def test_a_title_counts_from_its_naming_until_it_is_revoked(client, begin, open_year):
    begin("未命名")
    held = begin("已命名").community
    make_designation(community=held, campaign_year=open_year, named_on=date(2012, 12, 30))
    revoked = begin("已摘牌").community
    make_designation(
        community=revoked, campaign_year=open_year, named_on=date(2012, 3, 1), revoked_on=date(2012, 12, 1)
    )
    assert listed(client, "?recognised=1") == {"已命名"}
    assert listed(client, "?recognised=0") == {"未命名", "已摘牌"}


def test_another_years_assessment_is_not_this_years(client, begin, campaign):
    begin("来年", year=campaign.years.get(year=2013), points="95")
    assert listed(client, "?year=2012&state=none") == {"来年"}
    assert listed(client, "?year=2013&score90=1") == {"来年"}
    assert listed(client, "?state=none") == set(), "the year stays chosen"


def test_the_list_makes_the_same_number_of_queries_however_long(client, begin, town, open_year, standard):
    """House rule 8."""
    counts = []
    for total in (1, 3, 50):
        while town.communities.count() < total:
            begin(f"第{town.communities.count()}社区", points="90")
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_the_first_row_of_a_page_has_the_number_of_its_place(client, town, community):
    for number in range(PER_PAGE):
        make_community(town=town, name=f"第{number}社区")
    first, second = ('<td class="number">1</td>', f'<td class="number">{PER_PAGE + 1}</td>')
    assert first in client.get(LIST).content.decode()
    page = client.get(f"{LIST}?page=2").content.decode()
    assert second in page
    assert first not in page


def test_the_list_offers_to_begin_only_to_those_who_score(client, community, sign_in, town_officer):
    url = reverse("assessment:begin", args=[community.code])
    assert url in sign_in(town_officer).get(LIST).content.decode()
    assert url not in client.get(LIST).content.decode()


def test_before_there_is_a_campaign_the_list_is_there_and_nothing_has_begun(community, town_officer, sign_in):
    officer = sign_in(town_officer)
    assert listed(officer) == {"聚湖社区"}
    assert listed(officer, "?score90=1") == set()
