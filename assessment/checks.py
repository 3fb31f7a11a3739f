"""What must hold before a step: each check is one pure question that answers with obstacles in plain words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assessment.models import Assessment, Item, ItemScore, ScoreSheet
from assessment.models.campaigns import end_of_day
from communities.templatetags.official import plain


@dataclass(frozen=True)
class Obstacle:
    """Why a step is refused, and where to mend it: the code of an item, or the url name of a page of the assessment."""

    message: str
    item_code: str = ""
    page: str = ""


@dataclass(frozen=True)
class Facts:
    """All that checks look at; `scores` and `suggested` are keyed by item id."""

    assessment: Assessment
    sheet: ScoreSheet
    items: list[Item]
    scores: Mapping[int, ItemScore]
    suggested: Mapping[int, Decimal | None]
    now: datetime


Check = Callable[[Facts], Iterable[Obstacle]]


def reason_needed(full: Decimal, points: Decimal, suggested: Decimal | None) -> str:
    """Why a score of `points` out of `full` must carry a reason, or "" (R69; a suggestion is changed with a reason)."""
    if points < full:
        return "有扣分，请填写扣分原因"
    if suggested is not None and points != suggested:
        return "得分与建议分不同，请说明原因"
    return ""


def every_item_is_scored(facts: Facts) -> Iterator[Obstacle]:
    for item in facts.items:
        score = facts.scores.get(item.pk)
        if score is None or score.points is None:
            yield Obstacle(f"{item.code} 尚未评分。", item.code)


def reasons_are_given(facts: Facts) -> Iterator[Obstacle]:
    for item in facts.items:
        score = facts.scores.get(item.pk)
        if score is None or score.points is None or score.reason.strip():
            continue
        need = reason_needed(item.points, score.points, facts.suggested.get(item.pk))
        if need:
            yield Obstacle(f"{item.code} {need}。", item.code)


def score_reaches_pass_mark(facts: Facts) -> Iterator[Obstacle]:
    """90.00 passes, 89.95 does not: Decimal, never rounded up (R70)."""
    mark = facts.assessment.campaign_year.campaign.pass_mark
    if facts.sheet.total < mark:
        short = mark - facts.sheet.total
        yield Obstacle(
            f"自评总分{plain(facts.sheet.total)}分，比合格线{plain(mark)}分少{plain(short)}分，"
            "请先按“缺什么补什么”清单整改。",
            page="assessment:gaps",
        )


def before_deadline(facts: Facts) -> Iterator[Obstacle]:
    """Inclusive to 24:00 of the last day, by the server's clock in Asia/Shanghai (R71)."""
    day = facts.assessment.last_day
    if facts.now >= end_of_day(day):
        yield Obstacle(
            f"申报已于{day.year}年{day.month}月{day.day}日24:00截止。如确有原因，请联系区社区建设领导小组办公室。",
            page="assessment:history",
        )
