"""The units of the 验收请示 to the province: those that passed the city's acceptance, and no other (R76, F11)."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessment.models import Assessment, CampaignYear, Stage, State, StateChange
from assessment.scores import effective_scores
from assessment.titles import placed_on
from communities.models import Appointment, Category
from communities.statements import Cell, Column, Kind, Statement

PASSED = (State.CITY_PASSED, State.RECOGNISED, State.NAMED)
COLUMNS = [
    Column("镇（开发区、街道）"),
    Column("社区（村）"),
    *(Column(f"{stage.label}分", Kind.NUMBER) for stage in (Stage.SELF, Stage.DISTRICT, Stage.CITY)),
    Column("现行得分", Kind.NUMBER),
    Column("备注", Kind.WORDS),
]
"""One list a category, towns in administrative order, as the attachment is laid out."""


def passing_units(campaign_year: CampaignYear | None, day: date, appointment: Appointment) -> QuerySet[Any]:
    """Those that passed the city, whatever the province said of them afterwards."""
    passed = StateChange.objects.filter(assessment=OuterRef("pk"), target=State.CITY_PASSED)
    failed_later = Q(Exists(passed.order_by()), state=State.FAILED)
    rows = Assessment.objects.filter(Q(state__in=PASSED) | failed_later, campaign_year=campaign_year)
    return placed_on(rows, day, appointment).select_related("community").prefetch_related("sheets")


def acceptance_lists(campaign_year: CampaignYear | None, day: date, appointment: Appointment) -> list[Statement]:
    """附件: 城镇社区 and 农村社区（村）, each with its count line."""
    units = list(passing_units(campaign_year, day, appointment))
    scores = effective_scores(units)
    lists = []
    for category in Category:
        own = [unit for unit in units if unit.place_category == category]
        lists.append(
            Statement(
                title=f"市验收通过的{category.label}",
                columns=COLUMNS,
                rows=[_row(unit, scores) for unit in own],
                notes=[f"{category.label}{len(own)}个。"],
                empty="没有市验收通过的单位。",
            )
        )
    return lists


def count_line(lists: list[Statement]) -> str:
    """城镇社区12个、农村社区（村）9个，共21个。"""
    numbers = [len(one.rows) for one in lists]
    told = "、".join(f"{category.label}{number}个" for category, number in zip(Category, numbers, strict=True))
    return f"{told}，共{sum(numbers)}个。"


def _row(unit: Any, scores: Any) -> list[Cell]:
    totals = {sheet.stage: sheet.total for sheet in unit.sheets.all()}
    score = scores.get(unit.pk)
    return [
        Cell(unit.place_town),
        Cell(unit.place_name, unit.get_absolute_url() if unit.reachable else ""),
        *(Cell(totals.get(stage)) for stage in (Stage.SELF, Stage.DISTRICT, Stage.CITY)),
        Cell(score.total if score else None),
        Cell(score.basis if score else ""),
    ]
