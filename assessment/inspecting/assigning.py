"""分派: who checks which unit by which method (R73, R75, R77, R78)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts import audit
from assessment.checks import Obstacle
from assessment.facts import Facts
from assessment.inspecting.balance import balanced
from assessment.inspecting.forming import form_sheet
from assessment.inspecting.methods import methods_of
from assessment.inspecting.rights import (
    DISTRICT_CHECKERS,
    OPEN_STATES,
    VISITORS,
    enters_on_behalf,
    may_name_checkers,
    why_not,
)
from assessment.models import Assessment, CampaignYear, Inspection, Method, Stage, State
from assessment.workflow import Refused
from communities.models import Appointment, Role


def refuse(message: str) -> Refused:
    return Refused([Obstacle(message)])


def hold_stage(assessment: Assessment, stage: Stage) -> None:
    """Hold the assessment's row to the end of the transaction, provided that the stage is under way.

    An UPDATE that changes nothing is a lock that works on both engines: no step of the chain can pass between.
    """
    held = Assessment.objects.filter(pk=assessment.pk, state__in=OPEN_STATES[stage]).update(revision=F("revision"))
    if not held:
        states = "、".join(state.label for state in OPEN_STATES[stage])
        raise refuse(f"{assessment.community.full_name}不在“{states}”，不能办理{stage.label}。请刷新后再操作。")


@transaction.atomic
def assign(
    *,
    assessment: Assessment,
    stage: Stage,
    method: Method,
    inspector: Appointment,
    by: Appointment,
    on_behalf: bool = False,
) -> Inspection:
    """Give one method of a stage to somebody. Raises Refused, with a sentence that says why.

    `on_behalf` marks what the bureau enters for a city or province (R75). A stage that was complete is so no longer.
    """
    hold_stage(assessment, stage)
    refuse_assigning(assessment, stage, method, by=by)
    refuse_checker(assessment, stage, inspector, on_behalf=on_behalf)
    inspection, created = Inspection.objects.get_or_create(
        assessment=assessment,
        stage=stage,
        method=method,
        inspector=inspector.user,
        defaults={"on_behalf": on_behalf, "assigned_by": by.user},
    )
    if not created:
        raise refuse(f"{method.label}已经分派给{inspector.user.name}。")
    form_sheet(assessment, stage)
    audit.record(
        "分派检查",
        assessment,
        by=by.user,
        after={f"{stage.label}{method.label}": f"{inspector.user.name}（{inspector}）"},
    )
    return inspection


def refuse_assigning(assessment: Assessment, stage: Stage, method: Method, *, by: Appointment) -> None:
    if by.district_id != assessment.community.town.district_id or not may_name_checkers(by, stage):
        raise refuse(f"{by.unit_name}的{by.get_role_display()}不能分派{stage.label}。")
    if method not in methods_of(stage):
        raise refuse(f"{stage.label}没有{method.label}。")
    if stage in VISITORS and not Facts(assessment, timezone.now()).is_drawn(stage):
        raise refuse(f"{assessment.community.full_name}没有被{stage.label}抽中，不需要安排检查。")


def refuse_checker(assessment: Assessment, stage: Stage, inspector: Appointment, *, on_behalf: bool) -> None:
    problem = why_not(assessment, stage, inspector)
    if not problem and (inspector.until is not None or not inspector.user.is_active):
        problem = f"{inspector.user.name}已离任或账号已停用，请选择其他人员。"
    if not problem and on_behalf != enters_on_behalf(stage, inspector):
        problem = f"{stage.label}由区社区办工作人员录入的，应当而且只能标明“区代录”。"
    if problem:
        raise refuse(problem)


@transaction.atomic
def unassign(inspection: Inspection, *, by: Appointment) -> None:
    """Take a method back from somebody who has not begun. Raises Refused; begun work is passed on, not thrown away."""
    stage = Stage(inspection.stage)
    hold_stage(inspection.assessment, stage)
    current = held_by_namer(inspection, by=by)
    begun = current.scores.exists() or current.photos.exists() or current.signatures.exists()
    if begun or current.inspected_on:
        raise refuse(f"{current.inspector}已经开始检查，不能取消分派；需要换人的，请改派。")
    audit.record("取消分派", inspection.assessment, by=by.user, before={label(current): current.inspector.name})
    current.delete()
    form_sheet(inspection.assessment, stage)


@transaction.atomic
def reassign(inspection: Inspection, *, to: Appointment, by: Appointment) -> None:
    """Hand unfinished work to somebody else with all that was entered (a change of officer). Raises Refused."""
    stage = Stage(inspection.stage)
    hold_stage(inspection.assessment, stage)
    current = held_by_namer(inspection, by=by)
    on_behalf = enters_on_behalf(stage, to)
    refuse_checker(inspection.assessment, stage, to, on_behalf=on_behalf)
    same = Inspection.objects.filter(assessment=inspection.assessment, stage=stage, method=inspection.method)
    if same.filter(inspector=to.user).exists():
        raise refuse(f"{inspection.get_method_display()}已经分派给{to.user.name}。")
    Inspection.objects.filter(pk=current.pk).update(
        inspector=to.user, on_behalf=on_behalf, assigned_by=by.user, revision=F("revision") + 1
    )
    audit.record(
        "改派检查",
        inspection.assessment,
        by=by.user,
        before={label(current): current.inspector.name},
        after={label(current): f"{to.user.name}（{to}）"},
    )


def held_by_namer(inspection: Inspection, *, by: Appointment) -> Inspection:
    """The inspection as it stands now, for one who may name its checker, provided that it is not finished."""
    if not may_name_checkers(by, Stage(inspection.stage)):
        raise refuse(f"{by.get_role_display()}不能改派{inspection.get_stage_display()}。")
    current = Inspection.objects.filter(pk=inspection.pk).select_related("inspector").first()
    if current is None:
        raise refuse("这项分派已由他人取消，请刷新后再操作。")
    if current.finished_at:
        raise refuse(f"{current.inspector}已经完成检查；需要重新检查的，请先退回重查。")
    return current


def label(inspection: Inspection) -> str:
    return f"{inspection.get_stage_display()}{inspection.get_method_display()}"


# --- all at once ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Task:
    """A method of the district's check that nobody has been given yet. `town` is the unit's."""

    assessment: int
    method: Method
    town: int


@dataclass(frozen=True)
class Plan:
    """How the open tasks would be dealt out; `loads` is what each checker would have, with what they have already."""

    given: dict[Task, Appointment]
    before: Counter[int]
    """By user id."""
    left: tuple[Task, ...]
    """Tasks that none of the chosen may take."""

    def share(self, checker: Appointment) -> int:
        return sum(1 for taken in self.given.values() if taken.user_id == checker.user_id)

    def load(self, checker: Appointment) -> int:
        return self.before[checker.user_id] + self.share(checker)


def waiting_units(campaign_year: CampaignYear) -> QuerySet[Assessment]:
    """The received applications of a year, in administrative order."""
    return Assessment.objects.filter(campaign_year=campaign_year, state=State.RECEIVED)


def open_tasks(campaign_year: CampaignYear, methods: Sequence[Method]) -> list[Task]:
    """Methods of received applications that nobody has been given, method by method in administrative order."""
    found = []
    for method in methods:
        given = Inspection.objects.filter(assessment=OuterRef("pk"), stage=Stage.DISTRICT, method=method)
        units = waiting_units(campaign_year).filter(~Exists(given.order_by()))
        found += [Task(pk, method, town) for pk, town in units.values_list("pk", "community__town")]
    return found


def loads(campaign_year: CampaignYear) -> Counter[int]:
    """How many inspections of the district each person has been given in a year, by user id."""
    own = Inspection.objects.filter(assessment__campaign_year=campaign_year, stage=Stage.DISTRICT)
    return Counter(own.values_list("inspector", flat=True))


def plan(*, campaign_year: CampaignYear, methods: Sequence[Method], inspectors: Iterable[Appointment]) -> Plan:
    """How `distribute` would deal; the same input gives the same plan."""
    checkers = {checker.pk: checker for checker in inspectors if checker.role in DISTRICT_CHECKERS}
    tasks, before = open_tasks(campaign_year, methods), loads(campaign_year)

    def may(checker: int, task: Task) -> bool:
        return checkers[checker].role != Role.TOWN_OFFICER or checkers[checker].town_id != task.town

    dealt = balanced(
        tasks, list(checkers), may=may, loads={pk: before[checker.user_id] for pk, checker in checkers.items()}
    )
    given = {task: checkers[dealt[task]] for task in tasks if task in dealt}
    return Plan(given, before, tuple(task for task in tasks if task not in dealt))


@transaction.atomic
def distribute(
    *, campaign_year: CampaignYear, methods: Sequence[Method], inspectors: Iterable[Appointment], by: Appointment
) -> list[Inspection]:
    """Deal every received application that lacks a checker by one of `methods` to `inspectors`, evenly (R73).

    All of them or none: Refused where nothing is open, nobody was chosen, or a unit is left that none may check.
    """
    inspectors = list(inspectors)
    if not inspectors:
        raise refuse("请先选择检查人员。")
    dealt = plan(campaign_year=campaign_year, methods=methods, inspectors=inspectors)
    units = {one.pk: one for one in waiting_units(campaign_year).select_related("community__town__district")}
    if dealt.left:
        names = "、".join(dict.fromkeys(units[task.assessment].community.full_name for task in dealt.left))
        raise refuse(f"所选人员都不能检查{names}（交叉检查），请再选择区社区办或其他镇的人员。")
    if not dealt.given:
        raise refuse("没有待分派的单位：已接收的申报都有检查人员。")
    return [
        assign(assessment=units[task.assessment], stage=Stage.DISTRICT, method=task.method, inspector=checker, by=by)
        for task, checker in dealt.given.items()
    ]
