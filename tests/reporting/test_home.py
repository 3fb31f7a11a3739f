"""The home pages: work first, figures that link to their lists, a constant number of queries."""

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessment.models import State, StateChange
from communities.models import Role
from tests.factories import make_assessment, make_community, make_designation, make_person, make_standard

HOME = "/"
SECRET = "<script>alert(1)</script>社区"


def test_the_bureau_sees_progress_against_every_years_target(sign_in, bureau, open_year, community, village):
    """R41-R43."""
    make_designation(community=community, campaign_year=open_year, named_on=date(2012, 1, 1))
    response = sign_in(bureau).get(HOME)
    rows = response.context["targets"]
    assert [(row.category, row.year.year, row.target, row.needed.text, row.missing.text) for row in rows] == [
        ("城镇社区", 2012, "75.0%", "1", "0"),
        ("城镇社区", 2013, "83.0%", "1", "0"),
        ("城镇社区", 2014, "98.0%", "1", "0"),
        ("农村社区（村）", 2012, "71.0%", "1", "1"),
        ("农村社区（村）", 2013, "81.0%", "1", "1"),
        ("农村社区（村）", 2014, "95.0%", "1", "1"),
    ]


def test_every_number_links_to_its_list(sign_in, bureau, open_year, community, village):
    client = sign_in(bureau)
    page = client.get(HOME).content.decode()
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*\?year=2012[^"]*)"', page)}
    assert len(links) > 20
    for link in sorted(links):
        assert client.get(link).status_code == 200, link


def test_the_states_add_up_to_all_communities(sign_in, bureau, open_year, community, village):
    """Only states that somebody is in have a row: there are eighteen."""
    make_assessment(community=community, campaign_year=open_year, state=State.SUBMITTED, submitted_at=timezone.now())
    rows = sign_in(bureau).get(HOME).context["states"]
    assert [(row.label, row.total) for row in rows] == [("未开始", 1), ("已申报", 1)]


def test_a_chart_shows_what_its_table_says(sign_in, bureau, open_year, community, village):
    response = sign_in(bureau).get(HOME)
    page = response.content.decode()
    chart = json.loads(re.search(r'<script id="funnel-data" type="application/json">(.*?)</script>', page).group(1))
    assert chart["labels"] == [row.label for row in response.context["funnel"]]
    assert chart["series"][0]["values"] == [row.total for row in response.context["funnel"]]
    assert re.findall(r'data-chart="([^"]+)"', page) == re.findall(
        r'<script id="([^"]+)" type="application/json">', page
    )


def test_those_who_have_done_least_head_the_lag_list(sign_in, bureau, open_year, town):
    """R35: not filed and not named; what has not begun comes first."""
    standard = make_standard()
    half, named, filed, idle = (make_community(town=town, name=name) for name in ("半", "名", "报", "空"))
    make_assessment(community=half, campaign_year=open_year, standard=standard, scores={"1.1": "12.5"})
    make_assessment(
        community=filed,
        campaign_year=open_year,
        standard=standard,
        state=State.SUBMITTED,
        submitted_at=timezone.now(),
    )
    make_designation(community=named, campaign_year=open_year, named_on=date(2012, 1, 1))
    rows = sign_in(bureau).get(HOME).context["lagging"]
    assert [(row.name, row.state, row.scored) for row in rows] == [
        (idle.name, "未开始", None),
        (half.name, "自评中", 1),
    ]


def test_script_in_a_name_stays_text(sign_in, bureau, open_year, town):
    """Hostile case 30, on the page and in the data of the charts."""
    town.name = SECRET
    town.save()
    make_community(town=town, name=SECRET)
    page = sign_in(bureau).get(HOME).content.decode()
    assert SECRET not in page
    assert "&lt;script&gt;alert(1)" in page
    assert r"\u003Cscript\u003Ealert(1)" in page


def test_a_town_sees_what_was_returned_first_and_why(sign_in, town_officer, open_year, town, other_town):
    standard = make_standard()
    draft, returned = make_community(town=town, name="甲社区"), make_community(town=town, name="乙社区")
    make_assessment(community=draft, campaign_year=open_year, standard=standard)
    back = make_assessment(
        community=returned,
        campaign_year=open_year,
        standard=standard,
        state=State.RETURNED,
        resubmit_by=date(2012, 11, 20),
    )
    StateChange.objects.create(
        assessment=back,
        action="退回修改",
        source=State.SUBMITTED,
        target=State.RETURNED,
        actor="区办",
        at=timezone.now(),
        reason="缺用房产权证",
        total=90,
    )
    foreign = make_community(town=other_town, name="外镇社区")
    make_assessment(community=foreign, campaign_year=open_year, standard=standard)
    page = sign_in(town_officer).get(HOME).content.decode()
    assert page.index("乙社区") < page.index("甲社区")
    assert "缺用房产权证" in page
    assert "2012年11月20日" in page
    assert "外镇社区" not in page


def test_a_community_sees_its_own_gaps(sign_in, community_worker, community, open_year):
    """R47: 缺什么补什么."""
    make_assessment(community=community, campaign_year=open_year, scores={"1.1": "12.5", "2.1": "10"})
    response = sign_in(community_worker).get(HOME)
    assert [(gap.item.code, gap.lost) for gap in response.context["gaps"]] == [("2.1", 2.5)]


def test_a_system_administrator_is_sent_to_the_accounts(sign_in, administrator):
    assert sign_in(administrator).get(HOME).url == "/people/"


def test_without_a_campaign_the_page_says_what_to_do(sign_in, bureau):
    assert "还没有建立创建活动" in sign_in(bureau).get(HOME).content.decode()


def fill(town, open_year, number: int) -> None:
    standard = make_standard()
    for index in range(number):
        community = make_community(town=town, profile={"workers": 4})
        if index % 2 == 0:
            make_assessment(community=community, campaign_year=open_year, standard=standard, scores={"1.1": "12"})


@pytest.mark.parametrize("number", [1, 3, 50])
@pytest.mark.parametrize("role", [Role.BUREAU_OFFICER, Role.TOWN_OFFICER, Role.COMMUNITY_WORKER])
def test_a_home_takes_at_most_twelve_queries(sign_in, open_year, town, role, number):
    fill(town, open_year, number)
    unit = {
        Role.BUREAU_OFFICER: {"district": town.district},
        Role.TOWN_OFFICER: {"town": town},
        Role.COMMUNITY_WORKER: {"community": town.communities.first()},
    }[role]
    client = sign_in(make_person(role=role, **unit))
    client.get(HOME)
    with CaptureQueriesContext(connection) as queries:
        client.get(HOME)
    assert len(queries) <= 12, [query["sql"] for query in queries]
