"""One record of any register on its page: added, edited by two, with fields nobody offered, removed, revealed."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent
from communities.models import Community, CommunityWorker, RegisterCheck, Room, SocialOrganisation
from communities.models.records import REGISTERS
from tests.communities.registers.steps import (
    address,
    every_on_its_own_page,
    new_record,
    page_of,
    said,
    typed,
    written,
)
from tests.factories import make_community, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_year")]


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


def add_page(register, community) -> str:
    query = {"community": f"?community={community.code}", "town": f"?town={community.town.pk}", "district": ""}
    return address("record_add", register) + query[register.unit]


def values_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.register.columns}


def sent_for_new(register, community, by, **changes: Any) -> dict[str, Any]:
    record, values = new_record(register, community)
    for name, value in values.items():
        setattr(record, name, value)
    return typed(record, by, revision="0", **changes)


@every_on_its_own_page
def test_a_record_is_added_as_typed_and_stands_in_the_list(register, client, bureau, community):
    sent = sent_for_new(register, community, bureau, remarks="备注一")
    answer = client.post(add_page(register, community), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url.startswith(address("record_list", register))
    record = register.records.get()
    assert (record.remarks, record.revision) == ("备注一", 1)
    assert (
        record.unit
        == {"community": community, "town": community.town, "district": community.town.district}[register.unit]
    )
    assert "备注一" in page_of(client.get(answer.url))


@every_on_its_own_page
def test_what_is_typed_back_unchanged_changes_nothing(register, client, bureau, community):
    record = make_record(register, community=community, full=True)
    before = values_of(record)
    answer = client.post(record.get_absolute_url(), typed(record, bureau))
    assert answer.status_code == 302, answer.context["form"].errors
    assert values_of(register.records.get(pk=record.pk)) == before
    event = AuditEvent.objects.about(record).get()
    assert (event.before, event.after) == ({}, {})


@every_on_its_own_page
def test_the_second_of_two_tabs_sees_both_values_and_keeps_what_was_typed(register, client, bureau, community):
    """Hostile case 32."""
    record = make_record(register, community=community)
    first, second = (typed(record, bureau, remarks=text) for text in ("第一个", "第二个"))
    assert client.post(record.get_absolute_url(), first).status_code == 302
    answer = client.post(record.get_absolute_url(), second)
    assert answer.status_code == 409
    assert answer.context["both"] == [("备注", "第一个", "第二个")]
    assert 'value="第二个"' in page_of(answer)
    assert register.records.get(pk=record.pk).remarks == "第一个"
    again = second | {"revision": answer.context["form"]["revision"].value()}
    assert client.post(record.get_absolute_url(), again).status_code == 302
    assert register.records.get(pk=record.pk).remarks == "第二个"


@every_on_its_own_page
def test_fields_that_the_form_does_not_have_are_ignored(register, client, bureau, community, village):
    """Hostile case 8."""
    record = make_record(register, community=community)
    own = {name: getattr(record, name) for name in ("search_key", "is_complete", "year") if hasattr(record, name)}
    extra = {
        "id": "999",
        "pk": "999",
        "year": "2013",
        "search_key": "hacked",
        "is_complete": "false",
        "updated_at": "2000-01-01",
        "counted": "[]",
        "district": "999",
        "reason": "不需要",
        **({"community": village.code, "town": "999"} if register.slug != "honours" else {}),
    }
    sent = typed(record, bureau)
    assert client.post(record.get_absolute_url(), sent | extra).status_code == 302
    found = register.records.get()
    assert (found.pk, found.unit, found.revision) == (record.pk, record.unit, 2)
    assert {name: getattr(found, name) for name in own} == own


@every_on_its_own_page
def test_a_twin_is_refused_in_words_at_its_field(register, client, bureau, community):
    """Hostile case 33: a double click leaves one record."""
    sent = sent_for_new(register, community, bureau)
    first, second = (client.post(add_page(register, community), sent) for _n in range(2))
    assert (first.status_code, second.status_code) == (302, 200)
    errors = second.context["form"].errors
    if register.key:
        words = "、".join(register.label_of(name) for name in register.key)
        assert errors[register.key[0]] == [f"已有{words}相同的记录，不必重复登记。"]
    else:
        assert errors["__all__"] == ["本年度已有记录，请直接修改。"]
    assert register.records.count() == 1


@every_on_its_own_page
def test_a_day_of_another_year_is_refused_where_the_year_counts(register, client, bureau, community):
    if not register.dated:
        assert register.slug not in {"ledger", "cases", "grid-log", "trainings"}
        return
    answer = client.post(
        add_page(register, community), sent_for_new(register, community, bureau, **{register.dated: "2011-12-31"})
    )
    assert "日期不在2012年内。" in str(answer.context["form"].errors[register.dated])
    assert register.records.count() == 0


@every_on_its_own_page
def test_a_record_is_removed_from_its_page_and_no_stale_page_removes_it(register, client, bureau, community):
    record = make_record(register, community=community)
    page = address("record_remove", register, record.pk)
    for revision in ("", "0", "2", "x"):
        assert client.post(page, {"revision": revision}).url == record.get_absolute_url()
    assert register.records.count() == 1
    assert "已删除" in said(client.post(page, {"revision": "1"}))
    assert register.records.count() == 0
    assert client.post(page, {"revision": "1"}).status_code == 404


# --- what only some registers have -----------------------------------------------------------------------------------


def test_saved_with_again_the_next_one_of_the_same_community_follows(client, bureau, community):
    rooms = REGISTERS["rooms"]
    sent = sent_for_new(rooms, community, bureau, again="1")
    assert client.post(add_page(rooms, community), sent).url == add_page(rooms, community)


def test_whose_record_it_will_be_is_asked_and_may_be_said_by_name(client, community, village):
    page = address("record_add", REGISTERS["rooms"])
    assert "datalist" in page_of(client.get(page))
    for text in (community.code, "聚湖社区", "湖塘镇聚湖社区"):
        assert client.get(page, {"community": text}).context["record"].community == community
    assert "您要找的是不是湖塘镇聚湖社区？" in page_of(client.get(page, {"community": "聚湖"}))
    assert "没有找到“不存在”" in page_of(client.get(page, {"community": "不存在"}))


def test_a_name_of_two_communities_is_asked_about(client, community, other_town):
    make_community(town=other_town, name="聚湖社区")
    page = page_of(client.get(address("record_add", REGISTERS["rooms"]), {"community": "聚湖社区"}))
    assert "有多个名为“聚湖社区”的社区（村）" in page


def test_a_name_left_by_a_community_that_ended_is_that_of_its_heir(client, community, town):
    Community.objects.filter(pk=community.pk).update(closed_on=date(2012, 12, 1))
    heir = make_community(town=town, name=community.name)
    page = address("record_add", REGISTERS["rooms"])
    for text in (heir.code, "聚湖社区", "湖塘镇聚湖社区"):
        assert client.get(page, {"community": text}).context["record"].community == heir
    assert "已于2012年12月1日撤销" in said(client.get(page, {"community": community.code}))


def test_a_worker_adds_for_the_own_community_whatever_the_address_says(community_worker, sign_in, community, village):
    client = sign_in(community_worker)
    page = add_page(REGISTERS["rooms"], village)
    assert client.get(page).context["record"].community == community


def test_only_rooms_of_the_same_community_and_year_are_offered_and_taken(client, bureau, community, village):
    """Hostile case 5: a foreign id inside one's own form."""
    own, other, older = (
        make_record("rooms", community=unit, year=year)
        for unit, year in ((community, 2012), (village, 2012), (community, 2011))
    )
    organisation = make_record("social-organisations", community=community)
    for room in (other, older):
        sent = typed(organisation, bureau, venue=str(room.pk))
        assert "venue" in client.post(organisation.get_absolute_url(), sent).context["form"].errors
    assert client.post(organisation.get_absolute_url(), typed(organisation, bureau, venue=own.pk)).status_code == 302
    assert SocialOrganisation.objects.get().venue == own


