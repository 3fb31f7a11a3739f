"""A kind of the ledger that is changed counts its entries as it now says, but for what is closed or has ended."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communities import locks
from communities.models import Community, LedgerEntry, LedgerKind
from communities.models.records import REGISTERS
from communities.records import save_record
from tests.communities.registers.steps import profile_of, written

pytestmark = pytest.mark.django_db
KINDS = REGISTERS["ledger-kinds"]


@pytest.fixture
def kind(district) -> LedgerKind:
    return LedgerKind.objects.create(district=district, name="代表会议", counted_in="resident_meetings", steps="通知")


@pytest.fixture
def entry(kind, community, bureau) -> LedgerEntry:
    return written("ledger", community, by=bureau, kind=kind, title="会议", steps_done="通知")


def change(kind: LedgerKind, by, **values) -> None:
    kind.refresh_from_db()
    save_record(KINDS, kind, values, revision=kind.revision, by=by)


def is_complete(entry: LedgerEntry) -> bool:
    return LedgerEntry.objects.get(pk=entry.pk).is_complete


def test_a_step_more_makes_entries_incomplete_and_taken_back_complete(kind, entry, community, bureau):
    assert profile_of(community).resident_meetings == 1
    change(kind, bureau, steps="通知、决议")
    assert not is_complete(entry)
    assert profile_of(community).resident_meetings == 0
    change(kind, bureau, steps="")
    assert is_complete(entry)
    assert profile_of(community).resident_meetings == 1


def test_what_a_kind_counts_as_is_counted_there_at_once(kind, entry, community, bureau):
    change(kind, bureau, counted_in="lectures", serves="民主决策")
    profile = profile_of(community)
    assert (profile.resident_meetings, profile.lectures, profile.self_government) == (0, 1, "民主决策")


def test_entries_of_other_kinds_stay_as_they_are(kind, district, community, bureau):
    other = LedgerKind.objects.create(district=district, name="公开", counted_in="disclosures", steps="公布")
    entry = written("ledger", community, by=bureau, kind=other, title="公开栏", steps_done="公布")
    change(kind, bureau, steps="通知、决议")
    assert is_complete(entry)


def test_a_closed_year_stays_as_it_was_closed(kind, entry, community, bureau):
    later = written("ledger", community, by=bureau, year=2013, kind=kind, title="会议", steps_done="通知")
    locks.close_year(2012, by=bureau, now=timezone.now())
    change(kind, bureau, steps="通知、决议")
    assert (is_complete(entry), is_complete(later)) == (True, False)
    assert [profile_of(community, year).resident_meetings for year in (2012, 2013)] == [1, 0]


def test_a_community_that_has_ended_keeps_what_it_had(kind, entry, community, bureau):
    Community.objects.filter(pk=community.pk).update(closed_on=date(2012, 6, 1))
    change(kind, bureau, steps="通知、决议")
    assert is_complete(entry)
    assert profile_of(community).resident_meetings == 1


def test_what_does_not_count_leaves_the_entries_alone(kind, entry, bureau):
    with CaptureQueriesContext(connection) as captured:
        change(kind, bureau, remarks="季度例会", sort_order=3)
    assert not any("ledgerentry" in query["sql"] for query in captured)
