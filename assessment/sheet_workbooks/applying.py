"""Writing what was previewed of a filled workbook: all communities in one transaction, or nothing (R23, R70)."""

from collections.abc import Container
from dataclasses import dataclass

from django.db import transaction

from accounts import audit
from assessment.assessing import save_scores
from assessment.sheet_workbooks.planning import WorkbookPlan
from communities.models import Appointment

ACTION = "导入填报工作簿"


class ScoresMovedError(Exception):
    """Somebody scored one of the items at the same moment; nothing was written."""


@dataclass(frozen=True)
class Applied:
    """How many communities and items were written."""

    units: int
    items: int


@transaction.atomic
def apply_plan(plan: WorkbookPlan, *, taken: Container[str], file_name: str, by: Appointment) -> Applied:
    """Write every change, and of the conflicts those whose name is `taken`; the others keep what the system has.

    Raises Refused where a sheet is no longer open for editing, ScoresMovedError where a score is newer than the plan;
    nothing at all is written then. `plan` is without problems.
    """
    units = items = 0
    for unit in plan.units:
        chosen = [one.settled for one in unit.differences if not one.is_conflict or one.name in taken]
        if not chosen:
            continue
        if save_scores(unit.assessment, chosen, by=by).conflicts:
            raise ScoresMovedError
        units, items = units + 1, items + len(chosen)
    if items:
        counts = {"文件": file_name, "社区（村）": units, "条目": items}
        audit.record(ACTION, by.community or by.town, by=by.user, after=counts)
    return Applied(units, items)
