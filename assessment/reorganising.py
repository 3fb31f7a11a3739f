"""区划调整 with what hangs on it: every running assessment and every title of a source is decided, in one transaction.

What is decided: an assessment goes on where its unit lives on, goes to a result, or ends; a title is kept, inherited
by a result, or revoked. Nothing is decided by itself, and nothing is left undecided (decision 14).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from assessment.models import Assessment, AssessmentDecision, Designation, State, StateChange, TitleDecision
from assessment.workflow import Refused, advance, latest_score
from communities.lineage.acts import CarriedOut, carry_out
from communities.lineage.faults import Fault, LineageRefused, faults_of
from communities.lineage.plans import Plan, Terms, Unit
from communities.models import Appointment, Community, Reorganisation

Outcome = AssessmentDecision.Outcome
TitleOutcome = TitleDecision.Outcome


@dataclass(frozen=True)
class Choice:
    """One decision as a person made it; `result` is the number of the plan's result that takes over."""

    outcome: str
    result: int = 0


@dataclass(frozen=True)
class Choices:
    """All decisions, by the id of the assessment or of the title."""

    assessments: Mapping[int, Choice] = field(default_factory=dict)
    titles: Mapping[int, Choice] = field(default_factory=dict)


def running(communities: Sequence[Community], day: date) -> list[Assessment]:
    """What is not at rest on `day`, in any year.

    At rest is what came to its end, and what the district has received once the round is over.
    """
    ids = [community.pk for community in communities]
    found = (
        Assessment.objects.filter(community__in=ids)
        .exclude(state__in=[state for state in State if state.at_rest])
        .select_related("community__town", "campaign_year__campaign", "standard")
        .order_by("community", "campaign_year__year")
    )
    return [one for one in found if one.state != State.RECEIVED or day <= one.campaign_year.ends_on]


def titles(communities: Sequence[Community]) -> list[Designation]:
    """The titles in force."""
    held = Designation.objects.filter(community__in=[community.pk for community in communities], revoked_on=None)
    return list(held.select_related("community__town", "campaign_year").order_by("community"))


def assessment_field(assessment: Assessment) -> str:
    """The name under which an assessment's decision is asked for and refused."""
    return f"assessment-{assessment.pk}"


def title_field(designation: Designation) -> str:
    return f"title-{designation.pk}"


# --- what stands against the decisions -------------------------------------------------------------------------------
def choice_faults(plan: Plan, terms: Terms, choices: Choices) -> Iterator[Fault]:
    """Why the decisions will not do, each beside its own field."""
    taken: set[tuple[int, int]] = set()
    for assessment in running(plan.sources, terms.effective_on):
        choice = choices.assessments.get(assessment.pk)
        message = _wrong_choice(plan, assessment.community, choice)
        if not message and choice and choice.outcome == Outcome.PASS_ON:
            message = _cannot_take_over(plan.results[choice.result], assessment, terms)
            if not message and (choice.result, assessment.campaign_year_id) in taken:
                message = f"只能有一份{assessment.campaign_year}考评转由同一个单位继续，其余的请选择“终止”。"
            taken.add((choice.result, assessment.campaign_year_id))
        if message:
            yield Fault(assessment_field(assessment), message)
    heirs: set[int] = set()
    for title in titles(plan.sources):
        choice = choices.titles.get(title.pk)
        message = _wrong_choice(plan, title.community, choice)
        if not message and choice and choice.outcome == TitleOutcome.PASS_ON:
            message = _cannot_inherit(plan.results[choice.result], choice.result in heirs, choices)
            heirs.add(choice.result)
        if message:
            yield Fault(title_field(title), message)


def _wrong_choice(plan: Plan, community: Community, choice: Choice | None) -> str:
    """What is wrong whatever is decided about, or ""."""
    if choice is None:
        return f"请决定{community.name}的这一项如何处理。"
    if choice.outcome == Outcome.KEEP and not plan.lives_on(community):
        return f"{community.name}将撤销，不能由它继续，请选择转由新单位或终止、撤销。"
    if choice.outcome == Outcome.PASS_ON:
        if choice.result not in range(len(plan.results)):
            return "所选的新单位没有填写名称，请填写名称或另作选择。"
        if plan.results[choice.result].community == community:
            return f"{community.name}保留，不必转出，请选择继续、保留或终止、撤销。"
    return ""


def _cannot_take_over(unit: Unit, assessment: Assessment, terms: Terms) -> str:
    """Why a result cannot go on with an assessment, or ""."""
    year = assessment.campaign_year
    if terms.effective_on > year.ends_on:
        return f"{year}已经结束，那时还没有调整，考评不能转给新单位，请选择“终止”。"
    if unit.category != assessment.standard.category:
        label = assessment.standard.get_category_display()
        return f"这份考评用的是{label}标准，与“{unit.name}”的类别不符，不能转由它继续，请选择“终止”。"
    if unit.community and Assessment.objects.filter(community=unit.community, campaign_year=year).exists():
        return f"“{unit.name}”已有{year}考评，不能再接收一份，请选择“终止”。"
    return ""


