"""The facts of the yearly profile that no register counts: visits, books, disputes, volunteers (R35)."""

from datetime import date
from random import Random
from typing import Any

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit

GAPS = ("library_books", "env_problems", "volunteers", "has_resident_pact", "service_station_standard")
"""Facts of which a community that does not know all about itself lacks one."""

FACTS = (
    *("resident_population", "platform_connected_on", "service_station_standard", "has_resident_pact"),
    *("mediations", "mediations_succeeded", "major_incidents", "library_books", "env_problems", "volunteers"),
    *("satisfaction_sample", "satisfied", "awareness_sample", "aware"),
)
PERSONS_A_HOUSEHOLD = 2.7
MAJOR_INCIDENT = 0.008
SAMPLE = 20
"""Households that have to be visited at least, or the rate does not count."""


def direct_facts(unit: Unit) -> dict[str, Any]:
    """What is typed into the profile of a year."""
    random, weak = unit.random, unit.has(Trait.WEAK)
    population = int((unit.profile.resident_households or 0) * PERSONS_A_HOUSEHOLD)
    mediations = int(random.randrange(12, 60) * unit.span.passed)
    facts = {
        "resident_population": population,
        "platform_connected_on": connected_on(unit),
        "service_station_standard": bool(unit.profile.has_service_station) and not likely(random, 0.05),
        "has_resident_pact": likely(random, 0.97),
        "mediations": mediations,
        "mediations_succeeded": mediations - (random.randrange(3) if likely(random, 0.15) else 0)
        if mediations > SAMPLE
        else mediations,
        "major_incidents": int(likely(random, MAJOR_INCIDENT)),
        "library_books": random.randrange(500, 950) if likely(random, 0.08) else random.randrange(1000, 4000),
        "env_problems": random.choice([1, 2]) if likely(random, 0.12) else 0,
        "volunteers": int(
            population * random.uniform(0.02, 0.05) if weak else population * random.uniform(0.055, 0.11)
        ),
        **visits(random, "satisfaction_sample", "satisfied", 0.76 if weak else 0.9),
        **visits(random, "awareness_sample", "aware", 0.72 if weak else 0.88),
    }
    if unit.has(Trait.GAP):
        facts[unit.lasting("gap").choice(GAPS)] = None
    return facts


def visits(random: Random, sample: str, yes: str, share: float) -> dict[str, int]:
    """So many households were visited, and so many of them said yes."""
    visited = random.randrange(SAMPLE, 41)
    return {sample: visited, yes: min(visited, round(visited * random.uniform(share - 0.04, share + 0.08)))}


def connected_on(unit: Unit) -> date | None:
    if not unit.profile.platform_connected:
        return None
    random = unit.lasting("connected")
    return date(unit.first_year - 1, random.randrange(1, 12), random.randrange(1, 29))
