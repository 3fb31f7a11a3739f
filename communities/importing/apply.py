"""Writing a plan: everything in one transaction or nothing, and only what was previewed."""

from collections import Counter
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.audit import Act, record, record_many
from accounts.models import User
from communities.importing.headings import label_of
from communities.importing.plan import Entry, Plan, make_plan
from communities.importing.register import Register
from communities.lineage.founding import found, free_code
from communities.models import Community, District, Town, YearProfile
from communities.models.profiles import OFFICE_FACTS

ACTION = "导入社区基本情况表"


@dataclass
class PlanChangedError(Exception):
    """The register is no longer what the preview was made from, or the file has problems; nothing was written."""

    plan: Plan


def import_register(
    register: Register, *, district: District, year: int, town: Town | None, by: User | None, previewed: str | None
) -> Plan:
    """Write a register into `year`; `previewed` is the digest of the plan a person agreed to, None from a shell.

    The district is locked first, so that two imports come one after the other; the plan is made anew behind the lock
    and must still be the previewed one. Raises `PlanChangedError` otherwise.
    """
    try:
        with transaction.atomic():
            District.objects.select_for_update().get(pk=district.pk)
            plan = make_plan(register, district=district, year=year, town=town, lock=True)
            if plan.problems or previewed not in {None, plan.digest}:
                raise PlanChangedError(plan)
            if plan.created or plan.changed:
                _write(plan, by)
            return plan
    except IntegrityError as error:
        # Somebody created one of the communities on a page at the same moment; their row stands.
        raise PlanChangedError(make_plan(register, district=district, year=year, town=town)) from error


def _write(plan: Plan, by: User | None) -> None:
    _create_communities(plan)
    written = [(entry, _profile_of(entry, plan.year)) for entry in (*plan.created, *plan.changed)]
    YearProfile.objects.bulk_create([profile for entry, profile in written if entry.profile is None])
    YearProfile.objects.bulk_create(
        [profile for entry, profile in written if entry.profile],
        update_conflicts=True,
        unique_fields=["community", "year"],
        update_fields=[*OFFICE_FACTS, "revision", "updated_at"],
    )
    counts = {
        "年度": plan.year,
        "新增": len(plan.created),
        "变更": len(plan.changed),
        "不变": len(plan.unchanged),
        "新增镇（开发区、街道）": plan.new_towns,
    }
    record(ACTION, plan.district, by=by, after=counts)
    record_many(ACTION, [_act(entry, profile) for entry, profile in written], by=by)


def _create_communities(plan: Plan) -> None:
    """Towns and communities in the order of the file, behind those that exist."""
    towns = _towns_with_new(plan)
    stored = list(Community.objects.filter(town__district=plan.district).values_list("code", "town_id", "sort_order"))
    codes = {code for code, _town, _order in stored}
    last: Counter[int] = Counter()
    for _code, town_id, order in stored:
        last[town_id] = max(last[town_id], order)
    for entry in plan.created:
        town = towns[entry.row.town]
        last[town.pk] += 1
        entry.community = Community(
            town=town,
            category=entry.row.category or "",
            name=entry.row.name,
            code=free_code(town, codes),
            sort_order=last[town.pk],
        )
    found(entry.community for entry in plan.created if entry.community)


def _towns_with_new(plan: Plan) -> dict[str, Town]:
    towns = {town.name: town for town in Town.objects.filter(district=plan.district)}
    last = max((town.sort_order for town in towns.values()), default=0)
    new = [
        Town(district=plan.district, name=name, kind=Town.kind_of(name), sort_order=last + number)
        for number, name in enumerate(plan.new_towns, start=1)
    ]
    towns |= {town.name: town for town in Town.objects.bulk_create(new)}
    for town in towns.values():
        town.district = plan.district
    return towns


def _profile_of(entry: Entry, year: int) -> YearProfile:
    """The profile as it will be, without a key: an existing row is found by community and year."""
    stored = entry.profile
    facts = {name: getattr(stored, name) for name in OFFICE_FACTS} if stored else {}
    revision = stored.revision + 1 if stored else 1
    return YearProfile(community=entry.community, year=year, revision=revision, **{**facts, **entry.after})


def _act(entry: Entry, profile: YearProfile) -> Act:
    before = {label_of(name): value for name, value in entry.before.items()} if entry.profile else {}
    return Act(profile, before, {label_of(name): value for name, value in entry.after.items()})
