"""创建名单: who could be put on it, its versions, 公示 with what is said against it, and its report (R74; F9)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment import public_notice
from assessment.candidate_lists import CandidateListTable, list_statement, notice_days, objections_of, versions_of
from assessment.candidates import changes, counted, ended, freeze, revise, verify
from assessment.checks import Obstacle
from assessment.consulting import askable
from assessment.forms.candidates import FreezeForm, ObjectionForm, OutcomeForm, ReviseForm
from assessment.models import Assessment, CandidateList, NoticeObjection, State
from assessment.standing import Group, standings
from assessment.workflow import Refused
from communities.access import BUREAU, LIST_READERS, Request, allow
from communities.models import Role
from communities.revisions import Conflict
from communities.tables import paged


def load(request: Request, pk: int) -> CandidateList:
    visible = CandidateList.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related("campaign_year__campaign", "frozen_by", "reported_by"), pk=pk)


def is_bureau(request: Request) -> bool:
    return request.appointment.role == Role.BUREAU_OFFICER


def tell(form: forms.Form, obstacles: Iterable[Obstacle]) -> None:
    for obstacle in obstacles:
        form.add_error(None, obstacle.message)


@require_safe
@allow(LIST_READERS)
def candidate_lists(request: Request) -> HttpResponse:
    """The versions of the year, and where every application stands on its way to the list."""
    year = request.campaign_year
    found = standings(year, now=timezone.now()) if year else []
    versions = versions_of(request.appointment, year)
    context = {
        "table": paged(CandidateListTable(versions, default=""), request),
        "groups": [(group, [one for one in found if one.group == group]) for group in Group],
        "latest": versions.first(),
        "may_work": is_bureau(request) and year is not None,
    }
    return render(request, "assessment/candidate_lists.html", context)


@allow(BUREAU)
def candidate_list_new(request: Request) -> HttpResponse:
    """Fix the year's first list: every unit that is ready is ticked."""
    year = request.campaign_year
    if year is None:
        messages.error(request, "本区还没有设置创建活动年度，请先设置。")
        return redirect("assessment:candidate_lists")
    latest = CandidateList.objects.filter(campaign_year=year).order_by("version").last()
    if latest:
        messages.info(request, f"{year}创建名单已经确定，需要增减的请办理变更。")
        return redirect(latest)
    form = FreezeForm(request.POST if request.method == "POST" else None, **offered(year))
    if request.method == "POST" and form.is_valid():
        try:
            fixed = freeze(
                campaign_year=year,
                assessments=form.cleaned_data["add"],
                **form.terms(),
                by=request.appointment,
                now=timezone.now(),
            )
        except Refused as refused:
            tell(form, refused.obstacles)
        else:
            messages.success(request, f"{fixed}已确定：{counted(fixed.candidates.all())}。")
            return redirect(fixed)
    return render(request, "assessment/candidate_list_new.html", {"form": form, "year": year})


@allow(BUREAU)
def candidate_list_revise(request: Request, pk: int) -> HttpResponse:
    """Fix the next version: who comes in, who goes out, and why; this one stays as it is."""
    previous = load(request, pk)
    newer = newer_than(previous)
    if newer and request.method != "POST":
        messages.info(request, f"第{previous.version}版已有新的版本，请在最新版本上变更。")
        return redirect(newer)
    form = ReviseForm(
        request.POST if request.method == "POST" else None,
        listed=Assessment.objects.filter(candidacies__candidate_list=previous, state=State.LISTED),
        **offered(previous.campaign_year),
    )
    if request.method == "POST" and form.is_valid():
        try:
            fixed = revise(
                previous,
                add=form.cleaned_data["add"],
                remove=form.cleaned_data["remove"],
                **form.terms(),
                by=request.appointment,
                now=timezone.now(),
            )
        except Refused as refused:
            tell(form, refused.obstacles)
        else:
            messages.success(request, f"{fixed}已确定：{counted(fixed.candidates.all())}。")
            return redirect(fixed)
    context = {"form": form, "previous": previous, "ended": ended(previous), "year": previous.campaign_year}
    return render(request, "assessment/candidate_list_new.html", context)


