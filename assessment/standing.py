"""Where the applications of a year stand on their way to the list: ready, near it, or below the mark (R74).

The obstacles are those of the step itself (`assessment.transitions`); the facts of all units are read together, so the
page costs the same number of queries for one unit and for three hundred.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices

from assessment.candidates import LISTED_ORDER
from assessment.checks import Obstacle
from assessment.consulting import ASKABLE
from assessment.facts import Facts
from assessment.models import Assessment, CampaignYear, Consultation, Opinion, ScoreSheet, Stage, State
from assessment.transitions import TRANSITIONS


class Group(TextChoices):
    READY = "ready", "可以列入"
    NEAR = "near", "尚缺手续"
    BELOW = "below", "区预查未达合格线"


@dataclass(frozen=True)
class Standing:
    """One unit, its scores so far, and all that stands against putting it on the list."""

    assessment: Assessment
    self_total: Decimal | None
    district_total: Decimal | None
    obstacles: Sequence[Obstacle]

    @property
    def group(self) -> Group:
        mark = self.assessment.campaign_year.campaign.pass_mark
        if not self.obstacles:
            return Group.READY
        return Group.BELOW if self.district_total is not None and self.district_total < mark else Group.NEAR


class GatheredFacts(Facts):
    """Facts of one of many assessments, of which `known` was read for all of them together."""

    def __init__(self, assessment: Assessment, now: datetime, known: Mapping[str, Any]) -> None:
        super().__init__(assessment, now)
        vars(self).update(known)


def standings(campaign_year: CampaignYear, *, now: datetime) -> list[Standing]:
    """The applications that the district has received, by type, town and community."""
    received = Assessment.objects.filter(
        campaign_year=campaign_year, kind=Assessment.Kind.APPLICATION, state__in=ASKABLE
    )
    units = list(received.select_related("community__town", "campaign_year__campaign").order_by(*LISTED_ORDER))
    known = _gather([unit.pk for unit in units])
    return [_standing(unit, GatheredFacts(unit, now, known[unit.pk])) for unit in units]


def _standing(unit: Assessment, facts: Facts) -> Standing:
    found = [obstacle for check in TRANSITIONS["enlist"].checks for obstacle in check(facts)]
    if unit.state != State.INSPECTED:
        found.insert(0, Obstacle("区预查尚未办结。", page="assessment:sheet"))
    totals = {stage: sheet.total for stage, sheet in facts.sheets.items()}
    return Standing(unit, totals.get(Stage.SELF), totals.get(Stage.DISTRICT), found)


def _gather(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By assessment: the facts that the step's checks ask for, in four queries."""
    known: dict[int, dict[str, Any]] = {pk: {"sheets": {}, "last_consultation": None, "objections": []} for pk in ids}
    for sheet in ScoreSheet.objects.filter(assessment__in=ids):
        known[sheet.assessment_id]["sheets"][Stage(sheet.stage)] = sheet
    asked = Opinion.objects.filter(assessment__in=ids).of_units().order_by("consultation__round")
    pairs = list(asked.values_list("assessment_id", "consultation_id").distinct())
    rounds = Consultation.objects.in_bulk({consultation for _unit, consultation in pairs})
    for unit, consultation in pairs:
        known[unit]["last_consultation"] = rounds[consultation]
    objections = Opinion.objects.filter(assessment__in=ids).objections().select_related("department", "item")
    for opinion in objections:
        known[opinion.assessment_id]["objections"].append(opinion)
    return known
