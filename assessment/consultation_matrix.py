"""A round at a glance: its units beside what each department said, and how far each department is (R74)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessment.consultation_lists import OPEN, WAITED_FOR, WAITING, answer_badge
from assessment.models import Assessment, Consultation, Opinion
from assessment.models.consultation import OBJECTING
from communities.models import Appointment, Department, Town


class UnitFilter(filters.FilterSet):
    """Over the units of a round: those of a town, those of which some department said so."""

    town = filters.ModelChoiceFilter(
        label="镇（开发区、街道）", field_name="community__town", queryset=Town.objects.none(), empty_label="全部"
    )
    answer = filters.ChoiceFilter(
        label="有部门意见为",
        choices=[*Opinion.Answer.choices, (OPEN, "有异议未处理"), (WAITED_FOR, WAITING)],
        empty_label="不限",
        method="having_answer",
    )

    class Meta:
        model = Assessment
        fields = ["town", "answer"]

    def __init__(self, *args: Any, appointment: Appointment, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consultation = consultation
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def having_answer(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        said = Opinion.objects.filter(consultation=self.consultation, assessment=OuterRef("pk"))
        if value == OPEN:
            return queryset.filter(Exists(said.objections().order_by()))
        return queryset.filter(Exists(said.filter(answer="" if value == WAITED_FOR else value).order_by()))


def units_of(consultation: Consultation, appointment: Appointment) -> QuerySet[Assessment]:
    """The units a round asks about, within the person's scope, in administrative order."""
    asked = Opinion.objects.filter(consultation=consultation, assessment=OuterRef("pk")).order_by()
    visible = Assessment.objects.visible_to(appointment).filter(Exists(asked))
    return visible.select_related("community__town")


@dataclass(frozen=True)
class MatrixCell:
    """What one department said of one unit: as a whole, and of how many items. None: it was not asked."""

    opinion: Opinion | None
    badge: str = ""
    remarks: int = 0


@dataclass(frozen=True)
class MatrixRow:
    unit: Assessment
    cells: Sequence[MatrixCell]


def departments_of(consultation: Consultation) -> list[Department]:
    asked = Opinion.objects.filter(consultation=consultation, department=OuterRef("pk")).order_by()
    return list(Department.objects.filter(Exists(asked)))


def matrix(
    consultation: Consultation, units: Sequence[Assessment], departments: Sequence[Department]
) -> list[MatrixRow]:
    """A row for each unit, in it a cell for each department; one query."""
    cells: dict[tuple[int, int], list[Opinion]] = {}
    for opinion in Opinion.objects.filter(consultation=consultation, assessment__in=[unit.pk for unit in units]):
        cells.setdefault((opinion.assessment_id, opinion.department_id), []).append(opinion)
    return [
        MatrixRow(unit, [_cell(cells.get((unit.pk, department.pk), [])) for department in departments])
        for unit in units
    ]


def _cell(opinions: Sequence[Opinion]) -> MatrixCell:
    whole = next((one for one in opinions if one.item_id is None), None)
    if whole is None:
        return MatrixCell(None)
    return MatrixCell(whole, answer_badge(whole), len(opinions) - 1)


@dataclass(frozen=True)
class Progress:
    """How far a department is with a round."""

    department: Department
    asked: int
    waited: int
    objected: int


def progress_of(consultation: Consultation, appointment: Appointment) -> list[Progress]:
    """By department, in their order, about the units a person sees."""
    visible = Opinion.objects.visible_to(appointment).filter(consultation=consultation)
    whole = Q(item=None)
    counted = visible.values("department").annotate(
        asked=Count("pk", filter=whole),
        waited=Count("pk", filter=whole & Q(answer="")),
        objected=Count("pk", filter=Q(answer__in=OBJECTING)),
    )
    by_department: Mapping[int, Any] = {row["department"]: row for row in counted.order_by()}
    return [
        Progress(department, row["asked"], row["waited"], row["objected"])
        for department in departments_of(consultation)
        if (row := by_department.get(department.pk))
    ]
