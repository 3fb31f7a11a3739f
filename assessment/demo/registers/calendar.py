"""The days of a year on which something can have happened: not before it began, not after today."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

QUARTER = 88
"""Days between two entries of something done every quarter: four fit into a year and none is ever overdue."""

QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")


@dataclass(frozen=True)
class Span:
    """A year up to `last`: its own last day, or today."""

    year: int
    last: date

    @classmethod
    def of(cls, year: int, today: date) -> "Span":
        return cls(year, min(today, date(year, 12, 31)))

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def has_begun(self) -> bool:
        return self.first <= self.last

    @property
    def passed(self) -> float:
        """How much of the year has passed, from 0 to 1."""
        return ((self.last - self.first).days + 1) / 366

    def day(self, random: Random) -> date:
        """Any of its days."""
        return self.first + timedelta(days=random.randrange((self.last - self.first).days + 1))

    def days_before(self, days: int) -> date:
        """So many days before the last one, but within the year."""
        return max(self.first, self.last - timedelta(days=days))

    def up_to(self, day: date) -> date:
        """`day`, or the last day while it is still to come."""
        return min(day, self.last)

    def rhythm(self, random: Random, *, every: int, most: int, until: date | None = None) -> list[date]:
        """What is done every so many days, counted back from `until` (else the last day) to the year's first."""
        day = (until or self.last) - timedelta(days=random.randrange(max(1, every // 4)))
        days = [day - timedelta(days=every * number) for number in range(most)]
        return sorted(day for day in days if day >= self.first)


def quarter(day: date) -> str:
    return QUARTERS[(day.month - 1) // 3]
