"""正式创建名单: fixed with number, date and digest; a later change is a new version with a reason (R74; F9).

A version is never changed: what stands in it are names, towns and scores of the moment it was fixed.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from accounts import audit
from assessment.checks import Obstacle
from assessment.models import (
    Assessment,
    CampaignYear,
    Candidate,
    CandidateList,
    ScoreSheet,
    Stage,
    State,
)
from assessment.workflow import Refused, advance, refuse
from communities.models import Appointment, Category

LISTED_ORDER = ("-community__category", "community__town__sort_order", "community__sort_order")
"""By type, town and community (F9); urban ones first."""


# --- fixing ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def freeze(
    *,
    campaign_year: CampaignYear,
    assessments: Sequence[Assessment],
    number: str,
    dated: date,
    notice_from: date | None = None,
    notice_until: date | None = None,
    reason: str = "",
    by: Appointment,
    now: datetime,
) -> CandidateList:
    """Fix the year's first list with these units, all of them or none.

    Raises Refused with what stands against each unit, or where a list was fixed already.
    """
    _refuse_wrong(number, notice_from, notice_until, changed=bool(assessments))
    fixed = _claim(
        campaign_year, 1, number=number, dated=dated, notice=(notice_from, notice_until), reason=reason, by=by, now=now
    )
    _take_all("enlist", assessments, number=fixed.number, reason=fixed.reason, by=by, now=now)
    _write(fixed, [one.pk for one in assessments])
    return _tell("确定创建名单", fixed, by=by)


@transaction.atomic
def revise(
    previous: CandidateList,
    *,
    add: Sequence[Assessment] = (),
    remove: Sequence[Assessment] = (),
    number: str,
    dated: date,
    notice_from: date | None = None,
    notice_until: date | None = None,
    reason: str,
    by: Appointment,
    now: datetime,
) -> CandidateList:
    """Fix the version after `previous`, which stays as it is: units are added and removed, all of it or nothing.

    A unit whose assessment was ended by a 区划调整 is left out by itself. Raises Refused like `freeze`, also where
    `previous` is not the latest any more.
    """
    gone = [one.pk for one in ended(previous)]
    _refuse_wrong(number, notice_from, notice_until, changed=bool(add or remove or gone), reason=reason, again=True)
    fixed = _claim(
        previous.campaign_year,
        previous.version + 1,
        number=number,
        dated=dated,
        notice=(notice_from, notice_until),
        reason=reason,
        by=by,
        now=now,
    )
    kept = set(previous.candidates.values_list("assessment_id", flat=True)) - set(gone)
    if not {one.pk for one in remove} <= kept:
        refuse("要移出的单位不在名单中，请刷新后再操作。")
    _take_all("delist", remove, number=fixed.number, reason=fixed.reason, by=by, now=now)
    _take_all("enlist", add, number=fixed.number, reason=fixed.reason, by=by, now=now)
    _write(fixed, (kept - {one.pk for one in remove}) | {one.pk for one in add})
    return _tell("变更创建名单", fixed, by=by)


def ended(candidate_list: CandidateList) -> list[Assessment]:
    """Units of a version whose assessment came to an end by a 区划调整 since."""
    return list(Assessment.objects.filter(candidacies__candidate_list=candidate_list, state=State.CLOSED))


def _refuse_wrong(
    number: str,
    notice_from: date | None,
    notice_until: date | None,
    *,
    changed: bool,
    reason: str = "",
    again: bool = False,
) -> None:
    wrong = []
    if not number.strip():
        wrong.append("请填写名单的文号。")
    if again and not reason.strip():
        wrong.append("变更名单必须写明原因。")
    if not changed:
        wrong.append("名单没有增减，不需要变更。" if again else "请至少选择一个单位。")
    if (notice_from is None) != (notice_until is None):
        wrong.append("公示的开始和结束日期要么都填，要么都不填。")
    elif notice_from and notice_until and notice_until < notice_from:
        wrong.append("公示结束日期不能早于开始日期。")
    refuse(*wrong)


def _claim(
    campaign_year: CampaignYear,
    version: int,
    *,
    number: str,
    dated: date,
    notice: tuple[date | None, date | None],
    reason: str,
    by: Appointment,
    now: datetime,
) -> CandidateList:
    """The version's row, which only one of two people gets."""
    try:
        with transaction.atomic():
            return CandidateList.objects.create(
                campaign_year=campaign_year,
                version=version,
                number=number.strip(),
                dated=dated,
                notice_from=notice[0],
                notice_until=notice[1],
                reason=reason.strip(),
                frozen_by=by.user,
                frozen_at=now,
            )
    except IntegrityError:
        raise Refused([Obstacle(f"{campaign_year}创建名单第{version}版已由他人确定，请核对后再操作。")]) from None


