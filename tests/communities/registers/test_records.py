"""Writing one record of any register: its history, its twins, its number and who came second (R23)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from communities.locks import Locked
from communities.models import CommunityWorker, GridCell, LedgerKind, Policy, Premises, Room, SocialOrganisation
from communities.models.masked import MaskedField, masked
from communities.models.records import REGISTERS
from communities.models.searching import key_of
from communities.records import Change, faces, remove_record, save_record, save_records
from communities.revisions import Conflict, shown
from tests.communities.registers.steps import every_on_its_own_page, every_register, is_text, new_record, written
from tests.factories import make_community, make_record

pytestmark = pytest.mark.django_db
WORKERS, PREMISES = REGISTERS["workers"], REGISTERS["premises"]
NUMBERS = {"phone": "13812345678", "certificate_number": "2012031445678901"}


def history(record) -> list[AuditEvent]:
    """What the trail says of a record, oldest first."""
    return list(reversed(AuditEvent.objects.about(record)))


# --- create, change, remove ---------------------------------------------------------------------------------------


@every_on_its_own_page
def test_a_record_is_created_changed_and_removed_and_each_step_is_kept(register, community, bureau):
    record, values = new_record(register, community)
    save_record(register, record, values, revision=0, by=bureau)
    assert (record.revision, register.records.get().revision) == (1, 1)
    save_record(register, record, {"remarks": "改过"}, revision=1, by=bureau)
    record = register.records.get()
    assert (record.remarks, record.revision) == ("改过", 2)
    last = faces(register, record)
    remove_record(register, record, revision=2, by=bureau)
    created, changed, removed = AuditEvent.objects.filter(object_type=record._meta.label_lower).order_by("pk")
    assert [event.action for event in (created, changed, removed)] == [
        f"{act}{register.label}" for act in ("新增", "修改", "删除")
    ]
    assert (created.before, created.after) == ({}, {name: text for name, text in last.items() if name != "备注"})
    assert (changed.before, changed.after) == ({"备注": ""}, {"备注": "改过"})
    assert (removed.before, removed.after) == (last, {})
    assert {event.user for event in (created, changed, removed)} == {bureau.user}


def test_only_what_changed_is_in_the_history_as_people_write_it(community, bureau):
    record = written("premises", community, by=bureau, right="none", in_own_use=True)
    values = {"right": "lease", "in_own_use": False, "name": record.name}
    save_record(PREMISES, record, values, revision=1, by=bureau, reason=" 漏登 ")
    event = history(record)[-1]
    assert event.before == {"权属证明": "无", "自用": "√"}
    assert event.after == {"权属证明": "租用协议", "自用": "×", "更正原因": "漏登"}


def test_the_reason_is_kept_with_every_kind_of_act(community, bureau):
    record = written("premises", community, by=bureau, reason="补登")
    remove_record(PREMISES, record, revision=1, by=bureau, reason="重复")
    events = AuditEvent.objects.filter(object_type="communities.premises").order_by("pk")
    assert [event.after.get("更正原因") for event in events] == ["补登", "重复"]


def test_all_or_nothing(community, bureau):
    first, second = (written("premises", community, by=bureau) for _n in range(2))
    events = AuditEvent.objects.count()
    changes = [Change(first, {"remarks": "一"}, 1), Change(second, {"remarks": "二"}, 9)]
    with pytest.raises(Conflict) as conflict:
        save_records(PREMISES, changes, by=bureau)
    assert conflict.value.current == second
    assert set(Premises.objects.values_list("remarks", flat=True)) == {""}
    assert AuditEvent.objects.count() == events


# --- who came second ----------------------------------------------------------------------------------------------


@every_on_its_own_page
def test_a_stale_revision_overwrites_and_removes_nothing(register, community, bureau):
    record, values = new_record(register, community)
    save_record(register, record, values, revision=0, by=bureau)
    save_record(register, record, {"remarks": "先"}, revision=1, by=bureau)
    for act in (
        lambda: save_record(register, record, {"remarks": "后"}, revision=1, by=bureau),
        lambda: remove_record(register, record, revision=1, by=bureau),
    ):
        with pytest.raises(Conflict) as conflict:
            act()
        assert conflict.value.current.remarks == "先"
    assert register.records.get().remarks == "先"
    assert AuditEvent.objects.filter(object_type=record._meta.label_lower).count() == 2


def test_what_somebody_else_removed_is_said_and_no_crash(community, bureau):
    record = written("premises", community, by=bureau)
    Premises.objects.all().delete()
    for act in (
        lambda: save_record(PREMISES, record, {"remarks": "后"}, revision=1, by=bureau),
        lambda: remove_record(PREMISES, record, revision=1, by=bureau),
    ):
        with pytest.raises(Locked, match="刚刚由他人删除，请刷新后核对。"):
            act()


def test_two_who_add_the_same_at_once_meet_in_a_sentence(community, bureau):
    """Past the form: the database's own refusal."""
    record = written("workers", community, by=bureau)
    events = AuditEvent.objects.count()
    with pytest.raises(Locked, match="“社区专职工作者”中已有同样的记录（可能刚刚由他人新增），请刷新后核对。"):
        written("workers", community, by=bureau, name=record.name)
    other = written("workers", community, by=bureau)
    with pytest.raises(Locked, match="“社区专职工作者”中已有同样的记录，请核对姓名。"):
        save_record(WORKERS, other, {"name": record.name}, revision=1, by=bureau)
    assert CommunityWorker.objects.filter(name=record.name).count() == 1
    assert AuditEvent.objects.count() == events + 1


