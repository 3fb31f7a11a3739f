"""How far the registers are settled: reported empty, confirmed by the towns, the first year closed by the bureau."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Unit
from communities.models import RegisterCheck
from communities.models.records import Register, registers_in_order

CONFIRMED_OF_A_CLOSED_YEAR, CONFIRMED_OF_AN_OPEN_YEAR = 0.93, 0.3
PROFILES = "profiles"
CONFIRMED, CLOSED = (1, 10), (1, 20)
"""The days of the next year on which the towns are done with the year behind, and the bureau closes it."""


def registers_of_communities() -> list[Register]:
    """The registers that a community keeps, without the profile, which is there in any case."""
    return [found for found in registers_in_order() if found.unit == "community" and found.slug != PROFILES]


def at_work(day: date, now: datetime) -> datetime:
    """Ten o'clock of a day, or an hour ago while that is still to come."""
    return min(timezone.make_aware(datetime.combine(day, time(10))), now - timedelta(hours=1))


def register_checks(unit: Unit, officers: dict[int, int], now: datetime) -> Iterator[RegisterCheck]:
    """Empty registers are reported so; the town has confirmed most of the year behind and some of the open one."""
    behind = unit.year == unit.first_year
    share = CONFIRMED_OF_A_CLOSED_YEAR if behind else CONFIRMED_OF_AN_OPEN_YEAR
    at = at_work(date(unit.year + 1, *CONFIRMED), now)
    for register in registers_of_communities():
        is_nil = not unit.records[register.model]
        confirmed = likely(unit.random, share)
        if is_nil or confirmed:
            yield RegisterCheck(
                community=unit.community,
                year=unit.year,
                register=register.slug,
                is_nil=is_nil,
                confirmed_by_id=officers.get(unit.community.town_id) if confirmed else None,
                confirmed_at=at if confirmed else None,
            )
