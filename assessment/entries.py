"""What a person typed for an item, beside the score that stands: the same for self-assessment and inspection."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from assessment.models import Item


class Scored(Protocol):
    """A stored score, of a sheet or of a checker. The fields are as the models declare them."""

    points: Decimal | None
    reason: str
    revision: int


Score = TypeVar("Score", bound=Scored)


@dataclass(frozen=True)
class Entry:
    """What a person typed for one item; `revision` is the score's revision they saw, 0 for none."""

    item: Item
    points: Decimal | None
    reason: str
    revision: int

    def equals(self, score: Scored | None) -> bool:
        if score is None:
            return self.points is None and not self.reason
        return self.points == score.points and self.reason == score.reason


@dataclass
class Weighed(Generic[Score]):
    """Entries that say what stands already, that met somebody else's newer score, and that are to be written."""

    standing: list[Score] = field(default_factory=list)
    conflicts: list[tuple[Entry, Score | None]] = field(default_factory=list)
    fresh: list[Entry] = field(default_factory=list)


def weigh(entries: Iterable[Entry], current: Mapping[int, Score]) -> Weighed[Score]:
    """Each entry against the score that stands, by item id (hostile case 32)."""
    weighed: Weighed[Score] = Weighed()
    for entry in entries:
        score = current.get(entry.item.pk)
        if entry.equals(score):
            weighed.standing += [score] if score else []
        elif entry.revision != (score.revision if score else 0):
            weighed.conflicts.append((entry, score))
        else:
            weighed.fresh.append(entry)
    return weighed


def describe(score: Scored | None) -> str:
    if score is None or score.points is None:
        return "未评分" if score is None or not score.reason else f"未评分（{score.reason}）"
    return f"{score.points:f}分" + (f"（{score.reason}）" if score.reason else "")
