"""A standard, published or still a draft, as people read it: by part, each item with where its numbers come from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from assessment.models import Item, Part
from assessment.standards.importing import ItemDraft
from assessment.standards.rules import read_hints
from assessment.suggestions import is_live
from communities.models import Policy

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
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True)
class PartLines:
    part: Part
    lines: list[ItemLine]

    @property
    def points(self) -> Decimal:
        return sum((line.item.points for line in self.lines), Decimal(0))


def by_part(items: Iterable[Item | ItemDraft], policies: Iterable[Policy] = ()) -> list[PartLines]:
    """The parts in order, each with its items in order; `items` come sorted by part. An item cites the `policies` that
    name its code (R2, R10)."""
    cited: dict[str, list[Policy]] = defaultdict(list)
    for policy in policies:
        for code in policy.item_codes:
            cited[code].append(policy)
    return [
        PartLines(Part(number), [_line(item, cited) for item in group])
        for number, group in groupby(items, key=lambda item: item.part)
    ]


def _line(item: Item | ItemDraft, cited: Mapping[str, list[Policy]]) -> ItemLine:
    hints = read_hints(item.note)
    bases = [label for name, label in BASES.items() if name in hints.get("src", "")]
    policies = tuple(cited.get(item.code, ()))
    return ItemLine(item, bases, hints.get("core") == "1", bool(item.metric), is_live(item), policies)
