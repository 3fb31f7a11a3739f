"""整改: the list, one unit's, one fault from the order to 销号, and the notice's 签收."""

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.models import AuditEvent
from assessment.forms.rectifying import AmendForm, OrderForm, RecheckForm, ReportForm, SignForm
from assessment.models import Assessment, Rectification, RectificationNotice, RectificationPhoto, Stage, State
from assessment.rectifying import listing, ordering, settling
from assessment.views.scoring import load
from assessment.workflow import Refused
from communities.access import IN_CHARGE, INSPECTORS, READERS, SCORERS, Request, allow
from communities.files import UnfitFile, response_with
from communities.forms.revised import RevisedForm
from communities.models import Role
from communities.revisions import Conflict
from communities.tables import paged
from communities.views.editing import edit_record
from communities.views.statements import export

TWO_WEEKS = timedelta(days=14)
RECHECKERS = (*ordering.ORDERERS, *INSPECTORS)
RELATIONS = (
    *("assessment__community__town__district", "assessment__campaign_year", "item", "notice"),
    *("reported_by", "rechecked_by"),
)
Progress = Rectification.Progress


# --- lists ---------------------------------------------------------------------------------------------------------
def filtered(request: Request) -> listing.RectificationFilter:
    rows = listing.listed(request.campaign_year, request.appointment)
    return listing.RectificationFilter(request.GET, rows, appointment=request.appointment, today=timezone.localdate())


@require_safe
@allow(READERS)
def rectification_list(request: Request) -> HttpResponse:
    """The year's rectifications in scope, with how many of each category are closed."""
    filters, today = filtered(request), timezone.localdate()
    table = listing.RectificationTable(filters.qs, default="")
    table.today = today
    asked = {name: value for name, value in request.GET.items() if value and name in filters.filters}
    context = {
        "filter": filters,
        "table": paged(table, request),
        "summary": listing.summary(filters.qs, asked, today),
        "sees_training": request.appointment.role in IN_CHARGE,
    }
    return render(request, "assessment/rectification_list.html", context)


@require_safe
@allow(READERS)
def rectification_list_export(request: Request) -> HttpResponseBase:
    return export(request, listing.statement(filtered(request).qs, timezone.localdate()))


# --- one unit ------------------------------------------------------------------------------------------------------
@allow(READERS)
def unit(request: Request, pk: int) -> HttpResponse:
    """All of a unit with its notices; a POST orders new ones out of the points that a stage took."""
    assessment = load(request, pk)
    stage = chosen_stage(request, assessment)
    may_order = stage is not None and ordering.may_order(stage, request.appointment)
    if request.method == "POST" and not may_order:
        raise PermissionDenied("整改由区社区办下达；镇（开发区、街道）可就自评的失分安排整改。")
    form = order_form(request, assessment, stage) if stage and may_order else None
    if stage and form and request.method == "POST" and form.is_valid():
        try:
            made = ordering.order(
                assessment=assessment,
                stage=stage,
                rows=form.faults(),
                due_on=form.cleaned_data["due_on"],
                number=form.cleaned_data.get("number", ""),
                requirement=form.cleaned_data.get("requirement", ""),
                by=request.appointment,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, [obstacle.message for obstacle in refused.obstacles])
        else:
            messages.success(request, f"已下达{len(made)}项整改。")
            return redirect("assessment:rectifications", pk)
    return render(request, "assessment/rectifications.html", unit_context(request, assessment, stage, form))


def chosen_stage(request: Request, assessment: Assessment) -> Stage | None:
    """The stage that the address names, else the latest that the person may order from; None without any sheet."""
    stages = ordering.stages_with_scores(assessment)
    named = request.GET.get("stage", "")
    if named in stages:
        return Stage(named)
    own = [stage for stage in stages if ordering.may_order(stage, request.appointment)]
    return next(iter(reversed(own or stages)), None)


def order_form(request: Request, assessment: Assessment, stage: Stage) -> OrderForm:
    with_notice = request.appointment.role == Role.BUREAU_OFFICER
    today = timezone.localdate()
    ordered = assessment.resubmit_by if assessment.state == State.RECTIFYING else None
    return OrderForm(
        request.POST if request.method == "POST" else None,
        proposals=ordering.propose(assessment, stage),
        today=today,
        due_on=ordered or today + TWO_WEEKS,
        number=ordering.proposed_number(assessment.campaign_year) if with_notice else "",
        with_notice=with_notice,
    )


def unit_context(
    request: Request, assessment: Assessment, stage: Stage | None, form: OrderForm | None
) -> dict[str, Any]:
    rows = Rectification.objects.filter(assessment=assessment).select_related(
        "assessment__community__town", "item", "notice"
    )
    table = listing.RectificationTable(rows.order_by("item__sort_order", "pk"), default="")
    table.today, table.exclude = timezone.localdate(), ("town", "community")
    return {
        "assessment": assessment,
        "stage": stage,
        "stages": ordering.stages_with_scores(assessment),
        "form": form,
        "table": paged(table, request),
        "notices": assessment.notices.select_related("issued_by"),
        "has_own_list": rows.filter(notice__isnull=True).exists(),
        "may_sign": settling.may_report(request.appointment),
        "sign_form": SignForm(initial={"name": request.user.name}),
    }


