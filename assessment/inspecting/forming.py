"""The score sheet of a stage, formed from what its checkers found: the lowest score of an item counts, with reasons.

One rule for several checkers and several methods (从严): every score of the sheet was given by somebody. The bureau may
settle an item otherwise by a ruling with a reason. The sheet stands from the moment the last checker has finished until
one of them takes the work up again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.inspecting.methods import methods_of
from assessment.models import Assessment, Inspection, InspectionScore, ItemScore, Ruling, ScoreSheet, Stage
from assessment.sums import add_up


@dataclass(frozen=True)
class Found:
    """What the sheet says of an item."""

    points: Decimal
    reason: str


def is_complete(stage: Stage, inspections: Iterable[Inspection]) -> bool:
    """Whether every method of the stage was given to somebody and all of them have finished."""
    own = [one for one in inspections if one.stage == stage]
    return {one.method for one in own} >= set(methods_of(stage)) and all(one.finished_at for one in own)


def lowest(scores: Iterable[InspectionScore], rulings: Iterable[Ruling] = ()) -> Mapping[int, Found]:
    """By item id: the lowest score and every reason that was given for the item, or what was ruled."""
    by_item: dict[int, list[InspectionScore]] = {}
    for score in scores:
        if score.points is not None:
            by_item.setdefault(score.item_id, []).append(score)
    found = {item_id: _lowest(given) for item_id, given in by_item.items()}
    return found | {one.item_id: Found(one.points, f"裁定：{one.reason}") for one in rulings}


def _lowest(scores: list[InspectionScore]) -> Found:
    points = min(score.points for score in scores if score.points is not None)
    reasons = dict.fromkeys(score.reason.strip().removesuffix("。") for score in scores if score.reason.strip())
    return Found(points, "；".join(reasons))


def form_sheet(assessment: Assessment, stage: Stage) -> ScoreSheet | None:
    """Write the sheet of a stage anew, or remove it while the stage is not complete; in the caller's transaction."""
    if not is_complete(stage, Inspection.objects.filter(assessment=assessment, stage=stage)):
        ItemScore.objects.filter(sheet__assessment=assessment, sheet__stage=stage).delete()
        ScoreSheet.objects.filter(assessment=assessment, stage=stage).delete()
        return None
    sheet, _created = ScoreSheet.objects.get_or_create(assessment=assessment, stage=stage)
    ItemScore.objects.filter(sheet=sheet).delete()
    own = {"inspection__assessment": assessment, "inspection__stage": stage}
    scores = InspectionScore.objects.filter(**own).order_by("inspection")
    rulings = Ruling.objects.filter(assessment=assessment, stage=stage)
    ItemScore.objects.bulk_create(
        ItemScore(sheet=sheet, item_id=item_id, points=found.points, reason=found.reason)
        for item_id, found in lowest(scores, rulings).items()
    )
    add_up(sheet)
    return sheet
