"""经费核定: see what the standards of the year come to, then write it; the bureau's alone (R14)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from communities.access import BUREAU, Request, allow, year_of
from communities.funding import Plan, PlanChangedError, approve, gate, make_plan
from communities.locks import Locked
from communities.models.funding import Source
from communities.revisions import Conflict

SHOWN = 500


@allow(BUREAU)
def approve_funding(request: Request) -> HttpResponse:
    """The preview; confirmed, exactly what was previewed is written."""
    plan = make_plan(request.appointment.district, year_of(request), request.day)
    if request.method == "POST" and write(request, plan):
        return redirect(f"{reverse('communities:record_list', args=['funding'])}?year={plan.year}")
    lines = [*plan.changed, *plan.new]
    context = {
        "plan": plan,
        "district_total": plan.total(Source.DISTRICT),
        "town_total": plan.total(Source.TOWN),
        "total": plan.total(Source.DISTRICT) + plan.total(Source.TOWN),
        "lines": lines[:SHOWN],
        "lines_left": max(len(lines) - SHOWN, 0),
        "gate": gate(plan, by=request.appointment),
        "household_kind": request.appointment.district.get_staffing_households_display(),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "communities/funding_approve.html", context)


def write(request: Request, plan: Plan) -> bool:
    """Write the previewed plan; says why where it was not written."""
    try:
        written = approve(
            request.appointment.district,
            plan.year,
            day=request.day,
            previewed=request.POST.get("digest", ""),
            by=request.appointment,
            reason=request.POST.get("reason", ""),
        )
    except (PlanChangedError, Conflict):
        messages.warning(request, "户数、标准或核定数在预览之后有变化，尚未写入。请核对新的预览后再确认。")
        return False
    except Locked as locked:
        messages.error(request, str(locked))
        return False
    messages.success(request, f"经费核定完成：新增{len(written.created)}笔，变更{len(written.changed)}笔。")
    return True
