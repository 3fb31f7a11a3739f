"""What the tests of a score sheet share: the posted form, and what came of it."""

from decimal import Decimal

from django.urls import reverse

from assessment.models import Assessment, Item, ItemScore

FULL = {f"{part}.1": "12.5" for part in range(1, 9)}
"""Full points on every item of the standard that `make_standard` makes."""


def item_url(assessment: Assessment, item: Item) -> str:
    return reverse("assessment:save_item", args=[assessment.pk, item.pk])


def stored(assessment: Assessment) -> dict[str, tuple[Decimal | None, str, int]]:
    scores = ItemScore.objects.filter(sheet__assessment=assessment).select_related("item")
    return {score.item.code: (score.points, score.reason, score.revision) for score in scores}


def typed(items: list[Item], **rows: tuple[str, str, int]) -> dict[str, str]:
    """The posted form of the whole sheet: `a=(points, reason, revision)` for the first item, b for the second."""
    values = dict(zip("abcdefgh", items, strict=False))
    posted = {}
    for letter, item in values.items():
        points, reason, revision = rows.get(letter, ("", "", 0))
        posted |= {
            f"points-{item.pk}": points,
            f"reason-{item.pk}": reason,
            f"revision-{item.pk}": str(revision),
        }
    return posted
