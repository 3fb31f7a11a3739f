"""What a checker writes: scores, the facts of the visit, signatures; finishing, and taking up again (R73, R78)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from assessment.checks import Obstacle, reason_needed
from assessment.entries import Entry, describe, weigh
from assessment.inspecting.assigning import hold_stage, refuse
from assessment.inspecting.forming import form_sheet
from assessment.inspecting.methods import covered
from assessment.inspecting.reopening import open_again
from assessment.inspecting.rights import may_take_up, may_write
from assessment.models import Inspection, InspectionScore, Item, ItemScore, Method, Signature, Stage
from assessment.workflow import Refused
from communities.models import Appointment
from communities.revisions import revise
from communities.templatetags.official import fact

WRITTEN_FIELDS = ["points", "reason", "scored_at", "revision"]
TOLD = (Method.BRIEFING, Method.INTERVIEW)
"""The methods whose finding is what was heard: they have a record even where no item is scored by them (R78)."""


@dataclass
class Saved:
    """The outcome of a save: scores as they stand now, and entries that met a newer score (None: it is gone)."""

    saved: list[InspectionScore] = field(default_factory=list)
    conflicts: list[tuple[Entry, InspectionScore | None]] = field(default_factory=list)


def items_of(inspection: Inspection) -> list[Item]:
    """What the checker scores: the items that the method covers at the stage, in the standard's order."""
    items = Item.objects.filter(standard=inspection.assessment.standard_id)
    return covered(Stage(inspection.stage), Method(inspection.method), items)


def self_points(inspection: Inspection) -> dict[int, Decimal | None]:
    """What the unit gave itself, by item id; a recheck has no self-assessment."""
    own = ItemScore.objects.filter(sheet__assessment=inspection.assessment, sheet__stage=Stage.SELF)
    return dict(own.values_list("item_id", "points"))


def hold(inspection: Inspection, *, by: Appointment) -> None:
    """Hold the stage and the inspection to the end of the transaction, for one who may write it, while it is open."""
    hold_stage(inspection.assessment, Stage(inspection.stage))
    problem = may_write(inspection, by)
    if problem:
        raise refuse(problem)
    unfinished = Inspection.objects.filter(
        pk=inspection.pk, finished_at__isnull=True, inspector=inspection.inspector_id
    )
    if not unfinished.update(revision=F("revision")):
        raise refuse("这项检查已经办结或已改派他人，不能再修改。请刷新页面查看最新状态。")


@transaction.atomic
def save_scores(inspection: Inspection, entries: Iterable[Entry], *, by: Appointment) -> Saved:
    """Write what was typed. An entry that met a newer score is not written but answered, unless both say the same.

    Raises Refused where the caller may not write, the inspection is closed, or an item is not checked by the method.
    """
    hold(inspection, by=by)
    entries = list(entries)
    own = {item.pk for item in items_of(inspection)}
    strange = [entry.item.code for entry in entries if entry.item.pk not in own]
    if strange:
        raise refuse(f"{'、'.join(strange)}不由{inspection.get_method_display()}评分。")
    scores = InspectionScore.objects.filter(inspection=inspection, item__in=[entry.item for entry in entries])
    current = {score.item_id: score for score in scores}
    weighed = weigh(entries, current)
    fresh = [
        InspectionScore(
            inspection=inspection,
            item=entry.item,
            points=entry.points,
            reason=entry.reason,
            revision=entry.revision + 1,
        )
        for entry in weighed.fresh
    ]
    if fresh:
        InspectionScore.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["inspection", "item"], update_fields=WRITTEN_FIELDS
        )
        before = {score.item.code: describe(current.get(score.item_id)) for score in fresh}
        after = {score.item.code: describe(score) for score in fresh}
        audit.record("检查打分", inspection, by=by.user, before=before, after=after)
    return Saved([*weighed.standing, *fresh], weighed.conflicts)


