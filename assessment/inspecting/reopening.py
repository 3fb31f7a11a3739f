"""What was checked is taken up again: the work is open once more, its signatures lapse, the stage's sheet goes."""

from django.db.models import F

from assessment.inspecting.forming import form_sheet
from assessment.models import Assessment, Inspection, Signature, Stage


def open_again(assessment: Assessment, stage: Stage, *, only: Inspection | None = None) -> int:
    """Open the finished inspections of a stage, or one of them, in the caller's transaction; answers with how many.

    Scores, reasons and photographs stay for the checker to go on from. Who signed did so for what was found then.
    """
    finished = Inspection.objects.filter(assessment=assessment, stage=stage).finished()
    finished = finished.filter(pk=only.pk) if only else finished
    pks = list(finished.values_list("pk", flat=True))
    Signature.objects.filter(inspection__in=pks).delete()
    Inspection.objects.filter(pk__in=pks).update(finished_at=None, revision=F("revision") + 1)
    if pks:
        form_sheet(assessment, stage)
    return len(pks)
