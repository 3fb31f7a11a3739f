"""Facts of the yearly profile that are counted from registers: written here only, in the transaction of the change.

A fact is known once its register has records, or is reported empty (`RegisterCheck.is_nil`); otherwise it stays what
the office's table says, and unknown where that is silent too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, QuerySet
from django.utils import timezone

from communities.models import RegisterCheck, YearProfile
from communities.models.members import MembersField, joined, split
from communities.models.records import REGISTERS, Members, Register, largest
from communities.templatetags.official import plain

Facts = dict[int, dict[str, Any]]


def registers_of_fact() -> dict[str, Register]:
    """Which register each counted fact comes from."""
    return {name: register for register in REGISTERS.values() for name in register.counts}


def recount(register: Register, year: int, communities: Collection[int]) -> None:
    """Count the register's facts of these communities anew; runs inside the transaction that changed its records.
    Raises ValidationError where a sum is more than the profile can hold.

    The profiles are locked before anything is counted, so of two people who add a record each, the second counts both.
    """
    recount_all([register], year, communities)


def recount_all(registers: Iterable[Register], year: int, communities: Collection[int]) -> None:
    """The same for several registers, which are written onto each profile together."""
    counting = [register for register in registers if register.counts]
    if not counting or not communities:
        return
    profiles = _locked(year, communities)
    changed: dict[int, YearProfile] = {}
    for register in counting:
        found = counted_facts(register, year, communities)
        changed |= {
            profile.pk: profile for profile in profiles if _apply(profile, register, found.get(profile.community_id))
        }
    store(changed.values(), [*(name for register in counting for name in register.counts), "counted"])


def store(profiles: Iterable[YearProfile], names: Iterable[str]) -> None:
    """Write these facts of profiles that exist, however many they are.

    As one INSERT that meets the rows that are there: Django's bulk_update says every value in a CASE of its own, which
    takes seconds for a district. The rows go without their keys, so that community and year alone find them.
    """
    rows = [copy(profile) for profile in profiles]
    for row in rows:
        row.pk, row._state.adding = None, True
    YearProfile.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["community", "year"],
        update_fields=[*names, "updated_at"],
        batch_size=500,
    )


def _locked(year: int, communities: Collection[int]) -> list[YearProfile]:
    profiles = YearProfile.objects.filter(year=year, community__in=communities).order_by()
    missing = set(communities) - set(profiles.values_list("community", flat=True))
    YearProfile.objects.bulk_create(
        [YearProfile(community_id=pk, year=year) for pk in missing], ignore_conflicts=True, batch_size=500
    )
    profiles.update(revision=F("revision"))
    return list(profiles)


def counted_facts(register: Register, year: int, communities: Collection[int]) -> Facts:
    """{community: {fact: value}} of those whose register has records or is reported empty."""
    records = register.records.filter(year=year, community__in=communities).order_by()
    nil = RegisterCheck.objects.filter(
        register=register.slug, year=year, community__in=communities, is_nil=True
    ).values_list("community", flat=True)
    known = {*nil, *records.values_list("community", flat=True).distinct()}
    found: Facts = {pk: {name: _nothing(name) for name in register.counts} for pk in known}
    aggregates = {name: how for name, how in register.counts.items() if not isinstance(how, Members)}
    # An alias may not be called like a field of the record.
    aliases = {f"counted_{name}": how for name, how in aggregates.items()}
    for row in records.values("community").annotate(**aliases):
        community = row.pop("community")
        found[community] |= {name.removeprefix("counted_"): value for name, value in row.items()}
    for name, how in register.counts.items():
        if isinstance(how, Members):
            for community, members in _members(records, how).items():
                found[community][name] = _in_order(name, members)
    return found


def _members(records: QuerySet, how: Members) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for community, text in records.filter(how.filter).values_list("community", how.path).distinct():
        found[community].update(split(text or ""))
    return found


def _in_order(name: str, members: Iterable[str]) -> str:
    field: Any = YearProfile._meta.get_field(name)
    chosen = set(members)
    return joined(member for member in field.members if member in chosen)


def _nothing(name: str) -> Any:
    """What a fact is where a register is reported empty."""
    field = YearProfile._meta.get_field(name)
    if isinstance(field, MembersField):
        return ""
    if isinstance(field, models.BooleanField):
        return False
    return None if isinstance(field, models.DateField) else 0


def _fitting(name: str, value: Any) -> Any:
    field: Any = YearProfile._meta.get_field(name)
    if isinstance(field, models.BooleanField):
        return bool(value)
    if isinstance(field, models.IntegerField | models.DecimalField) and value > largest(field):
        raise ValidationError(f"“{field.verbose_name}”合计{plain(value)}，过大，请核对。")
    return value


def _apply(profile: YearProfile, register: Register, facts: dict[str, Any] | None) -> bool:
    """Write the counted facts onto a profile; True where anything changed.

    A count that says nothing leaves the fact to whoever typed it: outdoor sites do not make an area of rooms 0.
    """
    before = [*(getattr(profile, name) for name in register.counts), profile.counted]
    counted = set(profile.counted)
    for name in register.counts:
        value = facts[name] if facts else None
        if value is not None:
            setattr(profile, name, _fitting(name, value))
            counted.add(name)
        elif name in counted:
            setattr(profile, name, None)
            counted.remove(name)
    profile.counted = sorted(counted)
    profile.updated_at = timezone.now()
    return before != [*(getattr(profile, name) for name in register.counts), profile.counted]
