"""目标分解: a number of units divided among towns in proportion to their size (R82). Pure."""

from collections.abc import Sequence


def divide(need: int, sizes: Sequence[int]) -> list[int]:
    """Shares of `need` in proportion to `sizes` by largest remainder; of equal remainders the earlier town's.

    The shares add up to `need`, and none exceeds its town's size. Raises ValueError where need exceeds all sizes.
    """
    whole = sum(sizes)
    if not 0 <= need <= whole:
        raise ValueError(f"{need} of {whole}")
    if not whole:
        return [0 for _size in sizes]
    shares = [need * size // whole for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda number: (-(need * sizes[number] % whole), number))
    for number in by_remainder[: need - sum(shares)]:
        shares[number] += 1
    return shares
