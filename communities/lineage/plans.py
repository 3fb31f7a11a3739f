"""What a reorganisation will do, said before it is done: one builder for each kind (decision 14)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from communities.models import Category, Community, Reorganisation, Town

Kind = Reorganisation.Kind


@dataclass(frozen=True)
class Unit:
    """A unit as it stands from the effective day on; `community` is the source that lives on in it, None where new."""

    name: str
    town: Town
    category: str
    subtype: str = ""
    community: Community | None = None

    @property
    def is_changed(self) -> bool:
        """Whether a unit that lives on is another than it was: then a new version of it begins."""
        living = self.community
        return living is None or (living.name, living.town_id, living.category) != (
            self.name,
            self.town.pk,
            self.category,
        )


@dataclass(frozen=True)
class Plan:
    """What a reorganisation will do: which units there were, which there will be."""

    kind: Kind
    sources: tuple[Community, ...]
    results: tuple[Unit, ...]

    def lives_on(self, community: Community) -> bool:
        return any(unit.community == community for unit in self.results)

    @property
    def ending(self) -> list[Community]:
        return [community for community in self.sources if not self.lives_on(community)]


@dataclass(frozen=True)
class Terms:
    """From which day, why, and by which document."""

    effective_on: date
    reason: str
    document_number: str = ""


# --- what will be: one builder a kind --------------------------------------------------------------------------------
def unit_of(community: Community) -> Unit:
    """The unit as it is now."""
    return Unit(community.name, community.town, community.category, community.subtype, community)


def merging(sources: Iterable[Community], *, into: Unit) -> Plan:
    """合并: several become one, which is one of them (`unit_of`) or new."""
    return Plan(Kind.MERGER, tuple(sources), (into,))


def splitting(source: Community, *, into: Iterable[Unit], lives_on: bool) -> Plan:
    """拆分: one becomes several; with `lives_on` it goes on beside the new ones."""
    staying = (unit_of(source),) if lives_on else ()
    return Plan(Kind.SPLIT, (source,), (*staying, *into))


def renaming(source: Community, *, name: str) -> Plan:
    """更名."""
    return Plan(Kind.RENAMING, (source,), (replace(unit_of(source), name=name),))


def transferring(source: Community, *, town: Town) -> Plan:
    """调整隶属: to another town of the district."""
    return Plan(Kind.TRANSFER, (source,), (replace(unit_of(source), town=town),))


def urbanising(source: Community, *, name: str = "") -> Plan:
    """村改居: a village becomes an urban community, perhaps under another name."""
    urban = replace(unit_of(source), category=Category.URBAN.value, subtype=Community.Subtype.URBANISED.value)
    return Plan(Kind.URBANISATION, (source,), (replace(urban, name=name or source.name),))
