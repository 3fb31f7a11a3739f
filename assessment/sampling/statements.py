"""What pages, workbooks and the minutes show of a draw: its strata, and the visits with their progress (R75, R77-R79).

A town sees of each what belongs to its own units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import F
from django.urls import reverse
from django.utils.http import urlencode

from assessment.inspecting.methods import methods_of
from assessment.models import FrameUnit, Inspection, Method, SamplingDraw, ScoreSheet, Stage
from assessment.sampling.frame import method_unit
from assessment.sampling.method import Group, Stratum, group_size
from communities.models import Appointment, Category
from communities.statements import TOTAL, Cell, Column, Kind, Row, Statement

Key = TypeVar("Key", Group, Stratum)


# --- strata --------------------------------------------------------------------------------------------------------
def group_statement(ratio: Decimal, units: Sequence[FrameUnit], *, url: str = "") -> Statement:
    """类别 x 性质: how many there are and how many the ratio asks for. `url` leads to the frame's list."""
    found = _in_order(unit.group for unit in map(method_unit, units))
    rows: list[Row] = [
        [
            *_names(group),
            Cell(number, _narrowed(url, category=group.category, standing=group.standing)),
            Cell(group_size(ratio, number)),
        ]
        for group, number in found.items()
    ]
    foot = [Cell(TOTAL), Cell(), Cell(len(units), url), Cell(sum(row[-1].value for row in rows))]
    columns = [Column("类别"), Column("性质"), Column("总体数", Kind.NUMBER), Column("应抽数", Kind.NUMBER)]
    return Statement("各类单位", columns, rows, foot)


def strata_statement(draw: SamplingDraw, units: Sequence[FrameUnit], *, url: str = "") -> Statement:
    """类别 x 性质 x 镇: how many there are, and after the draw how many of them are in the sample."""
    found = _in_order(unit.stratum for unit in map(method_unit, units))
    drawn = _in_order(unit.stratum for unit in map(method_unit, (unit for unit in units if unit.drawn)))
    rows: list[Row] = []
    for stratum, number in found.items():
        asked = {"category": stratum.category, "standing": stratum.standing, "town": stratum.town}
        sample = drawn.get(stratum, 0) if draw.is_drawn else None
        cells = [Cell(number, _narrowed(url, **asked)), Cell(sample, _narrowed(url, **asked, drawn="1"))]
        rows.append([*_names(stratum.group), Cell(stratum.town), *cells])
    total = sum(drawn.values()) if draw.is_drawn else None
    foot = [Cell(TOTAL), Cell(), Cell(), Cell(len(units), url), Cell(total, _narrowed(url, drawn="1"))]
    columns = [Column("类别"), Column("性质"), Column("镇（开发区、街道）")]
    columns += [Column("总体数", Kind.NUMBER), Column("抽中数", Kind.NUMBER)]
    return Statement("分层情况", columns, rows, foot)


def _in_order(keys: Iterable[Key]) -> dict[Key, int]:
    """Counts by key: 城镇 before 农村, 新创建 before 已命名, towns as the frame has them."""
    counts: dict[Key, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    categories, standings = Category.values, FrameUnit.Standing.values
    ordered = sorted(counts, key=lambda key: (categories.index(key.category), standings.index(key.standing)))
    return {key: counts[key] for key in ordered}


def _names(group: Group) -> list[Cell]:
    return [Cell(Category(group.category).label), Cell(FrameUnit.Standing(group.standing).label)]


def _narrowed(url: str, **asked: str) -> str:
    return f"{url}?{urlencode(asked)}" if url else ""


# --- visits --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Visit:
    """A drawn unit with its progress: the methods that are done, and the level's total once all are (R78)."""

    unit: FrameUnit
    done: frozenset[str]
    total: Decimal | None
    note: str

    @property
    def url(self) -> str:
        return reverse("assessment:sheet", args=[self.unit.assessment_id]) if self.unit.assessment_id else ""

    @property
    def is_complete(self) -> bool:
        return self.total is not None


def visits_of(draw: SamplingDraw, appointment: Appointment) -> list[Visit]:
    """The sample as the person may see it, in administrative order; four queries."""
    units = list(FrameUnit.objects.visible_to(appointment).filter(draw=draw, drawn=True))
    assessments = [unit.assessment_id for unit in units]
    open_, given = set(), set()
    inspections = Inspection.objects.filter(assessment__in=assessments, stage=draw.stage).order_by()
    for assessment, method, finished_at in inspections.values_list("assessment", "method", "finished_at"):
        given.add((assessment, method))
        if finished_at is None:
            open_.add((assessment, method))
    sheets = ScoreSheet.objects.filter(assessment__in=assessments, stage=draw.stage)
    totals: dict[int | None, Decimal] = dict(sheets.values_list("assessment", "total"))
    notes = dict(draw.replacements.annotate(name=F("removed__name")).values_list("added", "name"))
    return [
        Visit(
            unit,
            frozenset(method for assessment, method in given - open_ if assessment == unit.assessment_id),
            totals.get(unit.assessment_id),
            f"顺延，替换{notes[unit.pk]}" if unit.pk in notes else "",
        )
        for unit in units
    ]


def visit_statement(draw: SamplingDraw, visits: Iterable[Visit]) -> Statement:
    """The drawn list with the days of the visits and how far each has come."""
    methods = methods_of(Stage(draw.stage))
    columns = [Column("镇（开发区、街道）"), Column("社区（村）"), Column("类别"), Column("性质")]
    columns += [Column("考评日期", Kind.DATE), *(Column(method.label) for method in methods)]
    columns += [Column("总分", Kind.NUMBER), Column("备注", Kind.WORDS)]
    return Statement(
        f"{draw.campaign_year}{draw.get_stage_display()}抽查名单",
        columns,
        [_visit_row(visit, methods) for visit in visits],
        empty="没有抽中的单位。",
    )


def _visit_row(visit: Visit, methods: Iterable[Method]) -> Row:
    unit = visit.unit
    return [
        Cell(unit.town_name),
        Cell(unit.name, visit.url),
        Cell(unit.get_category_display()),
        Cell(unit.get_standing_display()),
        Cell(unit.visit_on),
        *(Cell("√" if method in visit.done else None) for method in methods),
        Cell(visit.total, visit.url),
        Cell(visit.note or None),
    ]