def test_a_masked_number_sent_back_stays_and_another_with_stars_is_refused(client, bureau, community):
    worker = make_record("workers", community=community, phone="13812345678")
    url = worker.get_absolute_url()
    assert typed(worker, bureau)["phone"] == "138****5678"
    assert client.post(url, typed(worker, bureau, remarks="改")).status_code == 302
    assert CommunityWorker.objects.get().phone == "13812345678"
    worker.refresh_from_db()
    answer = client.post(url, typed(worker, bureau, phone="139****5678"))
    assert "请填写完整号码" in str(answer.context["form"].errors["phone"])
    assert CommunityWorker.objects.get().phone == "13812345678"


def test_full_numbers_are_shown_once_and_the_look_is_in_the_trail(client, bureau, community):
    worker = make_record("workers", community=community, phone="13812345678")
    page = client.post(address("record_reveal", REGISTERS["workers"], worker.pk))
    assert "13812345678" in page_of(page)
    event = AuditEvent.objects.about(worker).get()
    assert (event.action, event.user) == ("查看完整号码", bureau.user)
    assert "13812345678" not in str((event.before, event.after))


def test_a_confirmed_register_asks_for_the_reason_and_keeps_it(client, bureau, community, town_officer, sign_in):
    room = written("rooms", community, by=bureau)
    officer = sign_in(town_officer)
    officer.post(address("register_confirm", REGISTERS["rooms"], community.code))
    assert RegisterCheck.objects.get().confirmed_by == town_officer.user
    answer = client.post(room.get_absolute_url(), typed(room, bureau, remarks="改"))
    assert answer.context["form"].errors["reason"] == ["请填写更正原因。"]
    assert client.post(room.get_absolute_url(), typed(room, bureau, remarks="改", reason="更正")).status_code == 302
    assert AuditEvent.objects.about(room).first().after == {"备注": "改", "更正原因": "更正"}


def test_people_who_only_read_see_the_facts_and_no_form(leader, sign_in, community):
    room = make_record("rooms", community=community, name="议事厅")
    client = sign_in(leader)
    page = page_of(client.get(room.get_absolute_url()))
    assert "议事厅" in page
    assert "“功能室”由区社区办工作人员、镇（开发区、街道）经办人、社区（村）工作者填写。" in page
    assert 'name="revision"' not in page
    client.post(room.get_absolute_url(), {"name": "改名", "revision": "1"})
    assert Room.objects.get().name == "议事厅"


def test_an_account_moved_while_the_page_is_open_is_refused(community_worker, sign_in, community):
    """Hostile case 9: at the next request."""
    room = make_record("rooms", community=community)
    client = sign_in(community_worker)
    assert client.get(room.get_absolute_url()).status_code == 200
    elsewhere = make_community(town=community.town)
    type(community_worker).objects.filter(pk=community_worker.pk).update(community=elsewhere)
    assert client.post(room.get_absolute_url(), typed(room, community_worker)).status_code == 404
    community_worker.user.is_active = False
    community_worker.user.save()
    assert client.get(address("record_list", REGISTERS["rooms"])).status_code == 302
