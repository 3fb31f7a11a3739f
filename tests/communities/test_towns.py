"""各镇: their offices and their fixed order (R4, R28, R33)."""

from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from communities.models import Town
from tests.factories import make_community, make_town

pytestmark = pytest.mark.django_db
LIST = "/towns/"
OFFICE = {
    "kind": "town",
    "has_community_office": "true",
    "office_name": "社区科",
    "office_head": "周科长",
    "office_phone": "0519-86300000",
    "office_set_up_on": "2012-03-01",
    "revision": "1",
}


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


def names() -> list[str]:
    return list(Town.objects.order_by("sort_order").values_list("name", flat=True))


def test_an_office_is_kept_with_head_phone_and_day(client, town):
    assert client.post(f"{LIST}{town.pk}/", OFFICE).status_code == 302
    page = client.get(LIST).content.decode()
    assert all(word in page for word in ("社区科", "周科长", "0519-86300000", "2012年3月1日"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"has_community_office": "false"}, "请选“是”"),
        ({"has_community_office": "unknown"}, "请选“是”"),
        ({"office_phone": "周科长"}, "不像电话号码"),
    ],
)
def test_an_office_that_cannot_be_is_refused_in_words(wrong, message, client, town):
    answer = client.post(f"{LIST}{town.pk}/", {**OFFICE, **wrong})
    assert message in answer.content.decode()
    town.refresh_from_db()
    assert town.office_name == ""


def test_towns_without_an_office_are_listed_and_exported(client, district):
    for name, has in (("有", True), ("无", False), ("不明", None)):
        make_town(district=district, name=f"{name}镇", has_community_office=has)
    page = client.get(f"{LIST}?office=no")
    assert [town.name for town in page.context["filter"].qs] == ["无镇"]
    assert (page.context["without_office"], page.context["unknown"]) == (1, 1)
    sheet = openpyxl.load_workbook(BytesIO(client.get("/towns.xlsx?office=unknown").getvalue())).active
    assert [cell.value for cell in sheet[2]][1:6] == ["不明镇", "镇", 3, 0, "未填"]


def test_a_town_changes_places_with_its_neighbour(client, district):
    towns = [make_town(district=district, name=f"{name}镇") for name in "甲乙丙"]
    client.post(f"{LIST}{towns[2].pk}/move/", {"direction": "up"})
    assert names() == ["甲镇", "丙镇", "乙镇"]
    client.post(f"{LIST}{towns[0].pk}/move/", {"direction": "down"})
    assert names() == ["丙镇", "甲镇", "乙镇"]
    assert AuditEvent.objects.filter(action="调整镇（开发区、街道）顺序").count() == 2


@pytest.mark.parametrize("direction", ["up", "down", "x"])
def test_the_only_town_stays_where_it_is(direction, client, town):
    page = client.post(f"{LIST}{town.pk}/move/", {"direction": direction}, follow=True)
    assert "已经排在" in page.content.decode()


def test_the_list_takes_the_same_queries_for_1_and_30_towns(client, district):
    counts = set()
    for total in (1, 30):
        while Town.objects.count() < total:
            make_community(town=make_town(district=district))
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counts.add(len(captured))
    assert len(counts) == 1
