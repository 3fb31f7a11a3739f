"""The communities of the demonstration, and what each is like: who is weak, who is late, whose books have a gap."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum, auto
from random import Random
from typing import Any

from assessment.demo.registers.calendar import Span
from assessment.demo.registers.chance import people, seeded
from communities.models import Category, Community, District, YearProfile

PEOPLE = 60
"""Names a community has to give: more than its largest number of workers, members and heads of cells together."""

COVERED_TOWNS = ("湖塘镇", "高新区")
"""The towns whose grid the speech calls complete (R20)."""


class Trait(StrEnum):
    """What a standing report has to find in a community."""

    GAP = auto()
    """One fact of its profile is unknown (R35)."""
    ELECTIONS_ONLY = auto()
    """No record of self-government but of elections (R37)."""
    OVERDUE = auto()
    """Nothing published, met or supervised for over a quarter (R60)."""
    TERM_OVER = auto()
    """The committee's term is over and no election was held."""
    DOUBLE_COUNTED = auto()
    """Its cells hold more households than there are (R55)."""
    UNCOUNTED = auto()
    """Its cells hold fewer households than there are (R55)."""
    HEADLESS = auto()
    """A cell without a head (R55)."""
    ISSUES_OPEN = auto()
    """Problems that the cells found stay open."""
    MISMATCHED = auto()
    """Signs that say what is not there (R51)."""
    UNPLANNED = auto()
    """No plan for the area that is short (R49)."""
    NO_RIGHT = auto()
    """No paper for a part of its premises."""
    FEW_ROOMS = auto()
    """Rooms for some of the five functions only (R50)."""
    LATE = auto()
    """Matters handled late (R54)."""
    UNPUBLISHED = auto()
    """No duty roster for evenings and days off in public (R53)."""
    FEW_SERVICES = auto()
    """Not all five public services can be done there (R52)."""
    FEW_FUNCTIONS = auto()
    """The platform is used for some of its four functions only (R66)."""
    UNPAID = auto()
    """The town has not paid in full (R30)."""
    DISTRICT_HEAVY = auto()
    """The district bears more than the town (R17)."""
    SECONDED = auto()
    """A worker is away on secondment (R26)."""
    CONFLICT = auto()
    """A village whose supervision committee has a member who may not sit on it (R62)."""
    WEAK = auto()
    """Few activities, teams, partners and volunteers: hardware without life (R36)."""


DEALT: dict[Trait, int] = {
    Trait.GAP: 19,
    Trait.ELECTIONS_ONLY: 6,
    Trait.OVERDUE: 26,
    Trait.TERM_OVER: 9,
    Trait.DOUBLE_COUNTED: 3,
    Trait.UNCOUNTED: 28,
    Trait.HEADLESS: 24,
    Trait.ISSUES_OPEN: 34,
    Trait.MISMATCHED: 44,
    Trait.UNPLANNED: 40,
    Trait.NO_RIGHT: 22,
    Trait.FEW_ROOMS: 46,
    Trait.LATE: 40,
    Trait.UNPUBLISHED: 30,
    Trait.FEW_SERVICES: 32,
    Trait.FEW_FUNCTIONS: 48,
    Trait.UNPAID: 38,
    Trait.DISTRICT_HEAVY: 5,
    Trait.SECONDED: 24,
    Trait.CONFLICT: 1,
    Trait.WEAK: 40,
}
"""How many of the 384 communities have each trait."""

APART = [
    (Trait.GAP, Trait.DOUBLE_COUNTED),
    (Trait.UNCOUNTED, Trait.DOUBLE_COUNTED),
    (Trait.UNPAID, Trait.DISTRICT_HEAVY),
    (Trait.ELECTIONS_ONLY, Trait.OVERDUE),
]
"""Traits that no community has both of: two unknown facts, or two stories about the same number."""


def deal_traits(communities: list[Community]) -> dict[int, frozenset[Trait]]:
    """Which traits each community has, the same in both years."""
    dealt: dict[int, set[Trait]] = {community.pk: set() for community in communities}
    for trait, number in DEALT.items():
        excluded = {other for pair in APART if trait in pair for other in pair}
        able = [
            community.pk
            for community in communities
            if not dealt[community.pk] & excluded and _is_able(community, trait)
        ]
        for pk in seeded(trait).sample(able, min(number, len(able))):
            dealt[pk].add(trait)
    return {pk: frozenset(traits) for pk, traits in dealt.items()}


def _is_able(community: Community, trait: Trait) -> bool:
    if trait is Trait.CONFLICT:
        return community.category == Category.RURAL
    return trait not in {Trait.UNCOUNTED, Trait.DOUBLE_COUNTED} or community.town.name not in COVERED_TOWNS


@dataclass
class Unit:
    """One community in one year. `records` holds what was stored of it so far, by model."""

    community: Community
    profile: YearProfile
    span: Span
    first_year: int
    traits: frozenset[Trait]
    random: Random
    names: list[str]
    records: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def year(self) -> int:
        return self.span.year

    @property
    def is_urban(self) -> bool:
        return self.community.category == Category.URBAN

    @property
    def identity(self) -> dict[str, Any]:
        """What every record of the unit begins with."""
        return {"community": self.community, "year": self.year}

    @property
    def workers(self) -> int:
        return self.profile.workers or 0

    def has(self, trait: Trait) -> bool:
        return trait in self.traits

    def lasting(self, topic: str) -> Random:
        """Chance that is the same in both years: what stands there stays."""
        return seeded(self.community.code, topic)

    def phone(self, number: int) -> str:
        """A number that nobody has."""
        return f"0519-8000{(self.community.pk * 7 + number) % 10000:04d}"


def units_in(district: District, span: Span, *, first_year: int, traits: dict[int, frozenset[Trait]]) -> list[Unit]:
    """The district's communities that have a profile of the year, in their order."""
    profiles = YearProfile.objects.filter(year=span.year, community__town__district=district)
    return [
        Unit(
            community=profile.community,
            profile=profile,
            span=span,
            first_year=first_year,
            traits=traits[profile.community_id],
            random=seeded(profile.community.code, span.year),
            names=people(seeded(profile.community.code, "people"), PEOPLE),
        )
        for profile in profiles.select_related("community__town__district")
    ]
