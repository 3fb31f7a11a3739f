"""抽样 on the page: both levels of the year, freezing, drawing in front of witnesses, what was drawn (R75, R77-R80)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from assessment.campaigns import PROVINCIAL_VISIT
from assessment.forms.sampling import FreezeForm, ReplaceForm, SeedForm, VisitForm
from assessment.lists import FrameFilter
from assessment.models import CampaignYear, FrameUnit, SamplingDraw, Stage
from assessment.sampling import drawing
from assessment.sampling.drawing import SamplingRefused, changes_since, may_act
from assessment.sampling.frame import VISITED_IN, frame_on
from assessment.sampling.statements import group_statement, strata_statement, visit_statement, visits_of
from assessment.tables import FrameTable
from communities.access import BUREAU, DISTRICT, IN_CHARGE, INSPECTORS, Request, allow
from communities.revisions import Conflict
from communities.statements import Statement
from communities.tables import paged

RESULT_READERS = (*IN_CHARGE, *INSPECTORS)
FRAME_READERS = (*DISTRICT, *INSPECTORS)
"""A town sees its own units only: the sample, not the frame of the whole district."""
ACTORS = (*BUREAU, *INSPECTORS)


def load(request: Request, pk: int) -> SamplingDraw:
    visible = SamplingDraw.objects.visible_to(request.appointment)
    related = ("campaign_year__campaign__district", "frozen_by", "drawn_by")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def load_to_act(request: Request, pk: int, *, drawn: bool) -> SamplingDraw:
    """A draw for whoever may act on its level; 404 where it is not at the point the page is for."""
    draw = load(request, pk)
    refuse_strangers(request, draw.stage)
    if draw.is_drawn != drawn:
        raise Http404
    return draw


def refuse_strangers(request: Request, stage: str) -> None:
    if not may_act(stage, request.appointment):
        raise PermissionDenied(f"{request.appointment.get_role_display()}不能办理{Stage(stage).label}抽样。")


# --- both levels ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Level:
    """One level of the year: its draw, if the frame has been frozen, and the units by group that the reader sees."""

    stage: Stage
    draw: SamplingDraw | None
    groups: Statement | None
    may_act: bool

    @property
    def visited(self) -> str:
        return VISITED_IN[self.stage].label


@allow(RESULT_READERS)
def draws(request: Request) -> HttpResponse:
    """Where the city's and the province's draw of the year stand, and what is to be done next."""
    levels = [level(request, Stage(stage)) for stage in VISITED_IN] if request.campaign_year else []
    return render(request, "assessment/draws.html", {"levels": levels, "sees_frame": sees_frame(request)})


def level(request: Request, stage: Stage) -> Level:
    visible = SamplingDraw.objects.visible_to(request.appointment).select_related("frozen_by", "drawn_by")
    draw = visible.filter(campaign_year=request.campaign_year, stage=stage).first()
    groups = None
    if draw:
        units = list(FrameUnit.objects.visible_to(request.appointment).filter(draw=draw))
        groups = district_or_town(request, draw, units)
    return Level(stage, draw, groups, may_act(stage, request.appointment))


def sees_frame(request: Request) -> bool:
    return request.appointment.role in FRAME_READERS


def district_or_town(request: Request, draw: SamplingDraw, units: list[FrameUnit]) -> Statement:
    """The whole by group with what the ratio asks for; to a town how many of its own there are and were drawn."""
    if sees_frame(request):
        return group_statement(draw.ratio, units, url=draw.get_frame_url())
    return strata_statement(draw, units, url=draw.get_absolute_url() if draw.is_drawn else "")


# --- the frame -----------------------------------------------------------------------------------------------------
@allow(ACTORS)
def freeze(request: Request, year: int, stage: str) -> HttpResponse:
    """Who can be drawn today; a POST freezes them at a ratio."""
    if stage not in VISITED_IN:
        raise Http404
    years = CampaignYear.objects.select_related("campaign__district")
    campaign_year = get_object_or_404(years, campaign__district=request.appointment.district_id, year=year)
    refuse_strangers(request, stage)
    frozen = SamplingDraw.objects.filter(campaign_year=campaign_year, stage=stage).first()
    if frozen and frozen.is_drawn:
        messages.error(request, f"{frozen}已经完成，抽样框不能再变更。")
        return redirect(frozen)
    frame = frame_on(campaign_year, stage, timezone.localdate())
    form = FreezeForm(request.POST or None, stage=stage, draw=frozen, anybody_is_named=frame.anybody_is_named)
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = {"campaign_year": campaign_year, "stage": stage, **form.cleaned_data}
        draw = attempt(form, lambda: drawing.freeze_frame(**facts, by=request.appointment, now=timezone.now()))
        if draw:
            messages.success(request, f"{draw}：抽样框已冻结。请公布摘要，再在见证人面前抽样。")
            return redirect(draw.get_frame_url())
    ratio = form["ratio"].initial
    context = {"form": form, "frame": frame, "frozen": frozen, "stage": Stage(stage), "campaign_year": campaign_year}
    context |= {"groups": group_statement(ratio, frame.units), "visited": VISITED_IN[stage].label}
    return render(request, "assessment/draw_freeze.html", context)


def attempt(form: Form, act: Any) -> Any:
    """What an act gave back; None where it was refused, with its sentences on the form."""
    try:
        return act()
    except SamplingRefused as refused:
        for fault in refused.faults:
            form.add_error(None, fault)
    return None


@allow(FRAME_READERS)
def frame(request: Request, pk: int) -> HttpResponse:
    """The frozen frame: strata, digest, every unit, downloads."""
    draw = load(request, pk)
    units = FrameUnit.objects.visible_to(request.appointment).filter(draw=draw)
    filters = FrameFilter(request.GET, units.select_related("community"), draw=draw)
    context = {
        "draw": draw,
        "filter": filters,
        "table": paged(FrameTable(filters.qs), request),
        "strata": strata_statement(draw, list(units), url=draw.get_frame_url()),
        "changed": [] if draw.is_drawn else changes_since(draw, timezone.localdate()),
        "may_act": may_act(draw.stage, request.appointment),
    }
    return render(request, "assessment/draw_frame.html", context)


# --- the draw ------------------------------------------------------------------------------------------------------
@allow(ACTORS)
def seed(request: Request, pk: int) -> HttpResponse:
    """The one page on which is drawn: frame and digest, then seed, witnesses and the confirmation."""
    draw = load(request, pk)
    refuse_strangers(request, draw.stage)
    if draw.is_drawn:
        messages.error(
            request, f"{draw}已于刚才或此前完成，不能重抽。" if request.method == "POST" else f"{draw}已经完成。"
        )
        return redirect(draw)
    form = SeedForm(request.POST or None, initial={"digest": draw.frame_digest})
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("seed", "place", "host", "witnesses")}
        if form.cleaned_data["digest"] != draw.frame_digest:
            form.add_error(None, "抽样框刚刚已重新冻结，请重新打开本页核对后再抽样。")
        elif attempt(form, lambda: drawing.draw(draw=draw, **given, by=request.appointment, now=timezone.now())):
            messages.success(request, f"{draw}已完成。请打印抽样记录，由主持人、见证人签字。")
            return redirect(draw)
    units = list(FrameUnit.objects.filter(draw=draw))
    context = {
        "draw": draw,
        "form": form,
        "strata": strata_statement(draw, units, url=draw.get_frame_url()),
        "changed": changes_since(draw, timezone.localdate()),
        "may_act": True,
    }
    return render(request, "assessment/draw_seed.html", context)


@allow(RESULT_READERS)
def result(request: Request, pk: int) -> HttpResponse:
    """What was drawn, when each unit is visited and how far that has come; a town's own units to a town."""
    draw = load(request, pk)
    visits = visits_of(draw, request.appointment) if draw.is_drawn else []
    context = {
        "draw": draw,
        "statement": visit_statement(draw, visits),
        "complete": sum(visit.is_complete for visit in visits),
        "number": len(visits),
        "replacements": replacements(request, draw),
        "sees_frame": sees_frame(request),
        "may_act": may_act(draw.stage, request.appointment),
    }
    return render(request, "assessment/draw.html", context)


