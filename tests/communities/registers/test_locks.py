"""Who may still change a register of a year: open, confirmed by the town, closed by the bureau."""

from datetime import date
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from communities import locks
from communities.files import UnfitFile
from communities.importing.plan import make_plan
from communities.locks import Locked
from communities.models import ClosedYear, Community, RecordFile, RegisterCheck, Role
from communities.models.records import REGISTERS
from communities.records import attach_file, detach_file, remove_record, save_record
from tests.communities.registers.steps import every_of_communities, new_record, profile_of, written
from tests.communities.workbook_files import read, register_file, row
from tests.factories import make_record
from tests.tiny_files import HTML, JPEG, PDF, upload_of

pytestmark = pytest.mark.django_db
ROOMS = REGISTERS["rooms"]
ROLES = {
    "bureau": Role.BUREAU_OFFICER,
    "town_officer": Role.TOWN_OFFICER,
    "community_worker": Role.COMMUNITY_WORKER,
    "leader": Role.BUREAU_LEADER,
}
STATES = ("open", "confirmed", "closed")
# free: with or without a reason. reason: with one only. no: never.
#                      open               confirmed                closed
ANSWERS = {
    "community": {
        "bureau": "          free               reason                   reason",
        "town_officer": "    free               reason                   no",
        "community_worker": "free               reason                   no",
        "leader": "          no                 no                       no",
    },
    "town": {
        "bureau": "          free               free                     reason",
        "town_officer": "    free               free                     no",
        "community_worker": "no                 no                       no",
        "leader": "          no                 no                       no",
    },
    "district": {
        "bureau": "          free               free                     reason",
        "town_officer": "    no                 no                       no",
        "community_worker": "no                 no                       no",
        "leader": "          no                 no                       no",
    },
}
"""Only a community's register can be confirmed; what is of no year is never closed."""


def expected(register, name: str, state: str) -> str:
    answer = dict(zip(STATES, ANSWERS[register.unit][name].split(), strict=True))
    return answer["open" if state == "closed" and not register.yearly else state]


def settle(state: str, register, community, bureau) -> None:
    if state == "closed":
        locks.close_year(2012, by=bureau, now=timezone.now())
    if state == "confirmed":
        RegisterCheck.objects.create(
            community=community, year=2012, register=register.slug, confirmed_at=timezone.now()
        )


def answer(write) -> str:
    """What happens to a write without and with a reason."""
    taken = []
    for reason in ("", "  ", "更正"):
        try:
            write(reason)
            taken.append(True)
        except Locked:
            taken.append(False)
    return {(True, True, True): "free", (False, False, True): "reason", (False, False, False): "no"}[tuple(taken)]


@pytest.mark.parametrize(("name", "state"), list(product(ROLES, STATES)))
def test_the_table_holds_for_every_register(name, state, request, community, bureau):
    by = bureau if name == "bureau" else request.getfixturevalue(name)
    assert by.role == ROLES[name]
    settle(state, ROOMS, community, bureau)
    for register in REGISTERS.values():
        if state == "confirmed":
            settle(state, register, community, bureau) if register is not ROOMS else None
        record = make_record(register, community=community)

        def write(reason, register=register, record=record) -> None:
            revision = register.records.get(pk=record.pk).revision
            save_record(register, record, {"remarks": f"改{reason}"}, revision=revision, by=by, reason=reason)

        assert answer(write) == expected(register, name, state), register.slug


@pytest.mark.parametrize("state", STATES)
def test_adding_and_removing_stand_behind_the_same_gate(state, community, town_officer, bureau):
    record = written("rooms", community, by=bureau)
    settle(state, ROOMS, community, bureau)
    other = {"open": "free", "confirmed": "reason", "closed": "no"}[state]
    assert answer(lambda reason: written("rooms", community, by=town_officer, reason=reason)) == other
    if other != "free":
        with pytest.raises(Locked, match=r"。$"):
            remove_record(ROOMS, record, revision=1, by=town_officer)


@pytest.mark.parametrize(("name", "state"), list(product(("bureau", "town_officer"), STATES)))
def test_files_stand_behind_the_same_gate(name, state, request, community, bureau):
    record, person = written("premises", community, by=bureau), request.getfixturevalue(name)
    register = record.register
    file = attach_file(register, record, upload_of(PDF, "图纸.pdf"), by=bureau)
    settle(state, register, community, bureau)

    def put(reason):
        attach_file(register, record, upload_of(JPEG, "照片.jpg"), by=person, reason=reason)

    def take_off(reason):
        detach_file(register, record, file, by=person, reason=reason)

    assert [answer(put), answer(take_off)] == [expected(register, name, state)] * 2


