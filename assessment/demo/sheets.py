"""Assessments of the demonstration, written in bulk, states included: the data of a story, not steps anybody takes.

Scores follow the registers' suggestions and a fixed seed, so every load makes the same district.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from random import Random

from django.db.models import F

from assessment.demo.steps import Way
from assessment.models import Assessment, CampaignYear, Item, ItemScore, Part, ScoreSheet, Stage, Standard, State
from assessment.models.assessments import PART_FIELDS
from assessment.models.campaigns import end_of_day
from assessment.suggestions import Suggested, suggest_communities
from communities.models import Appointment, Community, Role

HALF = Decimal("0.5")
SLIP = 0.12
"""How often an item without a suggestion loses half a point."""

HOLLOW = 4
"""How many drafts of a category and year are hard but hollow (R36): scored to the end, the infrastructure at least nine
tenths of its points, the rest below LOW."""

NINE_TENTHS, LOW = Decimal("0.9"), Decimal("0.84")


@dataclass(frozen=True)
class Written:
    """An assessment of the story: the way it went, and its self scores by item (of a recheck none)."""

    assessment: Assessment
    way: Way
    points: Mapping[Item, Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.points.values(), Decimal(0))


class YearWriter:
    """Writes the assessments of one category in one year; `receipts` are the numbers that both categories share."""

    def __init__(self, campaign_year: CampaignYear, category: str, random: Random, receipts: Iterator[int]) -> None:
        self.campaign_year = campaign_year
        self.random = random
        district = campaign_year.campaign.district
        self.communities = list(
            Community.objects.filter(town__district=district, category=category).select_related("town__district")
        )
        standard = Standard.objects.current(district, category)
        if standard is None:
            raise LookupError(f"没有{category}考评标准")
        self.standard = standard
        self.items = list(Item.objects.filter(standard=standard))
        officers = Appointment.objects.filter(district=district, role=Role.TOWN_OFFICER)
        self.officers = dict(officers.values_list("town", "user"))
        self.hollow = 0
        self.receipts = receipts
        ids = [community.pk for community in self.communities]
        found = suggest_communities(self.items, district=district, year=campaign_year.year, communities=ids)
        self.suggested = found

    def ranked(self) -> list[Community]:
        """Those with the most suggested points first."""
        return sorted(self.communities, key=lambda community: (-self.suggested_total(community), community.pk))

    def suggested_total(self, community: Community) -> Decimal:
        return sum((found.suggested or Decimal(0) for found in self.suggested[community.pk]), Decimal(0))

    def write(self, ways: list[tuple[Community, Way]]) -> list[Written]:
        """Assessments with their self sheets and receipt numbers, in bulk; what comes after is `review`."""
        assessments = Assessment.objects.bulk_create(self.assessment(*pair) for pair in ways)
        written = [
            Written(
                assessment, way, {} if way.is_recheck else dict(zip(self.items, self.points(assessment), strict=False))
            )
            for assessment, (_community, way) in zip(assessments, ways, strict=True)
        ]
        sheets = ScoreSheet.objects.bulk_create(self.sheet(one) for one in written if not one.way.is_recheck)
        points = {one.assessment.pk: list(one.points.values()) for one in written}
        ItemScore.objects.bulk_create(
            [score for sheet in sheets for score in self.scores(sheet, points[sheet.assessment_id])], batch_size=2000
        )
        for begun in {way.begun for _community, way in ways}:
            opened = [one.assessment.pk for one in written if one.way.begun == begun]
            Assessment.objects.filter(pk__in=opened).update(created_at=begun)
        filed = sum(1 for one in written if one.assessment.receipt_number)
        CampaignYear.objects.filter(pk=self.campaign_year.pk).update(receipts=F("receipts") + filed)
        return written

    def assessment(self, community: Community, way: Way) -> Assessment:
        filed = "submit" in way.steps
        return Assessment(
            community=community,
            campaign_year=self.campaign_year,
            standard=self.standard,
            state=way.state,
            kind=Assessment.Kind.RECHECK if way.is_recheck else Assessment.Kind.APPLICATION,
            receipt_number=f"{self.campaign_year.year}-{next(self.receipts):04d}" if filed else "",
            submitted_at=way.round.at("submit") if filed else None,
            is_late=filed and way.round.at("submit") >= end_of_day(self.campaign_year.deadline),
            resubmit_by=self.campaign_year.deadline if way.state is State.RETURNED else None,
        )

    def points(self, assessment: Assessment) -> list[Decimal]:
        """A score an item. A filed sheet reaches the pass mark; a draft stops somewhere in the middle."""
        found = self.suggested[assessment.community_id]
        scores = [self.first_score(suggested) for suggested in found]
        if assessment.state == State.DRAFT:
            if self.is_hard(scores) and self.hollow < HOLLOW:
                self.hollow += 1
                return self.hollowed(scores)
            return scores[: self.random.randrange(6, len(self.items) - 4)]
        for index, item in enumerate(self.items):
            if sum(scores) < self.campaign_year.campaign.pass_mark:
                scores[index] = item.points
        return scores

    def first_score(self, found: Suggested) -> Decimal:
        """The suggestion; half a point less than all where the condition is not met; now and then for other reasons."""
        if found.suggested is not None:
            return found.suggested
        slips = found.sentence is not None or self.random.random() < SLIP
        return found.item.points - (HALF if slips else 0)

    def is_hard(self, scores: list[Decimal]) -> bool:
        """Whether the infrastructure alone has nine tenths of its points (R36)."""
        own = sum(score for item, score in zip(self.items, scores, strict=True) if item.part == Part.PREMISES)
        return own >= NINE_TENTHS * sum(item.points for item in self.items if item.part == Part.PREMISES)

    def hollowed(self, scores: list[Decimal]) -> list[Decimal]:
        """The same, with half points less around the infrastructure until the rest stays low: hard but hollow (R36)."""
        soft = [index for index, item in enumerate(self.items) if item.part != Part.PREMISES]
        most = LOW * sum(self.items[index].points for index in soft)
        for index in cycle(soft):
            if sum(scores[other] for other in soft) < most:
                return scores
            scores[index] = max(scores[index] - HALF, Decimal(0))
        return scores

    def sheet(self, written: Written) -> ScoreSheet:
        sheet = ScoreSheet(
            assessment=written.assessment,
            stage=Stage.SELF,
            total=written.total,
            scored_items=len(written.points),
        )
        for item, score in written.points.items():
            name = PART_FIELDS[Part(item.part)]
            setattr(sheet, name, getattr(sheet, name) + score)
        return sheet

    def scores(self, sheet: ScoreSheet, points: list[Decimal]) -> list[ItemScore]:
        community = sheet.assessment.community
        filed = sheet.assessment.state != State.DRAFT
        return [
            ItemScore(
                sheet=sheet,
                item=item,
                points=score,
                reason=reason_for(item, score, own.suggested),
                suggested=own.suggested if filed else None,
                suggestion=(own.sentence or "") if filed else "",
                scorer_id=self.officers.get(community.town_id),
            )
            for item, score, own in zip(self.items, points, self.suggested[community.pk], strict=False)
        ]


def reason_for(item: Item, score: Decimal, suggested: Decimal | None) -> str:
    if suggested is not None and score != suggested:
        return "已按现场核对情况评分，台账数据待更新。"
    return "对照评分标准自查扣分，已列入整改。" if score < item.points else ""
