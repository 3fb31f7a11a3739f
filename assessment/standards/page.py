"""A standard, published or still a draft, as people read it: by part, each item with where its numbers come from."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from assessment.models import Item, Part
from assessment.standards.importing import ItemDraft
from assessment.standards.rules import read_hints
from assessment.suggestions import is_live

BASES = {"seed": "讲话要求", "law": "法律规定", "template": "示例数值"}
"""By what the hint src= holds; several may apply to one item."""


@dataclass(frozen=True)
class ItemLine:
    """One item; `is_bound` to a metric, and `is_live` where the registers feed its suggestion."""

    item: Item | ItemDraft
    bases: list[str]
    is_core: bool
    is_bound: bool
    is_live: bool


@dataclass(frozen=True)
class PartLines:
    part: Part
    lines: list[ItemLine]

    @property
    def points(self) -> Decimal:
        return sum((line.item.points for line in self.lines), Decimal(0))


def by_part(items: Iterable[Item | ItemDraft]) -> list[PartLines]:
    """The parts in order, each with its items in order; `items` come sorted by part."""
    return [
        PartLines(Part(number), [_line(item) for item in group])
        for number, group in groupby(items, key=lambda item: item.part)
    ]


def _line(item: Item | ItemDraft) -> ItemLine:
    hints = read_hints(item.note)
    bases = [label for name, label in BASES.items() if name in hints.get("src", "")]
    return ItemLine(item, bases, hints.get("core") == "1", bool(item.metric), is_live(item))
