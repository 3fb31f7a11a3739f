"""动态管理: the named units drawn again in a year, and what becomes of them (R80, decision 9)."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessment.models import Assessment, Designation, State
from assessment.scores import effective_score
from assessment.sheets import PartTable, Row, Score, sheet_table
from assessment.title_lists import RecheckFilter, RecheckTable, listed_rechecks
from assessment.unit_pages import pages_of
from assessment.workflow import available
from communities.access import READERS, Request, allow
from communities.tables import paged, statement_of
from communities.views.statements import export


def filtered(request: Request) -> tuple[RecheckFilter, RecheckTable]:
    today, appointment = timezone.localdate(), request.appointment
    rechecks = listed_rechecks(request.campaign_year, request.day, appointment)
    filters = RecheckFilter(request.GET, rechecks, appointment=appointment, day=request.day, today=today)
    table = RecheckTable(filters.qs, default="")
    table.appointment, table.today = appointment, today
    return filters, table


@require_safe
@allow(READERS)
def recheck_list(request: Request) -> HttpResponse:
    filters, table = filtered(request)
    return render(request, "assessment/rechecks.html", {"filter": filters, "table": paged(table, request)})


@require_safe
@allow(READERS)
def recheck_export(request: Request) -> HttpResponseBase:
    _filters, table = filtered(request)
    return export(request, statement_of(table, "动态复核情况", request.GET.get("sort", "")))


def recheck_page(request: Request, assessment: Assessment) -> HttpResponse:
    """One recheck: what the stages gave that there are, what it came to, and the next steps. There is no self sheet."""
    table = sheet_table(assessment)
    titles = Designation.objects.filter(community=assessment.community_id).select_related("community")
    last_day = assessment.resubmit_by
    context = {
        "assessment": assessment,
        "table": table,
        "stages": table.stages,
        "parts": [RecheckPart(part) for part in table.parts],
        "totals": list(table.totals.values()),
        "titles": titles,
        "effective": effective_score(assessment),
        "is_overdue": assessment.state == State.RECTIFYING and last_day and last_day < timezone.localdate(),
        "pages": pages_of(assessment, request.appointment),
        "steps": available(assessment, request.appointment),
    }
    return render(request, "assessment/recheck.html", context)


@dataclass(frozen=True)
class RecheckPart:
    """A part as the page lays it out: sums and scores in the order of the stages."""

    table: PartTable

    @property
    def label(self) -> str:
        return f"{self.table.part.value}. {self.table.label}"

    @property
    def points(self) -> Decimal:
        return self.table.points

    @property
    def sums(self) -> list[Decimal | None]:
        return list(self.table.sums.values())

    @property
    def rows(self) -> list[tuple[Row, list[Score | None]]]:
        return [(row, [row.scores.get(stage) for stage in self.table.sums]) for row in self.table.rows]
