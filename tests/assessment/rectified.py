"""整改 made for tests: one fault ordered by the bureau, with what hangs on it."""

from datetime import date, datetime
from typing import Any

from assessment.models import Assessment, Item, Rectification, RectificationPhoto, Stage
from assessment.rectifying.ordering import Fault, order
from communities.models import Appointment, Role, StoredFile
from tests.assessment.steps import DURING
from tests.factories import make_person

NUMBER = "武社区整〔2012〕1号"
DUE = date(2012, 11, 20)


def make_rectification(
    assessment: Assessment,
    item: Item | None,
    *,
    by: Appointment,
    stage: Stage = Stage.SELF,
    now: datetime = DURING,
    number: str = NUMBER,
    due_on: date = DUE,
    **fields: Any,
) -> Rectification:
    """One fault of a unit, with a notice where the bureau orders it."""
    said = {"category": "records", "problem": "台账记录不全", "requirement": "补齐台账", "owner": "陈书记", **fields}
    (made,) = order(
        assessment=assessment,
        stage=stage,
        rows=[Fault(item=item, **said)],
        due_on=due_on,
        number=number,
        requirement="逐项整改到位",
        by=by,
        now=now,
    )
    return made


def make_rectified(assessment: Assessment, item: Item, file: StoredFile) -> dict[str, int]:
    """What the addresses of 整改 name, by the words of the access matrix."""
    bureau = make_person(role=Role.BUREAU_OFFICER, district=assessment.campaign_year.campaign.district)
    made = make_rectification(assessment, item, by=bureau)
    photo = RectificationPhoto.objects.create(rectification=made, moment=RectificationPhoto.Moment.BEFORE, file=file)
    return {"rectification": made.pk, "rectification_notice": made.notice_id, "rectification_photo": photo.pk}
