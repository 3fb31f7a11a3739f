"""How rectifications are listed, looked for, counted by category, and exported (R47)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
import django_tables2 as tables
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from assessment.models import CampaignYear, Rectification, Stage
from assessment.models.rectification import RectificationQuerySet
from communities.models import Appointment, Town
from communities.models.searching import matching
from communities.statements import TOTAL, Cell, Column, Kind, Row, Statement
from communities.tables import NUMBER, PIN, NumberedTable

Progress, Category = Rectification.Progress, Rectification.Category
COLOURS = {Progress.OPEN: "warning", Progress.REPORTED: "primary", Progress.CLOSED: "success"}
IN_ORDER = (
    *("assessment__community__town__sort_order", "-assessment__community__category"),
    *("assessment__community__sort_order", "due_on", "pk"),
)
HELD_FOR = ExpressionWrapper(F("rechecked_at") - F("created_at"), output_field=DurationField())
DAY = timedelta(days=1)


def listed(campaign_year: CampaignYear | None, appointment: Appointment) -> QuerySet[Rectification]:
    """Those of the year within the person's scope, towns in administrative order, with all that a list names."""
    visible = Rectification.objects.visible_to(appointment).filter(assessment__campaign_year=campaign_year)
    return visible.select_related("assessment__community__town", "item", "notice").order_by(*IN_ORDER)


class RectificationFilter(filters.FilterSet):
    q = filters.CharFilter(label="社区（村）名称或拼音首字母", method="search")
    town = filters.ModelChoiceFilter(
        label="镇（开发区、街道）",
        field_name="assessment__community__town",
        queryset=Town.objects.none(),
        empty_label="全部",
    )
    category = filters.ChoiceFilter(label="类别", choices=Category, empty_label="全部")
    stage = filters.ChoiceFilter(label="发现阶段", choices=Stage, empty_label="全部")
    progress = filters.ChoiceFilter(label="进展", choices=Progress, empty_label="全部")
    overdue = filters.ChoiceFilter(label="逾期", choices=[("1", "已逾期")], empty_label="不限", method="late")

    class Meta:
        model = Rectification
        fields = ["q", "town", "category", "stage", "progress", "overdue"]

    def __init__(self, *args: Any, appointment: Appointment, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(matching(value.strip(), "assessment__community__"))

    def late(self, queryset: RectificationQuerySet, _name: str, _value: str) -> RectificationQuerySet:
        return queryset.overdue(self.today)


class RectificationTable(NumberedTable):
    """`today` decides what is overdue."""

    town = tables.Column(
        "镇（开发区、街道）",
        accessor="assessment__community__town",
        order_by=("assessment__community__town__sort_order", "assessment__community__sort_order"),
    )
    community = tables.Column("社区（村）", accessor="assessment__community", orderable=False, attrs=PIN)
    item = tables.Column("条目", accessor="item__code", order_by=("item__sort_order",), attrs=NUMBER)
    problem = tables.Column(linkify=True, orderable=False, attrs={"td": {"class": "wrap"}})
    progress = tables.Column(order_by=("progress",))
    notice = tables.Column("备注（通知单）", orderable=False)

    today: date

    class Meta:
        model = Rectification
        fields = ("number", "town", "community", "item", "problem", "progress", "due_on", "owner", "category", "stage")
        sequence = (*fields, "notice")

    def render_progress(self, record: Rectification) -> str:
        progress = Progress(record.progress)
        late = " 逾期" if is_overdue(record, self.today) else ""
        badge = '<span class="badge text-bg-{}">{}</span><span class="short">{}</span>'
        return format_html(badge, COLOURS[progress], progress.label, late)


def is_overdue(rectification: Rectification, today: date) -> bool:
    return rectification.progress != Progress.CLOSED and rectification.due_on < today


# --- counted and exported ------------------------------------------------------------------------------------------
SUMMARY = [
    *(Column("类别"), Column("整改事项", Kind.NUMBER), Column("待整改", Kind.NUMBER), Column("待复查", Kind.NUMBER)),
    *(Column("已销号", Kind.NUMBER), Column("销号率", Kind.PERCENT), Column("逾期", Kind.NUMBER)),
    Column("平均用时（天）", Kind.WAN),
]
"""The mean of days from order to 销号 has one decimal, as amounts have."""


def summary(rows: QuerySet[Rectification], asked: Mapping[str, Any], today: date) -> Statement:
    """How many of each category, how many of them closed and in how many days; `asked` are the filters in force."""
    counts: dict[str, Any] = {
        "total": Count("pk"),
        **{progress.value: Count("pk", filter=Q(progress=progress)) for progress in Progress},
        "late": Count("pk", filter=~Q(progress=Progress.CLOSED) & Q(due_on__lt=today)),
        "held": Avg(HELD_FOR, filter=Q(progress=Progress.CLOSED)),
    }
    rows = rows.order_by()
    found: dict[str, Any] = {row["category"]: row for row in rows.values("category").annotate(**counts)}
    lines = [
        counted(category.label, found[category], {**asked, "category": category})
        for category in Category
        if category in found
    ]
    foot = counted(TOTAL, rows.aggregate(**counts), asked) if found else None
    return Statement("整改进展", SUMMARY, lines, foot, empty="本年度还没有整改事项。")


def counted(label: str, row: Mapping[str, Any], asked: Mapping[str, Any]) -> Row:
    address = reverse("assessment:rectification_list")

    def link(number: int, **more: str) -> Cell:
        return Cell(number, f"{address}?{urlencode({**asked, **more})}")

    rate = Decimal(row[Progress.CLOSED]) * 100 / row["total"]
    days = None if row["held"] is None else Decimal(row["held"] / DAY)
    return [
        *(Cell(label), link(row["total"]), link(row[Progress.OPEN], progress=Progress.OPEN.value)),
        link(row[Progress.REPORTED], progress=Progress.REPORTED.value),
        *(link(row[Progress.CLOSED], progress=Progress.CLOSED.value), Cell(rate), link(row["late"], overdue="1")),
        Cell(days),
    ]


EXPORTED = [
    *(
        Column("镇（开发区、街道）"),
        Column("社区（村）"),
        Column("条目"),
        Column("类别"),
        Column("存在问题", Kind.WORDS),
    ),
    *(Column("整改要求", Kind.WORDS), Column("发现阶段"), Column("责任人"), Column("整改时限", Kind.DATE)),
    *(Column("进展"), Column("逾期"), Column("整改措施和结果", Kind.WORDS), Column("复查意见", Kind.WORDS)),
    *(Column("销号日期", Kind.DATE), Column("备注（通知单）")),
]


def statement(rows: QuerySet[Rectification], today: date) -> Statement:
    """The list with all that was asked and answered."""
    return Statement("整改台账", EXPORTED, [exported(row, today) for row in rows])


def exported(row: Rectification, today: date) -> Row:
    community = row.assessment.community
    closed = row.rechecked_at.date() if row.rechecked_at and row.progress == Progress.CLOSED else None
    values = [
        *(community.town.name, community.name, row.item.code if row.item else "", row.get_category_display()),
        *(row.problem, row.requirement, row.get_stage_display(), row.owner, row.due_on, row.get_progress_display()),
        *("是" if is_overdue(row, today) else "", row.measure, row.verdict, closed),
        row.notice.number if row.notice else "",
    ]
    return [Cell(value) for value in values]
