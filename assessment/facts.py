"""All that checks look at, read when a check asks for it and once: a step reads only what its own checks need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from assessment.models import (
    Assessment,
    Consultation,
    FrameUnit,
    Inspection,
    Item,
    ItemScore,
    Opinion,
    Rectification,
    SamplingDraw,
    ScoreSheet,
    Stage,
)
from assessment.suggestions import suggested_points


@dataclass(frozen=True)
class Facts:
    """What is so about one assessment at `now`. Mappings of scores are keyed by item id."""

    assessment: Assessment
    now: datetime
    document: str = ""

    @cached_property
    def sheets(self) -> Mapping[Stage, ScoreSheet]:
        return {Stage(sheet.stage): sheet for sheet in ScoreSheet.objects.filter(assessment=self.assessment)}

    @property
    def sheet(self) -> ScoreSheet:
        """The self-assessment's."""
        return self.sheets[Stage.SELF]

    @cached_property
    def items(self) -> list[Item]:
        """In the standard's order."""
        return list(Item.objects.filter(standard=self.assessment.standard_id))

    @cached_property
    def scores(self) -> Mapping[int, ItemScore]:
        """The self scores."""
        return {score.item_id: score for score in ItemScore.objects.filter(sheet=self.sheet)}

    @cached_property
    def suggested(self) -> Mapping[int, Decimal | None]:
        return suggested_points(self.assessment)

    @cached_property
    def inspections(self) -> list[Inspection]:
        """Of all stages, with whoever checks."""
        return list(Inspection.objects.filter(assessment=self.assessment).select_related("inspector"))

    @cached_property
    def last_consultation(self) -> Consultation | None:
        """The latest round in which departments were asked about this unit."""
        return Consultation.objects.filter(opinions__assessment=self.assessment).order_by("-round").first()

    @cached_property
    def objections(self) -> list[Opinion]:
        """What departments have against the unit and nobody has settled, in any round."""
        found = Opinion.objects.filter(assessment=self.assessment).objections()
        return list(found.select_related("department", "item"))

    @cached_property
    def unsettled_rectifications(self) -> int:
        return Rectification.objects.filter(assessment=self.assessment).unsettled().count()

    def draw(self, stage: Stage) -> SamplingDraw | None:
        """The year's draw of a stage, once it has been drawn."""
        draws = SamplingDraw.objects.filter(campaign_year=self.assessment.campaign_year_id, stage=stage)
        return draws.filter(drawn_at__isnull=False).first()

    def is_drawn(self, stage: Stage) -> bool:
        units = FrameUnit.objects.filter(draw__stage=stage, draw__campaign_year=self.assessment.campaign_year_id)
        return units.filter(community=self.assessment.community_id, drawn=True).exists()
