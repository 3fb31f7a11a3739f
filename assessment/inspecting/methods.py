"""Which methods a stage asks for, and which items each of them scores (R73, R78). Pure."""

from collections.abc import Iterable

from assessment.models import Item, Method, Stage

ALL_FOUR = tuple(Method)
METHODS: dict[Stage, tuple[Method, ...]] = {
    Stage.DISTRICT: (Method.DOCUMENTS, Method.SITE),
    Stage.CITY: ALL_FOUR,
    Stage.PROVINCE: ALL_FOUR,
    Stage.REINSPECTION: (Method.DOCUMENTS, Method.SITE),
}
"""区预查 has two steps (R73); a visit of the city or the province is complete only with all four (R78)."""


def methods_of(stage: Stage) -> tuple[Method, ...]:
    return METHODS[stage]


def covers(stage: Stage, method: Method, item: Item) -> bool:
    """Whether an item is scored by a method of a stage.

    By each method that the standard names for it. Where a stage does not have one of these, what would be heard or
    talked about is found out on site: every item is scored at least once at every stage.
    """
    named = [one for one in item.methods if one in METHODS[stage]]
    return method in (named or (Method.SITE,)) or (method == Method.SITE and len(named) < len(item.methods))


def covered(stage: Stage, method: Method, items: Iterable[Item]) -> list[Item]:
    return [item for item in items if covers(stage, method, item)]
