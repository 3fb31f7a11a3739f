"""When the steps of the demonstration were taken, and by whom: the table of transitions told as a story."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from assessment.models import Assessment, Stage, State, StateChange
from assessment.transitions import TRANSITIONS
from communities.models import Role

DAYS = {
    "submit": 0,
    "receive": 1,
    "return": 2,
    "conclude": 6,
    "enlist": 8,
    "decline": 8,
    "pass_city": 12,
    "fail_city": 12,
    "recognise": 16,
    "fail_province": 16,
    "keep": 16,
    "order_rectification": 16,
    "report_rectified": 24,
    "keep_after_rectification": 26,
    "propose_revocation": 26,
    "name": 36,
    "revoke": 36,
}
"""On which day of a round of 36 days a step is taken."""
LAST = 36
DAYS_OF_DRAW = 13
OPENED_BEFORE = 10
REASONS = {
    "return": "4.3网格划分图与户数统计不一致，请核对后补齐。",
    "decline": "预查总分未达到合格线，经研究不列入本年度创建名单。",
    "fail_city": "市抽查总分未达到合格线。",
    "fail_province": "省考评总分未达到合格线。",
    "order_rectification": "省考评复核总分低于合格线，限期整改后复查。",
    "propose_revocation": "整改后复查仍未达到合格线，建议撤销称号。",
}
ACTORS = {
    Role.BUREAU_OFFICER: "区社区办 王建国",
    Role.CITY_INSPECTOR: "市民政局 周国平",
    Role.PROVINCE_INSPECTOR: "省民政厅 郑为民",
}
DOCUMENTS = {
    "keep": "苏民考〔{year}〕12号",
    "order_rectification": "苏民考〔{year}〕13号",
    "keep_after_rectification": "苏民考〔{year}〕21号",
    "propose_revocation": "苏民考〔{year}〕22号",
    "name": "苏民基〔{year}〕38号",
    "revoke": "苏民基〔{year}〕40号",
}
SCORED_BY = {
    Stage.DISTRICT: "conclude",
    Stage.CITY: "pass_city",
    Stage.PROVINCE: "recognise",
    Stage.REINSPECTION: "keep_after_rectification",
}
"""By which day of the round a stage has scored."""


@dataclass(frozen=True)
class Round:
    """A round of the chain between two moments; every step has its place in it."""

    begins: datetime
    ends: datetime

    def at(self, step: str) -> datetime:
        return self.day(DAYS[step])

    def day(self, number: float) -> datetime:
        """The moment of a day of the round, counted from 0 to LAST."""
        return self.begins + (self.ends - self.begins) * (number / LAST)


@dataclass(frozen=True)
class Way:
    """The steps of one assessment, and the round in which they were taken."""

    steps: tuple[str, ...]
    round: Round
    is_recheck: bool = False

    @property
    def state(self) -> State:
        if self.steps:
            return TRANSITIONS[self.steps[-1]].target
        return State.RECHECK if self.is_recheck else State.DRAFT

    @property
    def begun(self) -> datetime:
        """When it was opened: some days before it was filed, or with the draw."""
        return self.round.day(DAYS_OF_DRAW) if self.is_recheck else self.round.begins - timedelta(days=OPENED_BEFORE)

    def reached(self, step: str) -> bool:
        """Whether the round had come to the day of a step, whichever way it went there."""
        return any(DAYS[taken] >= DAYS[step] for taken in self.steps)


def steps_to(state: State) -> tuple[str, ...]:
    """The shortest way from 自评中 to a state."""
    waiting: deque[tuple[State, tuple[str, ...]]] = deque([(State.DRAFT, ())])
    seen = {State.DRAFT}
    while waiting:
        here, steps = waiting.popleft()
        if here == state:
            return steps
        for row in TRANSITIONS.values():
            if here in row.sources and row.name in DAYS and row.target not in seen:
                seen.add(row.target)
                waiting.append((row.target, (*steps, row.name)))
    raise LookupError(f"no step of the demonstration leads to {state}")


def history(assessment: Assessment, way: Way, totals: Mapping[Stage, Decimal]) -> Iterator[StateChange]:
    """The steps as the history tells them, each with the total of the latest stage that had scored by then."""
    source = State.RECHECK if way.is_recheck else State.DRAFT
    town, year = str(assessment.community.town), assessment.campaign_year.year
    for name in way.steps:
        row = TRANSITIONS[name]
        scored = [stage for stage in totals if stage == Stage.SELF or DAYS[SCORED_BY[stage]] <= DAYS[name]]
        yield StateChange(
            assessment=assessment,
            action=row.label,
            source=source,
            target=row.target,
            actor=ACTORS.get(row.roles[-1], f"{town} {town}经办人"),
            at=way.round.at(name),
            reason=REASONS[name] if row.needs_reason else "",
            receipt_number=assessment.receipt_number if row.gives_receipt else "",
            document=DOCUMENTS[name].format(year=year) if row.needs_document else "",
            stage=scored[-1] if scored else "",
            total=totals[scored[-1]] if scored else None,
        )
        source = row.target
