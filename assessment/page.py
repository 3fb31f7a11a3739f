"""The rows of the scoring page: the sheet's figures with suggestion, files and what was just typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessment.checks import reason_needed
from assessment.evidence import evidence_of
from assessment.models import Assessment, Evidence, ItemScore, ReturnReason, Stage
from assessment.sheets import PartTable, Row, Score, SheetTable
from assessment.suggestions import Suggested, suggestions_for
from communities.templatetags.official import plain


@dataclass(frozen=True)
class Typed:
    """What a refused form held: the raw posted values, the errors and the conflicts, by item id.

    With errors nothing was written, so every row keeps the revision its values were typed against: whatever somebody
    else saved meanwhile is still met as a conflict by the next save. A row in conflict has now seen the other's, which
    is an ItemScore, or on a checker's page an InspectionScore.
    """

    data: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[int, list[str]] = field(default_factory=dict)
    conflicts: Mapping[int, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PageRow:
    """One item as it is filled in. `points`, `reason` and `revision` are what the inputs hold; `lost` is None while
    unscored."""

    row: Row
    points: str
    reason: str
    revision: str
    lost: Decimal | None
    need: str
    suggestion: Suggested | None
    files: list[Evidence]
    errors: list[str]
    theirs: ItemScore | None
    returned: str
    """Why the bureau gave the item back, while the sheet is returned."""


@dataclass(frozen=True)
class PagePart:
    """One part as a task: its rows, its sum, and its state in words."""

    table: PartTable
    rows: list[PageRow]
    stage: Stage

    @property
    def sum(self) -> Decimal | None:
        return self.table.sums[self.stage]

    @property
    def scored(self) -> int:
        return sum(1 for row in self.rows if row.lost is not None)

    @property
    def state(self) -> str:
        if not self.scored:
            return "未开始"
        if self.scored < len(self.rows):
            return "填写中"
        incomplete = any(row.need for row in self.rows) or not any(row.files for row in self.rows)
        return "待补材料" if incomplete else "已完成"


def sheet_page(
    assessment: Assessment,
    table: SheetTable,
    typed: Typed | None = None,
    *,
    returned: Iterable[ReturnReason] = (),
    stage: Stage = Stage.SELF,
) -> list[PagePart]:
    """The eight parts of the scoring page with what `stage` gave, from the sheet's figures, in three more queries."""
    typed = typed or Typed()
    given_back = {one.item_id: one.reason for one in returned}
    suggestions = {suggestion.item.pk: suggestion for suggestion in suggestions_for(assessment)}
    files = evidence_of(assessment)
    return [
        PagePart(
            part,
            [
                page_row(
                    row,
                    stage,
                    suggestion=suggestions.get(row.item_id),
                    files=files.get(row.item_id, []),
                    typed=typed,
                    returned=given_back.get(row.item_id, ""),
                )
                for row in part.rows
            ],
            stage,
        )
        for part in table.parts
    ]


def page_row(
    row: Row, stage: Stage, *, suggestion: Suggested | None, files: list[Evidence], typed: Typed, returned: str = ""
) -> PageRow:
    score = row.scores.get(stage)
    points = score.points if score else None
    theirs = typed.conflicts.get(row.item_id)
    suffix = f"-{row.item_id}"
    return PageRow(
        row=row,
        points=typed.data.get(f"points{suffix}", plain(points)),
        reason=typed.data.get(f"reason{suffix}", score.reason if score else ""),
        revision=seen_revision(row, score, typed),
        lost=None if points is None else row.points - points,
        need=missing_reason(row, score, suggestion),
        suggestion=suggestion,
        files=files,
        errors=typed.errors.get(row.item_id, []),
        theirs=theirs,
        returned=returned,
    )


def seen_revision(row: Row, score: Score | None, typed: Typed) -> str:
    """The revision of the score that the row's values were typed against."""
    if typed.errors:
        return typed.data.get(f"revision-{row.item_id}", "0")
    theirs = typed.conflicts.get(row.item_id, score)
    return str(theirs.revision if theirs else 0)


def missing_reason(row: Row, score: Score | None, suggestion: Suggested | None) -> str:
    """Why a reason is still wanted, or ""."""
    if score is None or score.points is None or score.reason.strip():
        return ""
    return reason_needed(row.points, score.points, suggestion.suggested if suggestion else None)
