"""A draw as it was written down, from the database or from an exported file, and what does not agree in it. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from assessment.sampling.method import Unit, drawn_codes, frame_digest, order_key, successors

SHOWN = 10


class UnreadableRecord(Exception):
    """A file that is no exported draw; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Line:
    """A unit of the frame with what the draw wrote beside it."""

    unit: Unit
    order_key: str
    drawn: bool


@dataclass(frozen=True)
class Swap:
    """A replacement: codes of who left, who came, and who was passed over because no visit was possible any more."""

    removed: str
    added: str
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """Everything from which a draw can be made again. `seed` is empty before the draw."""

    year: int
    stage: str
    ratio: Decimal
    seed: str
    digest: str
    lines: tuple[Line, ...]
    swaps: tuple[Swap, ...] = ()

    @property
    def units(self) -> list[Unit]:
        return [line.unit for line in self.lines]

    def as_json(self) -> str:
        """The file that `from_json` and the program of docs/sampling.md read."""
        facts = {
            "year": self.year,
            "stage": self.stage,
            "ratio": f"{self.ratio:.2f}",
            "seed": self.seed,
            "digest": self.digest,
            "units": [{**asdict(line.unit), "order_key": line.order_key, "drawn": line.drawn} for line in self.lines],
            "replacements": [asdict(swap) for swap in self.swaps],
        }
        return json.dumps(facts, ensure_ascii=False, indent=1)


def from_json(text: str) -> Record:
    """Raises UnreadableRecord."""
    try:
        facts = json.loads(text)
        return Record(
            year=int(facts["year"]),
            stage=str(facts["stage"]),
            ratio=_ratio(facts["ratio"]),
            seed=str(facts["seed"]),
            digest=str(facts["digest"]),
            lines=tuple(_line(row) for row in facts["units"]),
            swaps=tuple(
                Swap(str(row["removed"]), str(row["added"]), tuple(row["skipped"])) for row in facts["replacements"]
            ),
        )
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise UnreadableRecord("文件不是从抽样页面导出的抽样框（JSON），请重新导出。") from error


def _ratio(text: str) -> Decimal:
    ratio = Decimal(text)
    if not 0 < ratio <= 100:  # noqa: PLR2004 - per cent
        raise ValueError(text)
    return ratio


def _line(row: Mapping[str, Any]) -> Line:
    unit = Unit(*(str(row[name]) for name in ("code", "name", "town", "category", "standing")))
    return Line(unit, str(row["order_key"]), bool(row["drawn"]))


@dataclass(frozen=True)
class Finding:
    """One thing that was checked, and what was wrong with it; empty where it is right."""

    checked: str
    differences: tuple[str, ...] = ()


def verify(record: Record) -> list[Finding]:
    """Digest, then, once it is drawn, keys, replacements and who is in the sample."""
    digest = frame_digest(year=record.year, stage=record.stage, ratio=record.ratio, units=record.units)
    wrong = () if digest == record.digest else (f"记载为{record.digest}，重算为{digest}。",)
    findings = [Finding(f"抽样框摘要（{len(record.lines)}个单位）", wrong)]
    if not record.seed:
        unseeded = tuple(
            f"{line.unit.name}（{line.unit.code}）尚未抽样，却标为抽中。" for line in record.lines if line.drawn
        )
        return [*findings, Finding("尚未抽样，没有抽中的单位", unseeded)]
    sample, swapped = _replaced(record)
    return [
        *findings,
        Finding(f"排序值（{len(record.lines)}个）", tuple(_wrong_keys(record))),
        Finding(f"调换（{len(record.swaps)}次）", tuple(swapped)),
        Finding(f"抽中单位（应为{len(sample)}个）", tuple(_wrong_members(record, sample))),
    ]


def _wrong_keys(record: Record) -> Iterator[str]:
    for line in record.lines:
        key = order_key(record.seed, line.unit.code)
        if key != line.order_key:
            yield f"{line.unit.name}（{line.unit.code}）记载为{line.order_key[:SHOWN]}…，重算为{key[:SHOWN]}…。"


def _replaced(record: Record) -> tuple[set[str], list[str]]:
    """The codes in the sample after all replacements, and which of these did not follow the rule."""
    sample = drawn_codes(record.seed, record.ratio, record.units)
    units, used, wrong = {unit.code: unit for unit in record.units}, set(sample), []
    for number, swap in enumerate(record.swaps, start=1):
        if swap.removed not in sample:
            wrong.append(f"第{number}次：{swap.removed}不在样本中，不能调出。")
            continue
        found = successors(record.seed, units[swap.removed], record.units, used | set(swap.skipped))
        expected = found[0].code if found else "无"
        if swap.added != expected:
            wrong.append(f"第{number}次：应由{expected}顺延，记载为{swap.added}。")
        sample = sample - {swap.removed} | {swap.added}
        used.add(swap.added)
    return sample, wrong


def _wrong_members(record: Record, sample: set[str]) -> Iterator[str]:
    for line in record.lines:
        if line.drawn and line.unit.code not in sample:
            yield f"{line.unit.town}{line.unit.name}（{line.unit.code}）标为抽中，重算没有抽中。"
        if not line.drawn and line.unit.code in sample:
            yield f"{line.unit.town}{line.unit.name}（{line.unit.code}）重算应当抽中，没有标记。"