@transaction.atomic
def save_facts(
    inspection: Inspection,
    values: Mapping[str, Any],
    *,
    signed: Mapping[Signature.Side, str],
    revision: int,
    by: Appointment,
    now: datetime,
) -> None:
    """Write date, place, record and counts, and who signed. Raises Refused, or communities.revisions.Conflict."""
    hold(inspection, by=by)
    revise(inspection, values, revision=revision, by=by, action="登记检查情况")
    for side, name in signed.items():
        sign(inspection, side, name, by=by, now=now)


def sign(inspection: Inspection, side: Signature.Side, name: str, *, by: Appointment, now: datetime) -> None:
    """One signature a side, of the time at which the name was last written; a name taken out is a signature less."""
    before = Signature.objects.filter(inspection=inspection, side=side).first()
    if name == (before.name if before else ""):
        return
    if name:
        Signature.objects.update_or_create(
            inspection=inspection, side=side, defaults={"name": name, "signed_at": now, "entered_by": by.user}
        )
    elif before:
        before.delete()
    audit.record(
        "检查签字", inspection, by=by.user, before={side.label: before.name if before else ""}, after={side.label: name}
    )


# --- finishing -----------------------------------------------------------------------------------------------------
def faults(inspection: Inspection) -> list[Obstacle]:
    """Everything that stands against finishing, item by item, in the words that the page shows (R73)."""
    scores = {score.item_id: score for score in InspectionScore.objects.filter(inspection=inspection)}
    claimed = self_points(inspection)
    found = [
        Obstacle(problem, item.code)
        for item in items_of(inspection)
        if (problem := fault_of(item, scores.get(item.pk), claimed.get(item.pk)))
    ]
    return [*found, *faults_of_visit(inspection)]


def fault_of(item: Item, score: InspectionScore | None, claimed: Decimal | None) -> str:
    if score is None or score.points is None:
        return f"{item.code} 尚未评分。"
    need = "" if score.reason.strip() else reason_needed(item.points, score.points, claimed, than="自评分")
    return f"{item.code} {need}。" if need else ""


def faults_of_visit(inspection: Inspection) -> list[Obstacle]:
    found = []
    if inspection.inspected_on is None:
        found.append(Obstacle("请填写检查日期。"))
    if inspection.method in TOLD and not inspection.record.strip():
        found.append(Obstacle(f"请填写{inspection.get_method_display()}的情况记录。"))
    if inspection.method == Method.SITE:
        signed = set(Signature.objects.filter(inspection=inspection).values_list("side", flat=True))
        found += [Obstacle(f"{side.label}还没有签字。") for side in Signature.Side if side not in signed]
    return found


@transaction.atomic
def finish(inspection: Inspection, *, by: Appointment, now: datetime) -> None:
    """Close one's work and form the stage's sheet if it was the last. Raises Refused with every fault at once."""
    hold(inspection, by=by)
    current = Inspection.objects.select_related("assessment").get(pk=inspection.pk)
    found = faults(current)
    if found:
        raise Refused(found)
    Inspection.objects.filter(pk=inspection.pk).update(finished_at=now, revision=F("revision") + 1)
    audit.record("完成检查", inspection, by=by.user, after={"检查日期": fact(current.inspected_on)})
    form_sheet(inspection.assessment, Stage(inspection.stage))


@transaction.atomic
def take_up_again(inspection: Inspection, *, by: Appointment, reason: str) -> None:
    """Open a finished inspection once more, with a reason: signatures lapse and the stage's sheet is withdrawn.

    By its checker, or by the bureau for what the district's own people checked. Raises Refused.
    """
    stage = Stage(inspection.stage)
    hold_stage(inspection.assessment, stage)
    if not may_take_up(inspection, by):
        raise refuse("重新检查由检查人本人或区社区办办理。")
    if not reason.strip():
        raise refuse("重新检查必须填写原因。")
    if not open_again(inspection.assessment, stage, only=inspection):
        raise refuse("这项检查没有办结，不需要重新检查。")
    audit.record("重新检查", inspection, by=by.user, after={"原因": reason.strip()})
