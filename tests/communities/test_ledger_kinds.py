"""The kinds of ledger entries that a new district begins with."""

from communities.ledger_kinds import load_ledger_kinds
from communities.models import LedgerEntry, LedgerKind
from communities.models.ledger import DEMOCRACY, Counted, steps_in
from communities.models.profiles import PARTICIPATION


def test_a_new_district_gets_the_initial_kinds_once(district):
    made = load_ledger_kinds(district)
    assert len(made) == LedgerKind.objects.filter(district=district).count() == 16
    assert load_ledger_kinds(district) == []
    assert [kind.name for kind in LedgerKind.objects.filter(district=district)] == [kind.name for kind in made]


def test_a_district_with_kinds_of_its_own_keeps_them(district):
    LedgerKind.objects.create(district=district, name="议事会")
    assert load_ledger_kinds(district) == []


def test_each_kind_is_one_that_the_form_would_take(district):
    for kind in load_ledger_kinds(district):
        kind.full_clean()


def test_the_kinds_feed_every_fact_that_the_ledger_counts(district):
    kinds = load_ledger_kinds(district)
    assert {kind.counted_in for kind in kinds} == set(Counted.values)
    assert {kind.serves for kind in kinds} == {"", *DEMOCRACY}
    assert [kind.name for kind in kinds if kind.counted_in == Counted.PARTICIPATION] == list(PARTICIPATION)


def test_an_entry_with_every_step_of_its_kind_counts(district, village):
    for kind in load_ledger_kinds(district):
        entry = LedgerEntry(
            community=village, year=2012, kind=kind, date="2012-05-04", title="一", steps_done=kind.steps
        )
        entry.clean()
        assert entry.is_complete
        assert steps_in(entry.steps_done) == steps_in(kind.steps)