@require_POST
@allow(SCORERS)
def notice_sign(request: Request, pk: int) -> HttpResponse:
    notice = get_object_or_404(RectificationNotice.objects.visible_to(request.appointment), pk=pk)
    form = SignForm(request.POST)
    try:
        name = form.cleaned_data["name"] if form.is_valid() else ""
        settling.sign_for(notice, name, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{notice.number}已签收。")
    return redirect("assessment:rectifications", notice.assessment_id)


# --- one fault -----------------------------------------------------------------------------------------------------
def load_one(request: Request, pk: int) -> Rectification:
    """One in the person's scope."""
    return get_object_or_404(Rectification.objects.visible_to(request.appointment).select_related(*RELATIONS), pk=pk)


def load_reachable(request: Request, pk: int) -> Rectification:
    """One in the person's scope, or of a unit that the person was given to check."""
    return get_object_or_404(Rectification.objects.reachable_by(request.appointment).select_related(*RELATIONS), pk=pk)


@require_safe
@allow(READERS)
def rectification(request: Request, pk: int) -> HttpResponse:
    """Problem, requirement, photographs before and after, what was reported and found; the form of whose turn it is."""
    return one_page(request, load_reachable(request, pk))


def one_page(
    request: Request,
    found: Rectification,
    *,
    form: RevisedForm | None = None,
    both: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:
    by = request.appointment
    sees_unit = Rectification.objects.visible_to(by).filter(pk=found.pk).exists()
    may_report = sees_unit and settling.may_report(by) and found.progress != Progress.CLOSED
    may_recheck = found.progress == Progress.REPORTED and settling.may_recheck(found, by)
    photos = list(found.photos.select_related("file"))
    context = {
        "rectification": found,
        "form": form,
        "both": both or [],
        "report_form": form if isinstance(form, ReportForm) else ReportForm(instance=copy(found)),
        "recheck_form": form if isinstance(form, RecheckForm) else RecheckForm(instance=copy(found)),
        "may_report": may_report or isinstance(form, ReportForm),
        "may_recheck": may_recheck or isinstance(form, RecheckForm),
        "may_amend": sees_unit and ordering.may_amend(found, by),
        "sees_unit": sees_unit,
        "overdue": listing.is_overdue(found, timezone.localdate()),
        "columns": [
            (moment.label, [photo for photo in photos if photo.moment == moment])
            for moment in RectificationPhoto.Moment
        ],
        "history": AuditEvent.objects.filter(object_type=found._meta.label_lower, object_id=str(found.pk)),
    }
    return render(request, "assessment/rectification.html", context, status=409 if both else 200)


def settle(
    request: Request, found: Rectification, form: RevisedForm, act: Callable[..., None], done: str
) -> HttpResponse:
    """Carry out what the form says, or show the page again with what was typed."""
    both: list[tuple[str, str, str]] = []
    if form.is_valid():
        try:
            act(
                found,
                by=request.appointment,
                now=timezone.now(),
                **form.values(),
                revision=form.cleaned_data["revision"],
            )
        except (Refused, UnfitFile) as refused:
            form.add_error(None, str(refused))
        except Conflict as conflict:
            both = form.face(conflict.current)
            found = load_reachable(request, found.pk)
            both.append(("进展", found.get_progress_display(), "（尚未保存）"))
        else:
            messages.success(request, done)
            return redirect(found)
    return one_page(request, found, form=form, both=both)


@require_POST
@allow(SCORERS)
def report(request: Request, pk: int) -> HttpResponse:
    found = load_one(request, pk)
    form = ReportForm(request.POST, request.FILES, instance=copy(found))
    return settle(request, found, form, settling.report, "整改情况已反馈，等待复查。")


@require_POST
@allow(RECHECKERS)
def recheck(request: Request, pk: int) -> HttpResponse:
    found = load_reachable(request, pk)
    if not settling.may_recheck(found, request.appointment):
        raise PermissionDenied("该整改事项由区社区办或承担该单位检查的人员复查。")
    form = RecheckForm(request.POST, instance=copy(found))
    return settle(request, found, form, settling.recheck, "复查意见已保存。")


@require_safe
@allow(READERS)
def photo(request: Request, pk: int, photo_pk: int) -> HttpResponseBase:
    """A file beside the fault, for whoever sees the fault; who looked at it is recorded."""
    found = load_reachable(request, pk)
    shown = get_object_or_404(found.photos.select_related("file"), pk=photo_pk)
    audit.record("查看整改照片", found, by=request.user, after={"文件": shown.file.name})
    return response_with(shown.file)


@require_POST
@allow(SCORERS)
def photo_remove(request: Request, pk: int, photo_pk: int) -> HttpResponse:
    found = load_one(request, pk)
    photo = get_object_or_404(found.photos.select_related("file"), pk=photo_pk)
    try:
        settling.remove_photo(photo, by=request.appointment)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(found)


@allow(ordering.ORDERERS)
def amend(request: Request, pk: int) -> HttpResponse:
    """Words, owner, category and last day of what was ordered."""
    found = load_one(request, pk)
    if not ordering.may_amend(found, request.appointment):
        raise PermissionDenied("该整改事项已销号或不由您下达，不能更改。")
    form = AmendForm(request.POST or None, instance=copy(found))

    def save(values: dict[str, Any], revision: int) -> None:
        ordering.amend(found, values, revision=revision, by=request.appointment)

    title = f"更改整改事项：{found.assessment.community.full_name}"
    return edit_record(request, form, save, title=title, back=found.get_absolute_url(), back_label="整改事项")
