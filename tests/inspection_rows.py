"""The promises about inspections: rows of the access matrix, and the unit that they are about.

银荡村 of 湖塘镇 has been received; an officer of another town checks its documents and has not finished, the bureau
has finished on site.
"""

from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from assessment.models import (
    Assessment,
    CampaignYear,
    Inspection,
    InspectionPhoto,
    InspectionScore,
    Method,
    Signature,
    Stage,
    State,
)
from communities.models import Appointment, Community
from tests.factories import make_assessment, make_file, make_standard

#                      bureau leader town other worker neighbour administrator foreign liaison city province
OVERSEERS = "          ok     ok     no   no    no     no        no            ok      no      ok   ok"
BUREAUS = "            ok     no     no   no    no     no        no            ok      no      no   no"
CHECKERS = "           ok     no     ok   ok    no     no        no            ok      no      ok   ok"
READS_UNFINISHED = "   --     --     --   ok    --     --        no            --      no      --   --"
IS_NO_FILE = "         --     --     --   --    --     --        no            --      no      --   --"
WRITES_UNFINISHED = "  --     no     --   ok    no     no        no            --      no      --   --"
MEETS_SCORES = "       --     --     --   409   --    --        no            --      no      --   --"
READS_FINISHED = "     ok     ok     ok   --    --     --        no            --      no      ok   ok"
TAKES_UP = "           ok     no     no   --    no     no        no            --      no      no   no"
NAMES = "              ok     no     no   no    no     no        no            --      no      no   no"
NAMES_NOBODY = "       422    no     no   no    no     no        no            --      no      no   no"
READS_UNIT = "         ok     ok     ok   --    --     --        no            --      no      ok   ok"
READS_PACK = "         ok     ok     ok   ok    --     --        no            --      no      ok   ok"

SCORE = {"points": "5", "revision": "1"}
VISIT = {"revision": "1", "inspected_on": "2012-11-05"}
ROWS: list[tuple[Any, ...]] = [
    ("assessment:inspection_list", OVERSEERS),
    ("assessment:inspection_list_xlsx", OVERSEERS),
    ("assessment:distribute", BUREAUS),
    ("assessment:distribute", BUREAUS, "", "post"),
    ("assessment:my_inspections", CHECKERS),
    ("assessment:inspection", READS_UNFINISHED, "given"),
    ("assessment:inspection", READS_FINISHED, "done"),
    ("assessment:inspection", MEETS_SCORES, "given", "post", VISIT),
    ("assessment:inspection_save_item", WRITES_UNFINISHED, "given item_given", "post", SCORE),
    ("assessment:inspection_save_visit", WRITES_UNFINISHED, "given", "post", VISIT),
    ("assessment:inspection_photo_add", WRITES_UNFINISHED, "given item_given", "post"),
    ("assessment:inspection_photo_remove", WRITES_UNFINISHED, "given photo", "post"),
    ("assessment:inspection_photo", READS_UNFINISHED, "photo"),
    ("communities:file", IS_NO_FILE, "photo_file"),
    ("assessment:inspection_check", WRITES_UNFINISHED, "given"),
    ("assessment:inspection_check", WRITES_UNFINISHED, "given", "post"),
    ("assessment:inspection_resume", TAKES_UP, "done"),
    ("assessment:inspection_resume", TAKES_UP, "done", "post", {"reason": "漏看公示栏"}),
    ("assessment:inspection_reassign", NAMES, "given"),
    ("assessment:inspection_reassign", NAMES, "given", "post"),
    ("assessment:inspection_unassign", NAMES, "given", "post"),
    ("assessment:inspections", READS_UNIT, "received"),
    ("assessment:assign", NAMES_NOBODY, "received district", "post"),
    ("assessment:ruling", NAMES, "received district item_given"),
    ("assessment:ruling", NAMES, "received district item_given", "post", {"points": "5", "reason": "以现场为准"}),
    ("reporting:visit_pack", READS_PACK, "received"),
    ("reporting:visit_pack_pdf", READS_PACK, "received"),
    ("reporting:visit_record", READS_UNFINISHED, "given"),
    ("reporting:visit_record_pdf", READS_FINISHED, "done"),
]
"""Arguments of `tests.test_access.Row`."""


def world(village: Community, year: CampaignYear, *, checker: Appointment, colleague: Appointment) -> dict[str, int]:
    """What the rows name."""
    standard = make_standard(category=village.category, district=village.town.district)
    full = {item.code: item.points for item in standard.items.all()}
    received = make_assessment(
        community=village, campaign_year=year, standard=standard, scores=full, state=State.RECEIVED
    )
    given = make_inspection(received, checker, method=Method.DOCUMENTS)
    done = make_inspection(received, colleague, method=Method.SITE, finished=True)
    item = standard.items.first()
    file = make_file(owner=village, file=ContentFile(b"\xff\xd8", name="b.jpg"), name="现场.jpg", restricted=True)
    photo = InspectionPhoto.objects.create(inspection=given, item=item, file=file)
    return {
        "received": received.pk,
        "given": given.pk,
        "done": done.pk,
        "item_given": item.pk,
        "photo": photo.pk,
        "photo_file": file.pk,
    }


def make_inspection(
    assessment: Assessment,
    checker: Appointment,
    *,
    method: Method,
    stage: Stage = Stage.DISTRICT,
    finished: bool = False,
    scored: bool = True,
    **fields: Any,
) -> Inspection:
    """Somebody's work by one method; `scored` gives every item its full points, with date and signatures."""
    inspection = Inspection.objects.create(
        assessment=assessment,
        stage=stage,
        method=method,
        inspector=checker.user,
        inspected_on=date(2012, 11, 5) if scored else None,
        finished_at=timezone.now() if finished else None,
        **fields,
    )
    if scored:
        InspectionScore.objects.bulk_create(
            InspectionScore(inspection=inspection, item=item, points=item.points)
            for item in assessment.standard.items.all()
        )
        for side in Signature.Side:
            Signature.objects.create(
                inspection=inspection, side=side, name="某人", signed_at=timezone.now(), entered_by=checker.user
            )
    return inspection
