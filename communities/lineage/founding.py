"""How a community comes into the registers: always with the version that says since when it is what it is."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from communities.models import Community, CommunityVersion, Town
from communities.models.lineage import BEGINNING

CODES_OF_A_TOWN = 1000


@transaction.atomic(savepoint=False)
def found(communities: Iterable[Community], *, since: date = BEGINNING) -> list[Community]:
    """Store new communities, each with its first version. Every community is made here, so none is without one.

    A register says that a community is there, not since when: it counts from the beginning, in past years too.
    """
    made = Community.objects.bulk_create(list(communities))
    CommunityVersion.objects.bulk_create(version_of(community, since) for community in made)
    return made


def version_of(community: Community, since: date) -> CommunityVersion:
    """The version, not yet stored, that says what the community is from `since` on."""
    return CommunityVersion(
        community=community,
        name=community.name,
        town_id=community.town_id,
        category=community.category,
        since=since,
    )


def free_code(town: Town, codes: set[str]) -> str:
    """The first code of the town that is not among `codes`, added to them: district 6, town 3, number 3 digits."""
    prefix = f"{town.district.code}{town.sort_order:03d}"
    number = next(number for number in range(1, CODES_OF_A_TOWN) if f"{prefix}{number:03d}" not in codes)
    code = f"{prefix}{number:03d}"
    codes.add(code)
    return code


@transaction.atomic
def recall(community: Community, *, name: str = "", town: Town | None = None, category: str = "") -> None:
    """Let a community that has no history yet begin as something else, so that its past can be recorded in order.

    For a story told backwards, as the demonstration's: the registers know the present, then comes what led to it.
    """
    community.name, community.town = name or community.name, town or community.town
    community.category = category or community.category
    community.save(update_fields=["name", "town", "category"])
    community.versions.update(name=community.name, town=community.town, category=community.category)
