"""What pages, workbooks and the minutes show of a draw: its strata, and the visits with their progress (R75, R77-R79).

A town sees of each what belongs to its own units.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.urls import reverse
from django.utils.http import urlencode

from assessment.inspecting.methods import methods_of
from assessment.models import FrameUnit, Inspection, Method, SamplingDraw, ScoreSheet, Stage
from assessment.sampling.frame import method_unit
from assessment.sampling.method import Group, group_size
from communities.models import Appointment, Category
from communities.statements import TOTAL, Cell, Column, Kind, Row, Statement

IN_SHORT = {Category.URBAN.value: "城镇", Category.RURAL.value: "农村"}
COUNTED = ("总体", "抽中")


# --- strata --------------------------------------------------------------------------------------------------------
def group_statement(ratio: Decimal, units: Sequence[FrameUnit], *, url: str = "") -> Statement:
    """类别 x 性质: how many there are and how many the ratio asks for. `url` leads to the frame's list."""
    found = _in_order(unit.group for unit in map(method_unit, units))
    done = {"drawn": "1"} if any(unit.drawn for unit in units) else {}
    rows: list[Row] = [
        [
            *_names(group),
            Cell(number, _narrowed(url, **group._asdict())),
            Cell(group_size(ratio, number), _narrowed(url, **group._asdict(), **done)),
        ]
        for group, number in found.items()
    ]
    foot = [
        Cell(TOTAL),
        Cell(),
        Cell(len(units), url),
        Cell(sum(row[-1].value for row in rows), _narrowed(url, **done)),
    ]
    columns = [Column("类别"), Column("性质"), Column("总体数", Kind.NUMBER), Column("应抽数", Kind.NUMBER)]
    return Statement("各类单位", columns, rows, foot)


def strata_statement(draw: SamplingDraw, units: Sequence[FrameUnit], *, url: str = "") -> Statement:
    """A row a town, for each group how many units it has there, and after the draw how many are in the sample."""
    groups: list[Group | None] = [*_in_order(unit.group for unit in map(method_unit, units)), None]
    columns = [Column("镇（开发区、街道）")]
    for group in groups:
        label = f"{IN_SHORT[group.category]}{FrameUnit.Standing(group.standing).label}" if group else TOTAL
        columns += [Column(f"{label}{counted}", Kind.NUMBER) for counted in COUNTED[: 1 + draw.is_drawn]]
    towns = dict.fromkeys(unit.town_name for unit in units)
    rows = [[Cell(town), *_stratum_cells(draw, units, groups, town, url)] for town in towns]
    return Statement("分层情况", columns, rows, [Cell(TOTAL), *_stratum_cells(draw, units, groups, "", url)])


def _stratum_cells(
    draw: SamplingDraw, units: Sequence[FrameUnit], groups: Iterable[Group | None], town: str, url: str
) -> Row:
    """The cells of a town, or of all for "": blank where it has no unit of the group."""
    cells: list[Cell] = []
    for group in groups:
        own = [unit for unit in units if town in ("", unit.town_name) and group in (None, method_unit(unit).group)]
        asked = {**(group._asdict() if group else {}), **({"town": town} if town else {})}
        cells.append(Cell(len(own) or None, _narrowed(url, **asked)))
        if draw.is_drawn:
            sample = sum(unit.drawn for unit in own)
            cells.append(Cell(sample if own else None, _narrowed(url, **asked, drawn="1")))
    return cells


def _in_order(keys: Iterable[Group]) -> dict[Group, int]:
    """Counts by group: 城镇 before 农村, 新创建 before 已命名."""
    counts: dict[Group, int] = {}
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
    def progress(self) -> str:
        """已完成2项：听取汇报、材料审核."""
        names = "、".join(method.label for method in Method if method in self.done)
        return f"已完成{len(self.done)}项：{names}" if names else "尚未考评"

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
    columns += [Column("总分", Kind.NUMBER), Column("备注")]
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
