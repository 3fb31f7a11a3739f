"""Assessments of the demonstration, written in bulk, states included: the data of a story, not steps anybody takes.

Scores follow the registers' suggestions and a fixed seed, so every load makes the same district.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
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
from assessment.suggestions import suggest_communities
from communities.models import Appointment, Community, Role

HALF = Decimal("0.5")
SLIP = 0.12
"""How often an item without a suggestion loses half a point."""


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
        self.receipts = count(campaign_year.receipts + 1)
        ids = [community.pk for community in self.communities]
        found = suggest_communities(self.items, district=district, year=campaign_year.year, communities=ids)
        self.suggested = {community: [item.suggested for item in items] for community, items in found.items()}

    def suggested_total(self, community: Community) -> Decimal:
        return sum((points for points in self.suggested[community.pk] if points is not None), Decimal(0))

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
        """A score an item: the suggestion, else full points less half a point now and then.

        A filed sheet reaches the pass mark; a draft stops somewhere in the middle.
        """
        scores = [
            own if own is not None else item.points - (HALF if self.random.random() < SLIP else 0)
            for item, own in zip(self.items, self.suggested[assessment.community_id], strict=True)
        ]
        if assessment.state == State.DRAFT:
            return scores[: self.random.randrange(6, len(self.items) - 4)]
        for index, item in enumerate(self.items):
            if sum(scores) < self.campaign_year.campaign.pass_mark:
                scores[index] = item.points
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
        return [
            ItemScore(
                sheet=sheet,
                item=item,
                points=score,
                reason=reason_for(item, score, own),
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
                total=sheet.total,
            )
            for number, (action, source, target, actor, reason) in enumerate(steps[State(assessment.state)])
        ]


def reason_for(item: Item, score: Decimal, suggested: Decimal | None) -> str:
    if suggested is not None and score != suggested:
        return "已按现场核对情况评分，台账数据待更新。"
    return "对照评分标准自查扣分，已列入整改。" if score < item.points else ""
