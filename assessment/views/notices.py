"""通知, 催办 and what nobody attends to."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment.attendance import unattended
from assessment.models import Inspection, Notice
from assessment.notices import mark_read, notices_of
from assessment.tables import NoticeTable, UnattendedTable, UrgingTable
from assessment.urging import UrgeRefused, owed, urge_for, urge_to_file, urgings
from communities.access import DISTRICT, EVERYONE, Request, allow
from communities.models import Community, Role
from communities.tables import paged

URGERS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)


@require_safe
@allow(EVERYONE)
def notices(request: Request) -> HttpResponse:
    """What one was told, the unread first."""
    table = paged(NoticeTable(notices_of(request.user), default="", empty_text="还没有收到过通知。"), request)
    return render(request, "assessment/notices.html", {"table": table})


@require_POST
@allow(EVERYONE)
def notices_read(request: Request) -> HttpResponse:
    mark_read(request.user, now=timezone.now())
    return redirect("assessment:notices")


@require_POST
@allow(EVERYONE)
def notice_read(request: Request, pk: int) -> HttpResponse:
    """Mark one as read and go to what it is about."""
    notice = get_object_or_404(Notice, user=request.user, pk=pk)
    mark_read(request.user, now=timezone.now(), pk=pk)
    return redirect(notice.url or "assessment:notices")


@require_safe
@allow(URGERS)
def urging(request: Request) -> HttpResponse:
    """Who owes what, one press a row, and what was pressed for before."""
    year, appointment = request.campaign_year, request.appointment
    history = UrgingTable(urgings(appointment), default="", empty_text="还没有催办过。")
    context = {
        "owed": owed(appointment, year, timezone.localdate()) if year else [],
        "history": paged(history, request),
    }
    return render(request, "assessment/urging.html", context)


@require_POST
@allow(URGERS)
def urge(request: Request) -> HttpResponse:
    """Press for one row of the page, by `task`, `kind` and `unit`, or for a `community` of the 落后清单."""
    if request.campaign_year is None:
        raise Http404
    try:
        told = press(request)
    except UrgeRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已催办，通知了{told}人。")
    return redirect("reporting:home" if "community" in request.POST else "assessment:urging")


def press(request: Request) -> int:
    asked: dict[str, Any] = {
        "campaign_year": request.campaign_year,
        "by": request.appointment,
        "now": timezone.now(),
    }
    if "community" in request.POST:
        visible = Community.objects.visible_to(request.appointment).select_related("town__district")
        return urge_to_file(get_object_or_404(visible, code=request.POST["community"]), **asked)
    rows = owed(request.appointment, request.campaign_year, timezone.localdate())
    wanted = tuple(request.POST.get(name, "") for name in ("task", "kind", "unit"))
    row = next((one for one in rows if (one.task.name, one.kind, str(one.unit.pk)) == wanted), None)
    if row is None:
        raise Http404("没有这一事项，可能已经办结。")
    return urge_for(row, **asked)


@require_safe
@allow(DISTRICT)
def unattended_list(request: Request) -> HttpResponse:
    """无人办理: inspections under way whose inspector has left the office, each with 改派."""
    year = request.campaign_year
    rows = unattended(year) if year else Inspection.objects.none()
    rows = rows.select_related("assessment__community__town", "inspector").order_by(
        "assessment__community__town__sort_order", "assessment__community__sort_order", "stage", "method"
    )
    table = paged(UnattendedTable(rows, default="", empty_text="没有无人办理的检查。"), request)
    return render(request, "assessment/unattended.html", {"table": table})
