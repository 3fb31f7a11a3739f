"""The year's inspections: units by method, who checks, how far they are; page and workbook show one object (R73)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessment.inspecting.methods import METHODS, covered, methods_of
from assessment.inspecting.overview import with_progress
from assessment.inspecting.rights import OPEN_STATES, VISITORS
from assessment.lists import with_assessments
from assessment.models import CampaignYear, FrameUnit, Inspection, Item, ScoreSheet, Stage, State
from communities.filters import TownOfTheDay
from communities.models import Appointment, Category, Community, Town
from communities.statements import Cell, Column, Kind, Row, Statement
from communities.templatetags.official import fact

NOBODY, UNDER_WAY, COMPLETE = "nobody", "open", "complete"
UNASSIGNED = "未分派"


def own_inspections(**conditions: Any) -> QuerySet[Inspection]:
    """Those of the assessment that a row of `with_assessments` brings along."""
    return Inspection.objects.filter(assessment=OuterRef("assessment_id"), **conditions).order_by()


def concerned(
    stage: Stage, *, campaign_year: CampaignYear | None, day: date, appointment: Appointment
) -> QuerySet[Any]:
    """Communities of the day that are checked at a stage: open to it now, drawn where it draws, or begun before."""
    placed = Community.objects.listed_on(day, appointment)
    units = with_assessments(placed, campaign_year, day, states_on=timezone.localdate())
    units = units.annotate(standard_id=F("chosen__standard")).filter(assessment_id__isnull=False)
    open_now = Q(current_state__in=OPEN_STATES[stage])
    if stage in VISITORS:
        drawn = FrameUnit.objects.filter(
            draw__stage=stage, draw__campaign_year=campaign_year, community=OuterRef("pk"), drawn=True
        )
        open_now &= Q(Exists(drawn.order_by()))
    return units.filter(open_now | Exists(own_inspections(stage=stage)))


class InspectionFilter(filters.FilterSet):
    """By stage, town, checker and how far the work is; `stage` is read by the view, which chooses the rows by it."""

    stage = filters.ChoiceFilter(
        label="阶段",
        choices=[(stage.value, stage.label) for stage in METHODS],
        empty_label=None,
        method="leave_alone",
    )
    town = TownOfTheDay()
    inspector = filters.ModelChoiceFilter(
        label="检查人", queryset=User.objects.none(), empty_label="全部", method="checked_by"
    )
    progress = filters.ChoiceFilter(
        label="进度",
        choices=[(NOBODY, "有未分派的"), (UNDER_WAY, "检查中"), (COMPLETE, "全部办结")],
        empty_label="全部",
        method="so_far",
    )

    class Meta:
        model = Community
        fields = ["stage", "town", "inspector", "progress"]

    def __init__(
        self, *args: Any, stage: Stage, campaign_year: CampaignYear | None, appointment: Appointment, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen_stage = stage
        self.filters["town"].queryset = Town.objects.visible_to(appointment)
        named = Inspection.objects.filter(stage=stage, assessment__campaign_year=campaign_year)
        named = named.filter(appointment.sees_communities("assessment__community__"))
        self.filters["inspector"].queryset = User.objects.filter(pk__in=named.order_by().values("inspector")).order_by(
            "name"
        )

    def leave_alone(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return queryset

    def checked_by(self, queryset: QuerySet[Any], _name: str, value: User | None) -> QuerySet[Any]:
        if value is None:
            return queryset
        return queryset.filter(Exists(own_inspections(stage=self.chosen_stage, inspector=value)))

    def so_far(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        stage = self.chosen_stage
        under_way = Exists(own_inspections(stage=stage, finished_at__isnull=True))
        missing = Q(pk__in=[])
        for method in methods_of(stage):
            missing |= ~Q(Exists(own_inspections(stage=stage, method=method)))
        return queryset.filter({NOBODY: missing, UNDER_WAY: Q(under_way), COMPLETE: ~missing & ~Q(under_way)}[value])


def inspection_statement(
    units: Sequence[Any], stage: Stage, *, campaign_year: CampaignYear | None, first: int = 1
) -> Statement:
    """The rows of the given units, in three queries however many there are."""
    methods = methods_of(stage)
    columns = [Column("镇（开发区、街道）"), Column("社区（村）"), Column("类别"), Column("状态")]
    for method in methods:
        columns += [Column(f"{method.label}检查人"), Column(f"{method.label}进度"), Column("检查日期")]
    columns += [Column(f"{stage.label}总分", Kind.NUMBER), Column("备注")]
    given = _given(units, stage)
    needed = _needed(units, stage)
    totals = dict(
        ScoreSheet.objects.filter(stage=stage, assessment__in=[unit.assessment_id for unit in units]).values_list(
            "assessment", "total"
        )
    )
    return Statement(
        title=f"{stage.label}检查进度",
        columns=columns,
        rows=[_row(unit, stage, given[unit.assessment_id], needed, totals.get(unit.assessment_id)) for unit in units],
        first=first,
        empty=f"{campaign_year or ''}没有需要{stage.label}的单位。",
    )


def _given(units: Sequence[Any], stage: Stage) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    own = Inspection.objects.filter(stage=stage, assessment__in=[unit.assessment_id for unit in units])
    for inspection in with_progress(own).order_by("id"):
        found[inspection.assessment_id].append(inspection)
    return found


def _needed(units: Sequence[Any], stage: Stage) -> dict[tuple[int, str], int]:
    """{(standard id, method): how many items the method scores}."""
    by_standard: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.filter(standard__in={unit.standard_id for unit in units}):
        by_standard[item.standard_id].append(item)
    return {
        (standard, method.value): len(covered(stage, method, items))
        for standard, items in by_standard.items()
        for method in methods_of(stage)
    }


def _row(unit: Any, stage: Stage, given: Sequence[Any], needed: dict[tuple[int, str], int], total: Any) -> Row:
    url = reverse("assessment:inspections", args=[unit.assessment_id]) if unit.reachable else ""
    cells = [
        Cell(unit.place_town),
        Cell(unit.place_name, url),
        Cell(Category(unit.place_category).label),
        Cell(State(unit.current_state).label),
    ]
    for method in methods_of(stage):
        own = [one for one in given if one.method == method]
        all_of_it = needed.get((unit.standard_id, method.value), 0)
        steps = ["已办结" if one.finished_at else f"{one.scored}／{all_of_it}" for one in own]
        days = [fact(one.inspected_on) for one in own if one.inspected_on]
        names = [one.inspector.name for one in own] or [UNASSIGNED]
        cells += [Cell("、".join(words)) for words in (names, steps, days)]
    on_behalf = any(one.on_behalf for one in given)
    return [*cells, Cell(total, url), Cell("区代录" if on_behalf else None)]


def to_check(appointment: Appointment, campaign_year: CampaignYear | None) -> QuerySet[Any]:
    """What a person has to check in a year, unfinished first; `visit_on` is the day set for the unit's visit."""
    visits = FrameUnit.objects.filter(
        draw__stage=OuterRef("stage"),
        draw__campaign_year=OuterRef("assessment__campaign_year"),
        community=OuterRef("assessment__community"),
        drawn=True,
    ).order_by()
    return (
        with_progress(Inspection.objects.to_do_by(appointment).filter(assessment__campaign_year=campaign_year))
        .select_related("assessment__community__town")
        .annotate(visit_on=visits.values("visit_on")[:1])
        .order_by(
            F("finished_at").asc(nulls_first=True),
            "assessment__community__town__sort_order",
            "assessment__community__sort_order",
            "pk",
        )
    )


def unfinished_count(appointment: Appointment, campaign_year: CampaignYear | None) -> int:
    """How much of it is not finished, for the to-do list."""
    own = Inspection.objects.to_do_by(appointment).filter(assessment__campaign_year=campaign_year)
    return own.filter(finished_at__isnull=True).count()


def stage_of(text: str | None) -> Stage:
    """The stage that the address asks for, 区预查 otherwise."""
    return next((stage for stage in METHODS if stage.value == text), Stage.DISTRICT)
