"""The machine rule of an item of the standard: parsed from its hints, and what a value scores by it.

Pure and Decimal. The hints are the columns metric, operator, threshold and note of the standard's CSV, the note being
`key=value` separated by semicolons, with free remarks between them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

Value = Decimal | bool | frozenset[str]

OPERATORS = (">=", "<=", "==", "contains_all")
FLAGS = {"true": True, "false": False}
RULE_HINTS = ("steps", "per", "cap", "missing", "require")
REMARKS = (
    *("src", "formula", "alt", "core", "veto", "from"),
    *("min_sample", "min_points", "monthly_if", "zero_denominator"),
)
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
ZERO = Decimal(0)


class RuleError(Exception):
    """A rule that does not parse; `problems` are Chinese sentences, all of them at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Rule:
    """A parsed rule: what the metric is held against, and how points are lost (at most one of the three ways).

    A number is compared with `threshold`, a yes or no with `expected`, a set must hold all `members`.
    `steps`: (bound, score) descending. `per`: (n, d), d points less for every begun n beyond the threshold, at most
    `cap` in all. `missing`: points less per absent member. `require` names a yes-or-no metric without which the score
    is 0.
    """

    points: Decimal
    metric: str
    operator: str
    threshold: Decimal = ZERO
    expected: bool | None = None
    members: tuple[str, ...] = ()
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    per: tuple[Decimal, Decimal] | None = None
    cap: Decimal | None = None
    missing: Decimal = ZERO
    require: str = ""

    @property
    def kind(self) -> type:
        """What the metric must be for this rule."""
        if self.members:
            return frozenset
        return Decimal if self.expected is None else bool

    def score(self, value: Value) -> Decimal | None:
        """Points from 0 to the item's full points; None for a plain condition that is not met.

        How many points such a condition costs is in the text of the standard only, so the officer decides.
        """
        if isinstance(value, frozenset):
            absent = sum(member not in value for member in self.members)
            return max(self.points - absent * self.missing, ZERO)
        if isinstance(value, bool):
            return self.points if value == self.expected else None
        if self.steps:
            return next((score for bound, score in self.steps if value >= bound), ZERO)
        beyond = self.beyond(value)
        if beyond <= 0:
            return self.points
        return max(self.points - self._deduction(beyond), ZERO) if self.per else None

    def beyond(self, value: Decimal) -> Decimal:
        """How far a number is on the wrong side of the threshold; 0 or less where it is met."""
        difference = self.threshold - value
        return {">=": difference, "<=": -difference}.get(self.operator, abs(difference))

    def _deduction(self, beyond: Decimal) -> Decimal:
        size, points = self.per or (Decimal(1), ZERO)
        deduction = (beyond / size).to_integral_value(ROUND_CEILING) * points
        return deduction if self.cap is None else min(deduction, self.cap)


def read_hints(note: str) -> dict[str, str]:
    """The `key=value` pairs of a note; free remarks are left out."""
    return dict(_pairs(note))


@lru_cache(maxsize=2048)
def parse_rule(*, metric: str, operator: str, threshold: str, note: str, points: Decimal) -> Rule | None:
    """The rule of one item, or None where the item is bound to no metric. Raises RuleError with every problem."""
    problems = _note_problems(note)
    hints = {key: value for key, value in _pairs(note) if key in RULE_HINTS}
    rule = None
    if metric or operator or threshold:
        problems += _binding_problems(metric, operator, threshold)
        held_against = _held_against(operator, threshold, problems)
        rule = Rule(points, metric, operator, **held_against, **_read_rule_hints(hints, problems))
        problems += [] if problems else _step_problems(rule) + _fit_problems(rule, hints)
    else:
        problems += [f"没有绑定指标的条目不能写{key}。" for key in hints]
    if problems:
        raise RuleError(problems)
    return rule


def _pairs(note: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in note.split(";") if "=" in part]
    return [(key.strip(), value.strip()) for key, _, value in parts]


