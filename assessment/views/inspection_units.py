"""One unit's inspections: overview, 分派, 改派, 裁定 (R73, R75, R78)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment.facts import Facts
from assessment.forms.inspecting import AssignForm, ReassignForm, RulingForm
from assessment.inspecting.assigning import assign, reassign, unassign
from assessment.inspecting.methods import METHODS
from assessment.inspecting.overview import StageView, stage_views
from assessment.inspecting.rights import VISITORS, enters_on_behalf, may_name_checkers, may_rule
from assessment.inspecting.ruling import rule
from assessment.models import Assessment, Inspection, Item, Method, Ruling, Stage
from assessment.transitions import TRANSITIONS
from assessment.views.scoring import load
from assessment.workflow import Refused, available, obstacles
from communities.access import BUREAU, INSPECTORS, READERS, Request, allow
from communities.templatetags.official import plain

NAMERS = (*BUREAU, *INSPECTORS)


def stage_or_404(text: str) -> Stage:
    if text not in METHODS:
        raise Http404
    return Stage(text)


@require_safe
@allow(READERS)
def inspections(request: Request, pk: int) -> HttpResponse:
    """All stages of a unit: methods, checkers, progress; what the finished ones found beside the formed score."""
    return render(request, "assessment/inspections.html", overview_context(request, load(request, pk)))


def overview_context(
    request: Request, assessment: Assessment, bound: dict[Stage, AssignForm] | None = None
) -> dict[str, Any]:
    facts = Facts(assessment, timezone.now())
    drawn = {stage: facts.is_drawn(stage) for stage in VISITORS}
    views = stage_views(assessment, request.appointment, drawn=drawn)
    forms = {
        view.stage: (bound or {}).get(view.stage) or assign_form(request, assessment, view)
        for view in views
        if view.may_assign
    }
    conclude = TRANSITIONS["conclude"]
    concluding = assessment.state in conclude.sources and request.appointment.role in conclude.roles
    return {
        "assessment": assessment,
        "stages": [(view, forms.get(view.stage)) for view in views],
        "steps": available(assessment, request.appointment),
        "obstacles": obstacles(assessment, conclude, now=timezone.now()) if concluding else [],
    }


def assign_form(request: Request, assessment: Assessment, view: StageView) -> AssignForm:
    """With the next method that nobody has; inspectors name themselves first, who mostly come in person."""
    own = request.appointment if request.appointment.role == VISITORS.get(view.stage) else None
    initial = {"method": view.missing[0] if view.missing else None, "inspector": own and own.pk}
    return AssignForm(initial=initial, assessment=assessment, stage=view.stage)


@require_POST
@allow(NAMERS)
def assign_page(request: Request, pk: int, stage: str) -> HttpResponse:
    """Give one method of a stage to somebody; what is refused is said beside the form."""
    assessment, wanted = load(request, pk), stage_or_404(stage)
    if not may_name_checkers(request.appointment, wanted):
        raise PermissionDenied(f"您不能分派{wanted.label}。")
    form = AssignForm(request.POST, assessment=assessment, stage=wanted)
    if form.is_valid():
        checker = form.cleaned_data["inspector"]
        try:
            assign(
                assessment=assessment,
                stage=wanted,
                method=Method(form.cleaned_data["method"]),
                inspector=checker,
                by=request.appointment,
                on_behalf=enters_on_behalf(wanted, checker),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{form.cleaned_data['method']}已分派给{checker.user.name}。")
            return redirect("assessment:inspections", pk)
    context = overview_context(request, assessment, {wanted: form})
    if wanted not in [view.stage for view, assigning in context["stages"] if assigning]:
        messages.error(request, "；".join(str(line) for lines in form.errors.values() for line in lines))
    return render(request, "assessment/inspections.html", context, status=422)


def load_given(request: Request, pk: int) -> Inspection:
    """An inspection of a unit within scope, for one who may name its checker; its scores are not for them to see."""
    seen = Inspection.objects.filter(request.appointment.sees_communities("assessment__community__"))
    found = get_object_or_404(seen.select_related("assessment__community__town__district", "inspector"), pk=pk)
    if not may_name_checkers(request.appointment, Stage(found.stage)):
        raise PermissionDenied(f"您不能改派{found.get_stage_display()}。")
    return found


@allow(NAMERS)
def reassign_page(request: Request, pk: int) -> HttpResponse:
    """改派: hand unfinished work over with all that was entered."""
    found = load_given(request, pk)
    form = ReassignForm(request.POST if request.method == "POST" else None, inspection=found)
    if request.method == "POST" and form.is_valid():
        try:
            reassign(found, to=form.cleaned_data["to"], by=request.appointment)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.get_method_display()}已改派给{form.cleaned_data['to'].user.name}。")
            return redirect("assessment:inspections", found.assessment_id)
    context = {"inspection": found, "assessment": found.assessment, "form": form}
    return render(request, "assessment/inspection_reassign.html", context)


@require_POST
@allow(NAMERS)
def unassign_page(request: Request, pk: int) -> HttpResponse:
    found = load_given(request, pk)
    try:
        unassign(found, by=request.appointment)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{found.get_method_display()}已取消分派。")
    return redirect("assessment:inspections", found.assessment_id)


@allow(NAMERS)
def ruling(request: Request, pk: int, stage: str, item_pk: int) -> HttpResponse:
    """裁定 of one item of a complete stage."""
    assessment, wanted = load(request, pk), stage_or_404(stage)
    item = get_object_or_404(Item, pk=item_pk, standard=assessment.standard_id)
    if not may_rule(request.appointment, assessment, wanted):
        raise PermissionDenied(f"您不能裁定{wanted.label}的得分。")
    ruled = Ruling.objects.filter(assessment=assessment, stage=wanted, item=item).first()
    initial = {"points": plain(ruled.points), "reason": ruled.reason, "seen": ruled.points} if ruled else None
    form = RulingForm(request.POST if request.method == "POST" else None, item=item, ruled=bool(ruled), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rule(assessment=assessment, stage=wanted, item=item, by=request.appointment, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{item.code}已裁定，{wanted.label}总分已重新计算。")
            return redirect("assessment:inspections", pk)
    shown = stage_views(assessment, request.appointment, drawn={})
    view = next((view for view in shown if view.stage == wanted), None)
    line = next((line for line in view.lines if line.item == item), None) if view else None
    context = {"assessment": assessment, "stage": wanted, "item": item, "form": form, "view": view, "line": line}
    return render(request, "assessment/ruling.html", context)
