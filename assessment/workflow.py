"""Steps along the chain: `advance` is the only writer of an assessment's state; what may be done is `TRANSITIONS`."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, ProtectedError

from accounts import audit
from assessment.checks import Obstacle
from assessment.deadlines import is_past_deadline, why_late
from assessment.facts import Facts
from assessment.inspecting.reopening import open_again
from assessment.models import Assessment, CampaignYear, ScoreSheet, Stage, Standard, State, StateChange
from assessment.suggestions import keep_suggestions
from assessment.transitions import TRANSITIONS, Transition
from communities.models import Appointment, Community


class Refused(Exception):
    """A step that may not be taken; `obstacles` say why, in Chinese."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("；".join(obstacle.message for obstacle in obstacles))
        self.obstacles = obstacles


def refuse(*messages: str) -> None:
    """Raise Refused where there is anything to say."""
    if messages:
        raise Refused([Obstacle(message) for message in messages])


def available(assessment: Assessment, appointment: Appointment) -> list[Transition]:
    """The steps this person could take from here; whether the checks hold is `obstacles`."""
    return [row for row in TRANSITIONS.values() if appointment.role in row.roles and assessment.state in row.sources]


def obstacles(assessment: Assessment, transition: Transition, *, now: datetime) -> list[Obstacle]:
    """Everything that stands against a step now, all at once."""
    facts = Facts(assessment, now)
    return [obstacle for check in transition.checks for obstacle in check(facts)]


@transaction.atomic
def advance(
    assessment: Assessment,
    name: str,
    *,
    by: Appointment,
    now: datetime,
    reason: str = "",
    document: str = "",
    last_day: date | None = None,
) -> StateChange:
    """Take one step, or raise Refused and change nothing.

    The state is claimed first by one conditional UPDATE, so of two people only one wins and no item can change
    between the checks and the step. `last_day` goes with a return or an order to rectify, `document` is the number of
    what the step rests on.
    """
    transition = TRANSITIONS[name]
    refuse_incomplete(transition, by=by, reason=reason, document=document, last_day=last_day)
    source = State(assessment.state)
    claimed = Assessment.objects.filter(
        pk=assessment.pk, state=source, state__in=transition.sources, revision=assessment.revision
    ).update(state=transition.target, revision=F("revision") + 1, resubmit_by=last_day or assessment.resubmit_by)
    if not claimed:
        raise Refused([Obstacle("该考评刚刚已由他人处理或状态已变化，请刷新后再操作。")])
    found = obstacles(assessment, transition, now=now)
    if found:
        raise Refused(found)
    receipt = give_receipt(assessment, now=now) if transition.gives_receipt else ""
    if transition.gives_receipt:
        reason = why_late(assessment, now=now)
        keep_suggestions(assessment)
    if transition.voids_receipt:
        Assessment.objects.filter(pk=assessment.pk).update(receipt_number="", submitted_at=None, is_late=False)
    if transition.reopens_inspections:
        open_again(assessment, Stage.DISTRICT)
    told = Told(reason=reason.strip(), document=document.strip(), receipt=receipt)
    return remember(assessment, transition, source=source, by=by, now=now, told=told)


def refuse_incomplete(
    transition: Transition, *, by: Appointment, reason: str, document: str, last_day: date | None
) -> None:
    """Raise Refused where the person may not take the step, or what it asks for is not given."""
    if by.role not in transition.roles:
        raise Refused([Obstacle(f"{by.get_role_display()}不能{transition.label}。")])
    missing = []
    if transition.needs_reason and not reason.strip():
        missing.append(Obstacle(f"{transition.label}必须填写原因。"))
    if transition.needs_document and not document.strip():
        missing.append(Obstacle(f"{transition.label}必须填写依据文号。"))
    if transition.sets_last_day and last_day is None:
        missing.append(Obstacle(f"{transition.label}必须写明期限。"))
    if missing:
        raise Refused(missing)


