"""培训需求: where the units of a town or the district lose most points, and how to train for it (R29).

“缺什么补什么”: what many lose is a matter of training, what one loses is a matter of its rectification.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.db.models import Count, F, QuerySet, Sum
from django.urls import reverse

from assessment.models import CampaignYear, Item, ItemScore, Part, Rectification, Stage
from assessment.rectifying.guessing import category_of
from communities.models import Appointment, Category, Town
from communities.statements import Cell, Column, Kind, Row, Statement

Fault = Rectification.Category
SHARED_BY = 3
"""So many units have to lose points on an item before a training is suggested."""
TOGETHER, VISIT, COURSE = "以会代训", "外出参观", "集中轮训"
WAYS: dict[Fault, str] = {
    Fault.RECORDS: f"{TOGETHER}（讲台账怎么建、怎么记）",
    Fault.ROOMS: f"{VISIT}（看功能室怎么设、怎么用）",
    Fault.SURROUNDINGS: f"{VISIT}（看宣传布置和环境整治）",
    Fault.OTHER: "",
}
"""What is suggested for a kind of fault; nothing where training does not help by itself."""
OF_PEOPLE = ("证书", "首问负责", "班子", "代办", "联系到户")
NEED = [
    *(Column("方面"), Column("条目"), Column("类别"), Column("考评内容", Kind.WORDS)),
    *(Column("失分单位（个）", Kind.NUMBER), Column("失分合计", Kind.NUMBER), Column("平均失分率", Kind.PERCENT)),
    Column("建议培训方式", Kind.WORDS),
]
OF_ITEM = [
    *(Column("镇（开发区、街道）"), Column("社区（村）"), Column("条目"), Column("失分", Kind.NUMBER)),
    Column("扣分原因", Kind.WORDS),
]


def lost_scores(campaign_year: CampaignYear | None, appointment: Appointment) -> QuerySet[ItemScore]:
    """The item scores of the year below the full points, of the units in scope."""
    seen = appointment.sees_communities("sheet__assessment__community__")
    return ItemScore.objects.filter(seen, sheet__assessment__campaign_year=campaign_year, points__lt=F("item__points"))


class TrainingFilter(filters.FilterSet):
    """Of one stage's sheets: 自评 unless another is asked for. `item` lists the units that lost points on it."""

    town = filters.ModelChoiceFilter(
        label="镇（开发区、街道）",
        field_name="sheet__assessment__community__town",
        queryset=Town.objects.none(),
        empty_label="全部",
    )
    category = filters.ChoiceFilter(
        label="类别", field_name="item__standard__category", choices=Category, empty_label="全部"
    )
    stage = filters.ChoiceFilter(label="评分阶段", field_name="sheet__stage", choices=Stage, empty_label=None)

    class Meta:
        model = ItemScore
        fields = ["town", "category", "stage"]

    def __init__(self, data: Any, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        chosen = data.copy()
        chosen.setdefault("stage", Stage.SELF)
        super().__init__(chosen, *args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)


class Need:
    """The statement over the scores that were chosen; with `item` in the address that of its units."""

    def __init__(self, scores: QuerySet[ItemScore], asked: Mapping[str, str]) -> None:
        self.scores = scores
        self.asked = {name: value for name, value in asked.items() if value}

    def statement(self) -> Statement:
        item = self.asked.get("item", "")
        found = Item.objects.filter(pk=item).first() if item.isdecimal() and len(item) <= 12 else None  # noqa: PLR2004
        return self.of_item(found) if found else self.by_part()

    def by_part(self) -> Statement:
        """Items in the order of the parts, those that cost most first within each."""
        sums = {"units": Count("pk"), "lost": Sum(F("item__points") - F("points"))}
        fields = ("part", "code", "content", "points", "standard__category")
        named = {f"item__{name}" for name in fields}
        rows = self.scores.order_by().values("item", *named).annotate(**sums)
        rows = rows.order_by("item__part", "-lost", "-item__standard__category", "item")
        notes = [f"建议培训方式只对{SHARED_BY}个以上单位失分的条目提出；个别单位的问题按整改事项办理。"]
        return Statement("培训需求", NEED, [self._row(row) for row in rows], notes=notes, empty="没有失分的条目。")

    def _row(self, row: Mapping[str, Any]) -> Row:
        given, units, lost = row["item__points"], row["units"], row["lost"]
        link = f"{reverse('reporting:training')}?{urlencode({**self.asked, 'item': row['item']})}"
        return [
            *(Cell(Part(row["item__part"]).label), Cell(row["item__code"])),
            *(Cell(Category(row["item__standard__category"]).label), Cell(row["item__content"])),
            *(Cell(units, link), Cell(lost), Cell(Decimal(lost) * 100 / (given * units))),
            Cell(way(row["item__part"], row["item__content"], units)),
        ]

    def of_item(self, item: Item) -> Statement:
        """The units that lost points on one item."""
        rows = self.scores.filter(item=item).select_related("sheet__assessment__community__town", "item")
        path = "sheet__assessment__community"
        order = (f"{path}__town__sort_order", f"{path}__sort_order")
        return Statement(f"失分单位：{item}", OF_ITEM, [unit(score) for score in rows.order_by(*order)])


def unit(score: ItemScore) -> Row:
    community, assessment = score.sheet.assessment.community, score.sheet.assessment
    lost = score.item.points - (score.points or 0)
    return [
        *(Cell(community.town.name), Cell(community.name, assessment.get_absolute_url())),
        *(Cell(score.item.code), Cell(lost), Cell(score.reason)),
    ]


def way(part: int, content: str, units: int) -> str:
    """The suggested way to train for an item, or "" (R29)."""
    if units < SHARED_BY:
        return ""
    if any(word in content for word in OF_PEOPLE):
        return f"{COURSE}（专职工作者和班子成员）"
    return WAYS[category_of(part, content)]
