"""Who may still change a register of a year: kept by the community, confirmed by the town, closed by the bureau.

Open: everybody who keeps it. Confirmed: a change carries a reason, and one by the community ends the confirmation.
Closed: the bureau only, with a reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from communities.counting import recount
from communities.models import Appointment, ClosedYear, Community, District, RegisterCheck, Role
from communities.models.records import Register
from communities.templatetags.official import fact


class Locked(Exception):
    """A change that is not taken; the message says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Gate:
    """What stands before a change: a `refusal` in words, or "" with whether a reason is needed."""

    refusal: str = ""
    needs_reason: bool = False
    is_confirmed: bool = False

    def pass_with(self, reason: str) -> None:
        """Raise Locked unless the change may go on with this reason."""
        if self.refusal:
            raise Locked(self.refusal)
        if self.needs_reason and not reason.strip():
            raise Locked("台账已经核对或封存，更正须填写原因。")


def is_closed(district: District, year: int | None) -> bool:
    return year is not None and ClosedYear.objects.filter(district=district, year=year).exists()


def gates(register: Register, year: int | None, units: Collection[int], *, by: Appointment) -> dict[int, Gate]:
    """The gate of each unit (community, town or district id), in three queries whatever their number."""
    if by.role not in register.editors:
        names = "、".join(role.label for role in register.editors)
        return dict.fromkeys(units, Gate(f"“{register.label}”由{names}填写。"))
    return _gates_of_year(register, year, units, by=by) | _ended(register, units)


def _ended(register: Register, units: Collection[int]) -> dict[int, Gate]:
    """A community that ended by a merger or a split keeps what it had, to be read (decision 14)."""
    if register.unit != "community":
        return {}
    ended = Community.objects.filter(pk__in=units, closed_on__isnull=False).select_related("town")
    return {
        unit.pk: Gate(f"{unit.full_name}已于{fact(unit.closed_on)}撤销，台账只供查阅，不能再修改。") for unit in ended
    }


def _gates_of_year(register: Register, year: int | None, units: Collection[int], *, by: Appointment) -> dict[int, Gate]:
    if is_closed(by.district, year):
        if by.role != Role.BUREAU_OFFICER:
            refusal = f"{year}年度台账已由区社区办封存。确需更正的，请联系区社区办。"
            return dict.fromkeys(units, Gate(refusal))
        return dict.fromkeys(units, Gate(needs_reason=True))
    confirmed = _confirmed(register, year, units)
    return {pk: Gate(needs_reason=pk in confirmed, is_confirmed=pk in confirmed) for pk in units}


def _confirmed(register: Register, year: int | None, units: Collection[int]) -> set[int]:
    if register.unit != "community" or year is None:
        return set()
    checks = RegisterCheck.objects.filter(register=register.slug, year=year, confirmed_at__isnull=False)
    return set(checks.filter(community__in=units).values_list("community", flat=True))


def lapse(register: Register, year: int, communities: Collection[int], *, by: Appointment) -> None:
    """A change makes «there are none» untrue, and one by the community ends the town's confirmation."""
    checks = RegisterCheck.objects.filter(register=register.slug, year=year, community__in=communities)
    checks.filter(is_nil=True).update(is_nil=False)
    if by.role == Role.COMMUNITY_WORKER:
        checks.update(confirmed_at=None, confirmed_by=None)


@transaction.atomic
def confirm(register: Register, community: Community, year: int, *, by: Appointment, now: datetime) -> None:
    """镇级核对: the town has looked at the register and agrees with it."""
    _refuse_when_settled(register, community, year, by)
    check = _check_of(register, community, year)
    check.confirmed_by, check.confirmed_at = by.user, now
    check.save()
    audit.record("核对台账", community, by=by.user, after={"台账": register.label, "年度": year})


@transaction.atomic
def reopen(register: Register, community: Community, year: int, *, by: Appointment) -> None:
    """Take a confirmation back, so that the community can go on without giving reasons."""
    _refuse_when_settled(register, community, year, by)
    check = _check_of(register, community, year)
    check.confirmed_by, check.confirmed_at = None, None
    check.save()
    audit.record("取消核对台账", community, by=by.user, after={"台账": register.label, "年度": year})


@transaction.atomic
def report_nil(
    register: Register, community: Community, year: int, *, is_nil: bool, by: Appointment, reason: str = ""
) -> None:
    """Say that there are none this year, or take it back; the counted facts are 0 or unknown accordingly."""
    gates(register, year, [community.pk], by=by)[community.pk].pass_with(reason)
    if is_nil and register.records.filter(community=community, year=year).exists():
        raise Locked(f"“{register.label}”已有记录，不能报“本年度没有”。")
    check = _check_of(register, community, year)
    check.is_nil = is_nil
    if by.role == Role.COMMUNITY_WORKER:
        check.confirmed_by, check.confirmed_at = None, None
    check.save()
    recount(register, year, [community.pk])
    after = {"台账": register.label, "年度": year, "本年度没有": is_nil, **({"更正原因": reason} if reason else {})}
    audit.record("申明本年度没有", community, by=by.user, after=after)


def _check_of(register: Register, community: Community, year: int) -> RegisterCheck:
    return RegisterCheck.objects.get_or_create(community=community, year=year, register=register.slug)[0]


def _refuse_when_settled(register: Register, community: Community, year: int, by: Appointment) -> None:
    """Of a closed year and of an ended community nothing is confirmed any more."""
    if is_closed(by.district, year):
        raise Locked(f"{year}年度台账已经封存。")
    for gate in _ended(register, [community.pk]).values():
        raise Locked(gate.refusal)


@transaction.atomic
def close_year(year: int, *, by: Appointment, now: datetime) -> None:
    """封存 a year: from here on corrections are the bureau's, with reasons."""
    _closed, created = ClosedYear.objects.get_or_create(
        district=by.district, year=year, defaults={"closed_by": by.user, "closed_at": now}
    )
    if created:
        audit.record("封存年度台账", by.district, by=by.user, after={"年度": year})


@transaction.atomic
def open_year(year: int, *, by: Appointment, reason: str) -> None:
    """Take the closing back; a reason is needed."""
    if not reason.strip():
        raise Locked("启封须填写原因。")
    deleted, _rows = ClosedYear.objects.filter(district=by.district, year=year).delete()
    if deleted:
        audit.record("启封年度台账", by.district, by=by.user, after={"年度": year, "更正原因": reason.strip()})
