"""各镇工作比较: how far each town has come, in administrative order and without a ranking (R33, R35)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Min, Sum
from django.urls import reverse

from assessment.funnel import FUNNEL
from assessment.models.assessments import FILED
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from reporting.scores import Asked, exact, mean, units
from reporting.tallies import Group, Scope, tally

COLUMNS = [
    Column("镇（开发区、街道）"),
    Column("总数", Kind.NUMBER),
    *(Column(step.label, Kind.NUMBER) for step in FUNNEL.values() if step.name != "named"),
    Column("已命名", Kind.NUMBER),
    Column("还差", Kind.NUMBER),
    Column("平均分", Kind.NUMBER),
    Column("最高分", Kind.NUMBER),
    Column("最低分", Kind.NUMBER),
    Column("高低相差", Kind.NUMBER),
]


def comparison(asked: Asked, scope: Scope, category: str = "", town: int | None = None) -> Statement:
    """One row a town; scores are the latest of each unit that has applied."""
    counted = tally(asked.campaign_year, asked.day, scope, states_on=asked.states_on)
    filed = units(asked).filter(stood__in=FILED, latest__isnull=False).order_by()
    rows = filed.values("place__town", "place__category").annotate(
        number=Count("pk"), sum=Sum("latest"), high=Max("latest"), low=Min("latest")
    )
    scores: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        if not category or row["place__category"] == category:
            scores.setdefault(row["place__town"], []).append(row)

    def chosen(groups: tuple[Group, ...]) -> list[Group]:
        return [group for group in groups if not category or group.category == category]

    base = f"{reverse('assessment:list')}?year={asked.campaign_year.year}"
    base += f"&category={category}" if category else ""
    towns = [groups for groups in counted.towns if town in (None, groups[0].place.pk)]
    shown = [group for groups in towns for group in chosen(groups)]
    missing = sum(group.missing_in(asked.campaign_year) for group in shown)
    if town is None:
        missing = sum(group.missing_in(asked.campaign_year) for group in chosen(counted.whole))
    found = [row for groups in towns for row in scores.get(groups[0].place.pk or 0, [])]
    return Statement(
        title="各镇工作比较",
        columns=COLUMNS,
        rows=[_row(chosen(groups), scores.get(groups[0].place.pk or 0, []), base) for groups in towns],
        foot=[Cell(TOTAL), *_counts(shown, base + (f"&town={town}" if town else ""), missing), *_scores(found)],
        notes=[
            "按行政区划顺序排列，不是排名。",
            "还差：按各镇自己的个数和年度目标计算，有小数的进一位；各镇相加可能多于全区，合计为全区还差的个数。",
            "平均分、最高分、最低分：已申报单位最近一级的总分，是现在的分数。",
        ],
    )


def _row(groups: list[Group], scores: list[Mapping[str, Any]], base: str) -> list[Cell]:
    place = groups[0].place
    address = f"{base}&town={place.pk}"
    missing = sum(group.missing_in(group.campaign_year) for group in groups)
    return [Cell(place.name, address), *_counts(groups, address, missing), *_scores(scores)]


def _counts(groups: list[Group], address: str, missing: int) -> list[Cell]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts.update(group.counts)
    steps = [Cell(counts[name], f"{address}&step={name}") for name in FUNNEL if name != "named"]
    return [
        Cell(counts["communities"], address),
        *steps,
        Cell(counts["recognised"], f"{address}&recognised=1"),
        Cell(missing, f"{address}&recognised=0"),
    ]


def _scores(rows: list[Mapping[str, Any]]) -> list[Cell]:
    if not rows:
        return [Cell(), Cell(), Cell(), Cell()]
    high, low = exact(max(row["high"] for row in rows)), exact(min(row["low"] for row in rows))
    average = mean(sum(row["sum"] for row in rows), sum(row["number"] for row in rows))
    return [Cell(average), Cell(high), Cell(low), Cell(high - low if high is not None and low is not None else None)]
