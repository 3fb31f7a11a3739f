"""How assessments are listed."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from assessment.inspecting.rights import may_name_checkers
from assessment.metrics import Summary
from assessment.models import FrameUnit, Inspection, Notice, Stage, State
from assessment.scores import Effective
from communities.models import Category, Community, Reorganisation, ReorganisationPart
from communities.tables import NUMBER, PIN, NumberedTable, profile_column
from communities.templatetags.official import percent, plain

LATE = "逾期申报"


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

    def render_remarks(self, record: Any, value: str) -> str:
        return f"回执{value}{'，' + LATE if record.is_late else ''}" if value else ""


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


KEY_SHOWN = 12
"""Hex digits of a key in lists: enough to see the order by; the exported frame has all 64."""


class FrameTable(NumberedTable):
    """The units of a frame, as they were called when it was frozen; the 序号 is that of the frame."""

    number = tables.Column("序号", accessor="position", attrs=NUMBER)
    name = tables.Column(linkify=lambda record: record.community.get_absolute_url(), attrs=PIN)
    order_key = tables.Column("排序值", attrs={"td": {"class": "order-key"}})
    drawn = tables.Column("备注", empty_values=())

    class Meta:
        model = FrameUnit
        fields = ("number", "town_name", "name", "code", "category", "standing", "order_key", "drawn")

    def render_number(self, record: FrameUnit) -> int:
        return record.position

    def render_order_key(self, value: str) -> str:
        return value[:KEY_SHOWN]

    def render_drawn(self, value: bool) -> str:
        return "抽中" if value else ""


class ToCheckTable(NumberedTable):
    """What one person has to check, from `assessment.inspecting.lists.to_check`."""

    unit = tables.Column("社区（村）", accessor="assessment__community__full_name", orderable=False, attrs=PIN)
    method = tables.Column("测评方法", orderable=False)
    progress = tables.Column("进度", empty_values=(), orderable=False)
    stage = tables.Column("阶段", orderable=False)
    visit_on = tables.DateColumn(verbose_name="考评日期", orderable=False)
    inspected_on = tables.DateColumn(verbose_name="检查日期", orderable=False)
    assigned_at = tables.DateColumn(verbose_name="分派日期", orderable=False)
    remarks = tables.Column("备注", accessor="on_behalf", orderable=False)

    class Meta:
        model = Inspection
        fields = ("number", "unit", "method", "progress", "stage", "visit_on", "inspected_on", "assigned_at")

    def render_unit(self, record: Inspection, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("assessment:inspection", args=[record.pk]), value)

    def render_progress(self, record: Any) -> str:
        if record.finished_at:
            return format_html('<span class="badge text-bg-success">{}</span>', "已办结")
        colour, words = ("primary", f"已评{record.scored}条") if record.scored else ("secondary", "未开始")
        return format_html('<span class="badge text-bg-{}">{}</span>', colour, words)

    def render_remarks(self, value: bool) -> str:
        return "区代录" if value else ""


WRAP = {"td": {"class": "wrap"}}


class NoticeTable(NumberedTable):
    """What a person was told; the unread stand out and open by a press that marks them read."""

    text = tables.Column("内容", orderable=False, attrs=WRAP)
    kind = tables.Column("类别", orderable=False)
    due_on = tables.DateColumn(verbose_name="期限", orderable=False)
    sent_at = tables.DateTimeColumn(verbose_name="发出时间", orderable=False)
    sent_by = tables.Column("发出人", orderable=False)
    read_at = tables.DateTimeColumn(verbose_name="阅读时间", orderable=False)
    action = tables.TemplateColumn(template_name="assessment/_notice_action.html", verbose_name="操作", orderable=False)

    class Meta:
        model = Notice
        fields = ("number", "text", "kind", "due_on", "sent_at", "sent_by", "read_at")
        row_attrs = {"class": lambda record: "" if record.read_at else "unread"}


class UrgingTable(NumberedTable):
    """What was pressed for, by whom, to whom, and whether it was read."""

    sent_at = tables.DateTimeColumn(verbose_name="催办时间", orderable=False)
    sent_by = tables.Column("催办人", orderable=False)
    user = tables.Column("被催办人", orderable=False)
    read_at = tables.DateTimeColumn(verbose_name="阅读时间", orderable=False)
    text = tables.Column("备注（内容）", orderable=False, attrs=WRAP)

    class Meta:
        model = Notice
        fields = ("number", "sent_at", "sent_by", "user", "read_at", "text")


class UnattendedTable(NumberedTable):
    """Inspections that nobody attends to any more."""

    town = tables.Column("镇（开发区、街道）", accessor="assessment__community__town__name", orderable=False)
    name = tables.Column(
        "社区（村）",
        accessor="assessment__community__name",
        orderable=False,
        attrs=PIN,
        linkify=lambda record: record.assessment.get_absolute_url(),
    )
    stage = tables.Column("评分阶段", orderable=False)
    method = tables.Column("测评方法", orderable=False)
    inspector = tables.Column("原检查人", orderable=False)
    assigned_at = tables.DateTimeColumn(verbose_name="分派时间", orderable=False)
    action = tables.Column("操作", accessor="pk", orderable=False)

    class Meta:
        model = Inspection
        fields = ("number", "town", "name", "stage", "method", "inspector", "assigned_at")

    def render_action(self, record: Inspection) -> str:
        if not may_name_checkers(self.request.appointment, Stage(record.stage)):
            return ""
        address = reverse("assessment:inspection_reassign", args=[record.pk])
        label = f"改派{record.assessment.community.full_name}{record.get_method_display()}"
        return format_html(
            '<a class="btn btn-sm btn-outline-primary" href="{}" aria-label="{}">改派</a>', address, label
        )
