"""Which records wait, and by when each of them is due: the queries behind the table of tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from assessment.attendance import unattended, under_way
from assessment.calendar import Kind, default_spans
from assessment.lists import was_withdrawn
from assessment.models import (
    Assessment,
    CampaignDate,
    CampaignYear,
    CandidateList,
    Consultation,
    FrameUnit,
    Inspection,
    Method,
    NoticeObjection,
    Opinion,
    Rectification,
    SamplingDraw,
    ScoreSheet,
    Stage,
    State,
)
from assessment.models.assessments import AssessmentQuerySet


@dataclass(frozen=True)
class Ask:
    """The year, and the day against which something is due or overdue."""

    campaign_year: CampaignYear
    today: date

    def ends(self, kind: Kind) -> Combinable:
        """The last day of an entry of the calendar, as an expression: the bureau's, or the default."""
        return Value(self._last_days[kind], output_field=DateField())

    @cached_property
    def _last_days(self) -> dict[str, date]:
        """Of all entries in one query: as subqueries of every task they would cost more than the rest."""
        spans = default_spans(self.campaign_year.year, self.campaign_year.deadline)
        own = CampaignDate.objects.filter(campaign_year=self.campaign_year).order_by().values_list("kind", "ends")
        return {kind: end for kind, (_begin, end) in spans.items()} | dict(own)


Rows = Callable[[Ask], QuerySet[Any]]
Due = Callable[[Ask], Combinable]


def assessments(ask: Ask, *states: State) -> AssessmentQuerySet:
    return Assessment.objects.filter(campaign_year=ask.campaign_year, state__in=states)


def in_state(*states: State) -> Rows:
    return lambda ask: assessments(ask, *states)


def drafts(ask: Ask) -> QuerySet[Any]:
    return assessments(ask, State.DRAFT).filter(~was_withdrawn("pk")).with_extension()


def withdrawn(ask: Ask) -> QuerySet[Any]:
    return assessments(ask, State.DRAFT).filter(was_withdrawn("pk")).with_extension()


def returned(ask: Ask) -> QuerySet[Any]:
    return assessments(ask, State.RETURNED).with_extension()


def last_day(_ask: Ask) -> Combinable:
    """`Assessment.last_day` in SQL, of what `with_extension` brings."""
    base = Coalesce("resubmit_by", "campaign_year__deadline")
    return Greatest(base, Coalesce("extended_until", base))


def path_to(name: str) -> Due:
    return lambda _ask: F(name)


def by_calendar(kind: Kind) -> Due:
    return lambda ask: ask.ends(kind)


def path_or_calendar(name: str, kind: Kind) -> Due:
    return lambda ask: Coalesce(F(name), ask.ends(kind))


def inspections(ask: Ask) -> QuerySet[Any]:
    return under_way(ask.campaign_year)


def without_people(ask: Ask) -> QuerySet[Any]:
    return unattended(ask.campaign_year)


def end_of_stage(ask: Ask) -> Combinable:
    """When an inspection has to be done: the end of its stage in the calendar."""
    return Case(
        When(stage=Stage.DISTRICT, method=Method.DOCUMENTS, then=ask.ends(Kind.DOCUMENTS)),
        When(stage=Stage.DISTRICT, then=ask.ends(Kind.SITE)),
        When(stage=Stage.CITY, then=ask.ends(Kind.CITY)),
        When(stage=Stage.REINSPECTION, then=F("assessment__resubmit_by")),
        default=ask.ends(Kind.PROVINCE),
        output_field=DateField(),
    )


def of_district_stage(*, finished: bool | None = None) -> Exists:
    own = Inspection.objects.filter(assessment=OuterRef("pk"), stage=Stage.DISTRICT).order_by()
    return Exists(own if finished is None else own.filter(finished_at__isnull=not finished))


def of_method(method: Method) -> Exists:
    own = Inspection.objects.filter(assessment=OuterRef("pk"), stage=Stage.DISTRICT, method=method)
    return Exists(own.order_by())


FULLY_ASSIGNED = Q(of_method(Method.DOCUMENTS)) & Q(of_method(Method.SITE))


def to_assign(ask: Ask) -> QuerySet[Any]:
    return assessments(ask, State.RECEIVED).filter(~FULLY_ASSIGNED)


def to_conclude(ask: Ask) -> QuerySet[Any]:
    return assessments(ask, State.RECEIVED).filter(FULLY_ASSIGNED, ~of_district_stage(finished=False))


def open_rounds(ask: Ask) -> QuerySet[Any]:
    return Consultation.objects.filter(campaign_year=ask.campaign_year, closed_at__isnull=True)


def opinions(ask: Ask) -> QuerySet[Any]:
    waiting = Opinion.objects.filter(answer="", consultation__closed_at__isnull=True)
    return waiting.filter(consultation__campaign_year=ask.campaign_year)


def objections(ask: Ask) -> QuerySet[Any]:
    return Opinion.objects.objections().filter(consultation__campaign_year=ask.campaign_year)


def notice_objections(ask: Ask) -> QuerySet[Any]:
    lists = NoticeObjection.objects.filter(candidate_list__campaign_year=ask.campaign_year)
    return lists.filter(settled_at__isnull=True)


def lists_to_report(ask: Ask) -> QuerySet[Any]:
    newer = CandidateList.objects.filter(campaign_year=OuterRef("campaign_year"), version__gt=OuterRef("version"))
    latest = CandidateList.objects.filter(~Exists(newer.order_by()), campaign_year=ask.campaign_year)
    return latest.filter(reported_at__isnull=True)


def to_draw(stage: Stage, state: State) -> Rows:
    """Units that wait because their stage has not been drawn yet."""

    def rows(ask: Ask) -> QuerySet[Any]:
        drawn = SamplingDraw.objects.filter(campaign_year=ask.campaign_year, stage=stage, drawn_at__isnull=False)
        return assessments(ask, state).filter(~Exists(drawn.order_by()))

    return rows


def to_pass(stage: Stage, state: State) -> Rows:
    """Units of a stage that has been drawn which nothing more is found out about: visited, or not in the sample."""

    def rows(ask: Ask) -> QuerySet[Any]:
        drawn = SamplingDraw.objects.filter(campaign_year=ask.campaign_year, stage=stage, drawn_at__isnull=False)
        unvisited = visits(stage)(ask).filter(assessment=OuterRef("pk"))
        return assessments(ask, state).filter(Exists(drawn.order_by()), ~Exists(unvisited.order_by()))

    return rows


VISITED_IN = {
    Stage.CITY: (State.LISTED,),
    Stage.PROVINCE: (State.CITY_PASSED, State.RECHECK),
}


def visits(stage: Stage) -> Rows:
    """Units drawn whose visit is not complete: the stage's sheet is formed once all methods are finished."""

    def rows(ask: Ask) -> QuerySet[Any]:
        scored = ScoreSheet.objects.filter(assessment=OuterRef("assessment"), stage=stage).order_by()
        drawn = FrameUnit.objects.filter(drawn=True, draw__stage=stage, draw__campaign_year=ask.campaign_year)
        return drawn.filter(~Exists(scored), assessment__state__in=VISITED_IN[stage])

    return rows


def rectifications(progress: Rectification.Progress) -> Rows:
    return lambda ask: Rectification.objects.filter(
        assessment__campaign_year=ask.campaign_year, progress=progress
    ).exclude(assessment__state=State.CLOSED)