def _take_all(
    step: str, assessments: Iterable[Assessment], *, number: str, reason: str, by: Appointment, now: datetime
) -> None:
    """Take the step with every unit, or raise Refused with what stands against each, by its name."""
    found = []
    for assessment in assessments:
        try:
            advance(assessment, step, by=by, now=now, document=number, reason=reason)
        except Refused as refused:
            unit = assessment.community.full_name
            found += [Obstacle(f"{unit}：{one.message}", one.item_code, one.page) for one in refused.obstacles]
    if found:
        raise Refused(found)


def _write(fixed: CandidateList, ids: Collection[int]) -> None:
    """The entries with names, towns and scores of this moment, and their digest."""
    units = Assessment.objects.filter(pk__in=ids).select_related("community__town").order_by(*LISTED_ORDER)
    totals = {
        (sheet.assessment_id, sheet.stage): sheet.total
        for sheet in ScoreSheet.objects.filter(assessment__in=ids, stage__in=[Stage.SELF, Stage.DISTRICT])
    }
    rows = [
        Candidate(
            candidate_list=fixed,
            assessment=unit,
            position=position,
            code=unit.community.code,
            name=unit.community.name,
            town_name=unit.community.town.name,
            category=unit.community.category,
            self_total=totals[unit.pk, Stage.SELF],
            district_total=totals[unit.pk, Stage.DISTRICT],
        )
        for position, unit in enumerate(units, start=1)
    ]
    Candidate.objects.bulk_create(rows)
    fixed.digest = digest_of(rows)
    fixed.save(update_fields=["digest"])


def _tell(action: str, fixed: CandidateList, *, by: Appointment) -> CandidateList:
    told = {"文号": fixed.number, "版本": fixed.version, "单位数": fixed.candidates.count(), "内容摘要": fixed.digest}
    audit.record(action, fixed, by=by.user, after={**told, **({"变更原因": fixed.reason} if fixed.reason else {})})
    return fixed


def digest_of(candidates: Iterable[Candidate]) -> str:
    """SHA-256 over the entries as canonical JSON: sorted keys, no spaces, scores with two decimals."""
    entries = [
        {
            "position": one.position,
            "assessment": one.assessment_id,
            "code": one.code,
            "name": one.name,
            "town_name": one.town_name,
            "category": str(one.category),
            "self_total": f"{one.self_total:.2f}",
            "district_total": f"{one.district_total:.2f}",
        }
        for one in candidates
    ]
    text = json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify(candidate_list: CandidateList) -> bool:
    """Whether the entries are still those that the list was fixed with."""
    return digest_of(candidate_list.candidates.order_by("position")) == candidate_list.digest


def counted(candidates: Iterable[Candidate]) -> str:
    """城镇社区12个、农村社区（村）8个，共20个."""
    categories = [Category(one.category) for one in candidates]
    parts = "、".join(f"{category.label}{categories.count(category)}个" for category in Category)
    return f"{parts}，共{len(categories)}个"


def changes(previous: Sequence[Candidate], current: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """What a version has that the one before it had not, and what it has no more."""
    before, after = ({one.assessment_id for one in rows} for rows in (previous, current))
    added = [one for one in current if one.assessment_id not in before]
    return added, [one for one in previous if one.assessment_id not in after]
