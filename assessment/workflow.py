"""The way of an assessment: one table of transitions, and `advance`, the only writer of the state.

Buttons, refusals, history and the diagram in docs/workflow.md are derived from TRANSITIONS.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from accounts import audit
from assessment import checks
from assessment.checks import Check, Obstacle
from assessment.facts import read_facts
from assessment.models import Assessment, CampaignYear, State, StateChange
from assessment.suggestions import keep_suggestions
from communities.models import Appointment, Role


@dataclass(frozen=True)
class Transition:
    """One row: who may take an assessment from which states to which, and what must hold."""

    name: str
    label: str
    roles: tuple[Role, ...]
    sources: tuple[State, ...]
    target: State
    checks: tuple[Check, ...] = ()
    needs_reason: bool = False
    gives_receipt: bool = False
    voids_receipt: bool = False
    with_reorganisation: bool = False
    """Decided on the page of a 区划调整 alone, never on the assessment's own."""


TRANSITIONS = {
    row.name: row
    for row in [
        Transition(
            name="submit",
            label="提交申报",
            roles=(Role.TOWN_OFFICER,),
            sources=(State.DRAFT, State.RETURNED),
            target=State.SUBMITTED,
            checks=(
                checks.before_deadline,
                checks.every_item_is_scored,
                checks.reasons_are_given,
                checks.score_reaches_pass_mark,
            ),
            gives_receipt=True,
        ),
        Transition(
            name="withdraw",
            label="撤回",
            roles=(Role.TOWN_OFFICER,),
            sources=(State.SUBMITTED,),
            target=State.DRAFT,
            checks=(checks.before_deadline,),
            voids_receipt=True,
        ),
        Transition(
            name="receive",
            label="接收",
            roles=(Role.BUREAU_OFFICER,),
            sources=(State.SUBMITTED,),
            target=State.RECEIVED,
        ),
        Transition(
            name="return",
            label="退回修改",
            roles=(Role.BUREAU_OFFICER,),
            sources=(State.SUBMITTED, State.RECEIVED),
            target=State.RETURNED,
            needs_reason=True,
        ),
        Transition(
            name="close",
            label="终止",
            roles=(Role.BUREAU_OFFICER,),
            sources=(State.DRAFT, State.SUBMITTED, State.RECEIVED, State.RETURNED),
            target=State.CLOSED,
            needs_reason=True,
            with_reorganisation=True,
        ),
    ]
}


class Refused(Exception):
    """A step that may not be taken; `obstacles` say why, in Chinese."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("；".join(obstacle.message for obstacle in obstacles))
        self.obstacles = obstacles


def available(assessment: Assessment, appointment: Appointment) -> list[Transition]:
    """The steps this person could take from here; whether the checks hold is `obstacles`."""
    return [row for row in TRANSITIONS.values() if appointment.role in row.roles and assessment.state in row.sources]


def obstacles(assessment: Assessment, transition: Transition, *, now: datetime) -> list[Obstacle]:
    """Everything that stands against a step now, all at once."""
    if not transition.checks:
        return []
    facts = read_facts(assessment, now=now)
    return [obstacle for check in transition.checks for obstacle in check(facts)]


@transaction.atomic
def advance(
    assessment: Assessment,
    name: str,
    *,
    by: Appointment,
    now: datetime,
    reason: str = "",
    resubmit_by: date | None = None,
) -> StateChange:
    """Take one step, or raise Refused and change nothing.

    The state is claimed first by one conditional UPDATE, so of two people only one wins and no item can change
    between the checks and the step. `resubmit_by` goes with a return: the last day for filing again.
    """
    transition = TRANSITIONS[name]
    if by.role not in transition.roles:
        raise Refused([Obstacle(f"{by.get_role_display()}不能{transition.label}。")])
    if transition.needs_reason and not reason.strip():
        raise Refused([Obstacle(f"{transition.label}必须填写原因。")])
    source = State(assessment.state)
    claimed = Assessment.objects.filter(
        pk=assessment.pk, state=source, state__in=transition.sources, revision=assessment.revision
    ).update(state=transition.target, revision=F("revision") + 1, resubmit_by=resubmit_by or assessment.resubmit_by)
    if not claimed:
        raise Refused([Obstacle("该考评刚刚已由他人处理或状态已变化，请刷新后再操作。")])
    found = obstacles(assessment, transition, now=now)
    if found:
        raise Refused(found)
    receipt = give_receipt(assessment, now=now) if transition.gives_receipt else ""
    if transition.gives_receipt:
        keep_suggestions(assessment)
    if transition.voids_receipt:
        Assessment.objects.filter(pk=assessment.pk).update(receipt_number="", submitted_at=None)
    return remember(assessment, transition, source=source, by=by, now=now, reason=reason, receipt=receipt)


def give_receipt(assessment: Assessment, *, now: datetime) -> str:
    """The next receipt number of the year, like 2012-0007; the counter's row lock makes it unique (R71)."""
    year = assessment.campaign_year
    CampaignYear.objects.filter(pk=year.pk).update(receipts=F("receipts") + 1)
    count = CampaignYear.objects.values_list("receipts", flat=True).get(pk=year.pk)
    number = f"{year.year}-{count:04d}"
    Assessment.objects.filter(pk=assessment.pk).update(receipt_number=number, submitted_at=now)
    return number


def remember(
    assessment: Assessment,
    transition: Transition,
    *,
    source: State,
    by: Appointment,
    now: datetime,
    reason: str,
    receipt: str,
) -> StateChange:
    """Write the step into the assessment's history and the audit trail."""
    assessment.refresh_from_db(fields=["state", "revision", "resubmit_by", "receipt_number", "submitted_at"])
    total = assessment.self_sheet.total
    change = StateChange.objects.create(
        assessment=assessment,
        action=transition.label,
        source=source,
        target=transition.target,
        by=by.user,
        actor=f"{by.unit_name} {by.user.name}",
        at=now,
        reason=reason.strip(),
        receipt_number=receipt,
        total=total,
    )
    audit.record(
        transition.label,
        assessment,
        by=by.user,
        before={"状态": source.label},
        after={"状态": transition.target.label, "自评总分": total, "原因": reason.strip(), "回执编号": receipt},
    )
    return change
