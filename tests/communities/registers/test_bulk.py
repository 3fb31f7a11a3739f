"""批量修改: chosen records changed alike, all of them or none, held to the rules of the single form."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent
from communities import locks
from communities.models import AgencyCase, Premises, Room, SocialOrganisation
from communities.models.records import REGISTERS
from tests.communities.registers.steps import address, every_register, page_of, profile_of, said, written
from tests.factories import make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_year")]
PREMISES = REGISTERS["premises"]


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


def chosen(*records: Any, **facts: Any) -> dict[str, Any]:
    """What the page of a bulk edit sends: the facts given are ticked."""
    return {
        "apply": "1",
        "chosen": [record.pk for record in records],
        "seen": [f"{record.pk}-{record.revision}" for record in records],
        "change": list(facts),
        **facts,
    }


def apply(client: Client, *records: Any, **facts: Any) -> Any:
    return client.post(address("record_bulk", records[0].register), chosen(*records, **facts))


@every_register
def test_the_same_fact_of_several_records_is_changed_in_any_register(register, client, community, village):
    records = [make_record(register, community=community), *second(register, village)]
    page = client.post(address("record_bulk", register), {"chosen": [record.pk for record in records]})
    assert page.status_code == 200
    assert not set(register.key) & set(page.context["form"].fields), "a key is no fact to share"
    assert apply(client, *records, remarks="同样").status_code == 302
    assert set(register.records.filter(pk__in=[record.pk for record in records]).values_list("remarks", flat=True)) == {
        "同样"
    }
    events = AuditEvent.objects.filter(action=f"批量修改{register.label}")
    assert [event.after for event in events] == [{"备注": "同样"}] * len(records)


def second(register, village) -> list[Any]:
    return [make_record(register, community=village)] if register.unit == "community" else []


def test_only_ticked_facts_are_changed_and_counted_again(client, bureau, community):
    first, other = (written("premises", community, by=bureau, kind="indoor", area_sqm=100) for _n in range(2))
    sent = chosen(first, other, in_own_use="") | {"remarks": "没有勾选", "area_sqm": "7"}
    assert client.post(address("record_bulk", PREMISES), sent).status_code == 302
    assert list(Premises.objects.values_list("in_own_use", "area_sqm", "remarks")) == [(False, 100, "")] * 2
    assert profile_of(community).premises_area_sqm == 0


def test_somebody_else_s_change_meanwhile_stops_all_of_it(client, bureau, community):
    """Hostile case 32."""
    first, other = (written("premises", community, by=bureau) for _n in range(2))
    Premises.objects.filter(pk=other.pk).update(revision=2, remarks="他人")
    page = page_of(apply(client, first, other, remarks="同样"))
    assert f"“{other}”刚刚由他人修改，尚未保存任何内容。" in page
    assert set(Premises.objects.values_list("remarks", flat=True)) == {"", "他人"}


BROKEN = [
    ({"area_sqm": "-5"}, "大于或等于 0"),
    ({"area_sqm": "abc"}, "输入一个数"),
    ({"area_sqm": ""}, "必填"),
    ({"right": "x"}, "有效的选项"),
    ({}, "请勾选要修改的项目。"),
]


@pytest.mark.parametrize(("facts", "why"), BROKEN)
def test_what_the_single_form_refuses_is_refused_for_all(facts, why, client, community):
    record = make_record("premises", community=community, area_sqm=100, right="title")
    page = page_of(apply(client, record, **facts))
    assert why in page.replace("大于或等于0", "大于或等于 0")
    record.refresh_from_db()
    assert (record.area_sqm, record.right, record.revision) == (100, "title", 1)


def test_a_number_with_stars_and_a_day_of_another_year_are_refused(client, community):
    worker = make_record("workers", community=community, phone="13812345678")
    assert "请填写完整号码" in page_of(apply(client, worker, phone="138****5678"))
    case = make_record("cases", community=community)
    answer = apply(client, case, received_on="2011-03-09")
    assert "日期不在2012年内" in str(answer.context["form"].errors["received_on"])
    assert AgencyCase.objects.get().received_on == date(2012, 3, 9)


def test_rules_between_facts_stop_all_of_it_with_the_record_s_name(client, community):
    case = make_record("cases", community=community)
    page = page_of(apply(client, case, promised_on="2012-01-01"))
    assert f"{case}：不能早于受理日期。尚未保存任何内容。" in page


def test_a_room_is_shared_within_one_community_only(client, community, village):
    own, other = (make_record("social-organisations", community=unit, full=True) for unit in (community, village))
    page = client.post(address("record_bulk", own.register), {"chosen": [own.pk, other.pk]})
    assert "venue" not in page.context["form"].fields
    room = Room.objects.get(community=community)
    assert "请勾选要修改的项目。" in page_of(apply(client, own, other, venue=room.pk))
    assert SocialOrganisation.objects.get(pk=other.pk).venue.community == village
    assert apply(client, own, venue=Room.objects.get(community=village).pk).context["form"].errors["venue"]
    assert apply(client, own, venue="").status_code == 302
    assert SocialOrganisation.objects.get(pk=own.pk).venue is None


def test_the_gate_of_every_chosen_community_counts(request, client, bureau, community, village):
    records = [written("premises", unit, by=bureau) for unit in (community, village)]
    locks.confirm(PREMISES, village, 2012, by=bureau, now=timezone.now())
    assert apply(client, *records, remarks="同样").context["form"].errors["reason"] == ["请填写更正原因。"]
    sent = chosen(*records, remarks="同样") | {"reason": "更正"}
    assert client.post(address("record_bulk", PREMISES), sent).status_code == 302
    assert {event.after["更正原因"] for event in AuditEvent.objects.filter(action="批量修改用房和场地")} == {"更正"}
    locks.close_year(2012, by=bureau, now=timezone.now())
    officer = request.getfixturevalue("sign_in")(request.getfixturevalue("town_officer"))
    answer = apply(officer, *records, remarks="再改")
    assert "已由区社区办封存" in said(answer)
    assert set(Premises.objects.values_list("remarks", flat=True)) == {"同样"}


@pytest.mark.parametrize("seen", ["", "x", "1", "-", f"{'9' * 5000}-1", "1-x", "٣-1"])
def test_an_odd_revision_is_no_error(seen, client, community):
    record = make_record("premises", community=community)
    sent = chosen(record, remarks="同样") | {"seen": [seen]}
    assert client.post(address("record_bulk", PREMISES), sent).status_code < 500


@pytest.mark.parametrize("pks", [[], ["x"], ["-1"], ["9" * 30], ["999999"]])
def test_nothing_chosen_is_said(pks, client, community):
    assert "请先在列表中勾选要修改的记录。" in said(client.post(address("record_bulk", PREMISES), {"chosen": pks}))


def test_a_record_of_another_year_is_not_changed_along(client, community):
    older = make_record("premises", community=community, year=2011)
    apply(client, older, remarks="同样")
    assert Premises.objects.get().remarks == ""
