"""From the file of a standard to a checked draft: every problem by line, all at once (R38, R45)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.models import Part
from assessment.models.standards import Method
from assessment.standards.file import COLUMNS, FLAW, Row, StandardFile
from assessment.standards.rules import Rule, RuleError, parse_rule
from assessment.standards.sentences import plain
from communities.metrics import DICTIONARY, METRICS

TOTAL = Decimal(100)
TEMPLATE = "工作模板"
POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
CODE = re.compile(r"[1-8]\.[1-9][0-9]?")
PART_NUMBERS = {str(part.value) for part in Part}
REQUIRED = ("content", "rule", "method")
LIMITS = {"content": 2000, "rule": 2000, "evidence": 2000, "note": 2000, "method": 60, "threshold": 100}
KINDS = {Decimal: "数值", bool: "是否", frozenset: "多项"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at the line of the file where it is."""

    line: int
    found: str
    expected: str
    message: str


class InvalidStandardError(Exception):
    """The file is no standard; `problems` say all that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"文件有{len(problems)}处问题，没有写入任何内容。")
        self.problems = problems


@dataclass(frozen=True)
class ItemDraft:
    """One line of the standard, checked; the fields are those of `Item`."""

    part: int
    code: str
    content: str
    rule: str
    points: Decimal
    method: str
    evidence: str
    metric: str
    operator: str
    threshold: str
    note: str


@dataclass(frozen=True)
class Draft:
    """A standard that could be published: eight parts, 100 points, every rule parsed."""

    notice: str
    items: tuple[ItemDraft, ...]

    @property
    def is_template(self) -> bool:
        return TEMPLATE in self.notice


def check(file: StandardFile) -> Draft:
    """The draft of a file. Raises InvalidStandardError with every problem."""
    problems = list(_head_problems(file.head))
    if problems:
        raise InvalidStandardError(problems)
    cells = {row.line: dict(zip(file.head.cells, _padded(row, file.head), strict=False)) for row in file.rows}
    for row in file.rows:
        problems += _row_problems(row, file.head, cells[row.line])
    problems += _duplicate_codes(cells)
    problems += _whole_problems(cells, last_line=file.rows[-1].line if file.rows else file.head.line)
    if problems:
        raise InvalidStandardError(sorted(problems, key=lambda problem: problem.line))
    items = sorted((_draft(facts) for facts in cells.values()), key=lambda item: item.part)
    return Draft(file.notice, tuple(items))


def _padded(row: Row, head: Row) -> list[str]:
    return row.cells + [""] * (len(head.cells) - len(row.cells))


def _draft(cells: Mapping[str, str]) -> ItemDraft:
    same = ("content", "rule", "method", "evidence", "metric", "operator", "threshold", "note")
    return ItemDraft(
        part=int(cells["part_no"]),
        code=cells["item_code"],
        points=Decimal(cells["points"]),
        **{name: cells[name] for name in same},
    )


# --- the head and one row ----------------------------------------------------------------------------------------
def _head_problems(head: Row) -> Iterator[Problem]:
    faults = {
        "缺少": [name for name in COLUMNS if name not in head.cells],
        "重复出现": [name for name in COLUMNS if head.cells.count(name) > 1],
        "有不认识的": [name for name in head.cells if name and name not in COLUMNS],
    }
    for fault, names in faults.items():
        if names:
            found = "、".join(filter(None, head.cells))[:200]
            yield Problem(head.line, found, "、".join(COLUMNS), f"表头{fault}列：{'、'.join(names)}。")


def _row_problems(row: Row, head: Row, cells: Mapping[str, str]) -> Iterator[Problem]:
    extra = [cell for cell in row.cells[len(head.cells) :] if cell]
    if extra:
        message = "本行的列数多于表头，单元格内的半角逗号须加引号或改为全角。"
        yield Problem(row.line, f"{len(row.cells)}列", f"{len(head.cells)}列", message)
        return
    yield from _part_problems(row.line, cells)
    yield from _text_problems(row.line, cells)
    yield from _method_problems(row.line, cells)
    if not _is_points(cells["points"]):
        yield Problem(row.line, cells["points"], "大于0，最多两位小数", "分值不是有效的分数。")
    else:
        yield from _rule_problems(row.line, cells)


def _part_problems(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    number, code = cells["part_no"], cells["item_code"]
    if not CODE.fullmatch(code):
        yield Problem(line, code, "如1.1、8.12", "编号应写成“方面序号.顺序号”。")
    if number not in PART_NUMBERS:
        yield Problem(line, number, "1至8", "方面序号应为1至8。")
        return
    if cells["part"] != Part(int(number)).label:
        yield Problem(line, cells["part"], Part(int(number)).label, f"第{number}方面的名称不符。")
    if CODE.fullmatch(code) and not code.startswith(f"{number}."):
        yield Problem(line, code, f"{number}.×", f"编号{code}不属于第{number}方面。")


def _text_problems(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    for name in REQUIRED:
        if not cells[name]:
            yield Problem(line, "", name, f"“{name}”列不能空白。")
    for name in cells:
        if cells[name].startswith(FLAW):
            yield Problem(line, cells[name], "数值或文字", f"“{name}”列是错误值或公式，请改为数值或文字。")
        if any(unicodedata.category(character) == "Cc" and character != "\n" for character in cells[name]):
            found = "".join(character for character in cells[name] if character.isprintable())[:20]
            yield Problem(line, found, "文字", f"“{name}”列含有无法显示的控制字符，请删除后重新导入。")
    for name, limit in LIMITS.items():
        if len(cells[name]) > limit:
            yield Problem(line, f"{len(cells[name])}字", f"不超过{limit}字", f"“{name}”列过长。")


def _method_problems(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    for method in cells["method"].split("、"):
        if method and method not in Method.values:
            yield Problem(
                line, method, "、".join(Method.values), f"测评方法“{method}”不在规定的四种之中，多种以顿号分隔。"
            )


def _is_points(text: str) -> bool:
    return bool(POINTS.fullmatch(text)) and Decimal(text) > 0


# --- the machine rule --------------------------------------------------------------------------------------------
def _rule_problems(line: int, cells: Mapping[str, str]) -> Iterator[Problem]:
    binding = {name: cells[name] for name in ("metric", "operator", "threshold", "note")}
    found = " ".join(filter(None, binding.values()))
    try:
        rule = parse_rule(**binding, points=Decimal(cells["points"]))
    except RuleError as error:
        for message in error.problems:
            yield Problem(line, found, "steps、per、missing等规定的写法", message)
    else:
        if rule is not None:
            yield from _metric_problems(line, rule)


def _metric_problems(line: int, rule: Rule) -> Iterator[Problem]:
    if rule.metric not in DICTIONARY:
        yield Problem(line, rule.metric, "指标目录中的名称", f"指标目录中没有“{rule.metric}”。")
    elif DICTIONARY[rule.metric] is not rule.kind:
        kind = KINDS[DICTIONARY[rule.metric]]
        yield Problem(line, f"{rule.operator}", f"适合{kind}指标的比较", f"“{rule.metric}”是{kind}指标，比较方式不符。")
    if rule.require and rule.require not in DICTIONARY and rule.require not in METRICS:
        yield Problem(line, rule.require, "指标目录中的名称", f"指标目录中没有require所写的“{rule.require}”。")


# --- the file as a whole -----------------------------------------------------------------------------------------
def _duplicate_codes(cells: Mapping[int, Mapping[str, str]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for line, row in cells.items():
        code = row["item_code"]
        if code and code in first:
            yield Problem(line, code, "不重复的编号", f"编号{code}与第{first[code]}行重复。")
        first.setdefault(code, line)


def _whole_problems(cells: Mapping[int, Mapping[str, str]], *, last_line: int) -> Iterator[Problem]:
    present = Counter(row["part_no"] for row in cells.values())
    for part in Part:
        if str(part.value) not in present:
            yield Problem(last_line, "", part.label, f"缺少第{part.value}方面“{part.label}”。")
    texts = [row["points"] for row in cells.values()]
    if all(_is_points(text) for text in texts):
        total = sum((Decimal(text) for text in texts), Decimal(0))
        if total != TOTAL:
            found = f"{plain(total)}分"
            yield Problem(last_line, found, "100分", f"各条分值合计{found}，应为100分。")
