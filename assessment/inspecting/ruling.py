"""裁定: an item of a stage settled otherwise than by the lowest score, with a reason; the sheet is formed anew."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts import audit
from assessment.inspecting.assigning import hold_stage, refuse
from assessment.inspecting.forming import form_sheet, is_complete
from assessment.inspecting.rights import may_rule
from assessment.models import Assessment, Inspection, Item, Ruling, Stage
from communities.models import Appointment
from communities.templatetags.official import plain


@transaction.atomic
def rule(
    *,
    assessment: Assessment,
    stage: Stage,
    item: Item,
    points: Decimal | None,
    reason: str,
    seen: Decimal | None,
    by: Appointment,
) -> None:
    """Settle an item, or with `points` None let the lowest score count again. Raises Refused.

    `seen` is the ruling that the caller saw (None: there was none): of two who rule at once the second is told.
    """
    hold_stage(assessment, stage)
    if not may_rule(by, assessment, stage):
        raise refuse(f"{by.get_role_display()}不能裁定{stage.label}的得分。")
    if not is_complete(stage, Inspection.objects.filter(assessment=assessment, stage=stage)):
        raise refuse(f"{stage.label}的检查全部完成以后才能裁定。")
    if not reason.strip():
        raise refuse("裁定必须填写理由。")
    before = Ruling.objects.filter(assessment=assessment, stage=stage, item=item).select_related("by").first()
    if (before.points if before else None) != seen:
        told = f"由{before.by}裁定为{plain(before.points)}分" if before else "由他人撤销裁定"
        raise refuse(f"{item.code}刚刚已{told}，请核对后再次提交。")
    own: dict[str, Any] = {"assessment": assessment, "stage": stage, "item": item}
    if points is None:
        Ruling.objects.filter(**own).delete()
    else:
        Ruling.objects.update_or_create(**own, defaults={"points": points, "reason": reason.strip(), "by": by.user})
    form_sheet(assessment, stage)
    audit.record(
        f"{stage.label}裁定",
        assessment,
        by=by.user,
        before={item.code: f"{plain(before.points)}分（{before.reason}）" if before else ""},
        after={
            item.code: f"{plain(points)}分（{reason.strip()}）"
            if points is not None
            else f"撤销裁定（{reason.strip()}）"
        },
    )
