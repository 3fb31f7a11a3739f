"""How titles, their documents and the rechecks of named units are listed, filtered and exported."""

from datetime import date
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from assessment.models import Assessment, CampaignYear, Designation, Stage, State, StateChange, TitleDocument
from assessment.models.assessments import RECHECKED
from assessment.models.titles import title_of
from assessment.sheets import conclusion_of
from assessment.tables import state_badge
from assessment.titles import HELD, STATUSES, placed_on, status_on, with_status
from assessment.workflow import available
from communities.filters import TownOfTheDay
from communities.models import Appointment, Category, Town
from communities.models.searching import matching
from communities.tables import NUMBER, PIN, NumberedTable
from communities.templatetags.official import fact, plain

DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def page_of(record: Any) -> str | None:
    return record.community.get_absolute_url() if record.reachable else None


def sheet_of(record: Any) -> str | None:
    return record.get_absolute_url() if record.reachable else None


class PlacedTable(NumberedTable):
    """Rows of `placed_on`: where they lie comes first."""

    town = tables.Column(
        "镇（开发区、街道）",
        accessor="place_town",
        order_by=("place_order", "-place_category", "community__sort_order"),
    )
    name = tables.Column("社区（村）", accessor="place_name", linkify=page_of, attrs=PIN)
    category = tables.Column("类别", accessor="place_category", orderable=False)

    def render_category(self, value: str) -> str:
        return Category(value).label


