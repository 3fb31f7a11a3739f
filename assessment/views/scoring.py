"""自评: the list, the sheet, one item's autosave, last year's scores, the gap list."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import ValidationError
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from assessment.assessing import Entry, Saved, carry_over, open_assessment, previous_assessment, save_scores
from assessment.forms.scores import read_entry
from assessment.lists import AssessmentFilter, listed
from assessment.models import Assessment, Item, ItemScore, Stage
from assessment.page import Typed, sheet_page
from assessment.returning import standing_reasons
from assessment.scores import effective_score, effective_scores
from assessment.sheets import sheet_table
from assessment.tables import AssessmentTable
from assessment.unit_pages import pages_of
from assessment.views.rechecks import recheck_page
from assessment.workflow import Refused, available
from communities.access import IN_CHARGE, READERS, SCORERS, Request, allow
from communities.models import Community
from communities.tables import paged
from communities.templatetags.official import plain


def load(request: Request, pk: int) -> Assessment:
    """An assessment within the caller's scope, with all that its pages name; a foreign one is a 404."""
    visible = Assessment.objects.visible_to(request.appointment).with_extension()
    return get_object_or_404(
        visible.select_related("community__town__district", "campaign_year__campaign", "standard"), pk=pk
    )


def listed_by(request: Request) -> AssessmentFilter:
    """What the list shows by the filters of the address."""
    return listed(
        request.GET,
        campaign_year=request.campaign_year,
        appointment=request.appointment,
        day=request.day,
        states_on=request.states_on,
    )


@allow(READERS)
def assessment_list(request: Request) -> HttpResponse:
    """The communities of the caller's unit in the chosen year with their assessment of the chosen year."""
    filters = listed_by(request)
    table = paged(AssessmentTable(filters.qs, default=""), request)
    on_page = [unit.assessment_id for unit in table.page.object_list.data]
    table.scores = effective_scores(Assessment.objects.filter(pk__in=on_page))
    context = {"filter": filters, "table": table, "scorers": SCORERS, "in_charge": IN_CHARGE}
    return render(request, "assessment/list.html", context)


@require_POST
@allow(SCORERS)
def begin(request: Request, code: str) -> HttpResponse:
    """Open the community's assessment of the chosen year (自愿申报: only on request, R68)."""
    community = get_object_or_404(Community.objects.visible_to(request.appointment), code=code)
    if request.campaign_year is None:
        messages.error(request, "本区还没有设置创建活动年度，请联系区社区办。")
        return redirect("assessment:list")
    try:
        assessment = open_assessment(community=community, campaign_year=request.campaign_year, by=request.appointment)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("assessment:list")
    return redirect(assessment)


@allow(READERS)
def sheet(request: Request, pk: int) -> HttpResponseBase:
    """The whole sheet, an item a row; without JavaScript 暂存 saves everything at once. A recheck has its own page."""
    assessment = load(request, pk)
    if request.method == "POST":
        return save_sheet(request, assessment)
    if assessment.is_recheck:
        return recheck_page(request, assessment)
    return render(request, "assessment/sheet.html", sheet_context(request, assessment))


def sheet_context(request: Request, assessment: Assessment, typed: Typed | None = None) -> dict[str, Any]:
    editable = assessment.is_editable and request.appointment.role in SCORERS
    table = sheet_table(assessment)
    returned = standing_reasons(assessment)
    return {
        "assessment": assessment,
        "table": table,
        "parts": sheet_page(assessment, table, typed, returned=returned),
        "returned": returned,
        "total": table.totals[Stage.SELF],
        "editable": editable,
        "effective": effective_score(assessment),
        "pages": pages_of(assessment, request.appointment),
        "steps": available(assessment, request.appointment),
        "last_change": assessment.changes.filter(target=assessment.state).first(),
        "late_reason": late_reason(assessment),
        "can_carry_over": editable and previous_assessment(assessment) is not None,
    }


