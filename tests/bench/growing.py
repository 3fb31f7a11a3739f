"""One district of 17 towns that grows: communities with all that their registers and sheets hold of a year."""

from typing import Any

from django.db import connection, models, transaction

from assessment.models import Assessment, CampaignYear, Item, ScoreSheet, Stage, Standard
from communities.lineage.founding import found
from communities.models import Appointment, Category, Community, District, Role, Town
from communities.models.records import REGISTERS, CommunityRecord, Register
from tests.bench.district import YEAR
from tests.factories import make_person, make_record, make_town, sound_values

TOWNS = 17
LINES = {"workers": 4, "grid-cells": 4, "ledger": 8}
"""How many records a community has in a register, where it is more than one."""
BATCH = 2000


def build_district() -> Appointment:
    """17 towns without communities, every register of towns and of the district begun; answers with the bureau."""
    district = District.objects.get()
    towns = [make_town(district=district) for _ in range(TOWNS)]
    for register in of_unit("district"):
        make_record(register, district=district, year=YEAR, full=True)
    for register in of_unit("town"):
        for town in towns:
            make_record(register, town=town, year=YEAR, full=True)
    return make_person(role=Role.BUREAU_OFFICER, district=district)


def of_unit(unit: str) -> list[Register]:
    return [register for register in REGISTERS.values() if register.unit == unit]


def grow(size: int) -> None:
    """Let the district come to `size` communities, half of them under assessment."""
    towns = list(Town.objects.select_related("district"))
    for begin in range(Community.objects.count(), size, BATCH):
        with transaction.atomic():
            add_communities(towns, list(range(begin, min(begin + BATCH, size))))
    if connection.vendor == "postgresql":  # which does so by itself in a while; nobody analyses a SQLite file
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def add_communities(towns: list[Town], numbers: list[int]) -> None:
    communities = found(
        Community(
            town=towns[number % TOWNS],
            name=f"第{number}社区",
            category=Category.URBAN if number % 3 else Category.RURAL,
            code=f"{towns[0].district.code}{number:06d}",
            sort_order=number // TOWNS + 1,
        )
        for number in numbers
    )
    firsts: dict[type[models.Model], list[Any]] = {}
    for register in sorted(of_unit("community"), key=lambda register: bool(named(register))):
        firsts[register.model] = add_records(register, communities, numbers, firsts)
    assess(communities[::2])


def named(register: Register) -> dict[str, type[models.Model]]:
    """The fields that name a record of another register of the same community."""
    fields = [field for field in register.model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    return {field.name: field.related_model for field in fields if issubclass(field.related_model, CommunityRecord)}


def add_records(
    register: Register, communities: list[Community], numbers: list[int], firsts: dict[type[models.Model], list[Any]]
) -> list[Any]:
    """The same records for each of the communities; answers with the first of each."""
    inner, lines = named(register), LINES.get(register.slug, 1)
    sample = register.model(community=communities[0], year=YEAR)
    values = sound_values(sample, year=YEAR, full=True)
    texts = [name for name in register.key if isinstance(values[name], str) and not choices_of(register, name)]
    made = [
        register.model(
            community=community,
            year=YEAR,
            **{
                **values,
                **{name: firsts[model][at] for name, model in inner.items()},
                **{name: f"{values[name]}{line}" for name in texts[-1:]},
                **(facts_of(number) if register.slug == "profiles" else {}),
            },
        )
        for at, (number, community) in enumerate(zip(numbers, communities, strict=True))
        if register.slug != "profiles" or has_profile(number)
        for line in range(lines)
    ]
    return register.records.bulk_create(made, batch_size=500)[::lines]


def choices_of(register: Register, name: str) -> Any:
    return register.model._meta.get_field(name).choices  # type: ignore[union-attr]


def has_profile(number: int) -> bool:
    """A few have not begun with the year, so that every list of those of whom nothing is known has rows, too."""
    return number % 15 != 7


def facts_of(number: int) -> dict[str, Any]:
    """A profile that falls short of this or that, so that every report has rows."""
    return {
        "registered_households": 1500,
        "workers": 3 + number % 4,
        "certified_workers": number % 3,
        "premises_area_sqm": 300 if number % 5 == 0 else 500,
        "outdoor_area_sqm": 400 if number % 6 == 0 else 600,
        "platform_connected": number % 7 != 0,
        "funding_approved": 10,
        "funding_paid": 8 if number % 8 == 0 else 10,
        "funding_district": 6 if number % 9 == 0 else 4,
        "funding_town": 5,
        "grid_cells": 4,
        "grid_households": 1400 if number % 10 == 0 else 1500,
        "grid_unqualified": 0,
        "sign_mismatches": int(number % 11 == 0),
        "self_government": "民主选举" if number % 12 == 0 else "民主选举|民主决策",
        "has_party_committee": number % 13 != 0,
        "library_books": None if number % 14 == 0 else 1000,
    }


def assess(communities: list[Community]) -> None:
    """Sheets scored to the end, a fifth of them with good premises and little else."""
    year = CampaignYear.objects.get(year=YEAR)
    standards = {category: Standard.objects.current(year.campaign.district, category) for category in Category}
    items = {category: Item.objects.filter(standard=standards[category]).count() for category in Category}
    begun = Assessment.objects.bulk_create(
        Assessment(community=community, campaign_year=year, standard=standards[Category(community.category)])
        for community in communities
    )
    ScoreSheet.objects.bulk_create(
        ScoreSheet(
            assessment=assessment,
            stage=Stage.SELF,
            part_1=5 if at % 5 == 0 else 80,
            part_2=14,
            total=19 if at % 5 == 0 else 94,
            scored_items=items[Category(assessment.community.category)],
        )
        for at, assessment in enumerate(begun)
    )
