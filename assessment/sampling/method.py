"""How units are drawn: by SHA-256 of a seed, so that anyone can draw the same units again (R75, R79, R80). Pure.

docs/sampling.md tells the same in words and as a program of its own; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import NamedTuple

FIELDS = ("code", "name", "town", "category", "standing")
"""What a line of the frame's text says of a unit."""


class Group(NamedTuple):
    """类别 x 性质: the whole to which the ratio is applied."""

    category: str
    standing: str


class Stratum(NamedTuple):
    """A group within one town."""

    category: str
    standing: str
    town: str

    @property
    def group(self) -> Group:
        return Group(self.category, self.standing)


@dataclass(frozen=True)
class Unit:
    """One unit of the frame. `category` and `standing` are stored values: urban or rural, new or named."""

    code: str
    name: str
    town: str
    category: str
    standing: str

    @property
    def stratum(self) -> Stratum:
        return Stratum(self.category, self.standing, self.town)

    @property
    def group(self) -> Group:
        return self.stratum.group


def order_key(seed: str, text: str) -> str:
    """64 hex digits: SHA-256 of the seed, a line feed and `text` in UTF-8. `text` is the code of a unit."""
    return sha256(f"{seed}\n{text}".encode()).hexdigest()


def frame_digest(*, year: int, stage: str, ratio: Decimal, units: Iterable[Unit]) -> str:
    """SHA-256 of the frame's text: a line of year, stage and ratio, then one a unit, by code; tabs between fields."""
    lines = sorted("\t".join(getattr(unit, name) for name in FIELDS) for unit in units)
    text = "".join(f"{line}\n" for line in [f"{year}\t{stage}\t{ratio:.2f}", *lines])
    return sha256(text.encode()).hexdigest()


def group_size(ratio: Decimal, population: int) -> int:
    """How many units of a group are drawn: `ratio` percent, rounded up, of an inhabited group at least one."""
    return ceil(Fraction(ratio) * population / 100)


def sizes_by(units: Iterable[Unit]) -> dict[Stratum, int]:
    """How many units each stratum has."""
    sizes: dict[Stratum, int] = {}
    for unit in units:
        sizes[unit.stratum] = sizes.get(unit.stratum, 0) + 1
    return sizes


def shares(seed: str, number: int, sizes: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """`number` units of one group spread over its towns by largest remainder; the seed settles what is even.

    Adds up to `number`, each share less than one away from its proportion and never more than the town has.
    """
    total = sum(sizes.values())
    given = {stratum: number * size // total for stratum, size in sizes.items()}
    left = number - sum(given.values())
    by_remainder = sorted(sizes, key=lambda one: (-(number * sizes[one] % total), order_key(seed, "\n".join(one))))
    return given | {stratum: given[stratum] + 1 for stratum in by_remainder[:left]}


def allocation(seed: str, ratio: Decimal, sizes: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """How many units of each stratum are drawn."""
    found: dict[Stratum, int] = {}
    for group in {stratum.group for stratum in sizes}:
        own = {stratum: size for stratum, size in sizes.items() if stratum.group == group}
        found |= shares(seed, group_size(ratio, sum(own.values())), own)
    return found


def drawn_codes(seed: str, ratio: Decimal, units: Iterable[Unit]) -> set[str]:
    """The codes drawn, whatever order the units come in: of each stratum those with the lowest keys."""
    by_stratum: dict[Stratum, list[Unit]] = {}
    for unit in units:
        by_stratum.setdefault(unit.stratum, []).append(unit)
    numbers = allocation(seed, ratio, {stratum: len(members) for stratum, members in by_stratum.items()})
    return {
        unit.code
        for stratum, members in by_stratum.items()
        for unit in sorted(members, key=lambda unit: order_key(seed, unit.code))[: numbers[stratum]]
    }


def successors(seed: str, removed: Unit, units: Iterable[Unit], used: Iterable[str]) -> list[Unit]:
    """Who may stand in for `removed`, the first first: of its stratum by key, then of its group by key.

    `used` are the codes that were drawn at any time, also those replaced since.
    """
    taken = set(used)
    free = [unit for unit in units if unit.group == removed.group and unit.code not in taken]
    return sorted(free, key=lambda unit: (unit.stratum != removed.stratum, order_key(seed, unit.code)))
