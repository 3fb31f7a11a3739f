"""What stands in the sheets of a workbook: items, scores and suggestions of many assessments at once (R23)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from assessment.models import Assessment, Item, ItemScore, Stage
from assessment.models.assessments import EDITABLE
from assessment.sheet_workbooks.identity import ItemMark, SheetMark, digest_of
from assessment.sheet_workbooks.layout import key_of
from assessment.suggestions import Suggested, suggest_communities
from communities.importing.packages import MAX_SHEETS
from communities.models import Appointment

RELATIONS = ("community__town__district", "campaign_year__campaign", "standard")
MOST_SHEETS = MAX_SHEETS - 1
"""How many communities a workbook can hold so that it can be read again; one sheet is 标识."""


@dataclass(frozen=True)
class FillingRow:
    """One item beside its score so far and what the registers suggest."""

    item: Item
    suggested: Suggested
    score: ItemScore | None

    @property
    def points(self) -> Decimal | None:
        return self.score.points if self.score else None

    @property
    def reason(self) -> str:
        return self.score.reason if self.score else ""


@dataclass(frozen=True)
class FillingSheet:
    """One community's sheet."""

    assessment: Assessment
    rows: tuple[FillingRow, ...]

    @property
    def mark(self) -> SheetMark:
        """What the sheet is recognised by when it comes back."""
        return SheetMark(
            key=key_of(self.assessment),
            assessment_id=self.assessment.pk,
            community_code=self.assessment.community.code,
            year=self.assessment.campaign_year.year,
            standard_id=self.assessment.standard_id,
            standard=self.assessment.standard.label,
            items={
                row.item.code: ItemMark(row.score.revision if row.score else 0, digest_of(row.points, row.reason))
                for row in self.rows
            },
        )


def open_assessments(appointment: Appointment) -> QuerySet[Assessment]:
    """The self-assessments within the appointment's unit that can still be filled, with RELATIONS, in their order."""
    visible = Assessment.objects.visible_to(appointment).with_extension()
    return visible.filter(state__in=EDITABLE).select_related(*RELATIONS)


def filling_sheets(assessments: Iterable[Assessment]) -> list[FillingSheet]:
    """The sheets of assessments that came with RELATIONS; as many queries for one as for sixty of one standard."""
    assessments = list(assessments)
    scores = scores_of(assessments)
    suggested = _suggestions(assessments)
    return [
        FillingSheet(
            assessment,
            tuple(
                FillingRow(found.item, found, scores.get((assessment.pk, found.item.pk)))
                for found in suggested[assessment.pk]
            ),
        )
        for assessment in assessments
    ]


def scores_of(assessments: Iterable[Assessment]) -> dict[tuple[int, int], ItemScore]:
    """{(assessment id, item id): the score of its self-assessment}. One query."""
    found = ItemScore.objects.filter(sheet__assessment__in=[one.pk for one in assessments], sheet__stage=Stage.SELF)
    return {(score.sheet.assessment_id, score.item_id): score for score in found.select_related("sheet", "scorer")}


def items_of(assessments: Iterable[Assessment]) -> dict[int, list[Item]]:
    """{standard id: its items in order}. One query."""
    found: dict[int, list[Item]] = {one.standard_id: [] for one in assessments}
    for item in Item.objects.filter(standard__in=found).order_by("standard", "sort_order"):
        found[item.standard_id].append(item)
    return found


def _suggestions(assessments: list[Assessment]) -> dict[int, list[Suggested]]:
    """{assessment id: what is suggested for each item}; the registers are read once for every standard."""
    items = items_of(assessments)
    suggested: dict[int, list[Suggested]] = {}
    for standard in items:
        alike = [one for one in assessments if one.standard_id == standard]
        by_community = suggest_communities(
            items[standard],
            district=alike[0].community.town.district,
            year=alike[0].campaign_year.year,
            communities=[one.community_id for one in alike],
        )
        suggested |= {one.pk: by_community[one.community_id] for one in alike}
    return suggested
