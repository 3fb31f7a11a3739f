"""How assessments are listed."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from assessment.metrics import Summary
from assessment.models import State
from assessment.scores import Effective
from communities.models import Category, Community, Reorganisation, ReorganisationPart
from communities.tables import NUMBER, PIN, NumberedTable, profile_column
from communities.templatetags.official import percent, plain


def state_badge(state: State | None) -> str:
    """The state in words and colour; None is a community whose self-assessment has not begun."""
    if state is None:
        return format_html('<span class="badge text-bg-secondary">{}</span>', "未开始")
    return format_html('<span class="badge text-bg-{}">{}</span>', state.colour, state.label)


def sheet_or_community(record: Any) -> str | None:
    """The sheet where one has begun, the community's page otherwise; None where neither is the reader's any more."""
    if not record.reachable:
        return None
    begun = record.assessment_id is not None
    return reverse("assessment:sheet", args=[record.assessment_id]) if begun else record.get_absolute_url()


class AssessmentTable(NumberedTable):
    """Communities in administrative order with their assessment of the year, if it has begun.

    `scores` are those that count of the assessments of the page (decision 8).
    """

    town = tables.Column(
        "镇（开发区、街道）", accessor="place_town", order_by=("place__town__sort_order", "sort_order")
    )
    name = tables.Column("社区（村）", accessor="place_name", linkify=sheet_or_community, attrs=PIN)
    category = tables.Column("类别", accessor="place_category", orderable=False)
    state = tables.Column("状态", empty_values=(), order_by="current_state")
    total = tables.Column("自评总分", accessor="self_total", attrs=NUMBER, empty_values=())
    effective = tables.Column("现行得分", empty_values=(), orderable=False, attrs=NUMBER)
    progress = tables.Column("已评条目", accessor="self_scored", attrs=NUMBER, empty_values=())
    submitted_at = tables.DateTimeColumn(verbose_name="申报时间", accessor="submitted_at")
    action = tables.TemplateColumn(template_name="assessment/_action.html", verbose_name="操作", orderable=False)
    remarks = tables.Column("备注", accessor="receipt_number", orderable=False)

    scores: Mapping[int, Effective] = {}

    class Meta:
        model = Community
        fields = ("number", "town", "name", "category")

    def render_category(self, value: str) -> str:
        return Category(value).label

    def render_effective(self, record: Any) -> str:
        score = self.scores.get(record.assessment_id)
        return f"{plain(score.total)}（{score.stage.label}）" if score else ""

    def render_state(self, record: Any) -> str:
        return state_badge(State(record.current_state) if record.current_state else None)

    def render_total(self, record: Any) -> str:
        return plain(record.self_total) if record.self_scored else ""

    def render_progress(self, record: Any) -> str:
        return str(record.self_scored or "")

    def render_remarks(self, value: str) -> str:
        return f"回执{value}" if value else ""


class MetricsTable(NumberedTable):
    """Communities with what the registers know of them; `summaries` are those of the page, by community."""

    town = tables.Column(
        "镇（开发区、街道）", accessor="place_town", order_by=("place__town__sort_order", "sort_order")
    )
    name = tables.Column("社区（村）", accessor="place_name", attrs=PIN)
    category = tables.Column("类别", accessor="place_category", orderable=False)
    completeness = profile_column("家底完整度", "completeness", attrs=NUMBER)
    known = tables.Column("已知（项）", empty_values=(), orderable=False, attrs=NUMBER)
    short = tables.Column("不足（项）", empty_values=(), orderable=False, attrs=NUMBER)
    gaps = tables.Column("不足的指标", empty_values=(), orderable=False, attrs={"td": {"class": "wrap"}})
    unknown = tables.Column("未知的指标", empty_values=(), orderable=False, attrs={"td": {"class": "wrap"}})

    summaries: dict[int, Summary]

    class Meta:
        model = Community
        fields = ("number", "town", "name", "category")

    def render_name(self, record: Any, value: str) -> str:
        year = self.request.campaign_year
        if not year or not record.reachable:
            return value
        address = reverse("assessment:community_metrics", args=[record.code, year.year])
        return format_html('<a href="{}">{}</a>', address, value)

    def render_category(self, value: str) -> str:
        return Category(value).label

    def render_completeness(self, value: Any) -> str:
        return percent(value)

    def render_known(self, record: Community) -> int:
        return self.summaries[record.pk].known

    def render_unknown(self, record: Community) -> str:
        return "、".join(metric.label for metric in self.summaries[record.pk].unknown)

    def render_short(self, record: Community) -> int:
        return len(self.summaries[record.pk].short)

    def render_gaps(self, record: Community) -> str:
        return "、".join(metric.label for metric in self.summaries[record.pk].short)


def units_of(parts: list[ReorganisationPart]) -> str:
    """The units as they were called then."""
    return "、".join(str(part.version or part.community) for part in parts)


class ReorganisationTable(NumberedTable):
    """The acts of 区划调整, the latest first."""

    effective_on = tables.DateColumn(verbose_name="生效日期", linkify=True)
    before = tables.Column("调整前", orderable=False, attrs={"td": {"class": "wrap"}})
    after = tables.Column("调整后", orderable=False, attrs={"td": {"class": "wrap"}})
    reason = tables.Column("备注（调整理由）", orderable=False, attrs={"td": {"class": "wrap"}})

    class Meta:
        model = Reorganisation
        fields = ("number", "effective_on", "kind", "before", "after", "document_number", "actor", "reason")

    def render_before(self, value: list[ReorganisationPart]) -> str:
        return units_of(value)

    def render_after(self, value: list[ReorganisationPart]) -> str:
        return units_of(value)
