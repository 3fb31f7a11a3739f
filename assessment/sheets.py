"""The 考核评分表 (F2), or the 动态复核表 (F15) of a named unit, as one frozen object: page, Excel and PDF render it, so
their figures agree by construction (R70, R80)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assessment.models import Assessment, Item, ItemScore, Part, ScoreSheet, Stage, State, StateChange
from assessment.models.assessments import FILED
from assessment.models.titles import title_of

SHEET_RELATIONS = ("community__town__district", "campaign_year__campaign", "standard")
"""What an assessment must bring along (select_related) for its sheet."""
DIGEST_LENGTH = 16
SHEET_FORM, RECHECK_FORM = "考核评分表", "动态复核表"
CONCLUSIONS = {
    State.RECTIFYING: "限期整改",
    State.REINSPECTING: "限期整改",
    State.KEPT: "合格",
    State.REVOCATION_PROPOSED: "建议撤销",
    State.REVOKED: "建议撤销",
}
"""What a recheck comes to (F15, decision 9); nothing while it is under way."""


def conclusion_of(state: State, *, was_proposed: bool) -> str:
    """Once it was proposed to revoke, that is what the recheck came to, whatever was decided upon it."""
    return CONCLUSIONS.get(State.REVOCATION_PROPOSED if was_proposed else state, "")


@dataclass(frozen=True)
class Score:
    """What one stage gave one item. `points` is None where only a reason was written so far."""

    points: Decimal | None
    reason: str
    revision: int


@dataclass(frozen=True)
class Row:
    """One item and its scores; a stage without a score of the item is absent from `scores`."""

    number: int
    item_id: int
    code: str
    content: str
    rule: str
    points: Decimal
    method: str
    evidence: str
    scores: Mapping[Stage, Score]


@dataclass(frozen=True)
class PartTable:
    """One of the eight parts. `points` is what the standard gives, `sums` what each stage gave (None: no sheet)."""

    part: Part
    label: str
    points: Decimal
    rows: tuple[Row, ...]
    sums: Mapping[Stage, Decimal | None]


@dataclass(frozen=True)
class Act:
    """Who took a step of the chain, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What a recheck has come to so far, and the document that says so. `last_day` is that of the rectification."""

    conclusion: str
    step: str
    document: str
    last_day: date | None


@dataclass(frozen=True)
class SheetTable:
    """One community's sheet of one year: facts, eight parts, totals per stage as stored (None: no sheet)."""

    assessment_id: int
    form: str
    title: str
    unit: str
    community_code: str
    category: str
    year: int
    standard_id: int
    standard_label: str
    standard_notice: str
    is_template: bool
    state: State
    receipt_number: str
    filled: Act | None
    received: Act | None
    points: Decimal
    parts: tuple[PartTable, ...]
    totals: Mapping[Stage, Decimal | None]
    outcome: Outcome | None
    """Of a recheck only."""

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The score columns of the form."""
        return tuple(self.totals)

    @property
    def latest(self) -> Stage | None:
        """The latest stage that has scored."""
        return next((stage for stage in reversed(self.stages) if self.totals[stage] is not None), None)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for part in self.parts for row in part.rows)

    @property
    def digest(self) -> str:
        """The first 16 hex digits of SHA-256 over every figure and reason: two prints agree if and only if it does."""
        figures = {
            "community": self.community_code,
            "year": self.year,
            "standard": self.standard_id,
            "items": [[row.code, _written(row.scores)] for row in self.rows],
            "parts": [[part.part.value, _amounts(part.sums)] for part in self.parts],
            "totals": _amounts(self.totals),
        }
        canonical = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def sheet_table(assessment: Assessment) -> SheetTable:
    """The sheet of an assessment that came with SHEET_RELATIONS; four queries whatever the number of items."""
    return sheet_tables([assessment])[0]


def sheet_tables(assessments: Sequence[Assessment]) -> list[SheetTable]:
    """The sheets of assessments that came with SHEET_RELATIONS, in their order.

    Four queries whatever their number. Sums are the stored ones, never added up again.
    """
    sheets = _by_assessment(ScoreSheet.objects.filter(assessment__in=assessments))
    scores = _scores(assessments)
    told = [assessment for assessment in assessments if assessment.is_recheck or assessment.state in FILED]
    changes = _by_assessment(StateChange.objects.filter(assessment__in=told).order_by("id"))
    items: dict[int, list[Item]] = {}
    for item in Item.objects.filter(standard__in={one.standard_id for one in assessments}).order_by("sort_order"):
        items.setdefault(item.standard_id, []).append(item)
    return [
        _table(
            assessment,
            {Stage(sheet.stage): sheet for sheet in sheets.get(assessment.pk, [])},
            items.get(assessment.standard_id, []),
            scores.get(assessment.pk, {}),
            changes.get(assessment.pk, []),
        )
        for assessment in assessments
    ]


def _table(
    assessment: Assessment,
    sheets: Mapping[Stage, ScoreSheet],
    items: list[Item],
    scores: Mapping[int, Mapping[Stage, Score]],
    changes: list[StateChange],
) -> SheetTable:
    stages = assessment.stages
    rows = [
        _row(number, item, {stage: score for stage, score in scores.get(item.pk, {}).items() if stage in stages})
        for number, item in enumerate(items, start=1)
    ]
    members = [(part, [row for row, item in zip(rows, items, strict=True) if item.part == part]) for part in Part]
    community, standard = assessment.community, assessment.standard
    acts = _acts(assessment, changes)
    form = RECHECK_FORM if assessment.is_recheck else SHEET_FORM
    return SheetTable(
        assessment_id=assessment.pk,
        form=form,
        title=f"{assessment.campaign_year}{title_of(community.category)}{form}",
        unit=community.full_name,
        community_code=community.code,
        category=community.get_category_display(),
        year=assessment.campaign_year.year,
        standard_id=standard.pk,
        standard_label=standard.label,
        standard_notice=standard.notice,
        is_template=standard.is_template,
        state=assessment.status,
        receipt_number=assessment.receipt_number,
        filled=acts.get(State.SUBMITTED),
        received=acts.get(State.RECEIVED),
        points=_total_points(rows),
        parts=tuple(_part_table(part, rows, sheets, stages) for part, rows in members),
        totals={stage: sheets[stage].total if stage in sheets else None for stage in stages},
        outcome=_outcome(assessment, changes) if assessment.is_recheck else None,
    )


def _by_assessment(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.assessment_id, []).append(row)
    return found


def _scores(assessments: Sequence[Assessment]) -> dict[int, dict[int, dict[Stage, Score]]]:
    """Assessment -> item -> stage -> score."""
    found: dict[int, dict[int, dict[Stage, Score]]] = {}
    scores = ItemScore.objects.filter(sheet__assessment__in=assessments).order_by()
    fields = ("sheet__assessment_id", "item_id", "sheet__stage", "points", "reason", "revision")
    for assessment_id, item_id, stage, points, reason, revision in scores.values_list(*fields):
        of_item = found.setdefault(assessment_id, {}).setdefault(item_id, {})
        of_item[Stage(stage)] = Score(points, reason, revision)
    return found


def _outcome(assessment: Assessment, changes: list[StateChange]) -> Outcome:
    last = changes[-1] if changes else None
    was_proposed = any(change.target == State.REVOCATION_PROPOSED for change in changes)
    return Outcome(
        conclusion=conclusion_of(assessment.status, was_proposed=was_proposed),
        step=last.action if last else "",
        document=last.document if last else "",
        last_day=assessment.resubmit_by,
    )


def _acts(assessment: Assessment, changes: list[StateChange]) -> dict[str, Act]:
    """The latest filing and receipt of a filed assessment; an open one has been filed by nobody yet."""
    if assessment.state not in FILED:
        return {}
    acts = {change.target: Act(change.actor, change.at) for change in changes if change.target in FILED}
    if assessment.state == State.SUBMITTED:
        acts.pop(State.RECEIVED, None)
    return acts


def _row(number: int, item: Item, scores: Mapping[Stage, Score]) -> Row:
    return Row(
        number=number,
        item_id=item.pk,
        code=item.code,
        content=item.content,
        rule=item.rule,
        points=item.points,
        method=item.method,
        evidence=item.evidence,
        scores=scores,
    )


def _part_table(part: Part, rows: list[Row], sheets: Mapping[Stage, ScoreSheet], stages: Iterable[Stage]) -> PartTable:
    return PartTable(
        part=part,
        label=part.label,
        points=_total_points(rows),
        rows=tuple(rows),
        sums={stage: sheets[stage].part_sum(part) if stage in sheets else None for stage in stages},
    )


def _total_points(rows: Iterable[Row]) -> Decimal:
    return sum((row.points for row in rows), Decimal(0))


def _written(scores: Mapping[Stage, Score]) -> dict[str, list[str | None]]:
    return {stage.value: [_amount(score.points), score.reason] for stage, score in scores.items()}


def _amounts(amounts: Mapping[Stage, Decimal | None]) -> dict[str, str | None]:
    return {stage.value: _amount(amount) for stage, amount in amounts.items()}


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
