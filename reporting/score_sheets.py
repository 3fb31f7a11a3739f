"""考核评分表 (F2), 动态复核表 (F15): a table of columns each; page, PDF and Excel are laid out from it (R70, R80)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from assessment.models import Stage
from assessment.models.assessments import FORM_STAGES
from assessment.sheets import RECHECK_FORM, SHEET_FORM, Act, Row, SheetTable
from communities.templatetags.official import fact, plain
from reporting.pdf import render_pdf

Value = str | int | Decimal | None
Sums = Mapping[Stage, Decimal | None]


def nothing(_points: Decimal, _sums: Sums) -> Value:
    return None


@dataclass(frozen=True)
class Column:
    """A column of the form. `width` is in half-width characters; `total` fills the 小计 and 合计 rows.

    One that `varies` differs between the sheets of one standard; the rest is the form itself.
    """

    label: str
    width: int
    style: str
    value: Callable[[Row], Value]
    total: Callable[[Decimal, Sums], Value] = nothing
    varies: bool = False


def points_of(stage: Stage) -> Callable[[Row], Value]:
    return lambda row: row.scores[stage].points if stage in row.scores else None


def sum_of(stage: Stage) -> Callable[[Decimal, Sums], Value]:
    return lambda _points, sums: sums[stage]


def reason_of(stage: Stage) -> Callable[[Row], Value]:
    return lambda row: row.scores[stage].reason if stage in row.scores else ""


def later_reasons(row: Row) -> str:
    """Why the stages above took points, each under its name: the form has one column of reasons, 自评's own."""
    later = [(stage, row.scores[stage].reason) for stage in FORM_STAGES if stage != Stage.SELF and stage in row.scores]
    return "；".join(f"{stage.label}：{reason}" for stage, reason in later if reason)


NUMBER, PART = "序号", "一级指标"
ITEM_COLUMNS = [
    Column("考评内容", 30, "text", lambda row: f"{row.code} {row.content}"),
    Column("评分标准", 38, "text", lambda row: row.rule),
    Column("分值", 6, "number", lambda row: row.points, lambda points, _sums: points),
    Column("测评方法", 10, "text", lambda row: row.method),
]
COLUMNS = [
    *ITEM_COLUMNS,
    Column("自评分", 7, "number", points_of(Stage.SELF), sum_of(Stage.SELF), varies=True),
    Column("扣分原因", 22, "text", reason_of(Stage.SELF), varies=True),
    Column("区预查分", 7, "number", points_of(Stage.DISTRICT), sum_of(Stage.DISTRICT), varies=True),
    Column("市抽查分", 7, "number", points_of(Stage.CITY), sum_of(Stage.CITY), varies=True),
    Column("省考评分", 7, "number", points_of(Stage.PROVINCE), sum_of(Stage.PROVINCE), varies=True),
    Column("备注", 14, "text", later_reasons, varies=True),
]
"""The columns after 序号 and 一级指标."""
RECHECK_COLUMNS = [
    *ITEM_COLUMNS,
    Column("省考评分", 7, "number", points_of(Stage.PROVINCE), sum_of(Stage.PROVINCE), varies=True),
    Column("扣分原因", 22, "text", reason_of(Stage.PROVINCE), varies=True),
    Column("复查分", 7, "number", points_of(Stage.REINSPECTION), sum_of(Stage.REINSPECTION), varies=True),
    Column("复查扣分原因", 22, "text", reason_of(Stage.REINSPECTION), varies=True),
    Column("备注", 14, "text", lambda _row: "", varies=True),
]
COLUMNS_OF = {SHEET_FORM: COLUMNS, RECHECK_FORM: RECHECK_COLUMNS}
DATE = "日期：　　　年　　月　　日"
SIGNATURES_OF = {
    SHEET_FORM: ["社区负责人：", "镇审核人：", "考评组成员：", DATE],
    RECHECK_FORM: ["社区负责人：", "考评组长：", "考评组成员：", DATE],
}


@dataclass(frozen=True)
class PrintedCell:
    """A cell of the form as page and PDF print it; one with a `name` differs between the sheets of one standard."""

    style: str
    text: str
    name: str = ""


@dataclass(frozen=True)
class PrintedFact:
    """One of the facts above the table."""

    label: str
    text: str
    name: str = ""


@dataclass(frozen=True)
class PrintedPart:
    label: str
    rows: list[tuple[int, list[PrintedCell]]]
    subtotal: list[PrintedCell]


def columns_of(table: SheetTable) -> list[Column]:
    return COLUMNS_OF[table.form]


def cells(columns: list[Column], values: list[Value], row: str) -> list[PrintedCell]:
    """`row` names the row: the cells that vary are named after it and their column."""
    return [
        PrintedCell(
            column.style,
            value if isinstance(value, str) else plain(value),
            f"{row}-{number}" if column.varies else "",
        )
        for number, (column, value) in enumerate(zip(columns, values, strict=True), start=1)
    ]


def row_values(columns: list[Column], row: Row) -> list[Value]:
    return [column.value(row) for column in columns]


def total_values(columns: list[Column], points: Decimal, sums: Sums) -> list[Value]:
    return [column.total(points, sums) for column in columns]


def moment(act: Act | None) -> str:
    """张科员　2012年9月28日 14:32, or blank where nobody has done it yet."""
    if act is None:
        return ""
    return f"{act.actor}　{moment_of(act.at)}"


def moment_of(time: datetime | None) -> str:
    """2012年9月28日 14:32, or blank."""
    if time is None:
        return ""
    at = timezone.localtime(time)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


def facts_of(table: SheetTable) -> list[PrintedFact]:
    """What stands above the form: who filled and received it, or what the recheck came to."""
    unit = [
        PrintedFact("单位", table.unit, "unit"),
        PrintedFact("代码", table.community_code, "code"),
        PrintedFact("类别", table.category),
        PrintedFact("标准", table.standard_label),
    ]
    state = PrintedFact("状态", table.state.label, "state")
    if table.outcome is None:
        acts = [
            PrintedFact("填报", moment(table.filled), "filled"),
            PrintedFact("审核", moment(table.received), "received"),
            PrintedFact("回执编号", table.receipt_number, "receipt"),
        ]
        return [*unit, state, *acts]
    outcome = table.outcome
    return [
        *unit,
        PrintedFact("复核结论", outcome.conclusion or "尚未作出", "conclusion"),
        state,
        PrintedFact("最近处理", outcome.step, "step"),
        PrintedFact("依据文号", outcome.document, "document"),
        PrintedFact("整改期限", fact(outcome.last_day), "last_day"),
    ]


def printed(table: SheetTable) -> dict[str, Any]:
    """The context of `reporting/_score_table.html`."""
    columns = columns_of(table)
    return {
        "table": table,
        "columns": columns,
        "parts": [
            PrintedPart(
                part.label,
                [(row.number, cells(columns, row_values(columns, row), f"row-{row.number}")) for row in part.rows],
                cells(columns, total_values(columns, part.points, part.sums), f"part-{part.part.value}"),
            )
            for part in table.parts
        ],
        "total": cells(columns, total_values(columns, table.points, table.totals), "total"),
        "signatures": SIGNATURES_OF[table.form],
        "facts": facts_of(table),
    }


def score_sheet_html(table: SheetTable) -> str:
    """The finished document that the PDF is rendered from."""
    return render_to_string("reporting/score_sheet_pdf.html", printed(table))


def score_sheet_pdf(table: SheetTable) -> bytes:
    return render_pdf(score_sheet_html(table))
