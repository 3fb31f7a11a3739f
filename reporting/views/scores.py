"""四级评分: one unit's columns, all units, and what the analyses of the district say; each with its export."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import audit
from assessment.models import Assessment, Item, Standard
from assessment.sheets import SHEET_RELATIONS
from communities.access import IN_CHARGE, READERS, Request, allow
from communities.paging import PER_PAGE, CappedPaginator
from communities.statements import Statement, statement_workbook
from communities.views.importing import download
from communities.views.statements import export
from reporting import score_analyses
from reporting.columns import Columns, columns_of, statements
from reporting.exports import FORBIDDEN_IN_NAMES
from reporting.filters import UnitFilter
from reporting.near_mark import near_mark, near_mark_statement
from reporting.scores import IN_ORDER, Asked, ScoresFilter, scores_statement, units
from reporting.town_comparison import comparison
from reporting.views.shortfalls import communities_of, within


# --- one unit ----------------------------------------------------------------------------------------------------
def load(request: Request, pk: int) -> tuple[Assessment, Columns]:
    visible = Assessment.objects.visible_to(request.appointment)
    assessment = get_object_or_404(visible.select_related(*SHEET_RELATIONS), pk=pk)
    return assessment, columns_of(assessment, differing_only=request.GET.get("differ") == "1")


@require_safe
@allow(READERS)
def columns(request: Request, pk: int) -> HttpResponse:
    """`?differ=1` leaves out the items that all stages judged alike."""
    assessment, found = load(request, pk)
    context = {"assessment": assessment, "columns": found, "differ": request.GET.get("differ") == "1"}
    return render(request, "reporting/columns.html", context)


@require_safe
@allow(READERS)
def columns_export(request: Request, pk: int) -> HttpResponseBase:
    assessment, found = load(request, pk)
    audit.record("导出", assessment, by=request.user, after={"文件": "四级评分比较", "校验码": found.table.digest})
    name = f"四级评分比较（{found.table.unit}{found.table.year}年度）.xlsx"
    return download(statement_workbook(*statements(found)), name.translate(FORBIDDEN_IN_NAMES))


# --- all units ---------------------------------------------------------------------------------------------------
def asked_by(request: Request, filters: UnitFilter | None = None) -> Asked:
    inside = within(request) & filters.inside if filters else within(request)
    return Asked(request.campaign_year, request.day, request.states_on, inside)


def asked_for(request: Request) -> ScoresFilter:
    standards = Standard.objects.visible_to(request.appointment)
    return ScoresFilter(
        request.GET,
        units(asked_by(request)).order_by(*IN_ORDER),
        appointment=request.appointment,
        items=Item.objects.filter(standard__in=standards),
    )


@require_safe
@allow(IN_CHARGE)
def scores(request: Request) -> HttpResponse:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    filters = asked_for(request)
    page: Page = CappedPaginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    shown = scores_statement(page.object_list, request.campaign_year.year, first=page.start_index() or 1)
    context = {"filter": filters, "statement": shown, "page": page, "name": "scores", "tabs": TABS}
    context["export_name"] = "reporting:scores_xlsx"
    return render(request, "reporting/scores.html", context)


@require_safe
@allow(IN_CHARGE)
def scores_export(request: Request) -> HttpResponseBase:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    return export(request, scores_statement(asked_for(request).qs, request.campaign_year.year))


# --- analyses ----------------------------------------------------------------------------------------------------
Make = Callable[[Request, UnitFilter, bool], tuple[Statement, Page | None]]
"""What an analysis shows of the filtered communities: the `whole` for a workbook, or a page where it is a list."""


def chosen(filters: UnitFilter) -> dict[str, Any]:
    """Category and town of the filters, as the analyses hand them on to their links."""
    data = filters.form.cleaned_data if filters.form.is_valid() else {}
    return {"category": data.get("category") or "", "town": data["town"].pk if data.get("town") else None}


def inflation(request: Request, filters: UnitFilter, _whole: bool) -> tuple[Statement, Page | None]:
    return score_analyses.inflation(asked_by(request, filters), chosen(filters)["category"]), None


def disagreement(request: Request, filters: UnitFilter, _whole: bool) -> tuple[Statement, Page | None]:
    return score_analyses.disagreement(asked_by(request, filters), **chosen(filters)), None


def drift(request: Request, filters: UnitFilter, _whole: bool) -> tuple[Statement, Page | None]:
    return score_analyses.drift(asked_by(request, filters), **chosen(filters)), None


def towns(request: Request, filters: UnitFilter, _whole: bool) -> tuple[Statement, Page | None]:
    scope = request.appointment.sees_versions
    return comparison(asked_by(request, filters), scope, **chosen(filters)), None


def near(request: Request, filters: UnitFilter, whole: bool) -> tuple[Statement, Page | None]:
    asked = asked_by(request, filters)
    rows = near_mark(asked)
    if whole:
        return near_mark_statement(asked, rows), None
    page: Page = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return near_mark_statement(asked, page.object_list, first=page.start_index() or 1), page


MAKERS: dict[str, tuple[str, Make]] = {
    "inflation": ("自评偏高", inflation),
    "disagreement": ("分歧条目", disagreement),
    "drift": ("各级变化", drift),
    "near-mark": ("临界名单", near),
    "towns": ("各镇比较", towns),
}
"""The analyses by the word in their address, each with its tab."""
TABS = [
    ("scores", "四级评分", "reporting:scores"),
    *((name, tab, f"reporting:{name}") for name, (tab, _) in MAKERS.items()),
]


def made(request: Request, name: str, *, whole: bool) -> tuple[UnitFilter, Statement, Page | None]:
    filters = UnitFilter(request.GET, communities_of(request).none(), appointment=request.appointment)
    return filters, *MAKERS[name][1](request, filters, whole)


@require_safe
@allow(IN_CHARGE)
def analysis(request: Request, name: str) -> HttpResponse:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    filters, shown, page = made(request, name, whole=False)
    context = {"filter": filters, "statement": shown, "page": page, "name": name, "tabs": TABS}
    context["export_name"] = f"reporting:{name}_xlsx"
    return render(request, "reporting/scores.html", context)


@require_safe
@allow(IN_CHARGE)
def analysis_export(request: Request, name: str) -> HttpResponseBase:
    if request.campaign_year is None:
        return render(request, "reporting/home_empty.html")
    return export(request, made(request, name, whole=True)[1])
