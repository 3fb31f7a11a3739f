"""部门: which offices of the district are asked for their opinion, and in which order they are listed (R21, R74)."""

from collections.abc import Sequence

from django.db import transaction

from accounts import audit
from communities.models import Appointment, Department, District

USUAL = (
    *("综治办", "公安局", "信访局", "人力资源和社会保障局", "卫生局", "人口和计划生育局", "文体局", "城市管理局"),
    *("环境保护局", "国土资源局", "司法局", "残疾人联合会", "妇女联合会"),
)
"""综治、公安、信访、人社、卫生、计生、文体、城管、环保、国土、司法、残联、妇联 (F6); the bureau renames them."""


@transaction.atomic
def load_departments(district: District, *, by: Appointment | None) -> list[Department]:
    """Add those of the usual departments that the district does not have yet, after those it has; answers with them."""
    present = list(Department.objects.filter(district=district))
    names = {department.name for department in present}
    last = max((department.sort_order for department in present), default=0)
    missing = [name for name in USUAL if name not in names]
    added = [
        Department.objects.create(district=district, name=name, sort_order=order)
        for order, name in enumerate(missing, start=last + 1)
    ]
    if added:
        audit.record("载入常用部门", district, by=by.user if by else None, after={"部门": "、".join(missing)})
    return added


@transaction.atomic
def move(department: Department, step: int, *, by: Appointment) -> bool:
    """Change places with the one above (`step` -1) or below (1); False at the end of the order."""
    order = list(Department.objects.filter(district=department.district_id))
    here = order.index(department)
    there = here + step
    if there not in range(len(order)):
        return False
    order[here], order[there] = order[there], order[here]
    _number(order)
    audit.record("调整部门顺序", department, by=by.user, before={"位次": here + 1}, after={"位次": there + 1})
    return True


def _number(order: Sequence[Department]) -> None:
    """Write the places anew where they changed: an order that two people moved at once comes right again."""
    for place, department in enumerate(order, start=1):
        if department.sort_order != place:
            Department.objects.filter(pk=department.pk).update(sort_order=place)
