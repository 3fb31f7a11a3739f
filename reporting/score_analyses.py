"""各镇自评偏高情况, 分歧最大的条目, 各级评分变化: where the stages judge differently, grouped in SQL (R75-R81)."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, Sum
from django.urls import reverse

from assessment.models import Item, ItemScore, ScoreSheet, Stage
from assessment.models.assessments import FORM_STAGES
from communities.models import Category
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from reporting.scores import (
    PAIR_LABELS,
    PAIRS,
    Asked,
    exact,
    mean,
    pair_name,
    paired_items,
    paired_sheets,
    placed,
    signed,
)

NOW = "分数是现在的分数。"


def scores_address(asked: Asked, **query: Any) -> str:
    """The list of units behind a number."""
    base = f"{reverse('reporting:scores')}?year={asked.campaign_year.year}"
    return base + "".join(f"&{name}={value}" for name, value in query.items() if value)


# --- 各镇自评偏高情况 ----------------------------------------------------------------------------------------------
def inflation(asked: Asked, category: str = "") -> Statement:
    """By town: units that both scored themselves and were scored by the district, and how far above it they were."""
    above = F("earlier_total") - F("total")
    rows = (
        paired_sheets(asked)
        .filter(stage=Stage.DISTRICT)
        .values("place__town", "place__town__name", "place__town__sort_order")
        .annotate(
            number=Count("pk"),
            own=Sum("earlier_total"),
            district=Sum("total"),
            higher=Count("pk", filter=Q(earlier_total__gt=F("total"))),
            most=Max(above),
        )
        .order_by("place__town__sort_order")
    )
    found = list(rows)
    sums = {name: sum((row[name] for row in found), Decimal(0)) for name in ("number", "own", "district", "higher")}
    whole = {**sums, "most": max((row["most"] for row in found), default=None)}
    return Statement(
        title="各镇自评偏高情况",
        columns=[
            Column("镇（开发区、街道）"),
            Column("两级都有总分（个）", Kind.NUMBER),
            Column("自评平均分", Kind.NUMBER),
            Column("区预查平均分", Kind.NUMBER),
            Column("平均偏高", Kind.NUMBER),
            Column("最大偏高", Kind.NUMBER),
            Column("自评高于区预查（个）", Kind.NUMBER),
        ],
        rows=[
            [
                Cell(row["place__town__name"]),
                *_inflated(row, scores_address(asked, scored="district", town=row["place__town"], category=category)),
            ]
            for row in found
        ],
        foot=[Cell(TOTAL), *_inflated(whole, scores_address(asked, scored="district", category=category))],
        notes=[f"偏高＝自评总分－区预查总分，负数为自评偏低。按行政区划顺序排列，不是排名。{NOW}"],
        empty="还没有同时有自评和区预查总分的社区（村）。",
    )


def _inflated(row: Mapping[str, Any], address: str) -> list[Cell]:
    number = int(row["number"])
    own, district = mean(row["own"], number), mean(row["district"], number)
    difference = mean(row["own"] - row["district"], number)
    return [
        Cell(number, address),
        Cell(own, address),
        Cell(district, address),
        Cell(signed(difference), address),
        Cell(signed(exact(row["most"])), address),
        Cell(int(row["higher"]), address),
    ]


# --- 分歧最大的条目 ------------------------------------------------------------------------------------------------
def disagreement(asked: Asked, category: str = "", town: int | None = None) -> Statement:
    """The items on which two stages that follow one another gave different points, the widest apart first."""
    rows = (
        paired_items(placed(ItemScore.objects.all(), asked, "sheet__assessment__"))
        .values("item", "earlier_stage", "sheet__stage")
        .annotate(
            number=Count("pk"),
            differ=Count("pk", filter=~Q(earlier_points=F("points"))),
            changed=Sum(F("points") - F("earlier_points")),
        )
        .order_by()
    )
    found: dict[int, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        if row["differ"]:
            found[row["item"]][f"{row['earlier_stage']}-{row['sheet__stage']}"] = row
    items = Item.objects.filter(pk__in=found).select_related("standard")
    ordered = sorted(items, key=lambda item: (*_apart(found[item.pk]), -item.standard_id, item.sort_order))
    columns = [Column("标准"), Column("编号"), Column("考评内容", Kind.WORDS), Column("分值", Kind.NUMBER)]
    for label in PAIR_LABELS.values():
        columns += [Column(f"{label}不同（个）", Kind.NUMBER), Column(f"{label}平均差", Kind.NUMBER)]
    return Statement(
        title="分歧最大的条目",
        columns=columns,
        rows=[_item_row(item, found[item.pk], asked, category, town) for item in ordered],
        notes=[
            "平均差＝后一级得分－前一级得分的平均数，按两级都评了该条目的社区（村）计算，负数为后一级低。",
            f"自评与区预查平均相差大的条目在前；没有分歧的不列出。{NOW}",
        ],
        empty="各级评分没有分歧。",
    )


def _apart(pairs: Mapping[str, Mapping[str, Any]]) -> list[Decimal]:
    """How far each two stages are apart in the mean, whichever way, 自评 and 区预查 first; negative to sort by."""
    rows = [pairs.get(name) for name in PAIR_LABELS]
    return [-abs(mean(row["changed"], row["number"]) or Decimal(0)) if row else Decimal(0) for row in rows]


def _item_row(
    item: Item, pairs: Mapping[str, Mapping[str, Any]], asked: Asked, category: str, town: int | None
) -> list[Cell]:
    cells = [
        Cell(f"{item.standard.get_category_display()}第{item.standard.version}版"),
        Cell(item.code),
        Cell(item.content),
        Cell(item.points),
    ]
    for pair in PAIRS:
        name = pair_name(*pair)
        row = pairs.get(name)
        if row is None:
            cells += [Cell(), Cell()]
            continue
        address = scores_address(asked, item=item.pk, pair=name, category=category, town=town)
        cells += [Cell(row["differ"], address), Cell(signed(mean(row["changed"], row["number"])), address)]
    return cells


# --- 各级评分变化 --------------------------------------------------------------------------------------------------
def drift(asked: Asked, category: str = "", town: int | None = None) -> Statement:
    """By stage and category: how many were scored, their mean, who reaches the mark, and the change since the stage
    before, of those that both have scored."""
    mark = asked.campaign_year.campaign.pass_mark
    sheets = placed(ScoreSheet.objects.all(), asked, "assessment__").filter(scored_items__gt=0)
    scored = {
        (row["stage"], row["place__category"]): row
        for row in sheets.values("stage", "place__category").annotate(
            number=Count("pk"), sum=Sum("total"), reaching=Count("pk", filter=Q(total__gte=mark))
        )
    }
    pairs = {
        (row["stage"], row["place__category"]): row
        for row in paired_sheets(asked)
        .values("stage", "place__category")
        .annotate(number=Count("pk"), changed=Sum(F("total") - F("earlier_total")))
    }
    categories = [one for one in Category if not category or one == category]
    return Statement(
        title="各级评分变化",
        columns=[
            Column("阶段"),
            Column("类别"),
            Column("有总分（个）", Kind.NUMBER),
            Column("平均总分", Kind.NUMBER),
            Column("达到合格线（个）", Kind.NUMBER),
            Column("与上一级都有总分（个）", Kind.NUMBER),
            Column("比上一级平均变化", Kind.NUMBER),
        ],
        rows=[
            [
                Cell(stage.label),
                Cell(one.label),
                *_stage_cells(
                    scored.get((stage, one)),
                    pairs.get((stage, one)),
                    scores_address(asked, scored=stage.value, category=one.value, town=town),
                ),
            ]
            for stage in FORM_STAGES
            for one in categories
        ],
        notes=[
            f"合格线{mark.normalize():f}分，含本数。市、省只抽查一部分，各级平均分的单位不同，比较看“平均变化”。{NOW}"
        ],
    )


def _stage_cells(scored: Mapping[str, Any] | None, pair: Mapping[str, Any] | None, address: str) -> list[Cell]:
    """`pair` is None where nobody was scored by the stage before too."""
    both = pair["number"] if pair else 0
    return [
        Cell(scored["number"] if scored else 0, address),
        Cell(mean(scored["sum"], scored["number"]) if scored else None, address),
        Cell(scored["reaching"] if scored else 0, address),
        Cell(both, address),
        Cell(signed(mean(pair["changed"], both)) if pair else None, address),
    ]
