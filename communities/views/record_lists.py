"""The registers: an overview, the list of each, and its export."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import audit
from communities import locks
from communities.access import BUSINESS, REGISTER_EDITORS, Request, allow
from communities.access import year_of as chosen_year
from communities.exporting import MOST_ROWS, export_workbook
from communities.listing import filter_class_of, records_of, table_class_of
from communities.models import Community, RegisterCheck, Role
from communities.models.records import Register, registers_in_order
from communities.paging import capped_count, in_words
from communities.revisions import label, shown
from communities.tables import paged, sort
from communities.views.importing import download
from communities.views.scoped import CONFIRMERS, may_write, register_or_404


@allow(BUSINESS)
def overview(request: Request) -> HttpResponse:
    """Every register by group, with how many records of the year the person sees."""
    year = chosen_year(request)
    rows = [
        (register, in_words(capped_count(records_of(register, year, request.appointment))))
        for register in registers_in_order()
    ]
    groups: dict[str, list[tuple[Register, str]]] = {}
    for register, number in rows:
        groups.setdefault(register.group, []).append((register, number))
    context = {
        "groups": groups,
        "is_closed": locks.is_closed(request.appointment.district, year),
        "may_edit": request.appointment.role in REGISTER_EDITORS,
        "may_close": request.appointment.role == Role.BUREAU_OFFICER and request.campaign_year,
    }
    return render(request, "communities/registers.html", context)


@allow(BUSINESS)
def record_list(request: Request, slug: str) -> HttpResponse:
    """A register of the chosen year, filtered, searched, sorted and paged."""
    register = register_or_404(slug)
    filters = filtered(request, register)
    table = paged(table_class_of(slug)(filters.qs, default=""), request)
    may_edit = may_write(register, request.appointment)
    if not may_edit:
        table.exclude = ("chosen",)
    community = one_community(request, filters)
    context = {
        "register": register,
        "filter": filters,
        "table": table,
        "may_edit": may_edit and (request.campaign_year or not register.yearly),
        "community": community,
        "check": check_of(register, community, chosen_year(request)),
        "may_confirm": request.appointment.role in CONFIRMERS,
        "facts": counted_facts(register, community, chosen_year(request)),
    }
    return render(request, "communities/record_list.html", context)


def filtered(request: Request, register: Register) -> Any:
    records = records_of(register, chosen_year(request), request.appointment)
    return filter_class_of(register.slug)(request.GET, records, appointment=request.appointment)


def one_community(request: Request, filters: Any) -> Community | None:
    """The one community whose records are listed: a worker's own, or the one that the address names."""
    if request.appointment.community:
        return request.appointment.community
    code = filters.form["community"].value() if "community" in filters.form.fields else ""
    if not code or "community" in filters.form.errors:
        return None
    return Community.objects.visible_to(request.appointment).filter(code=code).select_related("town").first()


def check_of(register: Register, community: Community | None, year: int) -> RegisterCheck | None:
    """How far the register of that community is settled; None where no single community is meant."""
    if community is None or register.unit != "community":
        return None
    found = RegisterCheck.objects.filter(community=community, year=year, register=register.slug)
    return found.select_related("confirmed_by").first() or RegisterCheck(
        community=community, year=year, register=register.slug
    )


def counted_facts(register: Register, community: Community | None, year: int) -> list[tuple[str, str]]:
    """(label, value) of the profile's facts that come from this register."""
    profile = community.profiles.filter(year=year).first() if community else None
    return [(label(profile, name), shown(profile, name)) for name in register.counts] if profile else []


@allow(BUSINESS)
def record_export(request: Request, slug: str) -> HttpResponse | FileResponse:
    """What is shown, all pages of it, as a workbook with the columns of the template."""
    register = register_or_404(slug)
    table = table_class_of(slug)(filtered(request, register).qs)
    sort(table, request.GET.getlist("sort"))
    records = table.data.data[: MOST_ROWS + 1]
    rows = list(records)
    if len(rows) > MOST_ROWS:
        messages.error(request, f"符合条件的超过{MOST_ROWS}条，请用查询条件缩小范围后再导出。")
        return redirect(f"{reverse('communities:record_list', args=[slug])}?{request.GET.urlencode()}")
    year = chosen_year(request)
    audit.record(
        f"导出{register.label}",
        request.appointment.community or request.appointment.town or request.appointment.district,
        by=request.user,
        after={"年度": year, "记录数": len(rows), "条件": request.GET.urlencode()[:200]},
    )
    name = f"{register.label}（{request.appointment.unit_name}{f'{year}年度' if register.yearly else ''}）.xlsx"
    return download(export_workbook(register, rows, register.label), name)
