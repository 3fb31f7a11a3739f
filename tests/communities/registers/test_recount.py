"""After any sequence of adds, changes and removals the profile says what a plain count over the records says."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.models import Community, YearProfile
from communities.models.members import MembersField, joined, split
from communities.models.records import REGISTERS, Record, Register
from communities.records import remove_record, save_record
from tests.communities.registers.steps import every_counting, known, new_record, profile_of
from tests.factories import make_record

pytestmark = pytest.mark.django_db
Records = list[Any]
Plain = Callable[[Records], Any]


def number(test: Callable[[Any], Any] = bool) -> Plain:
    return lambda records: sum(1 for record in records if test(record))


def total(name: str, test: Callable[[Any], Any] = bool) -> Plain:
    return lambda records: sum(getattr(record, name) or 0 for record in records if test(record))


def of_kind(kind: str, plain: Plain) -> Plain:
    """The count over the records of a kind; None where there are none."""

    def count(records: Records) -> Any:
        chosen = [record for record in records if record.kind == kind]
        return plain(chosen) if chosen else None

    return count


def any_of(test: Callable[[Any], Any]) -> Plain:
    return lambda records: any(test(record) for record in records)


def members(of: Callable[[Any], Iterable[str]]) -> Plain:
    return lambda records: {member for record in records for member in of(record) if member}


def set_up(kind: str) -> Plain:
    return any_of(lambda unit: unit.kind == kind and unit.dissolved_on is None)


def entries(counted_in: str) -> Plain:
    return number(lambda entry: entry.is_complete and entry.kind.counted_in == counted_in)


def last_term(records: Records) -> date | None:
    days = [unit.term_ends_on for unit in records if unit.kind == "residents_committee" and unit.term_ends_on]
    return max(days, default=None)


def qualified(cell: Any) -> bool:
    return bool(cell.head and cell.members and cell.duties and cell.notice_posted)


ON_POST = "on_post"
PLAIN: dict[str, dict[str, Plain]] = {
    "premises": {
        "premises_area_sqm": of_kind("indoor", total("area_sqm", lambda place: place.in_own_use)),
        "outdoor_area_sqm": of_kind("outdoor", total("area_sqm", lambda place: place.in_own_use)),
        "premises_right_doc": of_kind(
            "indoor",
            lambda rooms: not any_of(lambda place: place.in_own_use and place.right == "none")(rooms),
        ),
    },
    "premises-plans": {"premises_plans": number(lambda plan: plan.finished_on is None)},
    "rooms": {"function_rooms": members(lambda room: split(room.functions))},
    "signs": {"sign_mismatches": number(lambda sign: sign.matches is False and sign.removed_on is None)},
    "organisation-units": {
        "has_party_committee": set_up("party_committee"),
        "has_residents_committee": set_up("residents_committee"),
        "has_service_station": set_up("service_station"),
        "has_governance_office": set_up("governance_office"),
        "term_ends_on": last_term,
        "term_extended": any_of(lambda unit: unit.kind == "residents_committee" and unit.extension_approved),
    },
    "workers": {
        "workers": number(lambda worker: worker.duty == ON_POST),
        "certified_workers": number(lambda worker: worker.duty == ON_POST and worker.certificate != "none"),
        "station_staff": number(lambda worker: worker.duty == ON_POST and worker.at_station),
    },
    "service-items": {"public_services": members(lambda item: [item.kind] if item.handled != 0 else [])},
    "duty-rosters": {"offpeak_roster": any_of(lambda duty: duty.is_published and duty.slot != "workday")},
    "cases": {"cases": number()},
    "grid-cells": {
        "grid_cells": number(),
        "grid_households": total("households"),
        "grid_unqualified": number(lambda cell: not qualified(cell)),
    },
    "grid-log": {
        "grid_issues": number(lambda entry: entry.kind == "issue"),
        "grid_issues_closed": number(lambda entry: entry.kind == "issue" and entry.closed_on),
    },
    "platform-functions": {"platform_functions": members(lambda function: [function.function])},
    "social-organisations": {
        "social_organisations": number(lambda found: found.status in {"registered", "filed"}),
        "culture_teams": number(lambda found: found.kind == "culture" and found.active_lately is not False),
    },
    "social-work-projects": {"social_work_projects": number()},
    "partners": {"co_build_agreements": number(lambda partner: partner.ended_on is None)},
    "ledger": {
        **{
            name: entries(name)
            for name in (
                *("disclosures", "supervision_records", "resident_meetings"),
                *("activities", "lectures", "bulletin_updates", "safety_checks"),
            )
        },
        "participation_forms": members(
            lambda entry: (
                [entry.kind.name] if entry.is_complete and entry.kind.counted_in == "participation_forms" else []
            )
        ),
        "self_government": members(lambda entry: [entry.kind.serves] if entry.is_complete else []),
    },
    "funding": {
        "funding_approved": total("approved_wan"),
        "funding_paid": total("paid_wan"),
        "funding_district": total("approved_wan", lambda amount: amount.source == "district"),
        "funding_town": total("approved_wan", lambda amount: amount.source == "town"),
    },
}


def test_every_counted_fact_has_its_plain_count():
    assert {slug: set(plain) for slug, plain in PLAIN.items()} == {
        register.slug: set(register.counts) for register in REGISTERS.values() if register.counts
    }


@every_counting
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_profile_says_what_a_plain_count_says(data, register, community, bureau):
    with transaction.atomic():
        ledger_kinds(community)
        for _step in range(data.draw(st.integers(1, 6))):
            stored = list(register.records.filter(community=community))
            if stored and data.draw(st.booleans()):
                record = data.draw(st.sampled_from(stored))
                if data.draw(st.booleans()):
                    remove_record(register, record, revision=record.revision, by=bureau)
                else:
                    values = drawn(data, register, record)
                    save_record(register, record, values, revision=record.revision, by=bureau)
            else:
                add(data, register, community, bureau)
            assert_counted(register, community)
        transaction.set_rollback(True)


def ledger_kinds(community: Community) -> None:
    district = community.town.district
    for name, facts in {
        "民情恳谈": {"counted_in": "participation_forms", "serves": "民主决策", "steps": "通知、记录"},
        "民意调查": {"counted_in": "participation_forms", "serves": "民主管理"},
        "代表会议": {"counted_in": "resident_meetings", "serves": "民主决策", "steps": "通知、记录"},
        "走访": {},
    }.items():
        make_record("ledger-kinds", district=district, name=name, **facts)


def add(data: Any, register: Register, community: Community, by: Any) -> None:
    try:
        record, values = new_record(register, community)
    except StopIteration:  # the unit has a record for each choice of the key already
        return
    keys = {name: values.get(name, "") for name in register.key if not is_fixed(register, name)}
    drawn_values = {**values, **drawn(data, register, record), **keys}
    twin = register.records.filter(community=community, **{name: drawn_values[name] for name in register.key})
    if not twin.exists():
        save_record(register, record, drawn_values, revision=0, by=by)


def is_fixed(register: Register, name: str) -> bool:
    field: Any = register.model._meta.get_field(name)
    return bool(field.choices) or isinstance(field, models.ForeignKey)


def drawn(data: Any, register: Register, record: Record) -> dict[str, Any]:
    """Other values for the facts that decide about counting; of a stored record, its key stays."""
    names = [name for name in register.columns if name not in register.key or record.pk is None]
    found = {name: data.draw(values_of(register, name), label=name) for name in names if can_be_drawn(register, name)}
    if register.slug == "funding" and found["paid_wan"] is None:
        found["paid_on"] = None
    if register.slug == "ledger":
        kind = found.get("kind") or record.kind
        found["steps_done"] = data.draw(st.sampled_from(["", kind.steps, kind.steps[:2]]))
    if register.slug == "grid-log" and found.get("kind", record.kind) == "contact":
        found["closed_on"] = None
    return found


def can_be_drawn(register: Register, name: str) -> bool:
    field: Any = register.model._meta.get_field(name)
    plain_text = isinstance(field, models.CharField) and not field.choices and not isinstance(field, MembersField)
    is_optional_text = plain_text and field.blank and name in {"head", "duties"}
    return (not plain_text or is_optional_text) and name != register.dated


def values_of(register: Register, name: str) -> st.SearchStrategy:
    field: Any = register.model._meta.get_field(name)
    blank = [None] if field.null else []
    if isinstance(field, MembersField):
        return st.sets(st.sampled_from(field.members), min_size=1).map(
            lambda chosen: joined(member for member in field.members if member in chosen)
        )
    if isinstance(field, models.IntegerField | models.DecimalField):
        numbers = st.integers(0, 100) if isinstance(field, models.IntegerField) else st.decimals(0, 100, places=2)
        return st.one_of(numbers, *([st.none()] if blank else []))
    return st.sampled_from([*some_values(field), *blank])


def some_values(field: Any) -> list[Any]:
    if isinstance(field, models.ForeignKey):
        return list(field.related_model.objects.all())
    if field.choices:
        return [value for value, _label in field.choices if value]
    if isinstance(field, models.BooleanField):
        return [True, False]
    return [date(2012, 12, 18)] if isinstance(field, models.DateField) else ["", "有"]


def assert_counted(register: Register, community: Community) -> None:
    records = list(register.records.filter(community=community))
    profile = YearProfile.objects.filter(community=community).first() or YearProfile()
    for name, plain in PLAIN[register.slug].items():
        stored = getattr(profile, name)
        if isinstance(YearProfile._meta.get_field(name), MembersField) and records:
            stored = set(split(stored))
        assert stored == (plain(records) if records else None), name
    if profile.pk:
        assert profile.counted == known(register, profile)
        assert bool(profile.counted) == bool(records)
        assert profile_of(community).pk == profile.pk
