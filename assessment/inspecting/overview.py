"""One unit's inspections: who checks what, how far they are, and what each found beside the formed score (R73, R78)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessment.inspecting.methods import METHODS, covered, methods_of
from assessment.inspecting.rights import is_open, may_name_checkers, may_rule
from assessment.models import (
    Assessment,
    Inspection,
    InspectionScore,
    Item,
    ItemScore,
    Method,
    Ruling,
    ScoreSheet,
    Stage,
)
from communities.models import Appointment


def with_progress(inspections: QuerySet[Inspection]) -> QuerySet[Any]:
    """Each with `scored`, the number of items that have points; no score itself is read."""
    scored = Count("scores", filter=Q(scores__points__isnull=False))
    return inspections.select_related("inspector").annotate(scored=scored)


@dataclass(frozen=True)
class Given:
    """One checker's work as everybody may see it: how far it is, not what was found. `readable` leads to the rest."""

    inspection: Any
    needed: int
    readable: bool

    @property
    def progress(self) -> str:
        return "已办结" if self.inspection.finished_at else f"已评{self.inspection.scored}／{self.needed}"


@dataclass(frozen=True)
class ItemLine:
    """An item: what each finished checker whom the reader may see gave it, what the sheet says, what was ruled."""

    item: Item
    claimed: ItemScore | None
    given: list[InspectionScore | None]
    formed: ItemScore | None
    ruling: Ruling | None


@dataclass(frozen=True)
class StageView:
    """A stage of one unit. `methods` is in the stage's order, each with its checkers; `finished` heads the columns."""

    stage: Stage
    is_open: bool
    methods: list[tuple[Method, list[Given]]]
    sheet: ScoreSheet | None
    finished: list[Inspection]
    lines: list[ItemLine]
    may_assign: bool
    may_rule: bool

    @property
    def missing(self) -> list[Method]:
        return [method for method, given in self.methods if not given]


def stage_views(assessment: Assessment, appointment: Appointment, *, drawn: Mapping[Stage, bool]) -> list[StageView]:
    """The stages that have begun, or that may begin now, in order; eight queries however many checkers there are."""
    inspections = list(with_progress(Inspection.objects.filter(assessment=assessment)))
    readable = set(
        Inspection.objects.visible_to(appointment).filter(assessment=assessment).values_list("pk", flat=True)
    )
    items = list(Item.objects.filter(standard=assessment.standard_id))
    sheets = {sheet.stage: sheet for sheet in ScoreSheet.objects.filter(assessment=assessment)}
    shown = [one for one in inspections if one.finished_at and one.pk in readable]
    scores = _scores(assessment, shown)
    views = []
    for stage in METHODS:
        own = [one for one in inspections if one.stage == stage]
        begins = is_open(assessment, stage) and drawn.get(stage, True)
        if not own and not begins:
            continue
        finished = [one for one in shown if one.stage == stage]
        views.append(
            StageView(
                stage=stage,
                is_open=begins,
                methods=[(method, _given(own, stage, method, items, readable)) for method in methods_of(stage)],
                sheet=sheets.get(stage),
                finished=finished,
                lines=_lines(stage, items, finished, scores) if finished else [],
                may_assign=begins and may_name_checkers(appointment, stage),
                may_rule=begins and stage in sheets and may_rule(appointment, assessment, stage),
            )
        )
    return views


def _given(
    inspections: Sequence[Any], stage: Stage, method: Method, items: list[Item], readable: set[int]
) -> list[Given]:
    needed = len(covered(stage, method, items))
    return [Given(one, needed, one.pk in readable) for one in inspections if one.method == method]


@dataclass(frozen=True)
class _Scores:
    """Everything that was given for the items of one assessment."""

    given: Mapping[tuple[int, int], InspectionScore]
    """By inspection and item."""
    formed: Mapping[tuple[str, int], ItemScore]
    """By stage and item."""
    rulings: Mapping[tuple[str, int], Ruling]


def _lines(stage: Stage, items: list[Item], finished: list[Inspection], scores: _Scores) -> list[ItemLine]:
    return [
        ItemLine(
            item=item,
            claimed=scores.formed.get((Stage.SELF, item.pk)),
            given=[scores.given.get((one.pk, item.pk)) for one in finished],
            formed=scores.formed.get((stage, item.pk)),
            ruling=scores.rulings.get((stage, item.pk)),
        )
        for item in items
    ]


def _scores(assessment: Assessment, shown: list[Inspection]) -> _Scores:
    given = InspectionScore.objects.filter(inspection__in=shown).select_related("inspection")
    formed = ItemScore.objects.filter(sheet__assessment=assessment).select_related("sheet")
    rulings = Ruling.objects.filter(assessment=assessment).select_related("by")
    return _Scores(
        {(score.inspection_id, score.item_id): score for score in given},
        {(score.sheet.stage, score.item_id): score for score in formed},
        {(ruling.stage, ruling.item_id): ruling for ruling in rulings},
    )
