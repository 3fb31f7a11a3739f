"""征求部门意见: a round is sent, each department answers for each unit, and the round is closed (R74; F6).

Silence is recorded as silence, an objection stays open until it is settled with a reason, and both count in
`assessment.checks` before a unit is put on the list.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from accounts import audit
from assessment.checks import Obstacle
from assessment.models import Assessment, CampaignYear, Consultation, Item, Opinion, State
from assessment.models.consultation import OBJECTING
from assessment.workflow import Refused, refuse
from communities.models import Appointment, Department, Role
from communities.revisions import Conflict

Answer, Resolution = Opinion.Answer, Opinion.Resolution
ASKABLE = (State.RECEIVED, State.INSPECTED)
"""The states in which departments can be asked about a unit."""
GIVEN = (Answer.AGREE, Answer.REMARK, Answer.OBJECT)
"""What a department can say; SILENT is what is written where it said nothing."""


@dataclass(frozen=True)
class Remark:
    """What a department says about one item of the unit's standard."""

    item: Item
    answer: str
    text: str


def askable(campaign_year: CampaignYear) -> QuerySet[Assessment]:
    """The applications of a year that departments can be asked about, in administrative order."""
    found = Assessment.objects.filter(campaign_year=campaign_year, kind=Assessment.Kind.APPLICATION, state__in=ASKABLE)
    return found.select_related("community__town")


# --- sending ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def send(
    *,
    campaign_year: CampaignYear,
    assessments: Sequence[Assessment],
    departments: Sequence[Department],
    number: str = "",
    sent_on: date,
    due_on: date,
    note: str = "",
    by: Appointment,
    now: datetime,
    left_out: Collection[tuple[int, int]] = (),
) -> Consultation:
    """Send the next round: a blank opinion for each department and unit, but for the pairs (department id,
    assessment id) of `left_out`. Raises Refused and sends nothing where a unit or department is left without any.
    """
    pairs = [(department, unit) for department in departments for unit in assessments]
    asked = [(department, unit) for department, unit in pairs if (department.pk, unit.pk) not in left_out]
    refuse(*_wrong_letter(campaign_year, assessments, departments, asked), *_wrong_days(sent_on, due_on, now))
    last = Consultation.objects.filter(campaign_year=campaign_year).order_by("round").last()
    try:
        with transaction.atomic():
            consultation = Consultation.objects.create(
                campaign_year=campaign_year,
                round=last.round + 1 if last else 1,
                number=number.strip(),
                sent_on=sent_on,
                due_on=due_on,
                note=note.strip(),
                sent_by=by.user,
            )
    except IntegrityError:
        raise Refused([Obstacle("刚刚已由他人发出一轮征求意见，请核对后再发。")]) from None
    Opinion.objects.bulk_create(
        Opinion(consultation=consultation, department=department, assessment=unit) for department, unit in asked
    )
    audit.record(
        "发出征求部门意见",
        consultation,
        by=by.user,
        after={
            "发文字号": consultation.number,
            "回复期限": due_on,
            "单位数": len(assessments),
            "部门": "、".join(str(one) for one in departments),
            "征求意见数": len(asked),
        },
    )
    return consultation


def _wrong_letter(
    campaign_year: CampaignYear,
    assessments: Sequence[Assessment],
    departments: Sequence[Department],
    asked: Iterable[tuple[Department, Assessment]],
) -> list[str]:
    """Why units and departments will not do: none chosen, not to be asked about, or left without a counterpart."""
    if not assessments or not departments:
        return ["请至少选择一个单位和一个部门。"]
    allowed = set(askable(campaign_year).filter(pk__in=[one.pk for one in assessments]).values_list("pk", flat=True))
    pairs = list(asked)
    offices, units = {office.pk for office, _unit in pairs}, {unit.pk for _office, unit in pairs}
    return [
        *(f"{one.community.full_name}现在不能征求意见，请刷新后重选。" for one in assessments if one.pk not in allowed),
        *(f"没有向任何部门征求对{one.community.full_name}的意见。" for one in assessments if one.pk not in units),
        *(f"没有向{one}征求任何单位的意见，请不要选它。" for one in departments if one.pk not in offices),
    ]