def _note_problems(note: str) -> list[str]:
    keys = [key for key, _ in _pairs(note)]
    unknown = [key for key in keys if key not in RULE_HINTS and key not in REMARKS]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return [f"不认识的写法“{key}=”，请改正或删除。" for key in unknown] + [
        f"{key}写了不止一次，请保留一个。" for key in twice
    ]


def _binding_problems(metric: str, operator: str, threshold: str) -> list[str]:
    problems = []
    if not (metric and operator and threshold):
        problems.append("metric、operator、threshold须同时填写或同时留空。")
    if operator and operator not in OPERATORS:
        problems.append(f"运算符“{operator}”不在{'、'.join(OPERATORS)}之中。")
    return problems


def _held_against(operator: str, text: str, problems: list[str]) -> dict[str, Any]:
    if operator == "contains_all":
        members = tuple(member.strip() for member in text.split("|"))
        if "" in members or len(set(members)) != len(members):
            problems.append("contains_all的各项用|分隔，不能有空项或重复项。")
        return {"members": members}
    if operator == "==" and text.lower() in FLAGS:
        return {"expected": FLAGS[text.lower()]}
    return {"threshold": _number(text, "threshold", problems)} if text else {}


def _read_rule_hints(hints: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: _number(hints[key], key, problems) for key in ("cap", "missing") if key in hints}
    if "steps" in hints:
        found["steps"] = tuple(_pair(step, "steps", problems) for step in hints["steps"].split("/"))
    if "per" in hints:
        found["per"] = _pair(hints["per"], "per", problems)
    if "require" in hints:
        found["require"] = hints["require"]
    return found


def _number(text: str, name: str, problems: list[str]) -> Decimal:
    if NUMBER.fullmatch(text):
        return Decimal(text)
    problems.append(f"{name}中的“{text}”不是数字。")
    return ZERO


def _pair(text: str, name: str, problems: list[str]) -> tuple[Decimal, Decimal]:
    first, colon, second = text.partition(":")
    if not colon:
        problems.append(f"{name}中的“{text}”应写成“数值:分数”。")
        return ZERO, ZERO
    return _number(first, name, problems), _number(second, name, problems)


def _step_problems(rule: Rule) -> list[str]:
    if not rule.steps:
        return []
    bounds, scores = zip(*rule.steps, strict=True)
    checks = [
        (rule.operator == ">=", "steps只能与>=一起使用。"),
        (list(bounds) == sorted(set(bounds), reverse=True), "steps的界限应从高到低排列，不能重复。"),
        (list(scores) == sorted(scores, reverse=True), "steps的分数应从高到低排列。"),
        (scores[0] == rule.points, f"steps最高一档是{scores[0]}分，应等于本条分值{rule.points}分。"),
        (bounds[0] == rule.threshold, f"steps最高界限是{bounds[0]}，应等于threshold的{rule.threshold}。"),
        (bounds[-1] == 0, f"steps最后一档的界限是{bounds[-1]}，应为0。"),
    ]
    return [problem for holds, problem in checks if not holds]


def _fit_problems(rule: Rule, hints: Mapping[str, str]) -> list[str]:
    """The hints must suit the operator, and one another."""
    checks = [
        (bool(rule.members) == ("missing" in hints), "missing与contains_all须同时使用。"),
        ("per" not in hints or rule.operator in {">=", "<="}, "per只能与>=、<=一起使用。"),
        (not ("per" in hints and "steps" in hints), "steps与per只能写一个。"),
        ("cap" not in hints or "per" in hints, "cap只能与per一起使用。"),
        (rule.per is None or min(rule.per) > 0, "per的数值和分数都应大于0。"),
        (rule.cap is None or rule.cap > 0, "cap应大于0。"),
        ("missing" not in hints or rule.missing > 0, "missing应大于0。"),
        ("require" not in hints or rule.require, "require应写明指标名。"),
    ]
    return [problem for holds, problem in checks if not holds]
