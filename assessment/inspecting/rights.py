"""Who may check a unit at a stage, and while it stands in which state (R73, R75, R77; hostile case 6)."""

from typing import Any

from django.db.models import Q, QuerySet

from assessment.models import Assessment, Inspection, Stage, State
from communities.models import Appointment, Role

OPEN_STATES: dict[Stage, tuple[State, ...]] = {
    Stage.DISTRICT: (State.RECEIVED,),
    Stage.CITY: (State.LISTED, State.RECHECK),
    Stage.PROVINCE: (State.CITY_PASSED, State.RECHECK),
    Stage.REINSPECTION: (State.REINSPECTING,),
}
"""The states in which checkers of a stage are named, score and finish."""
VISITORS = {Stage.CITY: Role.CITY_INSPECTOR, Stage.PROVINCE: Role.PROVINCE_INSPECTOR}
"""Who comes from above, at the stages at which the bureau may enter on behalf (R75)."""
DISTRICT_CHECKERS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)
CHECKERS = (*DISTRICT_CHECKERS, *VISITORS.values())


def is_open(assessment: Assessment, stage: Stage) -> bool:
    return assessment.state in OPEN_STATES[stage]


def checkers_of(stage: Stage) -> tuple[Role, ...]:
    return (VISITORS[stage], Role.BUREAU_OFFICER) if stage in VISITORS else DISTRICT_CHECKERS


def enters_on_behalf(stage: Stage, appointment: Appointment) -> bool:
    """Whether what this person enters at the stage is entered for a level that has no account here (R75)."""
    return stage in VISITORS and appointment.role == Role.BUREAU_OFFICER


def may_name_checkers(appointment: Appointment, stage: Stage) -> bool:
    """The bureau; at the stages above also the visitors themselves."""
    return appointment.role in {Role.BUREAU_OFFICER, VISITORS.get(stage)}


def may_rule(appointment: Appointment, assessment: Assessment, stage: Stage) -> bool:
    """The bureau over its own stages; the city or province over theirs, unless the bureau entered all of it."""
    if stage not in VISITORS or appointment.role != Role.BUREAU_OFFICER:
        return appointment.role == VISITORS.get(stage, Role.BUREAU_OFFICER)
    return not Inspection.objects.filter(assessment=assessment, stage=stage, on_behalf=False).exists()


def fitting(stage: Stage, *, town: Any, district: Any) -> QuerySet[Appointment]:
    """Who may check units of `town` at a stage: never an officer of that town (交叉检查); values or OuterRefs."""
    people = Appointment.objects.current().filter(district=district, role__in=checkers_of(stage))
    return people.exclude(Q(role=Role.TOWN_OFFICER) & Q(town=town))


def eligible(assessment: Assessment, stage: Stage) -> QuerySet[Appointment]:
    """Who may be given the unit at a stage, in the order of the form."""
    town = assessment.community.town
    return (
        fitting(stage, town=town, district=town.district_id)
        .select_related("user", "town", "district", "community", "department")
        .order_by("role", "town__sort_order", "pk")
    )


def why_not(assessment: Assessment, stage: Stage, appointment: Appointment) -> str:
    """Why this person cannot check the unit at the stage, in Chinese, or ""."""
    town = assessment.community.town
    name = appointment.user.name
    if appointment.district_id != town.district_id:
        return f"{name}不是本区人员，不能检查{assessment.community.full_name}。"
    if appointment.role not in checkers_of(stage):
        roles = "、".join(role.label for role in checkers_of(stage))
        return f"{name}是{appointment.get_role_display()}，{stage.label}由{roles}检查。"
    if appointment.role == Role.TOWN_OFFICER and appointment.town_id == town.pk:
        return f"{name}是{town}的经办人，不能检查本镇（开发区、街道）的单位，请改派其他人员（交叉检查）。"
    return ""


def may_take_up(inspection: Inspection, appointment: Appointment) -> bool:
    """Who may open a finished inspection again: its checker, or the bureau what the district's own people checked."""
    bureau = appointment.role == Role.BUREAU_OFFICER and inspection.stage not in VISITORS
    return bureau or not may_write(inspection, appointment)


def may_write(inspection: Inspection, appointment: Appointment) -> str:
    """Why this person may not write the inspection, or "": its checker alone, or the bureau what it entered on behalf.

    The rule of the own town is asked again on every save: a person or a unit may have changed towns meanwhile.
    """
    own = inspection.inspector_id == appointment.user_id
    shared = inspection.on_behalf and appointment.role == Role.BUREAU_OFFICER
    if not (own or shared):
        return f"这项检查由{inspection.inspector}办理，您不能修改。"
    return why_not(inspection.assessment, Stage(inspection.stage), appointment)