def test_a_file_of_the_community_ends_the_confirmation_and_one_that_is_not_taken_does_not(
    community, community_worker, bureau
):
    record = written("premises", community, by=bureau)
    settle("confirmed", record.register, community, bureau)
    with pytest.raises(UnfitFile):
        attach_file(record.register, record, upload_of(HTML, "照片.jpg"), by=community_worker, reason="更正")
    assert RegisterCheck.objects.get().confirmed_at
    attach_file(record.register, record, upload_of(JPEG, "照片.jpg"), by=community_worker, reason="更正")
    assert RegisterCheck.objects.get().confirmed_at is None


def test_the_page_of_a_settled_record_asks_for_the_reason_of_a_file(community, bureau, sign_in, open_year):
    record = written("premises", community, by=bureau)
    settle("confirmed", record.register, community, bureau)
    client = sign_in(bureau)
    address = f"{record.get_absolute_url()}"
    assert 'id="attach-reason" name="reason"' in client.get(address).content.decode()
    where = reverse("communities:record_attach", args=["premises", record.pk])
    refused = client.post(where, {"files": upload_of(JPEG, "照片.jpg")}, follow=True)
    assert "更正须填写原因" in refused.content.decode()
    client.post(where, {"files": upload_of(JPEG, "照片.jpg"), "reason": "补充照片"})
    assert AuditEvent.objects.get(action="上传附件").after["更正原因"] == "补充照片"
    taken_off = reverse("communities:record_detach", args=["premises", record.pk, RecordFile.objects.get().pk])
    client.post(taken_off, {"reason": "传错了"})
    assert AuditEvent.objects.get(action="移除附件").after == {"更正原因": "传错了"}


def test_another_year_another_register_and_another_community_stay_open(community, village, community_worker, bureau):
    settle("confirmed", ROOMS, community, bureau)
    locks.close_year(2011, by=bureau, now=timezone.now())
    gates = [
        locks.gates(ROOMS, 2013, [community.pk], by=community_worker)[community.pk],
        locks.gates(REGISTERS["signs"], 2012, [community.pk], by=community_worker)[community.pk],
        locks.gates(ROOMS, 2012, [village.pk], by=bureau)[village.pk],
    ]
    assert {(gate.refusal, gate.needs_reason) for gate in gates} == {("", False)}
    assert locks.gates(ROOMS, 2011, [community.pk], by=community_worker)[community.pk].refusal == (
        "2011年度台账已由区社区办封存。确需更正的，请联系区社区办。"
    )


def test_the_closing_of_one_district_is_not_another_s(foreign_bureau, community, town_officer):
    locks.close_year(2012, by=foreign_bureau, now=timezone.now())
    written("rooms", community, by=town_officer)


# --- confirmation --------------------------------------------------------------------------------------------------


def check_of(community, register=ROOMS) -> RegisterCheck:
    return RegisterCheck.objects.get(community=community, year=2012, register=register.slug)


@pytest.mark.parametrize(("name", "stays"), [("community_worker", False), ("town_officer", True), ("bureau", True)])
def test_a_change_by_the_community_ends_the_confirmation(name, stays, request, community, town_officer):
    record = written("rooms", community, by=town_officer)
    locks.confirm(ROOMS, community, 2012, by=town_officer, now=timezone.now())
    assert check_of(community).confirmed_by == town_officer.user
    by = request.getfixturevalue(name)
    save_record(ROOMS, record, {"remarks": "改"}, revision=1, by=by, reason="更正")
    assert (check_of(community).confirmed_at is not None) == stays


def test_a_refused_change_ends_no_confirmation(community, town_officer, community_worker):
    record = written("rooms", community, by=town_officer)
    locks.confirm(ROOMS, community, 2012, by=town_officer, now=timezone.now())
    with pytest.raises(Locked):
        save_record(ROOMS, record, {"remarks": "改"}, revision=1, by=community_worker)
    assert check_of(community).confirmed_at


