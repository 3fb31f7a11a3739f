"""The cheapest way to the mark: the fewest items that make up the missing points (临界名单). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Loss:
    """What an item lost; `order` is its place in the standard."""

    order: int
    code: str
    lost: Decimal


def cheapest(losses: Iterable[Loss], missing: Decimal) -> list[Loss]:
    """The fewest losses whose sum is at least `missing`, the largest first, of equal ones the earlier item.

    All that lost anything where even they do not suffice; none where nothing is missing.
    """
    chosen: list[Loss] = []
    for loss in sorted((one for one in losses if one.lost > 0), key=lambda one: (-one.lost, one.order)):
        if missing <= 0:
            break
        chosen.append(loss)
        missing -= loss.lost
    return chosen
