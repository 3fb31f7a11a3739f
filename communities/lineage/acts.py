"""Carrying a reorganisation out: the only writer of a community's name, town, category and end once it was founded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts import audit
from accounts.audit import Act
from communities.lineage.faults import Fault, LineageRefused, faults_of
from communities.lineage.founding import found, free_code, version_of
from communities.lineage.plans import Plan, Terms, Unit
from communities.models import Appointment, Community, District, Reorganisation, ReorganisationPart, Town
from communities.templatetags.official import fact


@dataclass(frozen=True)
class CarriedOut:
    """The act as recorded, and the communities of the plan's results in their order."""

    reorganisation: Reorganisation
    results: tuple[Community, ...]


@transaction.atomic
def carry_out(plan: Plan, terms: Terms, *, by: Appointment | None, now: datetime) -> CarriedOut:
    """Record a reorganisation and make it so, or raise LineageRefused and change nothing.

    `by` is None for a command run from a shell. Sources that do not live on are closed on the effective day; a name
    set free by one may be taken by a result.
    """
    district = plan.sources[0].town.district
    _hold(district, plan.sources)
    found_faults = faults_of(plan, terms, today=timezone.localdate(now))
    if found_faults:
        raise LineageRefused(found_faults)
    for community in plan.sources:
        community.revision += 1
    reorganisation = Reorganisation.objects.create(
        district=district,
        kind=plan.kind,
        effective_on=terms.effective_on,
        reason=terms.reason.strip(),
        document_number=terms.document_number.strip(),
        by=by.user if by else None,
        actor=f"{by.unit_name} {by.user.name}" if by else audit.COMMAND_LINE,
        at=now,
    )
    before = {community.pk: _face(community) for community in plan.sources}
    for community in plan.ending:
        _close(community, terms.effective_on)
    results = tuple(_settle(unit, terms.effective_on) for unit in plan.results)
    _remember(reorganisation, plan, results, before, by)
    return CarriedOut(reorganisation, results)


def _hold(district: District, sources: Iterable[Community]) -> None:
    """Let acts on a district come one after the other, and refuse one that was planned on what is no longer so.

    An UPDATE that changes nothing is a lock that both engines have; the import of a register waits for it too.
    """
    District.objects.filter(pk=district.pk).update(revision=F("revision"))
    for community in sources:
        claimed = Community.objects.filter(pk=community.pk, revision=community.revision)
        if not claimed.update(revision=F("revision") + 1):
            raise LineageRefused([Fault("", f"{community.full_name}刚刚被他人修改，请刷新后重新办理。")])


def _close(community: Community, day: date) -> None:
    community.closed_on = day
    Community.objects.filter(pk=community.pk).update(closed_on=day)
    community.versions.filter(until__isnull=True).update(until=day)


def _settle(unit: Unit, day: date) -> Community:
    """The community that the unit is from `day` on: made anew, changed, or left as it was."""
    if unit.community is None:
        return _found(unit, day)
    community = unit.community
    if not unit.is_changed:
        return community
    moved = community.town_id != unit.town.pk
    community.name, community.town, community.category = unit.name, unit.town, unit.category
    community.subtype = unit.subtype
    if moved:
        community.sort_order = _last_place(unit.town, community) + 1
        # Who works for the community goes with it; it is the same appointment.
        Appointment.objects.filter(community=community.pk, until__isnull=True).update(town=unit.town)
    community.save(update_fields=["name", "town", "category", "subtype", "sort_order"])
    community.versions.filter(until__isnull=True).update(until=day)
    version_of(community, day).save()
    return community


def _found(unit: Unit, day: date) -> Community:
    codes = set(Community.objects.filter(town__district=unit.town.district_id).values_list("code", flat=True))
    community = Community(
        town=unit.town,
        name=unit.name,
        category=unit.category,
        subtype=unit.subtype,
        code=free_code(unit.town, codes),
        sort_order=_last_place(unit.town) + 1,
    )
    return found([community], since=day)[0]


def _last_place(town: Town, besides: Community | None = None) -> int:
    others = town.communities.exclude(pk=besides.pk) if besides else town.communities.all()
    return others.aggregate(last=Max("sort_order", default=0))["last"]


def _remember(
    reorganisation: Reorganisation,
    plan: Plan,
    results: tuple[Community, ...],
    before: dict[int, dict[str, str]],
    by: Appointment | None,
) -> None:
    """The parts, and the trail: the act itself, and what it did to each community."""
    part = ReorganisationPart.Part
    roles = [(part.SOURCE, community) for community in plan.sources] + [(part.RESULT, unit) for unit in results]
    ReorganisationPart.objects.bulk_create(
        ReorganisationPart(reorganisation=reorganisation, role=role, community=community) for role, community in roles
    )
    user = by.user if by else None
    action = f"区划调整：{reorganisation.get_kind_display()}"
    after = {
        "生效日期": reorganisation.effective_on,
        "调整理由": reorganisation.reason,
        "批准文号": reorganisation.document_number,
        "调整前": [f"{face['镇（开发区、街道）']}{face['名称']}" for face in before.values()],
        "调整后": [community.full_name for community in results],
    }
    audit.record(action, reorganisation, by=user, after=after)
    touched = {community.pk: community for community in (*plan.sources, *results)}
    acts = [Act(community, before.get(pk, {}), _face(community)) for pk, community in touched.items()]
    audit.record_many(action, [act for act in acts if act.before != act.after], by=user)


def _face(community: Community) -> dict[str, str]:
    """What of a community a reorganisation may change, as people write it."""
    return {
        "名称": community.name,
        "镇（开发区、街道）": community.town.name,
        "类别": community.get_category_display(),
        "撤销日期": fact(community.closed_on),
    }
