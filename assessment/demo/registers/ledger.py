"""台账: what a community did on which day, by the kinds of the district (R37, R60-R64)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assessment.demo.registers.calendar import QUARTER, quarter
from assessment.demo.registers.chance import likely
from assessment.demo.registers.organisation import elected_on
from assessment.demo.registers.units import Trait, Unit
from communities.models import LedgerEntry, LedgerKind
from communities.models.ledger import steps_in

STALE_DAYS = 100
"""How long the overdue have entered nothing: more than a quarter."""

INCOMPLETE = 0.03
"""How often a step is missing, so that the entry does not count."""


@dataclass(frozen=True)
class Habit:
    """How often something of a kind is done and what is written about it. `{}` is the quarter or the month."""

    title: str
    every: int
    most: int
    people: tuple[int, int] | None
    outcome: str = ""
    weak: int | None = None
    """How often a weak community does it at most."""


QUARTERLY = ("村务公开", "居务公开", "村民代表会议", "居民代表会议", "监委履职")
"""The kinds that R60 looks at: nothing for a quarter is overdue."""

HABITS: dict[str, Habit] = {
    "村务公开": Habit("{}村务、财务公开", QUARTER, 4, None, "已在村务公开栏公布，村民意见均已答复。"),
    "居务公开": Habit("{}居务、财务和服务事项公开", QUARTER, 4, None, "已在居务公开栏公布。"),
    "村民代表会议": Habit("{}村民代表会议", QUARTER, 4, (25, 60), "形成决议并公布，村委会落实。"),
    "居民代表会议": Habit("{}居民代表会议", QUARTER, 4, (30, 70), "形成决议并公布，居委会落实。"),
    "监委履职": Habit("{}村务、财务监督检查", QUARTER, 4, (3, 5), "账目和公开内容一致。"),
    "民情恳谈": Habit("民情恳谈会", 200, 1, (12, 40), "收集意见已逐条答复。"),
    "民意调查": Habit("创建工作民意调查", 200, 1, (50, 200), "结果已公布。"),
    "民主协调": Habit("停车和环境整治协调会", 200, 1, (8, 30), "各方达成一致。"),
    "民意听证": Habit("公共设施改造听证会", 200, 1, (15, 50), "方案按听证意见修改。"),
    "文体活动": Habit("{}文体活动", 29, 12, (30, 300), weak=5),
    "居民学校授课": Habit("{}课程：健康和法律常识", QUARTER, 4, (20, 80), weak=2),
    "宣传栏更换": Habit("{}科普、法治、健康宣传", QUARTER, 4, None, weak=3),
    "安全检查": Habit("{}消防和用电安全检查", QUARTER, 4, (3, 8), "隐患已整改。"),
    "走访": Habit("{}走访困难家庭", 170, 2, (3, 10)),
    "培训": Habit("网格人员业务培训", 200, 1, (8, 25)),
}
ELECTION = "村（居）委会选举"
BY_ELECTION = 0.08
"""How often a seat falls vacant and is filled within a year."""


def ledger_entries(unit: Unit, kinds: dict[str, LedgerKind]) -> Iterator[LedgerEntry]:
    for name, kind in kinds.items():
        if name == ELECTION:
            yield from elections(unit, kind)
        elif name in HABITS and kind.for_category in {"", unit.community.category} and not _left_out(unit, kind):
            yield from by_habit(unit, kind, HABITS[name])


def _left_out(unit: Unit, kind: LedgerKind) -> bool:
    """Whether the community never does it: nothing but elections, or one of the forms of participation missing."""
    if unit.has(Trait.ELECTIONS_ONLY) and kind.serves:
        return True
    return kind.counted_in == "participation_forms" and likely(unit.random, 0.35 if unit.has(Trait.WEAK) else 0.04)


def by_habit(unit: Unit, kind: LedgerKind, habit: Habit) -> Iterator[LedgerEntry]:
    random, span = unit.random, unit.span
    stale = unit.has(Trait.OVERDUE) and kind.name in QUARTERLY
    until = date.fromordinal(span.last.toordinal() - STALE_DAYS) if stale else None
    most = habit.weak if habit.weak and unit.has(Trait.WEAK) else habit.most
    steps = steps_in(kind.steps)
    for day in span.rhythm(random, every=habit.every, most=most, until=until):
        lacks_a_step = bool(steps) and likely(random, INCOMPLETE)
        yield LedgerEntry(
            **unit.identity,
            kind=kind,
            date=day,
            title=habit.title.format(quarter(day) if habit.every == QUARTER else f"{day.month}月"),
            participants=random.randrange(*habit.people) if habit.people else None,
            outcome=habit.outcome,
            steps_done="、".join(steps[:-1] if lacks_a_step else steps),
            is_complete=not lacks_a_step,
        )


def elections(unit: Unit, kind: LedgerKind) -> Iterator[LedgerEntry]:
    """The election of the committee in its year, else now and then of a single member."""
    day, title = elected_on(unit), "居民委员会换届选举" if unit.is_urban else "村民委员会换届选举"
    if day.year != unit.year or day > unit.span.last:
        if not (unit.has(Trait.ELECTIONS_ONLY) or likely(unit.random, BY_ELECTION)):
            return
        day, title = unit.span.day(unit.random), "补选委员会委员"
    yield LedgerEntry(
        **unit.identity,
        kind=kind,
        date=day,
        title=title,
        participants=unit.random.randrange(300, 1200),
        outcome="选举有效，结果已公布。",
        steps_done=kind.steps,
        is_complete=True,
    )
