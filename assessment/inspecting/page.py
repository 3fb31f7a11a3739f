"""The rows of a checker's page: item, what the unit says of itself and puts forward, what is found (R73)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from assessment.checks import reason_needed
from assessment.evidence import evidence_of
from assessment.inspecting.photos import photos_of
from assessment.inspecting.scoring import items_of
from assessment.models import Evidence, Inspection, InspectionPhoto, InspectionScore, Part, Stage
from assessment.page import Typed
from assessment.sheets import Row, Score, sheet_table
from assessment.suggestions import Suggested, suggestions_for
from communities.templatetags.official import plain


@dataclass(frozen=True)
class CheckRow:
    """One item as it is checked. `points`, `reason` and `revision` are what the inputs hold."""

    row: Row
    points: str
    reason: str
    revision: str
    found: Decimal | None
    need: str
    suggestion: Suggested | None
    files: list[Evidence]
    photos: list[InspectionPhoto]
    errors: list[str]
    theirs: Any

    @property
    def claimed(self) -> Score | None:
        return self.row.scores.get(Stage.SELF)

    @property
    def earlier(self) -> list[tuple[str, Score]]:
        """What the stages between the unit's own and the present one found."""
        return [(stage.label, score) for stage, score in self.row.scores.items() if stage != Stage.SELF]


@dataclass(frozen=True)
class CheckPart:
    part: Part
    label: str
    rows: list[CheckRow]

    @property
    def points(self) -> Decimal:
        return sum((row.row.points for row in self.rows), Decimal(0))

    @property
    def sum(self) -> Decimal:
        return sum((row.found for row in self.rows if row.found is not None), Decimal(0))

    @property
    def scored(self) -> int:
        return sum(1 for row in self.rows if row.found is not None)

    @property
    def state(self) -> str:
        if not self.scored:
            return "未开始"
        if self.scored < len(self.rows):
            return "填写中"
        return "待写原因" if any(row.need for row in self.rows) else "已完成"


@dataclass(frozen=True)
class CheckPage:
    parts: list[CheckPart]

    @property
    def points(self) -> Decimal:
        return sum((part.points for part in self.parts), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((part.sum for part in self.parts), Decimal(0))

    @property
    def items(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    @property
    def scored(self) -> int:
        return sum(part.scored for part in self.parts)


def check_page(inspection: Inspection, typed: Typed | None = None) -> CheckPage:
    """The items that the method covers, by part; nothing of any colleague's unfinished work is read.

    Ten queries whatever the number of items. `inspection.assessment` comes with SHEET_RELATIONS.
    """
    typed = typed or Typed()
    assessment = inspection.assessment
    covered = {item.pk for item in items_of(inspection)}
    found = _Found(
        scores={score.item_id: score for score in InspectionScore.objects.filter(inspection=inspection)},
        suggestions={one.item.pk: one for one in suggestions_for(assessment)},
        files=evidence_of(assessment),
        photos=photos_of(inspection),
    )
    parts = []
    for table in sheet_table(assessment).parts:
        own = [before(row, Stage(inspection.stage)) for row in table.rows if row.item_id in covered]
        if own:
            parts.append(CheckPart(table.part, table.label, [_row(row, found, typed) for row in own]))
    return CheckPage(parts)


@dataclass(frozen=True)
class _Found:
    """What is there beside the sheet, by item id."""

    scores: Mapping[int, InspectionScore]
    suggestions: Mapping[int, Suggested]
    files: Mapping[int, list[Evidence]]
    photos: Mapping[int, list[InspectionPhoto]]


def before(row: Row, stage: Stage) -> Row:
    """The row with the scores of the stages before `stage` only."""
    order = list(Stage)
    earlier = {one: score for one, score in row.scores.items() if order.index(one) < order.index(stage)}
    return replace(row, scores=earlier)


def _row(row: Row, beside: _Found, typed: Typed) -> CheckRow:
    score = beside.scores.get(row.item_id)
    theirs = typed.conflicts.get(row.item_id)
    suffix = f"-{row.item_id}"
    return CheckRow(
        row=row,
        points=typed.data.get(f"points{suffix}", plain(score.points if score else None)),
        reason=typed.data.get(f"reason{suffix}", score.reason if score else ""),
        revision=_revision(row, score, typed),
        found=score.points if score else None,
        need=_need(row, score),
        suggestion=beside.suggestions.get(row.item_id),
        files=beside.files.get(row.item_id, []),
        photos=beside.photos.get(row.item_id, []),
        errors=typed.errors.get(row.item_id, []),
        theirs=theirs,
    )


def _revision(row: Row, score: InspectionScore | None, typed: Typed) -> str:
    """The revision that the row's values were typed against; one in conflict has now seen the other's."""
    if typed.errors:
        return typed.data.get(f"revision-{row.item_id}", "0")
    shown = typed.conflicts.get(row.item_id, score)
    return str(shown.revision if shown else 0)


def _need(row: Row, score: InspectionScore | None) -> str:
    if score is None or score.points is None or score.reason.strip():
        return ""
    claimed = row.scores.get(Stage.SELF)
    return reason_needed(row.points, score.points, claimed.points if claimed else None, than="自评分")
