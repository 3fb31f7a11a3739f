"""申报: check-answers, submit and its receipt, withdraw, receive, return, and the history of it all."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessment.forms.scores import ReturnForm
from assessment.models import StateChange
from assessment.sheets import sheet_table
from assessment.views.scoring import load
from assessment.workflow import TRANSITIONS, Refused, advance, available, obstacles
from communities.access import BUREAU, BUSINESS, SCORERS, Request, allow
from communities.models import Role

TWO_WEEKS = timedelta(days=14)


@allow(SCORERS)
def check(request: Request, pk: int) -> HttpResponse:
    """核对申报: every obstacle as a link to its row; 提交 when there is none. A POST submits."""
    assessment = load(request, pk)
    submit = TRANSITIONS["submit"]
    if assessment.state not in submit.sources:
        return redirect("assessment:receipt", pk)
    if request.method == "POST":
        if request.appointment.role not in submit.roles:
            raise PermissionDenied("申报由镇（开发区、街道）经办人提交。")
        try:
            advance(assessment, "submit", by=request.appointment, now=timezone.now())
        except Refused as refused:
            messages.error(request, "尚不能申报，请先处理下列问题。")
            context = {"assessment": assessment, "table": sheet_table(assessment), "obstacles": refused.obstacles}
            return render(request, "assessment/check.html", context, status=409)
        return redirect("assessment:receipt", pk)
    found = obstacles(assessment, submit, now=timezone.now())
    context = {"assessment": assessment, "table": sheet_table(assessment), "obstacles": found}
    context["may_submit"] = request.appointment.role in submit.roles
    return render(request, "assessment/check.html", context)


@allow(BUSINESS)
def receipt(request: Request, pk: int) -> HttpResponse:
    """回执: number and server time of the latest filing."""
    assessment = load(request, pk)
    change = assessment.changes.exclude(receipt_number="").first()
    if change is None:
        raise Http404
    steps = available(assessment, request.appointment)
    return render(request, "assessment/receipt.html", {"assessment": assessment, "change": change, "steps": steps})


@require_POST
@allow((Role.TOWN_OFFICER, Role.BUREAU_OFFICER))
def step(request: Request, pk: int, name: str) -> HttpResponse:
    """Take a step that asks for nothing more: 撤回 and 接收."""
    transition = TRANSITIONS.get(name)
    if transition is None or transition.needs_reason or transition.gives_receipt:
        raise Http404
    assessment = load(request, pk)
    if request.appointment.role not in transition.roles:
        raise PermissionDenied(f"您不能{transition.label}。")
    try:
        advance(assessment, name, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{assessment.community.name}已{transition.label}。")
    return redirect(assessment)


@allow(BUREAU)
def send_back(request: Request, pk: int) -> HttpResponse:
    """退回修改 with a reason and a new last day."""
    assessment = load(request, pk)
    today = timezone.localdate()
    form = ReturnForm(
        request.POST or None, initial={"resubmit_by": max(assessment.last_day, today + TWO_WEEKS)}, today=today
    )
    if request.method == "POST" and form.is_valid():
        try:
            advance(assessment, "return", by=request.appointment, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{assessment.community.name}已退回修改。")
            return redirect(assessment)
    return render(request, "assessment/return.html", {"assessment": assessment, "form": form})


@allow(BUSINESS)
def history(request: Request, pk: int) -> HttpResponse:
    """Every step this community's assessment took, in all years (R68)."""
    assessment = load(request, pk)
    changes = StateChange.objects.filter(assessment__community=assessment.community_id)
    changes = changes.select_related("assessment__campaign_year")
    return render(request, "assessment/history.html", {"assessment": assessment, "changes": changes})
