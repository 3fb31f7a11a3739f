"""Rounds and opinions as they are listed: tables, filters and the file (R74)."""

from datetime import datetime
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import Count, F, FilteredRelation, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from assessment.models import CampaignYear, Consultation, Opinion, Stage
from assessment.models.consultation import OBJECTING, OpinionQuerySet
from communities.models import Appointment, Department, Town
from communities.statements import Cell, Column, Kind, Statement
from communities.tables import NUMBER, PIN, NumberedTable
from communities.templatetags.official import fact

WAITED_FOR, WAITING, OPEN, SETTLED = "none", "尚未回复", "open", "settled"
COLOURS = {
    "": "secondary",
    Opinion.Answer.AGREE: "success",
    Opinion.Answer.REMARK: "warning",
    Opinion.Answer.OBJECT: "danger",
    Opinion.Answer.SILENT: "secondary",
}
UNIT_ORDER = (
    "assessment__community__town__sort_order",
    "-assessment__community__category",
    "assessment__community__sort_order",
    "assessment",
    "department__sort_order",
    "department",
    F("item__sort_order").asc(nulls_first=True),
)
"""Units in administrative order, of each the departments in theirs, the unit as a whole before its items."""


def in_words(opinion: Opinion) -> str:
    """同意、逾期未回复、尚未回复, and what became of an objection."""
    words = opinion.get_answer_display() or WAITING
    return f"{words}（{opinion.get_resolution_display()}）" if opinion.resolution else words


def answer_badge(opinion: Opinion) -> str:
    """The answer in words and colour; an objection that is settled is no longer loud."""
    colour = "secondary" if opinion.resolution else COLOURS[opinion.answer]
    return format_html('<span class="badge text-bg-{}">{}</span>', colour, in_words(opinion))


# --- rounds ----------------------------------------------------------------------------------------------------------
def rounds_of(appointment: Appointment, campaign_year: Any) -> QuerySet[Consultation]:
    """The rounds of a year with how many units and departments were asked, answered, and have objections open."""
    own = Q(opinions__in=Opinion.objects.visible_to(appointment))
    whole = own & Q(opinions__item=None)
    objecting = own & Q(opinions__answer__in=OBJECTING)
    return (
        Consultation.objects.visible_to(appointment)
        .filter(campaign_year=campaign_year)
        .annotate(
            units=Count("opinions__assessment", filter=own, distinct=True),
            departments=Count("opinions__department", filter=own, distinct=True),
            asked=Count("opinions", filter=whole),
            waited=Count("opinions", filter=whole & Q(opinions__answer="")),
            objected=Count("opinions", filter=objecting),
            unsettled=Count("opinions", filter=objecting & Q(opinions__resolution="")),
        )
    )


class ConsultationTable(NumberedTable):
    round = tables.Column("轮次", attrs=PIN)
    sent_on = tables.DateColumn(verbose_name="发出日期")
    due_on = tables.DateColumn(verbose_name="回复期限")
    units = tables.Column("单位", attrs=NUMBER)
    departments = tables.Column("部门", attrs=NUMBER)
    waited = tables.Column("尚未回复", attrs=NUMBER)
    objected = tables.Column("有意见、不同意", attrs=NUMBER)
    unsettled = tables.Column("其中未处理", attrs=NUMBER)
    closed_at = tables.DateTimeColumn(verbose_name="办结时间", default="未办结")
    note = tables.Column("备注", orderable=False, attrs={"td": {"class": "wrap"}})

    class Meta:
        model = Consultation
        fields = ("number", "round", "document", "sent_on", "due_on")
        sequence = ("number", "round", "document", "...")
        empty_text = "本年度还没有征求部门意见。"

    document = tables.Column("发文字号", accessor="number")

    def render_round(self, record: Any) -> str:
        return format_html('<a href="{}">第{}轮</a>', record.get_absolute_url(), record.round)

    def render_units(self, record: Any, value: int) -> str:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), value)

    def render_waited(self, record: Any, value: int) -> str:
        return _into(record, value, answer=WAITED_FOR)

    def render_objected(self, record: Any, value: int) -> str:
        return _into(record, value, answer="objecting")

    def render_unsettled(self, record: Any, value: int) -> str:
        return _into(record, value, settled=OPEN)


def _into(record: Consultation, value: int, **query: str) -> str:
    address = reverse("assessment:opinions", args=[record.pk], query=query)
    return format_html('<a href="{}">{}</a>', address, value)


# --- opinions --------------------------------------------------------------------------------------------------------
def opinions_of(consultation: Consultation, appointment: Appointment) -> OpinionQuerySet:
    """What was said in a round about the units a person sees, ready to be listed."""
    visible = Opinion.objects.visible_to(appointment).filter(consultation=consultation)
    related = ("consultation", "department", "item", "assessment__community__town", "answered_by", "resolved_by")
    return visible.select_related(*related).order_by(*UNIT_ORDER)


