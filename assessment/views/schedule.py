"""年度日程 and 延期: what happens when, and who may file later (R71, R72, R77)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessment.calendar import (
    Kind,
    by_month,
    calendar_of,
    date_to_edit,
    days_of,
    set_date,
    warnings,
)
from assessment.deadlines import ExceptionRefused, grant
from assessment.forms.schedule import CampaignDateForm, ExceptionFilter, ExceptionForm
from assessment.models import CampaignYear, DeadlineException
from communities.access import BUREAU, BUSINESS, LIAISONS, READERS, Request, allow
from communities.models import Role
from communities.paging import PER_PAGE, CappedPaginator
from communities.statements import Cell, Column, Statement
from communities.statements import Kind as ColumnKind
from communities.templatetags.official import fact
from communities.views.editing import edit_record
from communities.views.statements import export

DAYS_OF_A_YEAR = 366


@require_safe
@allow((*READERS, *LIAISONS))
def calendar(request: Request) -> HttpResponse:
    """The year by month, a bar for each entry, and what cannot work."""
    year: CampaignYear | None = request.campaign_year
    if year is None:
        return render(request, "reporting/home_empty.html")
    entries = calendar_of(year)
    today = timezone.localdate()
    context = {
        "months": [
            (month, [(entry, *days_of(year.year, entry)) for entry in month.entries]) for month in by_month(entries)
        ],
        "warnings": warnings(year, entries),
        "today": today,
        "today_at": today.timetuple().tm_yday - 1 if today.year == year.year else None,
        "days_of_a_year": DAYS_OF_A_YEAR,
        "may_see_exceptions": request.appointment.role in BUSINESS,
        "may_edit": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "assessment/calendar.html", context)


@allow(BUREAU)
def calendar_edit(request: Request, year: int, kind: str) -> HttpResponse:
    """The dates of one entry."""
    years = CampaignYear.objects.select_related("campaign")
    campaign_year = get_object_or_404(years, campaign__district=request.appointment.district, year=year)
    if kind not in Kind.values:
        raise Http404
    record = date_to_edit(campaign_year, Kind(kind))
    return edit_record(
        request,
        CampaignDateForm(request.POST or None, instance=record),
        lambda values, revision: set_date(campaign_year, Kind(kind), values, revision=revision, by=request.appointment),
        title=f"修改{campaign_year}日程：{record.get_kind_display()}",
        back=f"{reverse('assessment:calendar')}?year={year}",
        back_label="年度日程",
    )


# --- 延期 ------------------------------------------------------------------------------------------------------------
@require_safe
@allow(BUSINESS)
def deadline_exceptions(request: Request) -> HttpResponse:
    """Who may file later in the year and why: the bureau sees all, a town and a community their own, for ever."""
    filters = exceptions_of(request)
    page = CappedPaginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": filters,
        "page": page,
        "statement": exceptions_statement(page),
        "may_grant": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "assessment/deadline_exceptions.html", context)


@require_safe
@allow(BUSINESS)
def deadline_exceptions_export(request: Request) -> HttpResponseBase:
    return export(request, exceptions_statement(exceptions_of(request).qs))


def exceptions_of(request: Request) -> ExceptionFilter:
    visible = DeadlineException.objects.visible_to(request.appointment).filter(campaign_year=request.campaign_year)
    rows = visible.select_related("town", "community", "by").order_by("-pk")
    return ExceptionFilter(request.GET, rows, appointment=request.appointment)


def exceptions_statement(rows: Page | QuerySet[DeadlineException]) -> Statement:
    """One line for each exception, the newest first; the reason stands last, in the place of the 备注."""
    kinds = {"延期至": ColumnKind.DATE, "备注（延期原因）": ColumnKind.WORDS}
    labels = ["镇（开发区、街道）", "社区（村）", "延期至", "批准人", "登记人", "登记时间", "备注（延期原因）"]
    return Statement(
        title="延期登记",
        columns=[Column(label, kinds.get(label, ColumnKind.TEXT)) for label in labels],
        rows=[exception_row(one) for one in rows],
        first=rows.start_index() if isinstance(rows, Page) else 1,
        empty="本年度没有登记过延期。",
    )


def exception_row(one: DeadlineException) -> list[Cell]:
    at = timezone.localtime(one.at)
    return [
        Cell(one.town.name),
        Cell(one.community.name, one.community.get_absolute_url()) if one.community else Cell("全部"),
        Cell(one.until),
        Cell(one.approver),
        Cell(one.by.name),
        Cell(f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"),
        Cell(one.reason),
    ]


@allow(BUREAU)
def deadline_exception_add(request: Request) -> HttpResponse:
    """Grant one; it can be neither changed nor taken back."""
    year = request.campaign_year
    if year is None:
        messages.error(request, "本区还没有设置创建活动年度，不能登记延期。")
        return redirect("assessment:deadline_exceptions")
    asked = {name: request.GET.get(name, "") for name in ("town", "community")}
    form = ExceptionForm(request.POST or None, appointment=request.appointment, campaign_year=year, initial=asked)
    if request.method == "POST" and form.is_valid() and granted(request, form, year):
        return redirect("assessment:deadline_exceptions")
    return render(request, "assessment/deadline_exception_add.html", {"form": form, "year": year})


def granted(request: Request, form: ExceptionForm, year: CampaignYear) -> bool:
    """Grant what was typed and say so; or put beside the field why not."""
    values: dict[str, Any] = form.cleaned_data
    try:
        one = grant(campaign_year=year, by=request.appointment, now=timezone.now(), **values)
    except ExceptionRefused as refused:
        form.add_error(refused.field, str(refused))
        return False
    messages.success(request, f"已登记：{one.community or one.town}延期至{fact(one.until)}。")
    return True
