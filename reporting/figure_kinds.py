"""What a figure is, and how one is formed from the counts of a group: a number, or a share with both its parts.

A rate is in percent, rounded half up to one decimal; a blank value is unknown or has nothing to be measured against,
never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from communities.models import Category
from communities.models.profiles import HOUSEHOLD_FACTS
from reporting.tallies import Group

Number = Decimal | int

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Amount:
    value: Number | None
    numerator: Number | None = None
    denominator: Number | None = None


@dataclass(frozen=True)
class Figure:
    """One figure of one group on one day. `key` is like submitted.urban or submitted.urban@湖塘镇."""

    key: str
    label: str
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    unit: str
    as_of: date
    definition: str


@dataclass(frozen=True)
class FigureKind:
    """A row of the table of figures. `how` forms the amount from the counts of a group."""

    key: str
    label: str
    unit: str
    definition: str
    how: Callable[[Group], Amount]

    def of(self, group: Group, as_of: date) -> Figure:
        amount = self.how(group)
        place = group.place.name
        return Figure(
            key=f"{self.key}.{group.category.value}" + (f"@{place}" if place else ""),
            label=self.label_of(group.category, place),
            value=amount.value,
            numerator=amount.numerator,
            denominator=amount.denominator,
            unit=self.unit,
            as_of=as_of,
            definition=self.definition,
        )

    def label_of(self, category: Category, place: str = "") -> str:
        return f"{place}{category.label}{self.label}"


How = Callable[[Group], Amount]


def percent_of(numerator: Number, denominator: Number) -> Decimal | None:
    """Share in percent with one decimal; None where there is nothing to divide by."""
    if not denominator:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(TENTH, ROUND_HALF_UP)


def counted(name: str, of: str = "communities", known: str = "communities") -> How:
    """The number of `name` out of `of`; unknown where nothing is `known` about a group that has communities."""

    def how(group: Group) -> Amount:
        counts = group.counts
        if counts["communities"] and not counts[known]:
            return Amount(None, None, counts[of])
        return Amount(counts[name], counts[name], counts[of])

    return how


def rated(name: str, of: str = "communities", known: str = "communities") -> How:
    """The share of `name` in `of` in percent."""

    def how(group: Group) -> Amount:
        counts = group.counts
        if not counts[known] or not counts[of]:
            return Amount(None, None, counts[of])
        return Amount(percent_of(counts[name], counts[of]), counts[name], counts[of])

    return how


def communities(group: Group) -> Amount:
    number = group.counts["communities"]
    return Amount(number, number)


def target_share(group: Group) -> Amount:
    return Amount(group.target)


def needed(group: Group) -> Amount:
    number = group.needed_in(group.campaign_year)
    return Amount(number, number, group.counts["communities"])


def missing(group: Group) -> Amount:
    number = group.missing_in(group.campaign_year)
    return Amount(number, number, group.needed_in(group.campaign_year))


def staff_shortfall(group: Group) -> Amount:
    """People, for 城镇社区 only: the formula of the speech is that of the urban document (decision 5)."""
    if group.category != Category.URBAN or not group.counts["staffing_known"]:
        return Amount(None)
    people = group.counts["staff_short"]
    return Amount(people, people)


def money(name: str, known: str) -> How:
    """An amount in 万元 with one decimal."""

    def how(group: Group) -> Amount:
        if not group.counts[known]:
            return Amount(None)
        return Amount(Decimal(group.counts[name]).quantize(TENTH, ROUND_HALF_UP))

    return how


def completeness(group: Group) -> Amount:
    """Known facts of all that should be known; a community without a profile knows none of them (R35)."""
    facts = group.counts["communities"] * len(HOUSEHOLD_FACTS)
    known = group.counts["known_facts"]
    return Amount(percent_of(known, facts), known if facts else None, facts)
