"""One step for many at once: who is ready for it, what stands against the others, and taking it for those chosen.

The steps are those that ask for nothing but a press of the button. Each unit is a decision of its own: those that can
are taken, and whoever meets an obstacle meanwhile is told apart and stays as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from assessment.checks import Obstacle
from assessment.facts import Facts
from assessment.models import Assessment, CampaignYear, FrameUnit, Inspection, SamplingDraw, ScoreSheet, Stage
from assessment.scores import Effective, effective_scores
from assessment.transitions import TRANSITIONS, Transition
from assessment.workflow import Refused, advance
from communities.models import Appointment

TAKEN_FOR_MANY = ("receive", "conclude", "pass_city", "recognise")


def steps_for_many(appointment: Appointment) -> list[Transition]:
    """Those that the person may take, in the order of the chain."""
    rows = [TRANSITIONS[name] for name in TAKEN_FOR_MANY]
    return [row for row in rows if appointment.role in row.roles]


@dataclass(frozen=True)
class Candidate:
    """A unit that stands before the step, with what is against it."""

    assessment: Assessment
    score: Effective | None
    obstacles: list[Obstacle]


def candidates(
    transition: Transition, *, campaign_year: CampaignYear, by: Appointment, now: datetime
) -> list[Candidate]:
    """Every unit of the year that could take the step next; the same few queries however many there are."""
    rows = Assessment.objects.visible_to(by).filter(campaign_year=campaign_year, state__in=transition.sources)
    listed = list(rows.select_related("community__town", "campaign_year__campaign"))
    scores = effective_scores(listed)
    together = Together(listed, campaign_year)
    found = []
    for assessment in listed:
        facts = FactsOfMany(assessment, now, together=together)
        against = [obstacle for check in transition.checks for obstacle in check(facts)]
        found.append(Candidate(assessment, scores.get(assessment.pk), against))
    return found


@dataclass(frozen=True)
class Taken:
    """What became of a step for many."""

    done: list[Assessment]
    refused: list[tuple[Assessment, str]]


def take_for_many(
    transition: Transition, assessments: Iterable[Assessment], *, by: Appointment, now: datetime
) -> Taken:
    """Each on its own: one that is refused changes nothing and hinders no other."""
    taken = Taken([], [])
    for assessment in assessments:
        try:
            advance(assessment, transition.name, by=by, now=now)
        except Refused as refused:
            taken.refused.append((assessment, str(refused)))
        else:
            taken.done.append(assessment)
    return taken


# --- the facts of many, read together -------------------------------------------------------------------------------
class Together:
    """What the checks of a step for many look at, of all of them at once, by assessment or community id."""

    def __init__(self, assessments: list[Assessment], campaign_year: CampaignYear) -> None:
        self.ids = [one.pk for one in assessments]
        self.campaign_year = campaign_year

    @cached_property
    def sheets(self) -> Mapping[int, Mapping[Stage, ScoreSheet]]:
        found: dict[int, dict[Stage, ScoreSheet]] = {pk: {} for pk in self.ids}
        for sheet in ScoreSheet.objects.filter(assessment__in=self.ids):
            found[sheet.assessment_id][Stage(sheet.stage)] = sheet
        return found

    @cached_property
    def inspections(self) -> Mapping[int, list[Inspection]]:
        found: dict[int, list[Inspection]] = {pk: [] for pk in self.ids}
        for one in Inspection.objects.filter(assessment__in=self.ids).select_related("inspector"):
            found[one.assessment_id].append(one)
        return found

    @cached_property
    def draws(self) -> Mapping[str, SamplingDraw]:
        rows = SamplingDraw.objects.filter(campaign_year=self.campaign_year, drawn_at__isnull=False)
        return {draw.stage: draw for draw in rows}

    @cached_property
    def drawn(self) -> frozenset[tuple[str, int]]:
        rows = FrameUnit.objects.filter(draw__campaign_year=self.campaign_year, drawn=True)
        return frozenset(rows.values_list("draw__stage", "community"))


@dataclass(frozen=True)
class FactsOfMany(Facts):
    """The facts of one of many: what the checks of TAKEN_FOR_MANY look at was read for all of them at once."""

    together: Together = field(kw_only=True)

    @cached_property
    def sheets(self) -> Mapping[Stage, ScoreSheet]:
        return self.together.sheets[self.assessment.pk]

    @cached_property
    def inspections(self) -> list[Inspection]:
        return self.together.inspections[self.assessment.pk]

    def draw(self, stage: Stage) -> SamplingDraw | None:
        return self.together.draws.get(stage)

    def is_drawn(self, stage: Stage) -> bool:
        return (stage, self.assessment.community_id) in self.together.drawn