def _wrong_days(sent_on: date, due_on: date, now: datetime) -> list[str]:
    if sent_on > timezone.localdate(now):
        return ["发出日期不能晚于今天。"]
    return ["回复期限不能早于发出日期。"] if due_on < sent_on else []


# --- answering -------------------------------------------------------------------------------------------------------
@transaction.atomic
def answer(
    opinion: Opinion,
    *,
    answer: str,
    text: str = "",
    items: Sequence[Remark] = (),
    by: Appointment,
    now: datetime,
    revision: int,
) -> None:
    """Say what a department thinks of a unit, as a whole and of single items; until the round is closed it may be
    said anew, after the last day too (it is then marked as late).

    `opinion` is the one of the unit as a whole. The department's liaison says it, or the bureau from a paper reply.
    Raises Refused where something is missing or the bureau has settled it already, Conflict where somebody else
    answered since it was read.
    """
    _refuse_stranger(opinion.department, by)
    refuse(*_wrong_answer(opinion, answer, text, items))
    _hold_open(opinion.consultation)
    earlier = Opinion.objects.get(pk=opinion.pk)
    rows = Opinion.objects.filter(
        consultation=opinion.consultation_id, department=opinion.department_id, assessment=opinion.assessment_id
    )
    if rows.exclude(resolution="").exists():
        refuse("区社区办已经处理了这条意见，不能再修改。如需补充，请与区社区办联系。")
    said = {"answered_by": by.user, "answered_at": now}
    written = rows.filter(pk=opinion.pk, revision=revision).update(
        answer=answer, text=text.strip(), revision=F("revision") + 1, **said
    )
    if not written:
        raise Conflict(earlier)
    rows.exclude(item=None).delete()
    Opinion.objects.bulk_create(
        Opinion(
            consultation=opinion.consultation,
            department=opinion.department,
            assessment=opinion.assessment,
            item=remark.item,
            answer=remark.answer,
            text=remark.text.strip(),
            **said,
        )
        for remark in items
    )
    remarks = "；".join(f"{one.item.code}{Answer(one.answer).label}：{one.text.strip()}" for one in items)
    audit.record(
        "代录部门意见" if by.role == Role.BUREAU_OFFICER else "回复征求意见",
        opinion,
        by=by.user,
        before={"意见": earlier.get_answer_display(), "具体意见": earlier.text},
        after={
            "轮次": opinion.consultation.round,
            "意见": Answer(answer).label,
            "具体意见": text.strip(),
            **({"条目意见": remarks} if remarks else {}),
        },
    )


@transaction.atomic
def agree_to_rest(consultation: Consultation, department: Department, *, by: Appointment, now: datetime) -> int:
    """其余均同意: 同意 for every unit that the department has not answered yet; answers with how many."""
    _refuse_stranger(department, by)
    _hold_open(consultation)
    blanks = Opinion.objects.filter(consultation=consultation, department=department).waited_for()
    count = blanks.update(answer=Answer.AGREE, answered_by=by.user, answered_at=now, revision=F("revision") + 1)
    if count:
        on_behalf = by.role == Role.BUREAU_OFFICER
        audit.record(
            "代录其余均同意" if on_behalf else "其余均同意",
            consultation,
            by=by.user,
            after={"部门": str(department), "单位数": count},
        )
    return count


def _refuse_stranger(department: Department, by: Appointment) -> None:
    """A department speaks through its own liaison; the bureau enters what came on paper."""
    own = by.role == Role.LIAISON and by.department_id == department.pk
    on_behalf = by.role == Role.BUREAU_OFFICER and by.district_id == department.district_id
    if not own and not on_behalf:
        refuse(f"只有{department}联络员能回复，书面回执由区社区办代录。")


def _hold_open(consultation: Consultation) -> None:
    """Hold the round by an UPDATE that changes nothing: nobody closes it until this is done."""
    if not Consultation.objects.filter(pk=consultation.pk, closed_at=None).update(round=F("round")):
        refuse("本轮征求意见已经办结，不能再回复。如需补充，请与区社区办联系。")


