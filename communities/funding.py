"""经费核定: what a community is granted, and writing it for the whole district at once (R14, R17).

基本保障、超户增付: a base amount, and so much for each household beyond a number of them. District and town share it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from communities import locks
from communities.locks import Gate, Locked
from communities.models import Appointment, Category, Community, District, Funding, FundingStandard, YearProfile
from communities.models.funding import Source
from communities.models.records import REGISTERS
from communities.records import Change, Written, save_records

YUAN_OF_A_WAN = 10_000
HUNDRED = 100
ONE_YUAN = Decimal("0.0001")
MOST_WAN = 10**8
"""Amounts from here on are no amounts: a wrong number of households or a wrong rate."""
ACTION = "经费核定"
SHARED = (Source.DISTRICT, Source.TOWN)


class Rates(Protocol):
    """What the arithmetic needs of a standard; `FundingStandard` has it."""

    base_wan: Decimal
    base_households: int
    per_household_yuan: Decimal
    district_percent: Decimal


def approved_wan(standard: Rates, households: int) -> tuple[Decimal, Decimal]:
    """What district and town each give, in 万元 to the 元, rounded half up; the town gives the rest of the total."""
    beyond = max(0, households - standard.base_households)
    total = to_the_yuan(standard.base_wan + beyond * standard.per_household_yuan / YUAN_OF_A_WAN)
    district = to_the_yuan(total * standard.district_percent / HUNDRED)
    return district, total - district


def to_the_yuan(amount: Decimal) -> Decimal:
    return amount.quantize(ONE_YUAN, ROUND_HALF_UP)


@dataclass(frozen=True)
class Grant:
    """One community's amount from one source; `record` is what stands in the register, None where nothing does."""

    community: Community
    source: Source
    amount: Decimal
    record: Funding | None

    @property
    def is_new(self) -> bool:
        return self.record is None

    @property
    def is_changed(self) -> bool:
        return self.record is not None and self.record.approved_wan != self.amount


@dataclass
class Plan:
    """What the standards of a year come to. `left_out` names who gets nothing and why."""

    year: int
    grants: list[Grant] = field(default_factory=list)
    left_out: list[tuple[Community, str]] = field(default_factory=list)

    @property
    def new(self) -> list[Grant]:
        return [grant for grant in self.grants if grant.is_new]

    @property
    def changed(self) -> list[Grant]:
        return [grant for grant in self.grants if grant.is_changed]

    @property
    def unchanged(self) -> list[Grant]:
        return [grant for grant in self.grants if not grant.is_new and not grant.is_changed]

    def total(self, source: Source) -> Decimal:
        return sum((grant.amount for grant in self.grants if grant.source == source), Decimal(0))

    @property
    def digest(self) -> str:
        """Says whether a plan is the one that somebody saw: amounts, and the records they would change."""
        lines = [
            f"{grant.community.pk} {grant.source} {grant.amount} {grant.record.revision if grant.record else '-'}"
            for grant in self.grants
        ]
        return hashlib.sha256("\n".join([str(self.year), *lines]).encode()).hexdigest()


class PlanChangedError(Exception):
    """The plan is no longer the one that was previewed; nothing was written."""


def make_plan(district: District, year: int, day: date) -> Plan:
    """The amounts of every community there was on the day by the standards of the year, in four queries.

    Those that ended since are left alone: their registers are to be read only.
    """
    standards = {
        standard.category: standard for standard in FundingStandard.objects.filter(district=district, year=year)
    }
    inside = Q(place__town__district=district)
    communities: Iterable[Any] = Community.objects.on(day, inside).living().select_related("town")
    found = {
        (record.community_id, record.source): record
        for record in Funding.objects.filter(community__town__district=district, year=year, source__in=SHARED)
    }
    households = households_of(district, year)
    plan = Plan(year)
    for community in communities:
        standard, number = standards.get(community.place_category), households.get(community.pk)
        if standard is None or number is None:
            plan.left_out.append((community, _why_not(district, community, standard)))
            continue
        amounts = approved_wan(standard, number)
        if sum(amounts) >= MOST_WAN:
            plan.left_out.append((community, f"按{number}户核定的数额过大，请核对户数和经费标准"))
            continue
        for source, amount in zip(SHARED, amounts, strict=True):
            plan.grants.append(Grant(community, source, amount, found.get((community.pk, source))))
    return plan


def households_of(district: District, year: int) -> Mapping[int, int | None]:
    """{community: households of the kind by which the district counts} (decision 6)."""
    profiles = YearProfile.objects.filter(community__town__district=district, year=year).order_by()
    return dict(profiles.values_list("community", f"{district.staffing_households}_households"))


def _why_not(district: District, community: Any, standard: FundingStandard | None) -> str:
    if standard is None:
        return f"没有{Category(community.place_category).label}的经费标准"
    return f"{district.get_staffing_households_display()}未填"


def gate(plan: Plan, *, by: Appointment) -> Gate:
    """Whether any of the amounts is written against a confirmed or closed register, so that a reason is needed."""
    touched = {grant.community.pk for grant in (*plan.new, *plan.changed)}
    found = locks.gates(REGISTERS["funding"], plan.year, touched, by=by).values() if touched else []
    refusal = next((gate.refusal for gate in found if gate.refusal), "")
    return Gate(refusal, needs_reason=any(gate.needs_reason for gate in found))


@transaction.atomic
def approve(district: District, year: int, *, day: date, previewed: str, by: Appointment, reason: str = "") -> Written:
    """Write the amounts that were previewed, all or none. Raises PlanChangedError, Locked or Conflict."""
    plan = make_plan(district, year, day)
    if plan.digest != previewed:
        raise PlanChangedError
    if not plan.new and not plan.changed:
        raise Locked("核定数与标准一致，没有需要写入的。")
    changes = [_change(grant, year) for grant in (*plan.new, *plan.changed)]
    return save_records(REGISTERS["funding"], changes, by=by, reason=reason, action=ACTION)


def _change(grant: Grant, year: int) -> Change:
    """The amount only: what was paid, and on which paper, is left alone."""
    if grant.record is None:
        record = Funding(community=grant.community, year=year, source=grant.source)
        return Change(record, {"approved_wan": grant.amount}, revision=0)
    return Change(grant.record, {"approved_wan": grant.amount}, revision=grant.record.revision)
