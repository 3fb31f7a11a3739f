"""申报: check-answers, submit and its receipt, withdraw, receive, return, and the history of it all."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from assessment.deadlines import exceptions_of
from assessment.forms.steps import ReturnForm, StepForm
from assessment.models import Assessment, Item, ItemScore, Stage, StateChange
from assessment.returning import give_back
from assessment.sheets import sheet_table
from assessment.transitions import TRANSITIONS, Transition
from assessment.views.scoring import load
from assessment.workflow import Refused, advance, available, obstacles
from communities.access import BUREAU, INSPECTORS, READERS, SCORERS, Request, allow
from communities.models import Role

RETURN = "return"
TWO_WEEKS = timedelta(days=14)
STEPPERS = (Role.TOWN_OFFICER, *BUREAU, *INSPECTORS)


@allow(SCORERS)
def check(request: Request, pk: int) -> HttpResponse:
    """核对申报: every obstacle as a link to its row; 提交 when there is none. A POST submits."""
    assessment = load(request, pk)
    submit = TRANSITIONS["submit"]
    if assessment.is_recheck:
        return redirect(assessment)
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


@allow(READERS)
def receipt(request: Request, pk: int) -> HttpResponse:
    """回执: number and server time of the latest filing."""
    assessment = load(request, pk)
    change = assessment.changes.exclude(receipt_number="").first()
    if change is None:
        raise Http404
    steps = available(assessment, request.appointment)
    return render(request, "assessment/receipt.html", {"assessment": assessment, "change": change, "steps": steps})


@allow(STEPPERS)
def step(request: Request, pk: int, name: str) -> HttpResponse:
    """Take a step that is taken on its own; one that asks for a reason, a document or a last day shows its form."""
    transition = TRANSITIONS.get(name)
    if transition is None or transition.decided_on or transition.gives_receipt:
        raise Http404
    assessment = load(request, pk)
    if request.appointment.role not in transition.roles:
        raise PermissionDenied(f"您不能{transition.label}。")
    today = timezone.localdate()
    asked: dict[str, Any] = {"initial": {"last_day": max(assessment.last_day, today + TWO_WEEKS)}}
    if transition.name == RETURN:
        asked |= {"items": Item.objects.filter(standard=assessment.standard_id), "scores": self_points(assessment)}
    make = ReturnForm if transition.name == RETURN else StepForm
    form = make(request.POST if request.method == "POST" else None, transition=transition, today=today, **asked)
    if request.method == "POST" and form.is_valid():
        refused = take(request, assessment, transition, form.given())
        for message in refused:
            form.add_error(None, message)
    if not form.errors and (request.method == "POST" or not transition.needs_form):
        return redirect(assessment)
    found = obstacles(assessment, transition, now=timezone.now())
    context = {"assessment": assessment, "transition": transition, "form": form, "obstacles": found}
    return render(request, "assessment/step.html", context)


def take(request: Request, assessment: Assessment, transition: Transition, given: Mapping[str, Any]) -> list[str]:
    """Take the step and say so; or why it was refused. A step without a form answers on the assessment's page."""
    act = give_back if transition.name == RETURN else partial(advance, name=transition.name)
    try:
        act(assessment, by=request.appointment, now=timezone.now(), **given)
    except Refused as refused:
        if transition.needs_form:
            return [obstacle.message for obstacle in refused.obstacles]
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{assessment.community.name}：{transition.label}已办理。")
    return []


def self_points(assessment: Assessment) -> dict[int, Decimal | None]:
    """The self scores by item id."""
    own = ItemScore.objects.filter(sheet__assessment=assessment, sheet__stage=Stage.SELF)
    return dict(own.values_list("item", "points"))


@allow(READERS)
def history(request: Request, pk: int) -> HttpResponse:
    """Every step this community's assessment took, in all years (R68)."""
    assessment = load(request, pk)
    changes = StateChange.objects.filter(assessment__community=assessment.community_id)
    changes = changes.select_related("assessment__campaign_year").prefetch_related("return_reasons__item")
    granted = exceptions_of(assessment).select_related("town", "community", "by")
    context = {"assessment": assessment, "changes": changes, "exceptions": granted}
    return render(request, "assessment/history.html", context)
