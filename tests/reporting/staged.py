"""Score sheets of any stage, written plainly: which item got how many points."""

from decimal import Decimal

from assessment.models import Assessment, ItemScore, ScoreSheet, Stage


def score(assessment: Assessment, stage: Stage, **lost: str) -> ScoreSheet:
    """A full sheet of the stage that took off what `lost` says by item: i1_1="2.5"."""
    sheet = ScoreSheet.objects.create(assessment=assessment, stage=stage)
    for item in assessment.standard.items.all():
        off = Decimal(lost.get(f"i{item.code.replace('.', '_')}", "0"))
        reason = f"{stage.label}扣分" if off else ""
        ItemScore.objects.create(sheet=sheet, item=item, points=item.points - off, reason=reason)
        setattr(sheet, f"part_{item.part}", sheet.part_sum(item.part) + item.points - off)
        sheet.total += item.points - off
        sheet.scored_items += 1
    sheet.save()
    return sheet