def newer_than(candidate_list: CandidateList) -> CandidateList | None:
    """The version that stands in its place by now."""
    year, version = candidate_list.campaign_year, candidate_list.version
    return CandidateList.objects.filter(campaign_year=year, version__gt=version).first()


def offered(campaign_year: Any) -> dict[str, Any]:
    """Keyword arguments of the forms: what can be chosen, and today."""
    found = standings(campaign_year, now=timezone.now())
    return {
        "received": askable(campaign_year),
        "ready": [one.assessment for one in found if one.group == Group.READY],
        "today": timezone.localdate(),
    }


@require_safe
@allow(LIST_READERS)
def candidate_list(request: Request, pk: int) -> HttpResponse:
    """One version as it was fixed, what changed against the one before, 公示 and report."""
    fixed = load(request, pk)
    candidates = list(fixed.candidates.all())
    earlier = CandidateList.objects.filter(campaign_year=fixed.campaign_year, version=fixed.version - 1).first()
    added, removed = changes(list(earlier.candidates.all()), candidates) if earlier else ([], [])
    context = {
        "list": fixed,
        "statement": list_statement(fixed, candidates),
        "counted": counted(candidates),
        "notice": notice_days(fixed),
        "is_sound": verify(fixed),
        "objections": objections_of(fixed),
        "earlier": earlier,
        "newer": newer_than(fixed),
        "added": added,
        "removed": removed,
        "obstacles": list(public_notice.against_report(fixed, timezone.localdate())),
        "may_work": is_bureau(request),
    }
    return render(request, "assessment/candidate_list.html", context)


@require_POST
@allow(BUREAU)
def candidate_list_report(request: Request, pk: int) -> HttpResponse:
    """上报市民政局."""
    fixed = load(request, pk)
    try:
        public_notice.report(fixed, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{fixed}已登记上报市民政局。")
    return redirect(fixed)


@allow(BUREAU)
def objection_add(request: Request, pk: int) -> HttpResponse:
    """Note what was said against a unit while the list is shown in public."""
    fixed = load(request, pk)
    data = request.POST if request.method == "POST" else None
    form = ObjectionForm(data, candidates=list(fixed.candidates.all()), today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        unit = Assessment.objects.get(pk=given.pop("assessment"))
        try:
            public_notice.raise_objection(fixed, assessment=unit, **given, by=request.appointment, now=timezone.now())
        except Refused as refused:
            tell(form, refused.obstacles)
        else:
            messages.success(request, "公示异议已登记，核查处理后方可上报。")
            return redirect(fixed)
    return render(request, "assessment/objection_add.html", {"form": form, "list": fixed})


@allow(BUREAU)
def objection_settle(request: Request, pk: int) -> HttpResponse:
    """What the inquiry found; whoever comes second sees what was written and keeps their own words."""
    lists = CandidateList.objects.visible_to(request.appointment)
    related = ("candidate_list__campaign_year", "assessment__community__town", "entered_by", "settled_by")
    objection = get_object_or_404(
        NoticeObjection.objects.filter(candidate_list__in=lists).select_related(*related), pk=pk
    )
    form = OutcomeForm(request.POST if request.method == "POST" else None, objection=objection)
    theirs: NoticeObjection | None = None
    if request.method == "POST" and form.is_valid():
        try:
            public_notice.settle_objection(objection, **form.cleaned_data, by=request.appointment, now=timezone.now())
        except Refused as refused:
            tell(form, refused.obstacles)
        except Conflict as conflict:
            theirs = NoticeObjection.objects.select_related("settled_by").get(pk=conflict.current.pk)
            form.data = {**request.POST.dict(), "revision": str(theirs.revision)}
        else:
            messages.success(request, "核查结果已登记。")
            return redirect(objection.candidate_list)
    context = {"objection": objection, "form": form, "theirs": theirs}
    return render(request, "assessment/objection_settle.html", context, status=409 if theirs else 200)
