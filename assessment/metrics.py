"""What the registers know of a community, what they do not, and of what it is short by the standard (R23, R30).

Unknown is not zero and not short. Who can close a gap stands with the metric.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from assessment.models import Item, Standard
from assessment.suggestions import Suggested, suggest_communities
from communities.counting import registers_of_fact
from communities.metrics import METRICS, Metric, MetricValue, read_metrics
from communities.models import Category, Community, District
from communities.models.records import Register
from communities.templatetags.official import percent, plain, tick

SHORT, MET, UNKNOWN = "不足", "达到", "未知"


@dataclass(frozen=True)
class Demand:
    """An item of the standard that reads the metric, and what it suggests."""

    item: Item
    suggested: Decimal | None
    sentence: str

    @property
    def is_short(self) -> bool:
        return self.suggested is None or self.suggested < self.item.points


@dataclass(frozen=True)
class MetricRow:
    """One metric of one community; `state` is SHORT, MET, UNKNOWN, or "" where no item asks for it."""

    metric: Metric
    value: MetricValue
    demands: tuple[Demand, ...]
    sources: tuple[Register, ...]

    @property
    def shown(self) -> str:
        return written(self.metric, self.value)

    @property
    def state(self) -> str:
        if self.value is None:
            return UNKNOWN
        if not self.demands:
            return ""
        return SHORT if any(demand.is_short for demand in self.demands) else MET


@dataclass(frozen=True)
class Summary:
    """The metrics of one community, by their state."""

    community: Community
    known: int
    unknown: tuple[Metric, ...]
    short: tuple[Metric, ...]


def written(metric: Metric, value: MetricValue) -> str:
    """A metric's value as people write it; blank where unknown."""
    if value is None:
        return ""
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or "无"
    if isinstance(value, bool):
        return tick(value)
    return percent(value) if metric.unit == "%" else f"{plain(value)}{metric.unit}"


def metric_rows(community: Community, year: int, standard: Standard | None, *, today: date) -> list[MetricRow]:
    """Every metric of a community in a year against the standard that holds for it; three queries."""
    district = community.town.district
    values = read_metrics(district, year, [community.pk], today=today).get(community.pk, {})
    found = _suggested(standard, district, year, [community.pk]).get(community.pk, [])
    demands = _demands(found)
    return [
        MetricRow(metric, values.get(name), tuple(demands.get(name, ())), sources_of(metric))
        for name, metric in METRICS.items()
    ]


def sources_of(metric: Metric) -> tuple[Register, ...]:
    """The registers that a metric is counted from; none where its facts are typed into the profile."""
    registers = registers_of_fact()
    return tuple(dict.fromkeys(registers[fact] for fact in metric.facts if fact in registers))


def summaries(
    communities: Iterable[Any], year: int, district: District, standards: dict[str, Standard], *, today: date
) -> list[Summary]:
    """Known, unknown and short metrics of each community of `Community.objects.listed_on(day)`, in two queries a
    category whatever their number."""
    communities = list(communities)
    values = read_metrics(district, year, [community.pk for community in communities], today=today)
    found: dict[int, list[Suggested]] = {}
    for category in Category:
        keys = [community.pk for community in communities if community.place_category == category]
        if keys:
            found |= _suggested(standards.get(category), district, year, keys)
    return [_summary(community, values.get(community.pk, {}), found.get(community.pk, [])) for community in communities]


def _summary(community: Community, values: dict[str, MetricValue], found: list[Suggested]) -> Summary:
    asked = {one.item.metric for one in found if one.item.metric in METRICS}
    unknown = tuple(METRICS[name] for name in METRICS if name in asked and values.get(name) is None)
    demands = _demands(found)
    short = tuple(
        METRICS[name]
        for name in METRICS
        if values.get(name) is not None and any(demand.is_short for demand in demands.get(name, ()))
    )
    return Summary(community, len(asked) - len(unknown), unknown, short)


def _suggested(
    standard: Standard | None, district: District, year: int, communities: list[int]
) -> dict[int, list[Suggested]]:
    if standard is None:
        return {}
    items = Item.objects.filter(standard=standard)
    return suggest_communities(items, district=district, year=year, communities=communities)


def _demands(found: Iterable[Suggested]) -> dict[str, list[Demand]]:
    demands: dict[str, list[Demand]] = {}
    for one in found:
        if one.item.metric and one.sentence:
            demands.setdefault(one.item.metric, []).append(Demand(one.item, one.suggested, one.sentence))
    return demands


def address_of(community: Community, year: int, row: MetricRow) -> str:
    """Where a missing fact is entered: its register, or the yearly profile."""
    if row.sources:
        return f"{row.sources[0].url}?community={community.code}"
    return reverse("communities:profile", args=[community.code, year])
