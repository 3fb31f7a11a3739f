"""三社联动 and 错时值班公示 of one community (R53, R56, R57)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.models import DutyRoster, PartnerAgreement, Room, SocialOrganisation, SocialWorkProject

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(community_worker, open_year, sign_in) -> Client:
    return sign_in(community_worker)


def fill(community, number: int, year: int = 2012) -> None:
    of = {"community": community, "year": year}
    room = Room.objects.create(**of, name=f"第{number}活动室", functions="党群活动|教育培训")
    SocialOrganisation.objects.create(**of, name=f"第{number}舞蹈队", kind="culture", status="filed", venue=room)
    SocialOrganisation.objects.create(**of, name=f"第{number}志愿队", kind="volunteer", status="neither")
    SocialWorkProject.objects.create(**of, name=f"第{number}项目", provider="某社工事务所", amount_wan="1.25")
    PartnerAgreement.objects.create(**of, partner=f"第{number}商会", kind="chamber")


def test_places_stand_beside_the_organisations_that_use_them(client, community):
    fill(community, 1)
    fill(community, 2, year=2011)
    page = client.get(f"/communities/{community.code}/linkage/")
    linkage = page.context["linkage"]
    assert [[user.name for user in room.users] for room in linkage.rooms] == [["第1舞蹈队"]]
    assert [organisation.name for organisation in linkage.homeless] == ["第1志愿队"]
    text = page.content.decode()
    assert all(word in text for word in ("党群活动、教育培训", "第1项目", "1.3", "第1商会"))
    assert "第2" not in text


def test_the_page_takes_the_same_queries_however_much_there_is(client, community):
    counts = set()
    for number in (1, 2, 3):
        fill(community, number)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/communities/{community.code}/linkage/")
        counts.add(len(captured))
    assert len(counts) == 1


def test_both_pages_open_empty_and_are_linked_from_the_community(client, community):
    page = client.get(community.get_absolute_url()).content.decode()
    for address in ("linkage", "duty-notice"):
        assert f"/communities/{community.code}/{address}/" in page
        assert client.get(f"/communities/{community.code}/{address}/").status_code == 200


def test_the_notice_prints_what_is_published_in_the_order_of_the_day(client, community):
    of = {"community": community, "year": 2012, "on_duty": "陈书记", "phone": "86300000"}
    for slot, hours, is_published in (
        ("day_off", "9:00至11:00", True),
        ("noon", "11:30至13:30", True),
        ("evening", "17:00至19:00", False),
        ("workday", "8:30至17:30", True),
    ):
        DutyRoster.objects.create(**of, slot=slot, hours=hours, is_published=is_published)
    page = client.get(f"/communities/{community.code}/duty-notice/")
    assert [roster.slot for roster in page.context["published"]] == ["workday", "noon", "day_off"]
    assert [roster.slot for roster in page.context["unpublished"]] == ["evening"]
    assert "css/notice.css" in page.content.decode()


@pytest.mark.parametrize(("who", "opens"), [("leader", True), ("city_inspector", False), ("province_inspector", False)])
def test_only_who_opens_the_registers_is_led_there(*, who, opens, community, open_year, sign_in, request):
    """Inspectors read the facts of a unit, not its registers."""
    page = sign_in(request.getfixturevalue(who)).get(community.get_absolute_url()).content.decode()
    assert ("/registers/workers/" in page) is opens
    assert (reverse("communities:linkage", args=[community.code]) in page) is opens