def late_reason(assessment: Assessment) -> str:
    """What the latest filing rested on, where it came after the deadline."""
    filing = assessment.changes.exclude(receipt_number="").first() if assessment.is_late else None
    return filing.reason if filing else ""


@allow(SCORERS)
def save_sheet(request: Request, assessment: Assessment) -> HttpResponse:
    """Save the sheet: with an error in any row nothing is written, a conflict keeps only its own row back."""
    items = list(Item.objects.filter(standard=assessment.standard_id))
    entries: list[Entry] = []
    errors: dict[int, list[str]] = {}
    for item in items:
        try:
            entries.append(read_entry(request.POST, item, suffix=f"-{item.pk}"))
        except ValidationError as error:
            errors[item.pk] = error.messages
    try:
        outcome = save_scores(assessment, entries if not errors else [], by=request.appointment)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(assessment)
    if errors or outcome.conflicts:
        conflicts = {entry.item.pk: score for entry, score in outcome.conflicts}
        context = sheet_context(request, assessment, Typed(request.POST, errors, conflicts))
        return render(request, "assessment/sheet.html", context, status=409 if conflicts else 422)
    messages.success(request, f"已保存 {timezone.localtime():%H:%M}")
    return redirect(assessment)


@require_POST
@allow(SCORERS)
def save_item(request: Request, pk: int, item_pk: int) -> HttpResponse:
    """Autosave of one item: JSON with the new revision and sums; 409 with the other person's score; 422 with errors."""
    assessment = load(request, pk)
    item = get_object_or_404(Item, pk=item_pk, standard=assessment.standard_id)
    try:
        entry = read_entry(request.POST, item)
        outcome = save_scores(assessment, [entry], by=request.appointment)
    except ValidationError as error:
        return JsonResponse({"errors": error.messages}, status=422)
    except Refused as refused:
        return JsonResponse({"errors": [str(refused)]}, status=423)
    if outcome.conflicts:
        return JsonResponse({"theirs": score_json(outcome.conflicts[0][1])}, status=409)
    return JsonResponse(saved_json(outcome, item))


def score_json(score: ItemScore) -> Mapping[str, Any]:
    return {
        "points": plain(score.points),
        "reason": score.reason,
        "revision": score.revision,
        "scorer": str(score.scorer or ""),
        "at": f"{timezone.localtime(score.scored_at):%H:%M}" if score.scored_at else "",
    }


def saved_json(outcome: Saved, item: Item) -> Mapping[str, Any]:
    revision = outcome.saved[0].revision if outcome.saved else 0
    return {
        "revision": revision,
        "saved_at": f"{timezone.localtime():%H:%M}",
        "part": item.part,
        "part_sum": plain(outcome.sheet.part_sum(item.part)),
        "total": plain(outcome.sheet.total),
        "scored": outcome.sheet.scored_items,
    }


@require_POST
@allow(SCORERS)
def carry(request: Request, pk: int) -> HttpResponse:
    """沿用上年: fill the empty items from last year's self-assessment."""
    assessment = load(request, pk)
    try:
        count = carry_over(assessment, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已沿用上年自评{count}个条目及其佐证材料，请逐条核对后再申报。")
    return redirect(assessment)


@allow(READERS)
def gaps(request: Request, pk: int) -> HttpResponse:
    """缺什么补什么: every item that lost points or has no score yet, by part, with what the registers say.

    Of a recheck it is the latest stage that has scored, of an application the self-assessment.
    """
    assessment = load(request, pk)
    table = sheet_table(assessment)
    stage = table.latest or table.stages[0] if assessment.is_recheck else Stage.SELF
    parts = sheet_page(assessment, table, stage=stage)
    short = [(part, [row for row in part.rows if row.lost is None or row.lost > 0]) for part in parts]
    mark = assessment.campaign_year.campaign.pass_mark
    total = table.totals[stage]
    context = {
        "assessment": assessment,
        "stage": stage,
        "parts": [(part, rows) for part, rows in short if rows],
        "total": total,
        "mark": mark,
        "missing": max(mark - (total or 0), 0),
    }
    return render(request, "assessment/gaps.html", context)
