"""建议分 in words: a metric's reading held against a rule, said as an officer would say it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assessment.standards.rules import ZERO, Rule, Value

COMPARISONS = {">=": "达到", "<=": "不超过", "==": "等于"}


@dataclass(frozen=True)
class Reading:
    """A metric's value (None while unknown) with the words to talk about it, as in `communities.metrics.Metric`."""

    label: str
    unit: str
    value: Value | None
    met: str = ""
    verb: str = "设"


@dataclass(frozen=True)
class Suggestion:
    """建议分, None where no machine can say it, and the sentence, None where nothing is known."""

    points: Decimal | None
    sentence: str | None


NO_SUGGESTION = Suggestion(None, None)


def suggest(rule: Rule, reading: Reading | None, requirement: Reading | None = None) -> Suggestion:
    """What the rule suggests for a reading; `requirement` is the reading of the metric that `rule.require` names.

    Both are None while no register feeds the metric.
    """
    if rule.require:
        if requirement is None or requirement.value is None:
            return NO_SUGGESTION
        if requirement.value is False:
            return Suggestion(ZERO, f"未{requirement.label}，建议得0分")
    if reading is None or reading.value is None:
        return NO_SUGGESTION
    points = rule.score(reading.value)
    outcome = "未达到要求，请按评分标准扣分" if points is None else f"建议得{plain(points)}分"
    return Suggestion(points, f"{_fact(rule, reading, reading.value)}，{outcome}")


def plain(number: Decimal) -> str:
    """A number without idle zeros: 4.00 → 4, 2.50 → 2.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fact(rule: Rule, reading: Reading, value: Value) -> str:
    if isinstance(value, frozenset):
        return _members_fact(rule.members, value, reading.verb)
    if isinstance(value, bool):
        return f"{'已' if value else '未'}{reading.label}"
    if reading.met and rule.beyond(value) <= 0:
        return reading.met
    return _rate_fact(rule, reading, value) if reading.unit == "%" else _number_fact(rule, reading, value)


def _members_fact(members: tuple[str, ...], present: frozenset[str], verb: str) -> str:
    there = "、".join(member for member in members if member in present)
    absent = "、".join(member for member in members if member not in present)
    if not there:
        return f"{absent}均未{verb}"
    return f"已{verb}{there}，缺{absent}" if absent else f"已{verb}{there}，没有缺项"


def _number_fact(rule: Rule, reading: Reading, value: Decimal) -> str:
    fact = f"{reading.label}{plain(value)}{reading.unit}"
    bound = f"{plain(rule.threshold)}{reading.unit}"
    if rule.operator == "<=" and not rule.threshold:
        return fact
    if rule.beyond(value) <= 0:
        return f"{fact}，{COMPARISONS[rule.operator]}{bound}"
    word = "多" if value > rule.threshold else "少"
    return f"{fact}，比{bound}{word}{plain(rule.beyond(value))}{reading.unit}"


def _rate_fact(rule: Rule, reading: Reading, value: Decimal) -> str:
    shown = _shown_rate(value, rule.threshold)
    bound = f"{plain(rule.threshold)}%"
    if rule.beyond(value) <= 0:
        return f"{reading.label}{shown}%，{COMPARISONS[rule.operator]}{bound}"
    word = "高" if value > rule.threshold else "低"
    return f"{reading.label}{shown}%，比{bound}{word}{rule.beyond(shown)}个百分点"


def _shown_rate(value: Decimal, threshold: Decimal) -> Decimal:
    """A rate with one decimal; with all of them where rounding would lift it onto the threshold."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return value if rounded == threshold != value else rounded
