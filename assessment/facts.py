"""Reading what the checks look at, in a constant number of queries."""

from datetime import datetime

from assessment.checks import Facts
from assessment.models import Assessment, Item, ItemScore
from assessment.suggestions import suggested_points


def read_facts(assessment: Assessment, *, now: datetime) -> Facts:
    """The self sheet with items in the standard's order, their scores and today's suggestions."""
    sheet = assessment.self_sheet
    items = list(Item.objects.filter(standard=assessment.standard_id))
    scores = {score.item_id: score for score in ItemScore.objects.filter(sheet=sheet)}
    return Facts(assessment, sheet, items, scores, suggested_points(assessment), now)