class OpinionFilter(filters.FilterSet):
    town = filters.ModelChoiceFilter(
        label="镇（开发区、街道）",
        field_name="assessment__community__town",
        queryset=Town.objects.none(),
        empty_label="全部",
    )
    department = filters.ModelChoiceFilter(label="部门", queryset=Department.objects.none(), empty_label="全部")
    answer = filters.ChoiceFilter(
        label="意见",
        choices=[*Opinion.Answer.choices, ("objecting", "有意见或不同意"), (WAITED_FOR, WAITING)],
        empty_label="全部",
        method="answering",
    )
    settled = filters.ChoiceFilter(
        label="处理", choices=[(OPEN, "未处理"), (SETTLED, "已处理")], empty_label="全部", method="having_settled"
    )

    class Meta:
        model = Opinion
        fields = ["town", "department", "answer", "settled"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)
        self.filters["department"].queryset = Department.objects.visible_to(appointment)

    def answering(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == "objecting":
            return queryset.filter(answer__in=OBJECTING)
        return queryset.filter(answer="" if value == WAITED_FOR else value)

    def having_settled(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        objecting = queryset.filter(answer__in=OBJECTING)
        return objecting.filter(resolution="") if value == OPEN else objecting.exclude(resolution="")


class OpinionTable(NumberedTable):
    """`may_settle`: the unsettled lead to their settlement."""

    town = tables.Column("镇（开发区、街道）", accessor="assessment__community__town", orderable=False)
    unit = tables.Column(
        "社区（村）",
        accessor="assessment__community__name",
        orderable=False,
        attrs=PIN,
        linkify=("assessment:unit_opinions", {"pk": tables.A("assessment_id")}),
    )
    department = tables.Column("部门", order_by=("department__sort_order",))
    item = tables.Column("条目", accessor="item__code", default="", orderable=False)
    answer = tables.Column("意见", empty_values=())
    text = tables.Column("具体意见", orderable=False, attrs={"td": {"class": "wrap"}})
    answered_by = tables.Column("回复人", accessor="answered_by__name", orderable=False)
    answered_at = tables.DateTimeColumn(verbose_name="回复时间")
    settlement = tables.Column("处理", accessor="resolution_reason", empty_values=(), orderable=False)
    remarks = tables.Column("备注", empty_values=(), orderable=False)

    class Meta:
        model = Opinion
        fields = ("number", "town", "unit", "department", "item", "answer", "text")

    may_settle = False

    def render_answer(self, record: Opinion) -> str:
        return answer_badge(record)

    def render_settlement(self, record: Opinion) -> str:
        if record.resolution:
            return record.resolution_reason
        if not record.is_objection:
            return ""
        if not self.may_settle:
            return "未处理"
        address = reverse("assessment:opinion_settle", args=[record.pk])
        return format_html('<a class="btn btn-sm btn-primary" href="{}">处理</a>', address)

    def render_remarks(self, record: Opinion) -> str:
        return remarks_on(record)


def remarks_on(opinion: Opinion) -> str:
    return "逾期回复" if opinion.is_late else ""


def moment(at: datetime | None) -> str:
    """2012年11月8日 14:32 in Asia/Shanghai; None is blank."""
    return f"{fact(timezone.localdate(at))} {timezone.localtime(at):%H:%M}" if at else ""


def opinion_statement(consultation: Consultation, opinions: QuerySet[Opinion]) -> Statement:
    """The list as a file."""
    labels = ["镇（开发区、街道）", "社区（村）", "部门", "条目", "意见"]
    return Statement(
        title=f"第{consultation.round}轮部门意见",
        columns=[
            *(Column(label) for label in labels),
            Column("具体意见", Kind.WORDS),
            *(Column("回复人"), Column("回复时间"), Column("处理"), Column("处理说明", Kind.WORDS), Column("备注")),
        ],
        rows=[
            [
                *(Cell(one.assessment.community.town.name), Cell(one.assessment.community.name)),
                *(Cell(one.department.name), Cell(one.item.code if one.item else "")),
                *(Cell(one.get_answer_display() or WAITING), Cell(one.text)),
                *(Cell(one.answered_by.name if one.answered_by else ""), Cell(moment(one.answered_at))),
                *(Cell(one.get_resolution_display()), Cell(one.resolution_reason), Cell(remarks_on(one))),
            ]
            for one in opinions
        ],
    )


# --- for the liaison -------------------------------------------------------------------------------------------------
def own_opinions(consultation: Consultation, department: Department) -> OpinionQuerySet:
    """The units a department was asked about, in administrative order, each with its `self_total`."""
    own = Opinion.objects.filter(consultation=consultation, department=department).of_units()
    return _with_self_total(own).select_related("consultation", "assessment__community__town")


def rounds_of_department(department: Department) -> QuerySet[Consultation]:
    """Every round that asked a department, open ones first, with `asked` and `waited` units."""
    whole = Q(opinions__department=department, opinions__item=None)
    return (
        Consultation.objects.filter(opinions__department=department)
        .select_related("campaign_year")
        .annotate(
            asked=Count("opinions", filter=whole, distinct=True),
            waited=Count("opinions", filter=whole & Q(opinions__answer=""), distinct=True),
        )
        .order_by(F("closed_at").desc(nulls_first=True), "-campaign_year__year", "-round")
    )


def rounds_asked(campaign_year: CampaignYear) -> dict[int, int]:
    """By assessment, the latest round of the year in which departments were asked about it."""
    asked = Opinion.objects.filter(consultation__campaign_year=campaign_year).order_by()
    return dict(asked.values_list("assessment_id").annotate(last=Max("consultation__round")))


def units_asked(consultation: Consultation, appointment: Appointment) -> OpinionQuerySet:
    """Whom a round asked about which unit, within the person's scope, each with the unit's `self_total`."""
    asked = Opinion.objects.visible_to(appointment).filter(consultation=consultation).of_units()
    return _with_self_total(asked).select_related("department", "assessment__community__town")


def _with_self_total(opinions: OpinionQuerySet) -> OpinionQuerySet:
    own_sheet = FilteredRelation("assessment__sheets", condition=Q(assessment__sheets__stage=Stage.SELF))
    return opinions.annotate(own_sheet=own_sheet, self_total=F("own_sheet__total")).order_by(*UNIT_ORDER)
