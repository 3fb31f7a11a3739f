"""Reading the metrics of many communities in one query."""

from collections.abc import Mapping
from datetime import date

from communities.metrics.dictionary import MetricValue
from communities.metrics.table import METRICS
from communities.models import District, YearProfile


def read_metrics(
    district: District, year: int, community_ids: list[int], *, today: date
) -> dict[int, dict[str, MetricValue]]:
    """Metric values of communities in a year, in one query: {community id: {metric name: value}}.

    What depends on the day is read as of `today`, or of the last day of a year that is over. A community without a
    profile has no entry.
    """
    as_of = min(today, date(year, 12, 31))
    expressions = {
        f"{metric.name}|{member}": expression
        for metric in METRICS.values()
        for member, expression in metric.expressions(district, as_of).items()
    }
    aliases = {f"metric_{number}": key for number, key in enumerate(expressions)}
    profiles = YearProfile.objects.filter(year=year, community__in=community_ids).order_by()
    rows = profiles.annotate(**{alias: expressions[key] for alias, key in aliases.items()}).values(
        "community_id", *aliases
    )
    return {row["community_id"]: _values({aliases[alias]: row[alias] for alias in aliases}) for row in rows}


def _values(row: Mapping[str, object]) -> dict[str, MetricValue]:
    members: dict[str, dict[str, object]] = {name: {} for name in METRICS}
    for key, value in row.items():
        name, member = key.split("|")
        members[name][member] = value
    return {name: METRICS[name].value(found) for name, found in members.items()}
