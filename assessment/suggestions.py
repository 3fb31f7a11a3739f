"""建议分 of every item of a standard for one community and year: registers -> metrics -> rules -> sentences (R23)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from assessment.models import Assessment, Item, ItemScore, Stage
from assessment.standards.importing import ItemDraft
from assessment.standards.rules import Rule, parse_rule
from assessment.standards.sentences import NO_SUGGESTION, Reading, suggest
from communities.metrics import METRICS, MetricValue, read_metrics
from communities.models import Community, District


@dataclass(frozen=True)
class Suggested:
    """What is suggested for one item. `metric_value`, `suggested` and `sentence` are None where unknown."""

    item: Item
    metric_value: MetricValue
    suggested: Decimal | None
    sentence: str | None


def suggestions_for(assessment: Assessment) -> list[Suggested]:
    """Suggestions by the standard the assessment was begun with, in its order; two queries.

    While it is scored they follow the registers; a filed sheet keeps those of the moment it was filed.
    """
    if assessment.is_editable:
        return live_suggestions(assessment)
    scores = ItemScore.objects.filter(sheet__assessment=assessment, sheet__stage=Stage.SELF).select_related("item")
    return [
        Suggested(score.item, None, score.suggested, score.suggestion or None)
        for score in scores.order_by("item__sort_order")
    ]


def live_suggestions(assessment: Assessment) -> list[Suggested]:
    """What the registers say now."""
    items = Item.objects.filter(standard=assessment.standard_id)
    return suggest_items(items, community=assessment.community, year=assessment.campaign_year.year)


def keep_suggestions(assessment: Assessment) -> None:
    """Write today's suggestions beside the scores; runs inside the transaction that files the sheet."""
    found = {suggestion.item.pk: suggestion for suggestion in live_suggestions(assessment)}
    scores = list(ItemScore.objects.filter(sheet__assessment=assessment, sheet__stage=Stage.SELF))
    for score in scores:
        score.suggested = found[score.item_id].suggested
        score.suggestion = found[score.item_id].sentence or ""
    ItemScore.objects.bulk_update(scores, ["suggested", "suggestion"])


def suggested_points(assessment: Assessment) -> dict[int, Decimal | None]:
    """{item id: points that the registers suggest now, or None}."""
    return {found.item.pk: found.suggested for found in live_suggestions(assessment)}


def suggest_items(items: Iterable[Item], *, community: Community, year: int) -> list[Suggested]:
    """Suggestions for `items`, from the community's registers of that year; one query besides the items."""
    found = suggest_communities(items, district=community.town.district, year=year, communities=[community.pk])
    return found[community.pk]


def suggest_communities(
    items: Iterable[Item], *, district: District, year: int, communities: list[int]
) -> dict[int, list[Suggested]]:
    """Suggestions for `items` of many communities of a district, by community id; one query besides the items."""
    items = list(items)
    values = read_metrics(district, year, communities, today=timezone.localdate())
    return {community: [_suggested(item, values.get(community, {})) for item in items] for community in communities}


def is_live(item: Item | ItemDraft) -> bool:
    """Whether the registers can feed a suggestion for the item by now."""
    rule = _rule(item)
    return rule is not None and bool({rule.metric, rule.require} & set(METRICS))


def _rule(item: Item | ItemDraft) -> Rule | None:
    return parse_rule(
        metric=item.metric,
        operator=item.operator,
        threshold=item.threshold,
        note=item.note,
        points=item.points,
    )


def _suggested(item: Item, values: Mapping[str, MetricValue]) -> Suggested:
    rule = _rule(item)
    found = (
        NO_SUGGESTION if rule is None else suggest(rule, _reading(rule.metric, values), _reading(rule.require, values))
    )
    return Suggested(item, values.get(item.metric), found.points, found.sentence)


def _reading(name: str, values: Mapping[str, MetricValue]) -> Reading | None:
    """A metric's value with its words; None for a metric that no register feeds yet."""
    metric = METRICS.get(name)
    return Reading(metric.label, metric.unit, values.get(name), metric.met, metric.verb) if metric else None
