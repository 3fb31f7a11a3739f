"""When two names are so alike that one may be a slip of the other."""

import re

SUFFIX = re.compile(r"(社区)?(居民委员会|居委会|村民委员会|村委会)$|(社区|村)$")


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one character changed, added, left out or two neighbours swapped turn one name into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    if len(one) == len(other):
        swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
        return rest[1:] == other_rest[1:] or swapped
    return rest[1:] == other_rest or rest == other_rest[1:]


def alike(one: str, other: str) -> bool:
    """One edit apart, or the same place under another suffix: 聚湖社区 and 聚胡社区, 聚湖社区 and 聚湖村."""
    return one != other and (one_edit_apart(one, other) or SUFFIX.sub("", one) == SUFFIX.sub("", other))