def _cannot_inherit(unit: Unit, is_taken: bool, choices: Choices) -> str:
    """Why a result cannot inherit a title, or ""."""
    if is_taken:
        return f"“{unit.name}”只能承继一个称号，其余的请选择“撤销”。"
    own = titles([unit.community]) if unit.community else []
    kept = [one for one in own if one.pk not in choices.titles or choices.titles[one.pk].outcome != TitleOutcome.END]
    return f"“{unit.name}”本身持有称号，不能再承继一个，请选择“撤销”。" if kept else ""


# --- carrying it out -------------------------------------------------------------------------------------------------
@transaction.atomic
def reorganise(plan: Plan, terms: Terms, choices: Choices, *, by: Appointment, now: datetime) -> Reorganisation:
    """Carry a reorganisation out together with every decision, or raise LineageRefused and change nothing."""
    faults = [*faults_of(plan, terms, today=timezone.localdate(now)), *choice_faults(plan, terms, choices)]
    if faults:
        raise LineageRefused(faults)
    carried = carry_out(plan, terms, by=by, now=now)
    held = titles(plan.sources)
    # Those that are given up come first: a result has one title at a time.
    for title in sorted(held, key=lambda one: choices.titles[one.pk].outcome != TitleOutcome.END):
        _settle_title(title, choices.titles[title.pk], carried, by)
    for assessment in running(plan.sources, terms.effective_on):
        choice = choices.assessments.get(assessment.pk)
        if choice is None:
            message = f"{assessment.community.name}刚刚开始了新的自评，请刷新后一并决定。"
            raise LineageRefused([Fault("", message)])
        _settle_assessment(assessment, choice, carried, by, now)
    return carried.reorganisation


def _successor(choice: Choice, carried: CarriedOut) -> Community | None:
    return carried.results[choice.result] if choice.outcome == Outcome.PASS_ON else None


def _settle_assessment(
    assessment: Assessment, choice: Choice, carried: CarriedOut, by: Appointment, now: datetime
) -> None:
    successor = _successor(choice, carried)
    AssessmentDecision.objects.create(
        reorganisation=carried.reorganisation,
        community=assessment.community,
        successor=successor,
        assessment=assessment,
        outcome=choice.outcome,
        state_before=assessment.state,
    )
    reason = f"{carried.reorganisation}：{carried.reorganisation.reason}"
    if successor:
        _pass_on(assessment, successor, reason, by, now)
    elif choice.outcome == Outcome.END:
        try:
            advance(assessment, "close", by=by, now=now, reason=reason)
        except Refused as refused:
            raise LineageRefused([Fault(assessment_field(assessment), str(refused))]) from refused


def _pass_on(assessment: Assessment, successor: Community, reason: str, by: Appointment, now: datetime) -> None:
    """Give the assessment, sheet and evidence included, to its source's successor; its state stays what it is."""
    source, state = assessment.community, assessment.status
    claimed = Assessment.objects.filter(pk=assessment.pk, revision=assessment.revision)
    if not claimed.update(community=successor, revision=F("revision") + 1):
        message = f"{source.name}的考评刚刚已由他人处理，请刷新后再办理。"
        raise LineageRefused([Fault(assessment_field(assessment), message)])
    assessment.refresh_from_db()
    sheet = latest_score(assessment)
    StateChange.objects.create(
        assessment=assessment,
        action=Outcome.PASS_ON.label,
        source=state,
        target=state,
        by=by.user,
        actor=f"{by.unit_name} {by.user.name}",
        at=now,
        reason=reason,
        stage=sheet.stage if sheet else "",
        total=sheet.total if sheet else None,
    )
    audit.record(
        Outcome.PASS_ON.label,
        assessment,
        by=by.user,
        before={"社区（村）": source.full_name},
        after={"社区（村）": successor.full_name, "原因": reason},
    )


def _settle_title(title: Designation, choice: Choice, carried: CarriedOut, by: Appointment) -> None:
    successor = _successor(choice, carried)
    day = carried.reorganisation.effective_on
    TitleDecision.objects.create(
        reorganisation=carried.reorganisation,
        community=title.community,
        successor=successor,
        designation=title,
        outcome=choice.outcome,
    )
    if choice.outcome == TitleOutcome.KEEP:
        return
    Designation.objects.filter(pk=title.pk).update(revoked_on=day)
    if successor:
        Designation.objects.create(
            community=successor,
            campaign_year=title.campaign_year,
            document_number=title.document_number,
            document=title.document,
            named_on=title.named_on,
            inherited_on=day,
        )
    audit.record(
        f"命名{TitleOutcome(choice.outcome).label}",
        title,
        by=by.user,
        before={"单位": title.community.full_name},
        after={
            "终止日期": day,
            "承继单位": successor.full_name if successor else "",
            "原因": str(carried.reorganisation),
        },
    )