def test_rules_between_the_facts_hold_for_bulk_and_import_too(community, bureau):
    record = written("workers", community, by=bureau, began_on=date(2012, 5, 1))
    with pytest.raises(Locked, match="不能早于到岗日期"):
        save_record(WORKERS, record, {"seconded_on": date(2012, 4, 1)}, revision=1, by=bureau)


def test_a_record_that_others_name_stays_and_the_refusal_says_which(community, district, bureau):
    for slug, named in (("grid-log", GridCell), ("ledger", LedgerKind), ("town-policies", Policy)):
        other = make_record(slug, community=community)
        record = named.objects.get()
        with pytest.raises(Locked) as refused:
            remove_record(record.register, record, revision=1, by=bureau)
        assert str(refused.value) == f"{record}还有{other.register.label}引用，请先处理{other.register.label}后再删除。"
        assert named.objects.count() == 1


def test_a_room_that_goes_leaves_its_organisations_without_a_venue(community, bureau):
    organisation = make_record("social-organisations", community=community, full=True)
    remove_record(REGISTERS["rooms"], Room.objects.get(), revision=1, by=bureau)
    assert SocialOrganisation.objects.get(pk=organisation.pk).venue is None


def test_a_yearly_profile_is_corrected_and_never_removed(community, bureau):
    profile = make_record("profiles", community=community)
    with pytest.raises(Locked, match="年度台账不能删除"):
        remove_record(REGISTERS["profiles"], profile, revision=1, by=bureau)


# --- searching and secrets ----------------------------------------------------------------------------------------


@every_register
def test_every_register_is_searched_by_texts_that_are_no_secret(register):
    assert register.searched
    for name in register.searched:
        assert is_text(register.model._meta.get_field(name)), name


@every_on_its_own_page
def test_the_search_key_follows_every_change(register, community, bureau):
    record, values = new_record(register, community)
    name = register.searched[0]
    save_record(register, record, {**values, name: "聚湖广场"}, revision=0, by=bureau)
    assert "jhgc" in register.records.get().search_key
    save_record(register, record, {name: "花园"}, revision=1, by=bureau)
    record = register.records.get()
    assert "花园" in record.search_key
    assert "hy" in record.search_key
    assert "聚湖" not in record.search_key
    assert record.search_key == key_of(record.searched_text)


def test_a_person_s_numbers_are_nowhere_but_in_the_record(community, bureau):
    """GB/T 22239-2019, 8.1.4.11: created, changed and removed; the trail keeps stars."""
    record = written("workers", community, by=bureau, **NUMBERS)
    save_record(WORKERS, record, {"phone": "13987654321"}, revision=1, by=bureau)
    remove_record(WORKERS, record, revision=2, by=bureau)
    trail = str(list(AuditEvent.objects.values_list("before", "after", "object_label")))
    for number in (*NUMBERS.values(), "13987654321"):
        assert number not in trail
    assert "138****5678" in trail
    assert "139****4321" in trail


def test_which_facts_are_masked_is_as_promised():
    found = {
        register.slug: [
            name for name in register.columns if isinstance(register.model._meta.get_field(name), MaskedField)
        ]
        for register in REGISTERS.values()
    }
    assert {slug: names for slug, names in found.items() if names} == {
        "organisation-units": ["phone"],
        "workers": ["certificate_number", "phone"],
    }


@pytest.mark.parametrize(
    ("number", "face"), [("", ""), ("1", "1****"), ("1234567", "1****"), ("13812345678", "138****5678")]
)
def test_a_mask_keeps_three_and_four(number, face):
    assert masked(number) == face
    assert shown(CommunityWorker(phone=number), "phone") == face


def test_one_more_record_costs_one_more_row_and_not_more_queries(town, bureau):
    def queries(number: int) -> int:
        changes = []
        for community in [make_community(town=town) for _n in range(number)]:
            record, values = new_record(PREMISES, community)
            changes.append(Change(record, values, 0))
        with CaptureQueriesContext(connection) as captured:
            save_records(PREMISES, changes, by=bureau)
        return len(captured)

    assert queries(1) == queries(30)