class PlacedFilter(filters.FilterSet):
    """Filters of `placed_on` rows: name, town and category of the day."""

    q = filters.CharFilter(label="名称、拼音首字母或代码", method="search")
    town = TownOfTheDay()
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")

    def __init__(self, *args: Any, appointment: Appointment, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        named = matching(text, "community__") | Q(place_name__icontains=text)
        return queryset.filter(named | Q(community__code__startswith=text))


# --- titles --------------------------------------------------------------------------------------------------------
class DesignationFilter(PlacedFilter):
    """`named_year` is the round of the title, `on` the day that `request.day` already follows."""

    named_year = filters.ModelChoiceFilter(
        label="命名年度", field_name="campaign_year", queryset=CampaignYear.objects.none(), empty_label="全部"
    )
    status = filters.ChoiceFilter(
        label="状态", choices=[(HELD, "持有称号"), *STATUSES.items()], empty_label="全部", method="having_status"
    )
    on = filters.DateFilter(label="截至", widget=DATE_INPUT, method="on_day")

    class Meta:
        model = Designation
        fields = ["q", "town", "category", "named_year", "status", "on"]

    def __init__(self, data: QueryDict, *args: Any, appointment: Appointment, day: date, **kwargs: Any) -> None:
        shown = data.copy()
        shown["on"] = f"{day:%Y-%m-%d}"
        super().__init__(shown, *args, appointment=appointment, day=day, **kwargs)
        years = CampaignYear.objects.filter(campaign__district=appointment.district_id)
        self.filters["named_year"].queryset = years

    def having_status(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return with_status(queryset, value, self.day)

    def on_day(self, queryset: QuerySet[Any], _name: str, _value: date) -> QuerySet[Any]:
        """The queryset is that of the day already."""
        return queryset


class DesignationTable(PlacedTable):
    """`listed_titles` on `day`."""

    status = tables.Column("状态", empty_values=(), orderable=False)
    named_on = tables.Column("命名日期")
    document = tables.Column("命名文号", accessor="document_number")
    named_year = tables.Column("命名年度", accessor="campaign_year", order_by="campaign_year__year")
    title = tables.Column("称号", accessor="place_category", orderable=False)
    remarks = tables.Column("备注", empty_values=(), orderable=False, attrs={"td": {"class": "wrap"}})

    day: date

    class Meta:
        model = Designation
        fields = ("number", "town", "name", "category")

    def render_title(self, value: str) -> str:
        return title_of(value)

    def render_named_on(self, value: date) -> str:
        return fact(value)

    def value_named_on(self, value: date) -> date:
        return value

    def render_document(self, record: Any, value: str) -> str:
        if record.document is None:
            return value
        return format_html('<a href="{}">{}</a>', record.document.get_absolute_url(), value)

    def value_document(self, value: str) -> str:
        return value

    def render_status(self, record: Any) -> str:
        return STATUSES[status_on(record, self.day)]

    def render_remarks(self, record: Any) -> str:
        """承继自2012年9月1日; 2013年12月1日撤销（苏民基〔2013〕40号）."""
        told = []
        if record.inherited_on:
            told.append(f"{fact(record.inherited_on)}承继")
        if record.revoked_on and record.revoked_on <= self.day:
            number = f"（{record.revocation.number}）" if record.revocation else "（区划调整）"
            told.append(f"{fact(record.revoked_on)}{STATUSES[status_on(record, self.day)]}{number}")
        return "；".join(told)


class DocumentFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label="类别", choices=TitleDocument.Kind, empty_label="全部")
    named_year = filters.ModelChoiceFilter(
        label="年度", field_name="campaign_year", queryset=CampaignYear.objects.none(), empty_label="全部"
    )

    class Meta:
        model = TitleDocument
        fields = ["kind", "named_year"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = CampaignYear.objects.filter(campaign__district=appointment.district_id)
        self.filters["named_year"].queryset = years


def listed_documents(appointment: Appointment) -> QuerySet[Any]:
    """The district's documents with how many `units` of the appointment's are on each."""
    seen = appointment.sees_communities("given__community__")
    lost = appointment.sees_communities("taken__community__")
    visible = TitleDocument.objects.visible_to(appointment).select_related("campaign_year", "file", "entered_by")
    return visible.annotate(
        units=Count("given", filter=seen, distinct=True) + Count("taken", filter=lost, distinct=True)
    )


class DocumentTable(NumberedTable):
    kind = tables.Column("类别")
    number_ = tables.Column("文号", accessor="number", linkify=True, attrs=PIN)
    dated = tables.Column("成文日期")
    campaign_year = tables.Column("年度", order_by="campaign_year__year")
    units = tables.Column("单位数", attrs=NUMBER, linkify=True)
    file = tables.Column("文件", orderable=False)
    entered_at = tables.DateTimeColumn(verbose_name="登记时间")
    entered_by = tables.Column("登记人", accessor="entered_by__name", orderable=False)

    class Meta:
        model = TitleDocument
        fields = ("number", "kind", "number_", "dated", "campaign_year", "units", "file", "entered_at", "entered_by")

    def render_dated(self, value: date) -> str:
        return fact(value)

    def render_file(self, value: Any) -> str:
        return format_html('<a href="{}">{}</a>', reverse("communities:file", args=[value.pk]), value.name)

    def value_file(self, value: Any) -> str:
        return value.name


# --- rechecks -------------------------------------------------------------------------------------------------------
def listed_rechecks(campaign_year: CampaignYear | None, day: date, appointment: Appointment) -> QuerySet[Any]:
    """The named units drawn again in a year, with `province_total`, `reinspection_total` and `was_proposed`: to be
    revoked, whatever was decided upon it (R80, decision 9)."""
    proposals = StateChange.objects.filter(assessment=OuterRef("pk"), target=State.REVOCATION_PROPOSED)
    rows = Assessment.objects.filter(kind=Assessment.Kind.RECHECK, campaign_year=campaign_year)
    return (
        placed_on(rows, day, appointment)
        .annotate(
            visited=FilteredRelation("sheets", condition=Q(sheets__stage=Stage.PROVINCE)),
            again=FilteredRelation("sheets", condition=Q(sheets__stage=Stage.REINSPECTION)),
        )
        .annotate(
            province_total=F("visited__total"),
            reinspection_total=F("again__total"),
            was_proposed=Exists(proposals.order_by()),
        )
        .select_related("community__town", "campaign_year")
    )


class RecheckFilter(PlacedFilter):
    """`day` is that of the list, `today` decides what is overdue."""

    state = filters.ChoiceFilter(
        label="状态", choices=[(state, State(state).label) for state in RECHECKED], empty_label="全部"
    )
    overdue = filters.ChoiceFilter(
        label="限期整改", choices=[("1", "已逾期")], empty_label="不限", method="past_last_day"
    )

    class Meta:
        model = Assessment
        fields = ["q", "town", "category", "state", "overdue"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def past_last_day(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return queryset.filter(state=State.RECTIFYING, resubmit_by__lt=self.today)


class RecheckTable(PlacedTable):
    """`listed_rechecks`, with the steps that `appointment` could take."""

    name = tables.Column("社区（村）", accessor="place_name", linkify=sheet_of, attrs=PIN)
    state = tables.Column("状态")
    conclusion = tables.Column("结论", accessor="state", orderable=False)
    province = tables.Column("省考评分", accessor="province_total", attrs=NUMBER)
    last_day = tables.Column("整改期限", accessor="resubmit_by")
    reinspection = tables.Column("复查分", accessor="reinspection_total", attrs=NUMBER)
    steps = tables.Column("操作", empty_values=(), orderable=False, exclude_from_export=True)
    remarks = tables.Column("备注", empty_values=(), orderable=False)

    appointment: Appointment
    today: date

    class Meta:
        model = Assessment
        fields = ("number", "town", "name", "category")

    def render_state(self, record: Any) -> str:
        return state_badge(record.status)

    def value_state(self, record: Any) -> str:
        return record.status.label

    def render_province(self, value: Any) -> str:
        return plain(value)

    def value_province(self, value: Any) -> Any:
        return value

    def render_reinspection(self, value: Any) -> str:
        return plain(value)

    def value_reinspection(self, value: Any) -> Any:
        return value

    def render_last_day(self, record: Any, value: date) -> str:
        if not self.is_overdue(record):
            return fact(value)
        return format_html('{} <span class="badge text-bg-danger">已逾期</span>', fact(value))

    def value_last_day(self, value: date) -> date:
        return value

    def render_conclusion(self, record: Any) -> str:
        return conclusion_of(record.status, was_proposed=record.was_proposed)

    def render_remarks(self, record: Any) -> str:
        return "限期整改已逾期" if self.is_overdue(record) else ""

    def is_overdue(self, record: Any) -> bool:
        return bool(record.state == State.RECTIFYING and record.resubmit_by and record.resubmit_by < self.today)

    def render_steps(self, record: Any) -> str:
        steps = available(record, self.appointment) if record.reachable else []
        context = {"assessment": record, "steps": steps}
        return render_to_string("assessment/_row_steps.html", context, self.request)