def replacements(request: Request, draw: SamplingDraw) -> list[Any]:
    """Those of which the person may see a unit."""
    own = FrameUnit.objects.visible_to(request.appointment).filter(draw=draw).order_by().values("pk")
    found = draw.replacements.filter(removed__in=own) | draw.replacements.filter(added__in=own)
    return list(found.select_related("removed", "added", "by").distinct())


# --- afterwards ----------------------------------------------------------------------------------------------------
@allow(ACTORS)
def replace(request: Request, pk: int) -> HttpResponse:
    """调换 of a unit that cannot be visited."""
    draw = load_to_act(request, pk, drawn=True)
    form = ReplaceForm(request.POST or None, draw=draw)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        swap = attempt(form, lambda: drawing.replace(draw=draw, **given, by=request.appointment, now=timezone.now()))
        if swap:
            messages.success(request, f"{swap.removed}已调出，由{swap.added}顺延。")
            return redirect(draw)
    return render(request, "assessment/draw_replace.html", {"draw": draw, "form": form})


@allow(ACTORS)
def visits(request: Request, pk: int) -> HttpResponse:
    """考评组 and the day of each visit; whoever comes second sees both and keeps what they typed."""
    draw = load_to_act(request, pk, drawn=True)
    units = list(FrameUnit.objects.filter(draw=draw, drawn=True))
    form, both = VisitForm(request.POST or None, instance=draw, units=units), []
    if request.method == "POST" and form.is_valid():
        revision, group = form.cleaned_data["revision"], form.cleaned_data["group"]
        try:
            drawing.plan_visits(draw=draw, group=group, days=form.days, revision=revision, by=request.appointment)
        except Conflict as conflict:
            both = form.face(conflict.current)
        if not both:
            say_planned(request, draw, list(form.days.values()))
            return redirect(draw)
    context = {"draw": draw, "form": form, "both": both}
    return render(request, "assessment/draw_visits.html", context, status=409 if both else 200)


def say_planned(request: Request, draw: SamplingDraw, days: list[date | None]) -> None:
    messages.success(request, "考评安排已保存。")
    last = date(draw.campaign_year.year, *PROVINCIAL_VISIT)
    if draw.stage == Stage.PROVINCE and any(day and day > last for day in days):
        messages.warning(request, f"省考评应在{last.year}年11月底前进行，有的考评日期晚于11月30日，请核对。")