def _wrong_answer(opinion: Opinion, answer: str, text: str, items: Sequence[Remark]) -> list[str]:
    if answer not in GIVEN:
        return ["请选择同意、有意见或不同意。"]
    wrong = []
    if answer in OBJECTING and not text.strip():
        wrong.append(f"选择“{Answer(answer).label}”的，请写明具体意见。")
    if answer == Answer.AGREE and items:
        wrong.append("对条目提了意见的，总的意见请选“有意见”或“不同意”。")
    standard = opinion.assessment.standard_id
    if any(remark.item.standard_id != standard for remark in items):
        wrong.append("所选条目不属于该单位的考评标准。")
    if any(remark.answer not in OBJECTING or not remark.text.strip() for remark in items):
        wrong.append("对条目的意见，请选择有意见或不同意，并写明具体意见。")
    if len({remark.item.pk for remark in items}) < len(items):
        wrong.append("同一条目只能提一条意见，请合并填写。")
    return wrong


# --- closing and settling --------------------------------------------------------------------------------------------
def waited_for(consultation: Consultation) -> Mapping[str, int]:
    """Departments that still owe an answer, in their order, with the number of units."""
    blanks = Opinion.objects.filter(consultation=consultation).waited_for().order_by("department__sort_order")
    counted = blanks.values("department__name").annotate(units=Count("pk"))
    return {row["department__name"]: row["units"] for row in counted}


@transaction.atomic
def close(consultation: Consultation, *, by: Appointment, now: datetime) -> None:
    """办结: what is still blank after the last day becomes 逾期未回复; before it nothing may be blank."""
    if not Consultation.objects.filter(pk=consultation.pk, closed_at=None).update(closed_at=now, closed_by=by.user):
        refuse("本轮征求意见已经办结。")
    missing = waited_for(consultation)
    if missing and not consultation.is_overdue(now):
        day = consultation.due_on
        told = "、".join(f"{name}{count}个单位" for name, count in missing.items())
        refuse(f"回复期限{day.year}年{day.month}月{day.day}日24:00未到，{told}尚未回复，不能办结。")
    blanks = Opinion.objects.filter(consultation=consultation).waited_for()
    blanks.update(answer=Answer.SILENT, revision=F("revision") + 1)
    silent = "、".join(f"{name}{count}个单位" for name, count in missing.items())
    audit.record("办结征求部门意见", consultation, by=by.user, after={"逾期未回复": silent or "无"})
    consultation.refresh_from_db()


@transaction.atomic
def settle(opinion: Opinion, *, resolution: str, reason: str, by: Appointment, now: datetime, revision: int) -> None:
    """已解决 or 不予采纳, with the reason; a settlement may be corrected the same way. Raises Refused or Conflict."""
    refuse(*_wrong_settlement(opinion, resolution, reason, by))
    before = Opinion.objects.get(pk=opinion.pk)
    written = Opinion.objects.filter(pk=opinion.pk, revision=revision, answer__in=OBJECTING).update(
        resolution=resolution,
        resolution_reason=reason.strip(),
        resolved_by=by.user,
        resolved_at=now,
        revision=F("revision") + 1,
    )
    if not written:
        raise Conflict(before)
    audit.record(
        "处理部门意见",
        opinion,
        by=by.user,
        before={"处理": before.get_resolution_display(), "处理说明": before.resolution_reason},
        after={"处理": Resolution(resolution).label, "处理说明": reason.strip()},
    )


def _wrong_settlement(opinion: Opinion, resolution: str, reason: str, by: Appointment) -> list[str]:
    if by.role != Role.BUREAU_OFFICER:
        return ["部门意见由区社区办处理。"]
    if not opinion.is_objection:
        return [f"“{opinion.get_answer_display() or '尚未回复'}”不需要处理。"]
    wrong = []
    if resolution not in Resolution.values:
        wrong.append("请选择已解决或不予采纳。")
    if not reason.strip():
        wrong.append("请写明怎样解决的，或者不予采纳的理由。")
    return wrong
