"""整改通知单 (F7) and 整改反馈单 (F8) as forms to be edited in Word; on paper they have a layout of their own."""

from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact
from reporting.letters.sheet import Block, Grid, GridRow, Lines, Sheet
from reporting.rectifications import FEEDBACK, Form, Line, Paper

DAY = "　　　　年　　月　　日"


def rectification_sheet(paper: Paper, form: Form) -> Sheet:
    """The words of the paper; of pictures there are none here."""
    blocks = _feedback(paper) if form is FEEDBACK else _notice(paper)
    return Sheet(title=paper.title, issuer=paper.issuer, blocks=blocks)


def _notice(paper: Paper) -> list[Block]:
    inspected = f"经{paper.inspected}{paper.stage}"
    table = Statement(
        title=paper.title,
        columns=[
            *(Column("条目"), Column("类别"), Column("存在问题", Kind.WORDS), Column("整改要求", Kind.WORDS)),
            Column("责任人"),
        ],
        rows=[
            [Cell(text) for text in (one.code or "—", one.category, one.problem, one.requirement, one.owner)]
            for one in paper.lines
        ],
    )
    facts = [
        GridRow([("检查日期", paper.inspected), ("整改时限", fact(paper.due_on))]),
        GridRow([("责任人", paper.owners), ("签发人", paper.issued_by)]),
        *([GridRow([("整改要求", paper.requirement)])] if paper.requirement else []),
    ]
    told = (
        f"对照《{paper.standard_name}》，{inspected}，你单位存在下列{len(paper.lines)}项问题。请于"
        f"{fact(paper.due_on)}前整改到位，并逐项反馈整改情况。"
    )
    return [
        Lines([[paper.number], [f"{paper.unit}："], [told]]),
        table,
        Lines([[""]]),
        Grid(facts),
        Lines(
            [
                [f"{paper.issuer}（盖章）", fact(paper.issued_on)],
                [f"签收人：{paper.signed or f'　　　　　　{DAY}'}"],
            ]
        ),
    ]


def _feedback(paper: Paper) -> list[Block]:
    facts = [
        GridRow([("单位", paper.unit), ("整改通知单", paper.number)]),
        GridRow([("检查日期", paper.inspected), ("整改时限", fact(paper.due_on))]),
    ]
    faults = [block for line in paper.lines for block in (Lines([[f"第{line.number}项"]]), Grid(_fault(line)))]
    signed = Lines(
        [
            ["反馈单位（盖章）：", "负责人：", DAY],
            [f"{paper.issuer}（盖章）", "复查人：", DAY],
        ]
    )
    return [Grid(facts), *faults, signed]


def _fault(line: Line) -> list[GridRow]:
    reported = f"\n反馈：{line.reported}" if line.reported else ""
    rechecked = f"\n复查：{line.rechecked}" if line.rechecked else ""
    return [
        GridRow([("条目", f"{line.code or '—'}　{line.category}"), ("责任人", line.owner)]),
        GridRow([("存在问题", line.problem)]),
        GridRow([("整改措施", f"{line.measure}{reported}")]),
        GridRow([("复查意见", f"{line.verdict}{rechecked}")]),
        GridRow([("销号情况", line.progress)]),
    ]
