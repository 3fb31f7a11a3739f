"""沿革 on the pages: present lists, past lists, ended communities, subtype and codes (decision 14, R34)."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from communities.lineage.plans import Terms, merging, renaming, transferring, unit_of, urbanising
from communities.models import Community, Role
from tests.communities.reorganised import done
from tests.factories import make_community

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def test_an_ended_community_can_be_read_and_no_longer_written(client, community, town, town_officer, sign_in):
    other = make_community(town=town, name="花园社区", profile={"workers": 3})
    done(merging([community, other], into=unit_of(community)))
    page = client.get(other.get_absolute_url()).content.decode()
    assert "该社区（村）已于2013年3月1日撤销" in page
    assert "填写2012年度台账" not in page
    officer, address = sign_in(town_officer), reverse("communities:profile", args=[other.code, 2012])
    page = officer.get(address).content.decode()
    assert "已于2013年3月1日撤销，台账只供查阅" in page
    assert 'name="workers"' not in page
    officer.post(address, {"workers": "9", "revision": "1"})
    assert other.profiles.get(year=2012).workers == 3


def test_the_present_lists_leave_out_what_has_ended(client, community, town):
    other = make_community(town=town, name="花园社区")
    done(merging([community, other], into=unit_of(community)))
    assert names_in(client, "/communities/?year=2014") == ["聚湖社区"]
    assert names_in(client, "/assessments/?year=2014") == ["聚湖社区"]
    page = client.get("/towns/").content.decode()
    assert f'<a href="/communities/?town={town.pk}">1</a>' in page


def names_in(client: Client, url: str) -> list[str]:
    return [row.get_cell("name") and row.record.place_name for row in client.get(url).context["table"].rows]


def test_the_page_tells_the_lineage(client, community):
    done(renaming(community, name="湖滨社区"))
    page = client.get(community.get_absolute_url()).content.decode()
    for text in ("建档以来", "聚湖社区", "2013年3月1日", "至今", "更名（2013年3月1日）", "武政发〔2013〕8号"):
        assert text in page


def test_subtype_and_codes_are_kept_by_the_bureau_and_listed(client, community, village):
    url = reverse("communities:community_edit", args=[community.code])
    data = {"subtype": "estate", "statistical_code": "320412001001", "classification_code": "111", "revision": "1"}
    assert client.post(url, data).url == community.get_absolute_url()
    page = client.get(community.get_absolute_url()).content.decode()
    for text in ("集中居住区", "320412001001", "111"):
        assert text in page
    assert names_in(client, "/communities/?subtype=estate") == ["聚湖社区"]
    assert client.post(url, {**data, "subtype": "other"}).status_code == 409, "somebody else was there first"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"statistical_code": "32041200100"}, "统计用区划代码为12位数字"),
        ({"classification_code": "11x"}, "城乡分类代码为3位数字"),
        ({"statistical_code": "320412001001"}, "已是湖塘镇银荡村的统计用区划代码"),
        ({"subtype": "x"}, "选择一个有效的选项"),
    ],
)
def test_codes_that_cannot_be_are_refused(fields, why, client, community, village):
    Community.objects.filter(pk=village.pk).update(statistical_code="320412001001")
    url = reverse("communities:community_edit", args=[community.code])
    assert why in client.post(url, {"revision": "1", **fields}).content.decode()


def test_nobody_is_appointed_to_what_has_ended(community, town, administrator, sign_in):
    other = make_community(town=town, name="花园社区")
    done(merging([community, other], into=unit_of(community)))
    data = {"username": "chen", "name": "陈", "role": Role.COMMUNITY_WORKER, "community": other.code}
    page = sign_in(administrator).post(reverse("communities:person_add"), data).content.decode()
    assert f"没有代码为{other.code}的社区" in page


def test_a_town_lists_a_past_year_as_its_own_and_links_what_it_may_still_open(town_pages, community):
    """The last day of 2012 lies before the transfer, that of 2013 after it: each list is that of its own day."""
    old_town, new_town = town_pages
    for path in ("/communities/", "/assessments/"):
        assert [names_in(client, f"{path}?year=2012") for client in town_pages] == [["聚湖社区", "银荡村"], []]
        assert [names_in(client, f"{path}?year=2013") for client in town_pages] == [["银荡村"], ["聚湖社区"]]
    page = old_town.get("/communities/?year=2012").content.decode()
    assert community.get_absolute_url() not in page
    assert new_town.get(community.get_absolute_url()).status_code == 200
    assert old_town.get(community.get_absolute_url()).status_code == 404


@pytest.fixture
def town_pages(request, community, sign_in) -> list[Client]:
    """The old and the new town of a community transferred in 2013; a village stays."""
    people = [request.getfixturevalue(name) for name in ("campaign", "village", "town_officer", "other_town_officer")]
    done(transferring(community, town=people[-1].town))
    return [sign_in(person) for person in people[-2:]]


def test_the_list_of_a_past_year_shows_the_names_of_then(client, community, village):
    """2013 ended after the renaming, 2012's list is of today here: its deadline lies far ahead."""
    done(renaming(community, name="湖滨社区"))
    done(urbanising(village), Terms(date(2014, 5, 1), "村改居"), now=datetime(2014, 6, 1, tzinfo=UTC))
    assert names_in(client, "/communities/?year=2013&q=湖滨") == ["湖滨社区"]
    assert names_in(client, "/communities/?year=2013&category=rural") == ["银荡村"]
    assert names_in(client, "/communities/?year=2014&category=rural") == []


def test_a_village_is_held_against_the_thresholds_of_villages_until_it_is_urban(client, village):
    """R32: 60 % certified is enough in a village and too little in an urban community."""
    for year in (2013, 2014):
        village.profiles.create(year=year, workers=5, certified_workers=3)
    done(urbanising(village), Terms(date(2014, 5, 1), "村改居"), now=datetime(2014, 6, 1, tzinfo=UTC))
    assert names_in(client, "/communities/?year=2013&short=certificates") == []
    assert names_in(client, "/communities/?year=2014&short=certificates") == ["银荡村"]
