"""指标数据: every figure with both its parts, its day and its definition, and beside it what old documents say.

Figures of old documents (原文数据) are never mixed with those the product counts: they stand in a column of their own
with the document they come from (decision 3).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from communities.models import Appointment, SourceFigure
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact, plain
from reporting.figure_kinds import Figure
from reporting.figures import FIGURES
from reporting.tallies import Group

KINDS = {"%": Kind.PERCENT, "万元": Kind.WAN}
"""How values of a unit are written; numbers of things otherwise."""

Sources = dict[tuple[str, str], list[SourceFigure]]


def sources_of(appointment: Appointment) -> list[SourceFigure]:
    return list(SourceFigure.objects.visible_to(appointment))


def figure_statement(groups: Iterable[Group], sources: Iterable[SourceFigure], as_of: date) -> Statement:
    """All figures of some groups; `sources` are those of the district, empty where a town is shown."""
    by_name: Sources = defaultdict(list)
    for source in sources:
        by_name[source.name, source.category].append(source)
    groups = list(groups)
    return Statement(
        title="指标数据",
        columns=[
            Column("指标"),
            Column("类别"),
            Column("数值", Kind.NUMBER),
            Column("单位"),
            Column("分子", Kind.NUMBER),
            Column("分母", Kind.NUMBER),
            Column("统计日", Kind.DATE),
            Column("原文数据", Kind.WORDS),
            Column("口径", Kind.WORDS),
        ],
        rows=[_row(kind.label, group, kind.of(group, as_of), by_name) for kind in FIGURES.values() for group in groups],
        notes=["数值空白的是未知或没有可比的基数，不等于0。“原文数据”取自以往文件，不是系统计算的数字。"],
    )


def _row(label: str, group: Group, figure: Figure, sources: Sources) -> list[Cell]:
    parts = Kind.WAN if figure.key.startswith("funding_rate") else Kind.NUMBER
    own = [*sources.get((label, group.category.value), []), *sources.get((label, ""), [])]
    return [
        Cell(label),
        Cell(group.category.label),
        Cell(figure.value, kind=KINDS.get(figure.unit)),
        Cell(figure.unit),
        Cell(figure.numerator, kind=parts),
        Cell(figure.denominator, kind=parts),
        Cell(figure.as_of),
        Cell("；".join(in_words(source) for source in own)),
        Cell(figure.definition),
    ]


def in_words(source: SourceFigure) -> str:
    """原文16%（138／862，2012年3月1日，某某讲话）."""
    parts = f"{plain(source.numerator) or '—'}／{plain(source.denominator) or '—'}"
    told = [
        parts if source.numerator is not None or source.denominator is not None else "",
        fact(source.as_of),
        source.document,
    ]
    return f"原文{plain(source.value)}{source.unit_name}（{'，'.join(word for word in told if word)}）"


def source_statement(sources: Iterable[SourceFigure]) -> Statement:
    """The figures of old documents as they stand there."""
    return Statement(
        title="原文数据",
        columns=[
            Column("指标"),
            Column("类别"),
            Column("数值", Kind.NUMBER),
            Column("单位"),
            Column("分子", Kind.NUMBER),
            Column("分母", Kind.NUMBER),
            Column("统计日期", Kind.DATE),
            Column("出处"),
            Column("备注", Kind.WORDS),
        ],
        rows=[
            [
                *(Cell(source.name, source.get_absolute_url()), Cell(source.get_category_display())),
                *(Cell(source.value), Cell(source.unit_name), Cell(source.numerator), Cell(source.denominator)),
                *(Cell(source.as_of), Cell(source.document), Cell(source.remarks)),
            ]
            for source in sources
        ],
        empty="没有录入原文数据。",
    )
