"""What must be so before a step can be taken, made as plainly as it can be: an assessment that is ready for it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.inspecting.forming import form_sheet
from assessment.inspecting.methods import covers, methods_of
from assessment.models import (
    Assessment,
    Consultation,
    Inspection,
    InspectionScore,
    Item,
    Opinion,
    SamplingDraw,
    Stage,
    State,
)
from assessment.models.assessments import RECHECKED
from communities.models import Appointment, Department
from tests.assessment.steps import DURING, Case


def of_kind(state: State) -> dict[str, Any]:
    """The fields of an assessment in a state: a recheck where no application is ever in it."""
    kind = Assessment.Kind.RECHECK if state in RECHECKED else Assessment.Kind.APPLICATION
    return {"state": state, "kind": kind}


def ready_for(step: str, case: Case) -> None:
    """Make so what the step asks for beyond the state, and nothing else."""
    bureau, assessment = case.people["bureau_officer"], case.assessment
    scored = {
        "conclude": (Stage.DISTRICT, 0),
        "enlist": (Stage.DISTRICT, 0),
        "fail_city": (Stage.CITY, 3),
        "fail_province": (Stage.PROVINCE, 3),
        "keep": (Stage.PROVINCE, 0),
        "order_rectification": (Stage.PROVINCE, 3),
        "keep_after_rectification": (Stage.REINSPECTION, 0),
    }
    if step in scored:
        stage, less = scored[step]
        inspect(assessment, stage, by=bureau, lost={"1.1": less * 4})
    if step == "enlist":
        consult(assessment, by=bureau)
    if step in {"pass_city", "recognise"}:
        draw(assessment, Stage.CITY if step == "pass_city" else Stage.PROVINCE, by=bureau)


def inspect(
    assessment: Assessment,
    stage: Stage,
    *,
    by: Appointment,
    lost: Mapping[str, Decimal | int] | None = None,
    finished: bool = True,
) -> list[Inspection]:
    """Every method of the stage done by one person, who takes off what `lost` says of an item's code."""
    lost = lost or {}
    made = []
    for method in methods_of(stage):
        inspection = Inspection.objects.create(
            assessment=assessment,
            stage=stage,
            method=method,
            inspector=by.user,
            inspected_on=date(2012, 11, 5),
            finished_at=DURING if finished else None,
        )
        items = Item.objects.filter(standard=assessment.standard_id)
        InspectionScore.objects.bulk_create(
            InspectionScore(
                inspection=inspection,
                item=item,
                points=item.points - Decimal(lost.get(item.code, 0)),
                reason="现场不符" if lost.get(item.code) else "",
            )
            for item in items
            if covers(stage, method, item)
        )
        made.append(inspection)
    form_sheet(assessment, stage)
    return made


def consult(
    assessment: Assessment, *, by: Appointment, answer: str = Opinion.Answer.AGREE, closed: bool = True
) -> Opinion:
    """A round in which one department was asked about the unit, and what it said."""
    district = assessment.campaign_year.campaign.district
    department, _made = Department.objects.get_or_create(district=district, name="公安局", defaults={"sort_order": 1})
    year = assessment.campaign_year
    consultation, _made = Consultation.objects.get_or_create(
        campaign_year=year,
        round=1,
        defaults={
            "sent_on": date(2012, 11, 2),
            "due_on": date(2012, 11, 8),
            "sent_by": by.user,
            "closed_at": DURING if closed else None,
        },
    )
    return Opinion.objects.create(
        consultation=consultation, department=department, assessment=assessment, answer=answer, text="无"
    )


def draw(assessment: Assessment, stage: Stage, *, by: Appointment) -> SamplingDraw:
    """A draw of the year in which nobody was drawn."""
    return SamplingDraw.objects.create(
        campaign_year=assessment.campaign_year,
        stage=stage,
        ratio=30,
        frame_digest="0" * 64,
        frozen_at=DURING,
        frozen_by=by.user,
        seed="20121118",
        drawn_at=DURING,
        drawn_by=by.user,
    )
