"""The sums of a score sheet: written with the scores that change them, by whichever stage (R70)."""

from decimal import Decimal

from assessment.models import ItemScore, Part, ScoreSheet
from assessment.models.assessments import PART_FIELDS


def add_up(sheet: ScoreSheet) -> None:
    """Write the eight part sums, the total and the number of scored items of a sheet."""
    rows = ItemScore.objects.filter(sheet=sheet).values_list("item__part", "points")
    scored = [(part, points) for part, points in rows if points is not None]
    sums = dict.fromkeys(Part, Decimal(0))
    for part, points in scored:
        sums[Part(part)] += points
    for part, name in PART_FIELDS.items():
        setattr(sheet, name, sums[part])
    sheet.total, sheet.scored_items = sum(sums.values(), Decimal(0)), len(scored)
    sheet.save()