@transaction.atomic
def begin_recheck(*, community: Community, campaign_year: CampaignYear, by: Appointment) -> Assessment:
    """The 动态复核 of a named unit that was drawn again, which it does not apply for (R80, decision 16).

    Raises Refused where the year already has an assessment of the unit that is none, or there is no standard.
    """
    standard = Standard.objects.current(campaign_year.campaign.district, community.category)
    if standard is None:
        raise Refused([Obstacle(f"还没有发布{community.get_category_display()}考评标准，请联系区社区办导入。")])
    kind = Assessment.Kind.RECHECK
    assessment, created = Assessment.objects.get_or_create(
        community=community,
        campaign_year=campaign_year,
        defaults={"standard": standard, "kind": kind, "state": State.RECHECK},
    )
    if assessment.kind != kind:
        raise Refused([Obstacle(f"{community.full_name}{campaign_year}已有创建申报，不能再作动态复核。")])
    if created:
        audit.record("开始动态复核", assessment, by=by.user, after={"考评标准": standard.label})
    return assessment


def cancel_recheck(assessment: Assessment, *, reason: str, by: Appointment) -> None:
    """Take back a 动态复核 that was opened and not begun, in the caller's transaction; raises Refused otherwise."""
    if assessment.kind != Assessment.Kind.RECHECK or assessment.state != State.RECHECK:
        raise Refused([Obstacle(f"{assessment.community.full_name}的动态复核已有结果，不能取消。")])
    audit.record("取消动态复核", assessment, by=by.user, before={"状态": State.RECHECK.label}, after={"原因": reason})
    try:
        assessment.delete()
    except ProtectedError as error:
        message = f"{assessment.community.full_name}的动态复核已有办理记录，不能取消。"
        raise Refused([Obstacle(message)]) from error


def give_receipt(assessment: Assessment, *, now: datetime) -> str:
    """The next receipt number of the year, like 2012-0007; the counter's row lock makes it unique (R71)."""
    year = assessment.campaign_year
    CampaignYear.objects.filter(pk=year.pk).update(receipts=F("receipts") + 1)
    count = CampaignYear.objects.values_list("receipts", flat=True).get(pk=year.pk)
    number = f"{year.year}-{count:04d}"
    is_late = is_past_deadline(year, now)
    Assessment.objects.filter(pk=assessment.pk).update(receipt_number=number, submitted_at=now, is_late=is_late)
    return number


@dataclass(frozen=True)
class Told:
    """What a person said with a step, and the receipt that came of it."""

    reason: str
    document: str
    receipt: str


def latest_score(assessment: Assessment) -> ScoreSheet | None:
    """The sheet of the latest stage that has scored: where a unit was not sampled, this one counts (decision 8)."""
    sheets = {Stage(sheet.stage): sheet for sheet in ScoreSheet.objects.filter(assessment=assessment)}
    return next((sheets[stage] for stage in reversed(Stage) if stage in sheets), None)


def remember(
    assessment: Assessment, transition: Transition, *, source: State, by: Appointment, now: datetime, told: Told
) -> StateChange:
    """Write the step into the assessment's history and the audit trail."""
    assessment.refresh_from_db(fields=["state", "revision", "resubmit_by", "receipt_number", "submitted_at", "is_late"])
    sheet = latest_score(assessment)
    stage = Stage(sheet.stage) if sheet else None
    change = StateChange.objects.create(
        assessment=assessment,
        action=transition.label,
        source=source,
        target=transition.target,
        by=by.user,
        actor=f"{by.unit_name} {by.user.name}",
        at=now,
        reason=told.reason,
        receipt_number=told.receipt,
        document=told.document,
        stage=stage or "",
        total=sheet.total if sheet else None,
    )
    scored = {f"{stage.label}总分": sheet.total} if sheet and stage else {}
    given = {"原因": told.reason, "依据文号": told.document, "回执编号": told.receipt}
    audit.record(
        transition.label,
        assessment,
        by=by.user,
        before={"状态": source.label},
        after={"状态": transition.target.label, **scored, **{name: value for name, value in given.items() if value}},
    )
    return change