def test_reopened_the_community_goes_on_without_reasons(community, town_officer, community_worker):
    locks.confirm(ROOMS, community, 2012, by=town_officer, now=timezone.now())
    locks.reopen(ROOMS, community, 2012, by=town_officer)
    written("rooms", community, by=community_worker)
    actions = AuditEvent.objects.about(community).values_list("action", flat=True)
    assert list(actions) == ["取消核对台账", "核对台账"]


# --- none this year --------------------------------------------------------------------------------------------------


@every_of_communities
def test_there_are_none_is_refused_where_there_are_some(register, community, bureau):
    make_record(register, community=community)
    with pytest.raises(Locked, match="已有记录，不能报“本年度没有”。"):
        locks.report_nil(register, community, 2012, is_nil=True, by=bureau)
    assert not RegisterCheck.objects.exists()


def test_the_first_record_makes_none_untrue(community, community_worker):
    locks.report_nil(ROOMS, community, 2012, is_nil=True, by=community_worker)
    assert profile_of(community).function_rooms == ""
    written("rooms", community, by=community_worker)
    assert not check_of(community).is_nil
    event = AuditEvent.objects.about(community).get()
    assert event.after == {"台账": "功能室", "年度": 2012, "本年度没有": True}


def test_a_nil_report_stands_behind_the_gate_and_by_the_community_ends_the_confirmation(
    community, community_worker, town_officer, leader
):
    locks.confirm(ROOMS, community, 2012, by=town_officer, now=timezone.now())
    for by in (community_worker, leader):
        with pytest.raises(Locked):
            locks.report_nil(ROOMS, community, 2012, is_nil=True, by=by)
    locks.report_nil(ROOMS, community, 2012, is_nil=True, by=community_worker, reason="漏报")
    check = check_of(community)
    assert (check.is_nil, check.confirmed_at, check.confirmed_by) == (True, None, None)


# --- closing a year --------------------------------------------------------------------------------------------------


def test_a_closed_year_is_opened_again_with_a_reason_only(community, bureau, town_officer, district):
    now = timezone.now()
    locks.close_year(2012, by=bureau, now=now)
    locks.close_year(2012, by=bureau, now=now)
    for act in (
        lambda: locks.confirm(ROOMS, community, 2012, by=town_officer, now=now),
        lambda: locks.reopen(ROOMS, community, 2012, by=town_officer),
        lambda: locks.report_nil(ROOMS, community, 2012, is_nil=True, by=town_officer),
        lambda: locks.open_year(2012, by=bureau, reason="  "),
    ):
        with pytest.raises(Locked):
            act()
    locks.open_year(2012, by=bureau, reason="补登")
    locks.open_year(2012, by=bureau, reason="补登")
    assert not ClosedYear.objects.exists()
    events = AuditEvent.objects.about(district)
    assert [event.action for event in events] == ["启封年度台账", "封存年度台账"]
    assert events[0].after == {"年度": 2012, "更正原因": "补登"}
    written("rooms", community, by=town_officer)


def test_the_offices_table_does_not_go_into_a_closed_year(community, district, bureau):
    locks.close_year(2012, by=bureau, now=timezone.now())
    (problem,) = make_plan(read(register_file(row(workers=5))), district=district, year=2012).problems
    assert problem.message.startswith("2012年度台账已经封存，不能整表导入。")
    assert make_plan(read(register_file(row(workers=5))), district=district, year=2013).problems == []


def test_gates_of_many_units_cost_three_queries(django_assert_num_queries, community, village, bureau):
    """Whether the year is closed, who is confirmed, which units have ended."""
    with django_assert_num_queries(3):
        locks.gates(ROOMS, 2012, [community.pk, village.pk], by=bureau)


def test_a_new_record_of_an_open_register_needs_no_reason_and_may_have_one(community, bureau):
    record, values = new_record(ROOMS, community)
    save_record(ROOMS, record, values, revision=0, by=bureau, reason="补登")
    event = AuditEvent.objects.about(record).get()
    assert event.after["更正原因"] == "补登"


def test_nothing_of_an_ended_community_is_confirmed_or_reopened(community, bureau):
    """Decision 14: its registers are to be read only."""
    Community.objects.filter(pk=community.pk).update(closed_on=date(2012, 3, 1))
    with pytest.raises(Locked, match="已于2012年3月1日撤销"):
        locks.confirm(ROOMS, community, 2012, by=bureau, now=timezone.now())
    with pytest.raises(Locked, match="已于2012年3月1日撤销"):
        locks.reopen(ROOMS, community, 2012, by=bureau)
