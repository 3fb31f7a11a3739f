"""沿用上年: what goes on from year to year is copied once, then it is the new year's own (R23)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent
from communities import locks
from communities.carrying import carry_over
from communities.locks import Locked
from communities.models import (
    Community,
    CommunityWorker,
    FundingStandard,
    PartnerAgreement,
    RegisterCheck,
    Room,
    ServiceItem,
    SocialOrganisation,
)
from communities.models.records import REGISTERS
from tests.communities.registers.steps import every_register, profile_of
from tests.factories import make_community, make_record

pytestmark = pytest.mark.django_db
GOES_ON = {
    *("organisation-units", "supervisors", "workers", "premises", "premises-plans", "rooms", "signs"),
    *("service-items", "duty-rosters", "grid-cells", "platform-functions", "social-organisations", "partners"),
    "funding-standards",
}
LEFT_OUT = [
    ("organisation-units", {"dissolved_on": date(2012, 5, 1)}),
    ("premises-plans", {"finished_on": date(2012, 5, 1)}),
    ("signs", {"removed_on": date(2012, 5, 1)}),
    ("workers", {"duty": "left"}),
    ("partners", {"ended_on": date(2012, 5, 1)}),
]
RENEWED = [
    ("partners", {"activities": 4, "last_activity": "慰问"}, {"activities": None, "last_activity": ""}),
    ("service-items", {"handled": 30}, {"handled": None}),
]


@every_register
def test_each_register_goes_on_as_promised_and_once(register, community, bureau):
    before = make_record(register, community=community, full=register.slug not in {"signs", *dict(LEFT_OUT)})
    made = carry_over(2013, by=bureau)
    assert carry_over(2013, by=bureau) == {}
    assert made.get(register, 0) == (register.slug in GOES_ON)
    if register.slug not in GOES_ON:
        assert register.records.count() == 1
        return
    copy = register.records.get(year=2013)
    for name in {*register.columns, register.unit} - {*register.renewed, "venue"}:
        assert getattr(copy, name) == getattr(before, name), name
    assert (copy.revision, copy.search_key) == (1, before.search_key)
    assert copy.pk != before.pk
    assert register.records.get(year=2012).pk == before.pk


def test_which_registers_go_on_is_as_promised():
    assert {register.slug for register in REGISTERS.values() if register.carried is not None} == GOES_ON


@pytest.mark.parametrize(("slug", "facts"), LEFT_OUT)
def test_what_has_ended_stays_behind(slug, facts, community, bureau):
    make_record(slug, community=community, **facts)
    make_record(slug, community=community)
    assert carry_over(2013, by=bureau) == {REGISTERS[slug]: 1}


def test_seconded_workers_go_on(community, bureau):
    make_record("workers", community=community, duty="seconded")
    carry_over(2013, by=bureau)
    assert CommunityWorker.objects.get(year=2013).duty == "seconded"


@pytest.mark.parametrize(("slug", "facts", "renewed"), RENEWED)
def test_the_work_of_the_year_begins_anew(slug, facts, renewed, community, bureau):
    make_record(slug, community=community, **facts)
    carry_over(2013, by=bureau)
    model = {"partners": PartnerAgreement, "service-items": ServiceItem}[slug]
    assert model.objects.filter(year=2013).values(*renewed).get() == renewed


def test_every_renewed_value_has_its_test():
    assert {register.slug for register in REGISTERS.values() if register.renewed} == {slug for slug, *_rest in RENEWED}


def test_a_venue_follows_its_room_into_the_year(community, bureau):
    organisation = make_record("social-organisations", community=community, full=True)
    carry_over(2013, by=bureau)
    venue = SocialOrganisation.objects.get(year=2013).venue
    assert (venue, venue.year, venue.name) == (Room.objects.get(year=2013), 2013, organisation.venue.name)
    assert SocialOrganisation.objects.get(year=2012).venue.year == 2012


def test_the_profile_of_the_new_year_counts_what_went_on(community, bureau):
    make_record("workers", community=community, certificate="assistant")
    carry_over(2013, by=bureau)
    profile = profile_of(community, 2013)
    assert (profile.workers, profile.certified_workers) == (1, 1)


# --- what is left alone -------------------------------------------------------------------------------------------


def test_a_register_that_is_begun_is_left_alone_and_the_others_go_on(community, village, bureau):
    for unit in (community, village):
        make_record("rooms", community=unit, name="旧室")
    make_record("rooms", community=community, name="新室", year=2013)
    assert carry_over(2013, by=bureau) == {REGISTERS["rooms"]: 1}
    assert list(Room.objects.filter(year=2013, community=community).values_list("name", flat=True)) == ["新室"]


@pytest.mark.parametrize("how", ["nil", "confirmed"])
def test_a_settled_register_is_left_alone(how, community, bureau):
    make_record("rooms", community=community)
    if how == "nil":
        locks.report_nil(REGISTERS["rooms"], community, 2013, is_nil=True, by=bureau)
    else:
        locks.confirm(REGISTERS["rooms"], community, 2013, by=bureau, now=timezone.now())
    assert carry_over(2013, by=bureau) == {}
    assert RegisterCheck.objects.get().is_nil == (how == "nil")


def test_a_closed_year_takes_nothing(community, bureau):
    make_record("rooms", community=community)
    locks.close_year(2013, by=bureau, now=timezone.now())
    with pytest.raises(Locked, match="2013年度台账已经封存，不能沿用。"):
        carry_over(2013, by=bureau)
    locks.close_year(2012, by=bureau, now=timezone.now())
    locks.open_year(2013, by=bureau, reason="补")
    assert carry_over(2013, by=bureau)


def test_only_last_year_s_records_go_on(community, bureau):
    make_record("rooms", community=community, year=2011)
    assert carry_over(2013, by=bureau) == {}


def test_a_community_that_ended_begins_no_year(community, village, bureau):
    for unit in (community, village):
        make_record("rooms", community=unit)
    Community.objects.filter(pk=village.pk).update(closed_on=date(2012, 12, 1))
    assert carry_over(2013, by=bureau) == {REGISTERS["rooms"]: 1}
    assert Room.objects.get(year=2013).community == community


def test_two_who_carry_over_at_once_are_told(community, bureau, monkeypatch):
    """The second finds the register empty and the database refuses the twin."""
    make_record("rooms", community=community, name="室")
    real = Room.register.records.__class__.bulk_create

    def slow(records, new, **options):
        if records.model is Room:
            make_record("rooms", community=community, name="室", year=2013)
        return real(records, new, **options)

    monkeypatch.setattr(Room.register.records.__class__, "bulk_create", slow)
    with pytest.raises(Locked, match="请刷新后核对。"):
        carry_over(2013, by=bureau)


# --- whose --------------------------------------------------------------------------------------------------------


def test_each_person_carries_what_they_see_and_keep(request, community, village, other_town):
    elsewhere = make_community(town=other_town)
    for unit in (community, village, elsewhere):
        make_record("rooms", community=unit)
    make_record("funding-standards", community=community)

    def carried(name: str) -> set:
        carry_over(2013, by=request.getfixturevalue(name))
        return set(Room.objects.filter(year=2013).values_list("community", flat=True))

    assert carried("leader") == set()
    assert carried("foreign_bureau") == set()
    assert carried("community_worker") == {community.pk}
    assert carried("town_officer") == {community.pk, village.pk}
    assert not FundingStandard.objects.filter(year=2013).exists()
    assert carried("bureau") == {community.pk, village.pk, elsewhere.pk}
    assert FundingStandard.objects.filter(year=2013).count() == 1


def test_what_was_carried_is_in_the_trail_of_the_unit(community, community_worker):
    make_record("rooms", community=community)
    carry_over(2013, by=community_worker)
    event = AuditEvent.objects.about(community).get()
    assert (event.action, event.user) == ("沿用上年台账", community_worker.user)
    assert event.after == {"年度": 2013, "功能室": 1}


def test_many_communities_cost_as_many_queries_as_one(town, bureau):
    def queries(year: int, number: int) -> int:
        for _n in range(number):
            make_record("social-organisations", community=make_community(town=town), year=year, full=True)
        with CaptureQueriesContext(connection) as captured:
            carry_over(year + 1, by=bureau)
        return len(captured)

    assert queries(2012, 1) == queries(2020, 12)
