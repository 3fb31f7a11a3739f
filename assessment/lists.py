"""Communities beside their assessment of a year, for lists and their filters."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from assessment.funnel import FUNNEL
from assessment.models import CampaignYear, Designation, FrameUnit, SamplingDraw, Stage, State, StateChange
from assessment.models.assessments import FILED
from assessment.past import begun_by, filed_late, state_on
from communities.filters import TownOfTheDay
from communities.models import Appointment, Category, Community, Reorganisation, Town
from communities.models.searching import matching

NOT_STARTED = ("none", "未开始")


def with_assessments(
    communities: QuerySet[Community], campaign_year: CampaignYear | None, day: date, states_on: date
) -> QuerySet[Community]:
    """Each community of `Community.objects.on(day)` with `assessment_id`, `current_state`, `submitted_at`,
    `receipt_number`, `is_late` and its self sheet's `self_total` and `self_scored` in the year; all None where nothing
    has begun.
    `holds_title`: it does not apply again (decision 16).

    One query. States are those of `states_on`; an assessment that a reorganisation ended after `day` stands as it
    stood before.
    """
    of_the_year = Q(assessments__campaign_year=campaign_year) & begun_by(states_on, "assessments__")
    return (
        communities.select_related("town")
        .annotate(
            chosen=FilteredRelation("assessments", condition=of_the_year),
            own_sheet=FilteredRelation("chosen__sheets", condition=Q(chosen__sheets__stage=Stage.SELF)),
        )
        .annotate(
            assessment_id=F("chosen__pk"),
            current_state=state_on(day, states_on, "chosen__"),
            submitted_at=F("chosen__submitted_at"),
            receipt_number=F("chosen__receipt_number"),
            is_late=F("chosen__is_late"),
            self_total=F("own_sheet__total"),
            self_scored=F("own_sheet__scored_items"),
            holds_title=holds_title(day),
        )
    )


def was_withdrawn(path: str) -> Exists:
    """Whether the town took back a filing of the assessment whose key `path` leads to."""
    changes = StateChange.objects.filter(assessment=OuterRef(path), source=State.SUBMITTED, target=State.DRAFT)
    return Exists(changes.order_by())


def holds_title(day: date) -> Exists:
    """Whether a community holds the title on `day`."""
    return Exists(Designation.objects.held_on(day).filter(community=OuterRef("pk")).order_by())


class AssessmentFilter(filters.FilterSet):
    """Filters of the 自评申报 list; `recognised` and `score90` come from the links of the figures.

    `today` is the day of the list: titles count as held on it, town and category as they were (decision 14); states
    are those of `states_on`.
    """

    q = filters.CharFilter(label="名称、拼音首字母或代码", method="search")
    town = TownOfTheDay()
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")
    state = filters.ChoiceFilter(
        label="状态", choices=[NOT_STARTED, *State.choices], empty_label="全部", method="in_state"
    )
    filed = filters.ChoiceFilter(
        label="申报",
        choices=[
            ("1", "已申报（含区已接收）"),
            ("0", "未申报"),
            ("never", "从未申报"),
            ("withdrawn", "已撤回"),
            ("late", "逾期申报"),
        ],
        empty_label="不限",
        method="having_filed",
    )
    score90 = filters.ChoiceFilter(
        label="自评总分", choices=[("1", "达到合格线"), ("0", "未达到")], empty_label="不限", method="reaching_mark"
    )
    step = filters.ChoiceFilter(
        label="已到环节",
        choices=[(step.name, step.label) for step in FUNNEL.values()],
        empty_label="不限",
        method="having_reached",
    )
    late = filters.ChoiceFilter(
        label="逾期申报", choices=[("1", "逾期申报")], empty_label="不限", method="having_filed_late"
    )
    recognised = filters.ChoiceFilter(
        label="命名", choices=[("1", "已命名"), ("0", "未命名")], empty_label="不限", method="holding_title"
    )

    class Meta:
        model = Community
        fields = ["q", "town", "category", "state", "filed", "step", "late", "score90", "recognised"]

    def __init__(
        self,
        *args: Any,
        campaign_year: CampaignYear | None,
        appointment: Appointment,
        today: date,
        states_on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.campaign_year = campaign_year
        self.today = today
        self.states_on = states_on
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return queryset.filter(matching(text, "") | Q(place_name__icontains=text) | Q(code__startswith=text))

    def in_state(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == NOT_STARTED[0]:
            return queryset.filter(current_state=None)
        return queryset.filter(current_state=value)

    def having_filed(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        filed, withdrawn = Q(current_state__in=FILED), Q(was_withdrawn("assessment_id"), current_state=State.DRAFT)
        asked = {
            "1": filed,
            "0": ~filed | Q(current_state=None),
            "never": Q(current_state=None) | Q(~was_withdrawn("assessment_id"), current_state=State.DRAFT),
            "withdrawn": withdrawn,
            "late": Q(is_late=True),
        }
        return queryset.filter(asked[value])

    def having_reached(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(current_state__in=FUNNEL[value].states)

    def having_filed_late(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        if self.campaign_year is None:
            return queryset.none()
        late = filed_late(self.campaign_year, self.states_on, "chosen__")
        return queryset.filter(late, current_state__in=FILED)

    def reaching_mark(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if self.campaign_year is None:
            return queryset.none()
        mark = self.campaign_year.campaign.pass_mark
        reaching = Q(self_total__gte=mark)
        return queryset.filter(reaching) if value == "1" else queryset.filter(~reaching | Q(self_total=None))

    def holding_title(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        held = holds_title(self.today)
        return queryset.filter(held) if value == "1" else queryset.exclude(held)


def listed(
    query: Mapping[str, Any],
    *,
    campaign_year: CampaignYear | None,
    appointment: Appointment,
    day: date,
    states_on: date,
) -> AssessmentFilter:
    """The 自评申报 list as its filters ask for it; the communities are its `qs`."""
    communities = Community.objects.listed_on(day, appointment)
    return AssessmentFilter(
        query,
        with_assessments(communities, campaign_year, day, states_on),
        campaign_year=campaign_year,
        appointment=appointment,
        today=day,
        states_on=states_on,
    )


class FrameFilter(filters.FilterSet):
    """Over the units of one frame, as they were when it was frozen."""

    town = filters.ChoiceFilter(label="镇（开发区、街道）", field_name="town_name", choices=(), empty_label="全部")
    category = filters.ChoiceFilter(label="类别", choices=Category, empty_label="全部")
    standing = filters.ChoiceFilter(label="性质", choices=FrameUnit.Standing, empty_label="全部")
    drawn = filters.ChoiceFilter(label="抽中", choices=[("1", "抽中的"), ("0", "未抽中的")], empty_label="不限")

    class Meta:
        model = FrameUnit
        fields = ["town", "category", "standing", "drawn"]

    def __init__(self, *args: Any, draw: SamplingDraw, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = dict.fromkeys(FrameUnit.objects.filter(draw=draw).values_list("town_name", flat=True))
        self.filters["town"].extra["choices"] = [(town, town) for town in towns]


class ReorganisationFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label="类别", choices=Reorganisation.Kind, empty_label="全部")

    class Meta:
        model = Reorganisation
        fields = ["kind"]


def today_in_year(campaign_year: CampaignYear | None) -> date:
    """The day that counts for a year's page: today, or the last day of a year that is over and past its deadline."""
    today = timezone.localdate()
    return min(today, campaign_year.ends_on) if campaign_year else today
