"""What must hold before a step: each check is one question about the facts, answered with obstacles in plain words."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from assessment.facts import Facts
from assessment.inspecting.methods import methods_of
from assessment.models import Stage
from assessment.models.campaigns import end_of_day
from communities.templatetags.official import plain


@dataclass(frozen=True)
class Obstacle:
    """Why a step is refused, and where to mend it: the code of an item, or the url name of a page of the assessment."""

    message: str
    item_code: str = ""
    page: str = ""


Check = Callable[[Facts], Iterable[Obstacle]]


def reason_needed(full: Decimal, points: Decimal, other: Decimal | None, *, than: str = "建议分") -> str:
    """Why a score of `points` out of `full` must carry a reason, or "" (R69, R73).

    `other` is what it is held against, called `than`: what the registers suggest, or what the unit gave itself.
    """
    if points < full:
        return "有扣分，请填写扣分原因"
    if other is not None and points != other:
        return f"得分与{than}不同，请说明原因"
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


# --- 区预查 --------------------------------------------------------------------------------------------------------
def inspected_by_every_method(stage: Stage) -> Check:
    """Every method the stage asks for has been given to somebody, and all to whom it was given have finished."""

    def complete(facts: Facts) -> Iterator[Obstacle]:
        own = [one for one in facts.inspections if one.stage == stage]
        for method in methods_of(stage):
            given = [one for one in own if one.method == method]
            if not given:
                yield Obstacle(f"{stage.label}的{method.label}还没有安排检查人员。", page="assessment:inspections")
            for one in given:
                if one.finished_at is None:
                    message = f"{stage.label}的{method.label}尚未完成（{one.inspector}）。"
                    yield Obstacle(message, page="assessment:inspections")

    complete.__name__ = f"inspected_by_every_method_{stage.value}"
    return complete


def district_score_reaches_pass_mark(facts: Facts) -> Iterator[Obstacle]:
    """Only those at the mark or above are put on the list (R74, R76)."""
    yield from _below_mark(facts, Stage.DISTRICT)


def departments_have_answered(facts: Facts) -> Iterator[Obstacle]:
    """Asked at least once, and the latest round that asked is closed (R74)."""
    round_ = facts.last_consultation
    if round_ is None:
        yield Obstacle("还没有就该单位征求部门意见。", page="assessment:unit_opinions")
    elif round_.closed_at is None:
        yield Obstacle(f"第{round_.round}轮征求部门意见尚未办结。", page="assessment:unit_opinions")


def no_open_objection(facts: Facts) -> Iterator[Obstacle]:
    for opinion in facts.objections:
        about = f"（{opinion.item.code}）" if opinion.item else ""
        message = f"{opinion.department}{opinion.get_answer_display()}{about}，尚未处理：{opinion.text[:40]}"
        yield Obstacle(message, page="assessment:unit_opinions")


# --- 市、省 --------------------------------------------------------------------------------------------------------
def drawn_at(stage: Stage) -> Check:
    """The stage's sample of the year has been drawn: before it nobody knows who is to be visited."""

    def drawn(facts: Facts) -> Iterator[Obstacle]:
        if facts.draw(stage) is None:
            yield Obstacle(f"{facts.assessment.campaign_year}{stage.label}还没有抽样。")

    drawn.__name__ = f"drawn_at_{stage.value}"
    return drawn


def passes_where_drawn(stage: Stage) -> Check:
    """A unit in the sample has a complete visit that reaches the mark; of another the latest score counts (R81)."""

    def passes(facts: Facts) -> Iterator[Obstacle]:
        if facts.is_drawn(stage):
            yield from inspected_by_every_method(stage)(facts)
            yield from _below_mark(facts, stage)
        elif not facts.sheets or facts.sheets[_latest(facts)].total < _mark(facts):
            yield from _below_mark(facts, _latest(facts))

    passes.__name__ = f"passes_where_drawn_{stage.value}"
    return passes


def fails_where_drawn(stage: Stage) -> Check:
    """A unit is turned down on a score of the stage only: it was drawn, visited, and is below the mark."""

    def fails(facts: Facts) -> Iterator[Obstacle]:
        yield from inspected_by_every_method(stage)(facts)
        sheet = facts.sheets.get(stage)
        if sheet and sheet.total >= _mark(facts):
            yield Obstacle(f"{stage.label}总分{plain(sheet.total)}分，达到合格线{plain(_mark(facts))}分。")

    fails.__name__ = f"fails_where_drawn_{stage.value}"
    return fails


# --- 动态管理 ------------------------------------------------------------------------------------------------------
def reaches_pass_mark(stage: Stage) -> Check:
    def reaches(facts: Facts) -> Iterator[Obstacle]:
        yield from inspected_by_every_method(stage)(facts)
        yield from _below_mark(facts, stage)

    reaches.__name__ = f"reaches_pass_mark_{stage.value}"
    return reaches


def rectifications_are_settled(facts: Facts) -> Iterator[Obstacle]:
    if facts.unsettled_rectifications:
        number = facts.unsettled_rectifications
        yield Obstacle(f"还有{number}项整改没有销号。", page="assessment:rectifications")


def _mark(facts: Facts) -> Decimal:
    return facts.assessment.campaign_year.campaign.pass_mark


def _latest(facts: Facts) -> Stage:
    return max(facts.sheets, key=list(Stage).index)


def _below_mark(facts: Facts, stage: Stage) -> Iterator[Obstacle]:
    """90.00 passes, 89.95 does not (R81)."""
    sheet, mark = facts.sheets.get(stage), _mark(facts)
    if sheet is None:
        yield Obstacle(f"还没有{stage.label}总分。", page="assessment:inspections")
    elif sheet.total < mark:
        yield Obstacle(
            f"{stage.label}总分{plain(sheet.total)}分，比合格线{plain(mark)}分少{plain(mark - sheet.total)}分。"
        )
