"""Assessments of the demonstration, written in bulk, states included: the data of a story, not steps anybody takes.

Scores follow the registers' suggestions and a fixed seed, so every load makes the same district.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count, cycle
from random import Random

from assessment.models import (
    Assessment,
    CampaignYear,
    Item,
    ItemScore,
    Part,
    ScoreSheet,
    Stage,
    Standard,
    State,
    StateChange,
)
from assessment.models.assessments import PART_FIELDS
from assessment.suggestions import Suggested, suggest_communities
from communities.models import Appointment, Community, Role

HALF = Decimal("0.5")
SLIP = 0.12
"""How often an item without a suggestion loses half a point."""

HOLLOW = 4
"""How many drafts of a category and year are hard but hollow (R36): scored to the end, the infrastructure at least nine
tenths of its points, the rest below LOW."""

NINE_TENTHS, LOW = Decimal("0.9"), Decimal("0.84")


class YearWriter:
    """Writes the assessments of one category in one year."""

    def __init__(self, campaign_year: CampaignYear, category: str, random: Random) -> None:
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
        self.receipts = count(campaign_year.receipts + 1)
        ids = [community.pk for community in self.communities]
        found = suggest_communities(self.items, district=district, year=campaign_year.year, communities=ids)
        self.suggested = found

    def suggested_total(self, community: Community) -> Decimal:
        return sum((found.suggested or Decimal(0) for found in self.suggested[community.pk]), Decimal(0))

    def write(self, states: list[tuple[Community, State]], *, at: datetime) -> None:
        """Assessments with sheets, scores, steps and receipt numbers, in bulk."""
        assessments = Assessment.objects.bulk_create(self.assessment(*pair, at=at) for pair in states)
        scores = {assessment.pk: self.points(assessment) for assessment in assessments}
        sheets = ScoreSheet.objects.bulk_create(
            self.sheet(assessment, scores[assessment.pk]) for assessment in assessments
        )
        ItemScore.objects.bulk_create(
            [score for sheet in sheets for score in self.scores(sheet, scores[sheet.assessment_id])], batch_size=2000
        )
        StateChange.objects.bulk_create(change for sheet in sheets for change in self.changes(sheet, at=at))
        self.campaign_year.receipts = next(self.receipts) - 1
        self.campaign_year.save(update_fields=["receipts"])

    def assessment(self, community: Community, state: State, *, at: datetime) -> Assessment:
        filed = state is not State.DRAFT
        return Assessment(
            community=community,
            campaign_year=self.campaign_year,
            standard=self.standard,
            state=state,
            receipt_number=f"{self.campaign_year.year}-{next(self.receipts):04d}" if filed else "",
            submitted_at=at if filed else None,
            resubmit_by=self.campaign_year.deadline if state is State.RETURNED else None,
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

    def sheet(self, assessment: Assessment, points: list[Decimal]) -> ScoreSheet:
        sheet = ScoreSheet(
            assessment=assessment, stage=Stage.SELF, total=sum(points, Decimal(0)), scored_items=len(points)
        )
        for item, score in zip(self.items, points, strict=False):
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

    def changes(self, sheet: ScoreSheet, *, at: datetime) -> list[StateChange]:
        assessment = sheet.assessment
        town = f"{assessment.community.town}经办人"
        steps = {
            State.DRAFT: [],
            State.SUBMITTED: [("提交申报", State.DRAFT, State.SUBMITTED, town, "")],
            State.RECEIVED: [
                ("提交申报", State.DRAFT, State.SUBMITTED, town, ""),
                ("接收", State.SUBMITTED, State.RECEIVED, "区社区办 王建国", ""),
            ],
            State.RETURNED: [
                ("提交申报", State.DRAFT, State.SUBMITTED, town, ""),
                (
                    "退回修改",
                    State.SUBMITTED,
                    State.RETURNED,
                    "区社区办 王建国",
                    "4.3网格划分图与户数统计不一致，请核对后补齐。",
                ),
            ],
        }
        return [
            StateChange(
                assessment=assessment,
                action=action,
                source=source,
                target=target,
                actor=actor,
                at=at + timedelta(hours=number),
                reason=reason,
                receipt_number=assessment.receipt_number if target == State.SUBMITTED else "",
                stage=Stage.SELF,
                total=sheet.total,
            )
            for number, (action, source, target, actor, reason) in enumerate(steps[State(assessment.state)])
        ]


def reason_for(item: Item, score: Decimal, suggested: Decimal | None) -> str:
    if suggested is not None and score != suggested:
        return "已按现场核对情况评分，台账数据待更新。"
    return "对照评分标准自查扣分，已列入整改。" if score < item.points else ""
