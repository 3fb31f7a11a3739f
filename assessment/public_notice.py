"""公示 of a candidate list with what is said against it, and its report to the city (R74).

公示 is optional. A list is reported once its last day is over and no objection about a unit on it is open.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import audit
from assessment.candidates import verify
from assessment.checks import Obstacle
from assessment.models import Assessment, CandidateList, NoticeObjection
from assessment.workflow import Refused, refuse
from communities.models import Appointment
from communities.revisions import Conflict
from communities.templatetags.official import fact


def against_report(candidate_list: CandidateList, today: date) -> Iterator[Obstacle]:
    """Why a list cannot be reported to the city yet."""
    newer = CandidateList.objects.filter(
        campaign_year=candidate_list.campaign_year_id, version__gt=candidate_list.version
    )
    if newer.exists():
        yield Obstacle("名单已有新的版本，请上报最新版本。")
    if candidate_list.is_on_notice(today):
        yield Obstacle(f"公示到{fact(candidate_list.notice_until)}为止，期满后再上报。")
    waiting = open_objections(candidate_list).count()
    if waiting:
        yield Obstacle(f"还有{waiting}条公示异议没有核查处理。")
    if not verify(candidate_list):
        yield Obstacle("名单内容与确定时的内容摘要不一致，请联系系统管理员核查。")


def open_objections(candidate_list: CandidateList) -> QuerySet[NoticeObjection]:
    """What nobody has settled about units of the list, whichever version was shown when it was raised."""
    of_units = NoticeObjection.objects.filter(assessment__candidacies__candidate_list=candidate_list)
    return of_units.filter(settled_at=None)


@transaction.atomic
def report(candidate_list: CandidateList, *, by: Appointment, now: datetime) -> None:
    """上报市民政局 (R74). Raises Refused while 公示 runs, an objection is open, or it has been reported already."""
    unreported = CandidateList.objects.filter(pk=candidate_list.pk, reported_at=None)
    if not unreported.update(reported_at=now, reported_by=by.user):
        refuse("该名单已经上报。")
    found = list(against_report(candidate_list, timezone.localdate(now)))
    if found:
        raise Refused(found)
    audit.record("上报创建名单", candidate_list, by=by.user, after={"文号": candidate_list.number, "上报": "市民政局"})
    candidate_list.refresh_from_db()


@transaction.atomic
def raise_objection(
    candidate_list: CandidateList,
    *,
    assessment: Assessment,
    received_on: date,
    raised_by: str = "",
    text: str,
    by: Appointment,
    now: datetime,
) -> NoticeObjection:
    """Note what somebody has against a unit while the list is shown in public; nobody has to give a name."""
    refuse(*_wrong_objection(candidate_list, assessment, received_on, text, timezone.localdate(now)))
    objection = NoticeObjection.objects.create(
        candidate_list=candidate_list,
        assessment=assessment,
        received_on=received_on,
        raised_by=raised_by.strip(),
        text=text.strip(),
        entered_by=by.user,
    )
    audit.record("登记公示异议", objection, by=by.user, after={"收到日期": received_on, "反映内容": objection.text})
    return objection


def _wrong_objection(
    candidate_list: CandidateList, assessment: Assessment, received_on: date, text: str, today: date
) -> Iterator[str]:
    if candidate_list.notice_from is None:
        yield "该名单没有公示，不登记公示异议。"
    elif not candidate_list.notice_from <= received_on <= today:
        yield f"收到日期应在公示开始（{fact(candidate_list.notice_from)}）以后、今天以前。"
    if not candidate_list.candidates.filter(assessment=assessment).exists():
        yield "该单位不在这一版名单中。"
    if not text.strip():
        yield "请填写反映的内容。"


@transaction.atomic
def settle_objection(
    objection: NoticeObjection, *, outcome: str, by: Appointment, now: datetime, revision: int
) -> None:
    """What the inquiry found; from then on the objection holds nothing up. Raises Refused or Conflict."""
    if not outcome.strip():
        refuse("请写明核查结果和处理意见。")
    before = NoticeObjection.objects.get(pk=objection.pk)
    written = NoticeObjection.objects.filter(pk=objection.pk, revision=revision).update(
        outcome=outcome.strip(), settled_by=by.user, settled_at=now, revision=F("revision") + 1
    )
    if not written:
        raise Conflict(before)
    audit.record(
        "办结公示异议",
        objection,
        by=by.user,
        before={"核查结果": before.outcome},
        after={"核查结果": outcome.strip()},
    )
