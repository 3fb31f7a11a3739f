"""Freezing the frame, drawing with a seed in front of witnesses, replacing a unit, planning the visits (R75, R77-R80).

Each is one act in one transaction with its line in the audit trail; of two people who act at once one wins and the
other gets a sentence.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import audit
from assessment.models import CampaignYear, Designation, FrameUnit, Inspection, Replacement, SamplingDraw, Stage
from assessment.sampling.frame import NAMED, VISITED_IN, faults, frame_on, method_unit
from assessment.sampling.method import drawn_codes, frame_digest, order_key, successors
from assessment.transitions import CITY, PROVINCE
from assessment.workflow import Refused as StepRefused
from assessment.workflow import begin_recheck, cancel_recheck
from communities.models import Appointment, Role
from communities.revisions import revise
from communities.templatetags.official import fact, plain

DRAWERS: dict[str, tuple[Role, ...]] = {Stage.CITY: CITY, Stage.PROVINCE: PROVINCE}
"""Who draws for a level: the bureau on its behalf, or its own inspector."""
SEED_LENGTH = 4
NAMES_SHOWN = 5


class SamplingRefused(Exception):
    """An act that may not be done; `faults` are Chinese sentences."""

    def __init__(self, *faults: str) -> None:
        super().__init__("".join(faults))
        self.faults = faults


def may_act(stage: str, appointment: Appointment) -> bool:
    return appointment.role in DRAWERS[stage]


def _refuse_strangers(stage: str, by: Appointment) -> None:
    if not may_act(stage, by):
        raise SamplingRefused(f"{by.get_role_display()}不能办理{Stage(stage).label}抽样。")


# --- the frame -----------------------------------------------------------------------------------------------------
@transaction.atomic
def freeze_frame(
    *, campaign_year: CampaignYear, stage: str, ratio: Decimal, by: Appointment, now: datetime, without_named: str = ""
) -> SamplingDraw:
    """Freeze who can be drawn and at what ratio (percent), in place of an earlier frame that was not drawn from yet.

    `without_named` says why the province draws although nobody holds a title yet. Raises SamplingRefused.
    """
    _refuse_strangers(stage, by)
    if not 0 < ratio <= 100:  # noqa: PLR2004 - per cent
        raise SamplingRefused("抽样比例应大于0、不大于100。")
    frame = frame_on(campaign_year, stage, timezone.localdate(now))
    found = faults(frame, campaign_year, stage, without_named)
    if found:
        raise SamplingRefused(*found)
    needs_reason = stage == Stage.PROVINCE and not frame.of(NAMED)
    facts = {
        "ratio": ratio,
        "without_named": without_named.strip() if needs_reason else "",
        "frame_digest": frame_digest(
            year=campaign_year.year, stage=stage, ratio=ratio, units=map(method_unit, frame.units)
        ),
        "frozen_at": now,
        "frozen_by": by.user,
    }
    draw, _created = SamplingDraw.objects.get_or_create(campaign_year=campaign_year, stage=stage, defaults=facts)
    undrawn = SamplingDraw.objects.filter(pk=draw.pk, drawn_at__isnull=True)
    if not undrawn.update(**facts, revision=F("revision") + 1):
        raise SamplingRefused(f"{draw}已经完成，抽样框不能再变更。")
    FrameUnit.objects.filter(draw=draw).delete()
    for unit in frame.units:
        unit.draw = draw
    FrameUnit.objects.bulk_create(frame.units)
    draw.refresh_from_db()
    after = {"抽样比例（%）": plain(ratio), "单位数": len(frame.units), "抽样框摘要": draw.frame_digest}
    told = {"没有已命名单位的说明": draw.without_named, "未列入": "、".join(one.name for one in frame.left_out)}
    audit.record("冻结抽样框", draw, by=by.user, after=after | {name: text for name, text in told.items() if text})
    return draw


def changes_since(draw: SamplingDraw, day: date) -> list[str]:
    """Names of the units that came into the frame or left it since it was frozen: it is then to be frozen anew."""
    then = {(unit.code, unit.standing): unit.name for unit in FrameUnit.objects.filter(draw=draw)}
    units = frame_on(draw.campaign_year, draw.stage, day).units
    now = {(unit.code, unit.standing): unit.name for unit in units}
    return [name for code, name in sorted({**then, **now}.items()) if (code in then) != (code in now)]


# --- the draw ------------------------------------------------------------------------------------------------------
@transaction.atomic
def draw(
    *, draw: SamplingDraw, seed: str, place: str, host: str, witnesses: str, by: Appointment, now: datetime
) -> SamplingDraw:
    """Draw once and for all with the seed that the witnesses gave. Raises SamplingRefused and changes nothing.

    A named unit that is drawn gets its 动态复核 at once (R80).
    """
    _refuse_strangers(draw.stage, by)
    seed, witnesses = seed.strip(), witnesses.strip()
    _refuse_unwitnessed(seed, witnesses)
    facts = {"seed": seed, "place": place.strip(), "host": host.strip(), "witnesses": witnesses}
    claimed = SamplingDraw.objects.filter(pk=draw.pk, drawn_at__isnull=True, revision=draw.revision)
    if not claimed.update(**facts, drawn_at=now, drawn_by=by.user, revision=F("revision") + 1):
        raise SamplingRefused("刚刚已由他人完成抽样或重新冻结了抽样框，请返回查看。")
    draw.refresh_from_db()
    units = list(FrameUnit.objects.filter(draw=draw).select_related("community__town"))
    _refuse_changed(draw, units, now)
    drawn = drawn_codes(seed, draw.ratio, map(method_unit, units))
    for unit in units:
        unit.draw = draw
        unit.order_key, unit.drawn = order_key(seed, unit.code), unit.code in drawn
        if unit.drawn:
            _open_recheck(unit, by=by)
    FrameUnit.objects.bulk_update(units, ["order_key", "drawn", "assessment"])
    after = {"种子": seed, "见证人": witnesses, "主持人": draw.host, "抽样地点": draw.place}
    counts = {"抽样框摘要": draw.frame_digest, "单位数": len(units), "抽中": len(drawn)}
    audit.record("抽样", draw, by=by.user, after=after | counts)
    return draw


def _refuse_unwitnessed(seed: str, witnesses: str) -> None:
    if len(seed) < SEED_LENGTH:
        raise SamplingRefused(f"种子不能少于{SEED_LENGTH}个字符。")
    if not witnesses:
        raise SamplingRefused("请写明至少一名见证人。")


def _refuse_changed(draw: SamplingDraw, units: list[FrameUnit], now: datetime) -> None:
    """The frame must read as it was frozen, and still be who can be drawn."""
    digest = frame_digest(
        year=draw.campaign_year.year, stage=draw.stage, ratio=draw.ratio, units=map(method_unit, units)
    )
    if digest != draw.frame_digest:
        raise SamplingRefused("抽样框与冻结时的摘要不符，不能抽样。请重新冻结抽样框，并报告系统管理员。")
    changed = changes_since(draw, timezone.localdate(now))
    if changed:
        names = "、".join(changed[:NAMES_SHOWN]) + (f"等{len(changed)}个单位" if len(changed) > NAMES_SHOWN else "")
        raise SamplingRefused(f"抽样框冻结后，{names}的情况已变化，请重新冻结抽样框后再抽样。")


def _open_recheck(unit: FrameUnit, *, by: Appointment) -> None:
    if unit.standing != NAMED:
        return
    try:
        unit.assessment = begin_recheck(community=unit.community, campaign_year=unit.draw.campaign_year, by=by)
    except StepRefused as refused:
        raise SamplingRefused(str(refused)) from refused


# --- afterwards ----------------------------------------------------------------------------------------------------
@transaction.atomic
def replace(*, draw: SamplingDraw, removed: FrameUnit, reason: str, by: Appointment, now: datetime) -> Replacement:
    """The next of the stratum by key, else of the group, in place of a unit that cannot be visited.

    Units that cannot be visited any more either are passed over and noted. Raises SamplingRefused.
    """
    _refuse_strangers(draw.stage, by)
    if not reason.strip():
        raise SamplingRefused("请填写调换原因。")
    out = FrameUnit.objects.filter(pk=removed.pk, draw=draw, drawn=True)
    if not out.update(drawn=False, visit_on=None):
        raise SamplingRefused(f"{removed}不在样本中，或刚刚已被调换，请刷新后查看。")
    removed.refresh_from_db()
    _release(removed, reason=reason, by=by)
    added, skipped = _successor(draw, removed, timezone.localdate(now))
    _open_recheck(added, by=by)
    if not FrameUnit.objects.filter(pk=added.pk, drawn=False).update(drawn=True, assessment=added.assessment):
        raise SamplingRefused("刚刚有他人办理了调换，请刷新后再操作。")
    swap = Replacement.objects.create(
        draw=draw,
        removed=removed,
        added=added,
        reason=reason.strip(),
        skipped=" ".join(unit.code for unit in skipped),
        by=by.user,
        at=now,
    )
    after = {"调入": str(added), "调换原因": swap.reason, "跳过": "、".join(map(str, skipped))}
    audit.record("调换抽中单位", draw, by=by.user, before={"调出": str(removed)}, after=after)
    return swap


def begun(draw: SamplingDraw) -> Q:
    """Which inspections of the level have been worked on, so that their unit stays in the sample."""
    worked_on = Q(finished_at__isnull=False) | Q(inspected_on__isnull=False) | ~Q(record="")
    worked_on |= Q(scores__isnull=False) | Q(photos__isnull=False) | Q(signatures__isnull=False)
    return Q(worked_on, stage=draw.stage)


def _release(removed: FrameUnit, *, reason: str, by: Appointment) -> None:
    """Take back what was only arranged for a unit; refused where its visit has begun."""
    given = Inspection.objects.filter(assessment=removed.assessment_id, stage=removed.draw.stage)
    if given.filter(begun(removed.draw)).exists():
        raise SamplingRefused(f"{removed}的考评已经开始，不能调换。")
    given.delete()
    if removed.standing == NAMED and removed.assessment:
        recheck = removed.assessment
        FrameUnit.objects.filter(pk=removed.pk).update(assessment=None)
        try:
            cancel_recheck(recheck, reason=f"抽样调换：{reason.strip()}", by=by)
        except StepRefused as refused:
            raise SamplingRefused(str(refused)) from refused


def _successor(draw: SamplingDraw, removed: FrameUnit, day: date) -> tuple[FrameUnit, list[FrameUnit]]:
    """The unit that follows, and those before it that cannot be visited any more."""
    units = {unit.code: unit for unit in FrameUnit.objects.filter(draw=draw).select_related("community__town")}
    used = {unit.code for unit in units.values() if unit.drawn}
    used |= set(Replacement.objects.filter(draw=draw).values_list("removed__code", flat=True)) | {removed.code}
    queue = successors(draw.seed, method_unit(removed), map(method_unit, units.values()), used)
    open_now = _open_codes(draw, day)
    skipped: list[FrameUnit] = []
    for candidate in queue:
        if candidate.code in open_now:
            return units[candidate.code], skipped
        skipped.append(units[candidate.code])
    raise SamplingRefused("同类单位已全部抽中或不能再考评，没有可以顺延的单位。")


def _open_codes(draw: SamplingDraw, day: date) -> set[str]:
    """Codes of the frame's units that can still be visited: applications in the state, titles in force."""
    units = FrameUnit.objects.filter(draw=draw, community__closed_on__isnull=True).order_by()
    held = Designation.objects.held_on(day).order_by().values("community")
    applied = units.filter(standing=NAMED, community__assessments__campaign_year=draw.campaign_year)
    new = units.filter(assessment__state=VISITED_IN[draw.stage]).exclude(standing=NAMED)
    named = units.filter(standing=NAMED, community__in=held).exclude(pk__in=applied.values("pk"))
    return {*new.values_list("code", flat=True), *named.values_list("code", flat=True)}


@transaction.atomic
def plan_visits(
    *, draw: SamplingDraw, group: str, days: Mapping[int, date | None], revision: int, by: Appointment
) -> None:
    """Write down the group's members and programme, and on which day each drawn unit is visited, by its id (R77).

    Raises communities.revisions.Conflict where somebody else changed the plan meanwhile, SamplingRefused otherwise.
    """
    _refuse_strangers(draw.stage, by)
    revise(draw, {"group": group.strip()}, revision=revision, by=by, action="安排考评")
    before, after = {}, {}
    for unit in FrameUnit.objects.filter(draw=draw, drawn=True, pk__in=days):
        if unit.visit_on != days[unit.pk]:
            before[str(unit)], after[str(unit)] = fact(unit.visit_on), fact(days[unit.pk])
            FrameUnit.objects.filter(pk=unit.pk).update(visit_on=days[unit.pk])
    if after:
        audit.record("安排考评日期", draw, by=by.user, before=before, after=after)
