"""征求部门意见 for the bureau: the rounds, a new round, one round with its matrix, and what was objected (R74)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment import consulting
from assessment.consultation_lists import (
    ConsultationTable,
    OpinionFilter,
    OpinionTable,
    opinions_of,
    rounds_asked,
    rounds_of,
)
from assessment.consultation_matrix import UnitFilter, departments_of, matrix, progress_of, units_of
from assessment.forms.consulting import SendForm, SettleForm
from assessment.models import Assessment, Consultation, Opinion
from assessment.workflow import Refused
from communities.access import BUREAU, IN_CHARGE, Request, allow
from communities.models import Department, Role
from communities.paging import PER_PAGE, CappedPaginator
from communities.revisions import Conflict
from communities.tables import paged

SHOWN_AT_ONCE = 20
"""Open objections that the page of a round shows; the list has them all."""


def load(request: Request, pk: int) -> Consultation:
    """A round within the caller's district, or one that the liaison's department was asked in."""
    visible = Consultation.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related("campaign_year__campaign__district", "sent_by", "closed_by"), pk=pk)


def is_bureau(request: Request) -> bool:
    return request.appointment.role == Role.BUREAU_OFFICER


@require_safe
@allow(IN_CHARGE)
def consultation_list(request: Request) -> HttpResponse:
    table = paged(ConsultationTable(rounds_of(request.appointment, request.campaign_year), default=""), request)
    context = {"table": table, "may_send": is_bureau(request) and request.campaign_year is not None}
    return render(request, "assessment/consultations.html", context)


@allow(BUREAU)
def consultation_new(request: Request) -> HttpResponse:
    """Choose whom to ask about which units, and send the round."""
    year = request.campaign_year
    if year is None:
        messages.error(request, "本区还没有设置创建活动年度，请先设置。")
        return redirect("assessment:consultations")
    departments = Department.objects.visible_to(request.appointment).filter(active=True)
    form = SendForm(
        request.POST if request.method == "POST" else None,
        units=consulting.askable(year),
        asked=rounds_asked(year),
        departments=departments,
        today=timezone.localdate(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            sent = consulting.send(campaign_year=year, by=request.appointment, now=timezone.now(), **form.letter())
        except Refused as refused:
            for obstacle in refused.obstacles:
                form.add_error(None, obstacle.message)
        else:
            messages.success(request, f"{sent}已发出。各部门联络员登录后即可回复。")
            return redirect(sent)
    return render(request, "assessment/consultation_new.html", {"form": form, "year": year})


@require_safe
@allow(IN_CHARGE)
def consultation(request: Request, pk: int) -> HttpResponse:
    """One round: how far each department is, open objections, the matrix, and what stands against closing it."""
    round_ = load(request, pk)
    filters = UnitFilter(
        request.GET,
        units_of(round_, request.appointment),
        appointment=request.appointment,
        consultation=round_,
    )
    page = CappedPaginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    departments = departments_of(round_)
    objections = opinions_of(round_, request.appointment).objections()
    context = {
        "consultation": round_,
        "filter": filters,
        "page": page,
        "departments": departments,
        "rows": matrix(round_, list(page), departments),
        "progress": progress_of(round_, request.appointment),
        "objections": objections[:SHOWN_AT_ONCE],
        "unsettled": objections.count(),
        "missing": consulting.waited_for(round_) if is_bureau(request) else {},
        "is_overdue": round_.is_overdue(timezone.now()),
        "may_work": is_bureau(request),
    }
    return render(request, "assessment/consultation.html", context)


@require_safe
@allow(IN_CHARGE)
def opinion_list(request: Request, pk: int) -> HttpResponse:
    """Everything that was said in a round, to be looked through and exported."""
    round_ = load(request, pk)
    filters = OpinionFilter(request.GET, opinions_of(round_, request.appointment), appointment=request.appointment)
    table = OpinionTable(filters.qs, default="")
    table.may_settle = is_bureau(request)
    context = {"consultation": round_, "filter": filters, "table": paged(table, request)}
    return render(request, "assessment/opinions.html", context)


@require_POST
@allow(BUREAU)
def consultation_close(request: Request, pk: int) -> HttpResponse:
    round_ = load(request, pk)
    try:
        consulting.close(round_, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{round_}已办结。")
    return redirect(round_)


@allow(BUREAU)
def opinion_settle(request: Request, pk: int) -> HttpResponse:
    """已解决 or 不予采纳 with the reason; whoever comes second sees what was decided and keeps what they typed."""
    visible = Opinion.objects.visible_to(request.appointment).objecting()
    related = ("consultation__campaign_year", "department", "item", "assessment__community__town", "answered_by")
    opinion = get_object_or_404(visible.select_related(*related), pk=pk)
    form = SettleForm(request.POST if request.method == "POST" else None, opinion=opinion)
    theirs: Opinion | None = None
    if request.method == "POST" and form.is_valid():
        try:
            consulting.settle(opinion, **form.cleaned_data, by=request.appointment, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        except Conflict as conflict:
            theirs = Opinion.objects.get(pk=conflict.current.pk)
            form.data = {**request.POST.dict(), "revision": str(theirs.revision)}
        else:
            messages.success(request, f"{opinion.department}对{opinion.assessment.community.name}的意见已处理。")
            return redirect(opinion.consultation)
    context = {"opinion": opinion, "form": form, "theirs": theirs}
    return render(request, "assessment/opinion_settle.html", context, status=409 if theirs else 200)


@require_safe
@allow(IN_CHARGE)
def unit_opinions(request: Request, pk: int) -> HttpResponse:
    """What all departments said about one unit, round by round."""
    visible = Assessment.objects.visible_to(request.appointment).select_related("community__town", "campaign_year")
    assessment = get_object_or_404(visible, pk=pk)
    related = ("consultation", "department", "item", "answered_by", "resolved_by")
    opinions = Opinion.objects.filter(assessment=assessment).select_related(*related)
    context = {
        "assessment": assessment,
        "opinions": opinions.order_by("-consultation__round", "department__sort_order", "pk"),
        "may_work": is_bureau(request),
    }
    return render(request, "assessment/unit_opinions.html", context)
