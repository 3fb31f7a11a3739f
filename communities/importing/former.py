"""Names that communities had once: a file that still uses one means the unit of today, never a new one."""

from collections import defaultdict

from communities.models import Community, CommunityVersion, District, ReorganisationPart
from communities.templatetags.official import fact

FormerNames = dict[tuple[str, str], str]
"""(town, name) as it was once -> what has become of it, a Chinese clause that names the unit of today."""


def former_names(district: District) -> FormerNames:
    """What became of every unit that is no longer called so; of one name held twice, the later. Two queries."""
    ended = (
        CommunityVersion.objects.filter(community__town__district=district, until__isnull=False)
        .select_related("town", "community__town")
        .order_by("until", "pk")
    )
    versions = list(ended)
    heirs = _heirs(district) if versions else {}
    return {(version.town.name, version.name): _became(version, heirs) for version in versions}


def _became(version: CommunityVersion, heirs: dict[int, list[Community]]) -> str:
    community = version.community
    day = fact(version.until)
    if community.closed_on is None:
        return f"已于{day}调整为“{community.full_name}”"
    names = "、".join(f"“{heir.full_name}”" for heir in _living_heirs(community, heirs))
    return f"已于{fact(community.closed_on)}撤销" + (f"，现为{names}" if names else "")


def _heirs(district: District) -> dict[int, list[Community]]:
    """{closed community: the results of the act that ended it}."""
    parts = ReorganisationPart.objects.filter(reorganisation__district=district).select_related("community__town")
    results: dict[int, list[Community]] = defaultdict(list)
    sources: list[ReorganisationPart] = []
    for part in parts:
        if part.role == ReorganisationPart.Part.RESULT:
            results[part.reorganisation_id].append(part.community)
        elif part.community.closed_on:
            sources.append(part)
    # The parts come in the order of the acts, so the last one is the one that ended the community.
    return {part.community_id: results[part.reorganisation_id] for part in sources}


def _living_heirs(community: Community, heirs: dict[int, list[Community]]) -> list[Community]:
    """Those that go on in its place; a result that ended itself is followed further."""
    found: list[Community] = []
    for heir in heirs.get(community.pk, []):
        found += [heir] if heir.closed_on is None else _living_heirs(heir, heirs)
    return list(dict.fromkeys(found))
