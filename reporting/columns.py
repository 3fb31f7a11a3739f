"""四级评分比较: what each of the four stages gave one unit, item by item, with reasons and differences (R75-R81).

Made from `assessment.sheets.SheetTable`, the object of the 考核评分表; page and workbook both show this one.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.models import Assessment, Evidence, Stage
from assessment.models.assessments import FORM_STAGES
from assessment.sheets import PartTable, Row, SheetTable, sheet_table
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from reporting.scores import signed


@dataclass(frozen=True)
class Difference:
    """How much more (or less) a stage gave than another: 比自评 -1.5（低）."""

    to: Stage
    amount: Decimal

    @property
    def word(self) -> str:
        return "高" if self.amount > 0 else "低" if self.amount < 0 else "相同"

    @property
    def in_words(self) -> str:
        return f"比{self.to.label} {signed(self.amount)}（{self.word}）" if self.amount else f"与{self.to.label}相同"


@dataclass(frozen=True)
class Mark:
    """What one stage gave. `points` None: not scored; differences are to 自评 and to the stage before that scored."""

    stage: Stage
    points: Decimal | None
    reason: str = ""
    to_self: Difference | None = None
    to_before: Difference | None = None

    @property
    def differences(self) -> list[Difference]:
        """What the page shows: the one to the stage before only where that is not 自评 itself."""
        found = [self.to_self, self.to_before]
        return [one for number, one in enumerate(found) if one and (number == 0 or one.to != Stage.SELF)]


@dataclass(frozen=True)
class Line:
    """One item with its marks in the order of the stages, and the evidence put forward for it."""

    row: Row
    marks: tuple[Mark, ...]
    evidence: tuple[Evidence, ...]

    @property
    def differs(self) -> bool:
        return len({mark.points for mark in self.marks if mark.points is not None}) > 1


@dataclass(frozen=True)
class Block:
    """One of the eight parts with its sums."""

    part: PartTable
    lines: tuple[Line, ...]
    sums: tuple[Mark, ...]


@dataclass(frozen=True)
class Columns:
    """`lines` of a block are all its items, or those that differ; `differing` counts these in any case."""

    table: SheetTable
    blocks: tuple[Block, ...]
    totals: tuple[Mark, ...]
    differing: int
    stages: tuple[Stage, ...] = FORM_STAGES


def marks(amounts: Mapping[Stage, Decimal | None], reasons: Mapping[Stage, str] | None = None) -> tuple[Mark, ...]:
    """The four columns of an item, a part or the total."""
    reasons, scored = reasons or {}, [stage for stage in FORM_STAGES if amounts.get(stage) is not None]

    def mark(stage: Stage) -> Mark:
        before = [one for one in scored if FORM_STAGES.index(one) < FORM_STAGES.index(stage)]
        to_self = _difference(amounts, stage, Stage.SELF) if stage != Stage.SELF else None
        to_before = _difference(amounts, stage, before[-1]) if before else None
        return Mark(stage, amounts.get(stage), reasons.get(stage, ""), to_self, to_before)

    return tuple(map(mark, FORM_STAGES))


def _difference(amounts: Mapping[Stage, Decimal | None], stage: Stage, to: Stage) -> Difference | None:
    points, other = amounts.get(stage), amounts.get(to)
    return None if points is None or other is None else Difference(to, points - other)


def columns_of(assessment: Assessment, *, differing_only: bool = False) -> Columns:
    """The comparison of an assessment that came with `assessment.sheets.SHEET_RELATIONS`, in five queries."""
    table = sheet_table(assessment)
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for one in Evidence.objects.filter(assessment=assessment).select_related("file"):
        evidence[one.item_id].append(one)
    lines = {part.part: [_line(row, evidence[row.item_id]) for row in part.rows] for part in table.parts}
    shown = {part: [line for line in own if line.differs or not differing_only] for part, own in lines.items()}
    return Columns(
        table=table,
        blocks=tuple(Block(part, tuple(shown[part.part]), marks(part.sums)) for part in table.parts),
        totals=marks(table.totals),
        differing=sum(line.differs for own in lines.values() for line in own),
    )


def _line(row: Row, evidence: list[Evidence]) -> Line:
    points = {stage: score.points for stage, score in row.scores.items()}
    reasons = {stage: score.reason for stage, score in row.scores.items()}
    return Line(row, marks(points, reasons), tuple(evidence))


# --- the workbook ------------------------------------------------------------------------------------------------
def statements(found: Columns) -> list[Statement]:
    """各方面 with the totals at the foot, then 逐条比较 of the lines that are shown."""
    note = f"{found.table.standard_label}。差＝本级得分－被比较的一级得分，负数为低、正数为高；空白的是没有评分。"
    return [
        Statement(
            title="四级评分比较",
            columns=[Column("方面"), Column("分值", Kind.NUMBER), *_stage_columns(with_reason=False)],
            rows=[
                [Cell(block.part.label), Cell(block.part.points), *_cells(block.sums, with_reason=False)]
                for block in found.blocks
            ],
            foot=[Cell(TOTAL), Cell(found.table.points), *_cells(found.totals, with_reason=False)],
            notes=[note],
        ),
        Statement(
            title="逐条比较",
            columns=[
                Column("方面"),
                Column("编号"),
                Column("考评内容", Kind.WORDS),
                Column("分值", Kind.NUMBER),
                *_stage_columns(with_reason=True),
                Column("佐证材料", Kind.WORDS),
            ],
            rows=[_item_row(block, line) for block in found.blocks for line in block.lines],
            notes=[note],
        ),
    ]


def _stage_columns(*, with_reason: bool) -> list[Column]:
    columns = []
    for stage in FORM_STAGES:
        columns.append(Column(f"{stage.label}得分", Kind.NUMBER))
        if stage != Stage.SELF:
            columns.append(Column(f"{stage.label}与自评差", Kind.NUMBER))
        if stage not in (Stage.SELF, Stage.DISTRICT):
            columns.append(Column(f"{stage.label}与上一级差", Kind.NUMBER))
        if with_reason:
            columns.append(Column(f"{stage.label}扣分原因", Kind.WORDS))
    return columns


def _cells(found: tuple[Mark, ...], *, with_reason: bool) -> list[Cell]:
    cells = []
    for mark in found:
        cells.append(Cell(mark.points))
        if mark.stage != Stage.SELF:
            cells.append(Cell(signed(mark.to_self.amount if mark.to_self else None)))
        if mark.stage not in (Stage.SELF, Stage.DISTRICT):
            cells.append(Cell(signed(mark.to_before.amount if mark.to_before else None)))
        if with_reason:
            cells.append(Cell(mark.reason))
    return cells


def _item_row(block: Block, line: Line) -> list[Cell]:
    row = line.row
    return [
        Cell(block.part.label),
        Cell(row.code),
        Cell(row.content),
        Cell(row.points),
        *_cells(line.marks, with_reason=True),
        Cell("；".join(one.file.name for one in line.evidence)),
    ]
