"""临界名单: applications a few points below the mark, the cheapest items to reach it, who mends them (R47, R70)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from assessment.cheapest import Loss, cheapest
from assessment.models import Assessment, Item, ItemScore, Rectification, Stage, State
from assessment.models.assessments import FORM_STAGES
from communities.models import Category
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact, plain
from reporting.scores import IN_ORDER, Asked, units

POINTS_BELOW = Decimal(5)
"""How far below the mark still counts as near it: 85 to 89.99."""


def near_mark(asked: Asked) -> QuerySet[Any]:
    """Applications of the year whose latest total lies in [mark - 5, mark)."""
    mark = asked.campaign_year.campaign.pass_mark
    return (
        units(asked)
        .filter(kind=Assessment.Kind.APPLICATION, latest__gte=mark - POINTS_BELOW, latest__lt=mark)
        .exclude(stood=State.CLOSED)
        .order_by(*IN_ORDER)
    )


def near_mark_statement(asked: Asked, rows: Iterable[Any], *, first: int = 1) -> Statement:
    """A few queries for all rows. An item that is not scored yet counts as lost in full."""
    mark, found = asked.campaign_year.campaign.pass_mark, list(rows)
    losses = _losses(found)
    chosen = {unit.pk: cheapest(losses[unit.pk], mark - unit.latest) for unit in found}
    mending = _mending(chosen)
    return Statement(
        title="临界名单",
        columns=[
            Column("镇（开发区、街道）"),
            Column("社区（村）"),
            Column("类别"),
            Column("状态"),
            Column("依据评分"),
            Column("总分", Kind.NUMBER),
            Column("差（分）", Kind.NUMBER),
            Column("补足差额的最少条目", Kind.WORDS),
            Column("整改责任人和时限", Kind.WORDS),
        ],
        rows=[_row(unit, mark, chosen[unit.pk], mending[unit.pk]) for unit in found],
        notes=[
            f"总分不低于{plain(mark - POINTS_BELOW)}分、不到合格线{plain(mark)}分的申报单位，以最近一级的总分为准。",
            "补足差额的最少条目：失分多的在前，条目数最少；没有评分的条目按全部失分计。",
        ],
        first=first,
        empty="没有接近合格线的申报单位。",
    )


def _row(unit: Any, mark: Decimal, chosen: Sequence[Loss], mending: Sequence[str]) -> list[Cell]:
    return [
        Cell(unit.place_town),
        Cell(unit.place_name, reverse("reporting:columns", args=[unit.pk])),
        Cell(Category(unit.place_category).label),
        Cell(State(unit.stood).label),
        Cell(Stage(unit.latest_stage).label),
        Cell(unit.latest),
        Cell(mark - unit.latest),
        Cell("、".join(f"{loss.code}（失{plain(loss.lost)}分）" for loss in chosen), _gaps(unit)),
        Cell("；".join(mending) or "未安排整改"),
    ]


def _gaps(unit: Any) -> str:
    return reverse("assessment:gaps", args=[unit.pk])


def _losses(found: Sequence[Any]) -> Mapping[int, list[Loss]]:
    """By assessment: what each item of its standard lost at the latest stage."""
    latest = Q(pk__in=[])
    for stage in FORM_STAGES:
        own = [unit.pk for unit in found if unit.latest_stage == stage]
        latest |= Q(sheet__stage=stage, sheet__assessment__in=own)
    scores = {
        (assessment, item): points
        for assessment, item, points in ItemScore.objects.filter(latest).values_list(
            "sheet__assessment", "item", "points"
        )
    }
    items: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.filter(standard__in={unit.standard_id for unit in found}).order_by("sort_order"):
        items[item.standard_id].append(item)
    return {
        unit.pk: [
            Loss(item.sort_order, item.code, item.points - (scores.get((unit.pk, item.pk)) or 0))
            for item in items[unit.standard_id]
        ]
        for unit in found
    }


def _mending(chosen: Mapping[int, Sequence[Loss]]) -> Mapping[int, list[str]]:
    """By assessment: who mends the chosen items and by when, where a rectification says so."""
    found: dict[int, list[str]] = defaultdict(list)
    codes = {loss.code for losses in chosen.values() for loss in losses}
    rows = Rectification.objects.filter(assessment__in=chosen, item__code__in=codes).select_related("item")
    for row in rows.order_by("item__sort_order", "pk"):
        if row.item and any(loss.code == row.item.code for loss in chosen[row.assessment_id]):
            words = f"{row.item.code} {row.owner}，{fact(row.due_on)}前（{row.get_progress_display()}）"
            found[row.assessment_id].append(words)
    return found
