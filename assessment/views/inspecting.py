"""检查: a checker's own page, its autosave, photographs, finishing and taking up again (R73, R78)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import ValidationError
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from assessment.entries import Entry
from assessment.forms.inspecting import FactsForm, ReasonForm
from assessment.forms.scores import read_entry
from assessment.inspecting.page import check_page
from assessment.inspecting.photos import add_photo, photos_of, remove_photo
from assessment.inspecting.rights import CHECKERS, is_open, may_take_up, may_write
from assessment.inspecting.scoring import faults, finish, items_of, save_facts, save_scores, take_up_again
from assessment.models import Assessment, Inspection, InspectionPhoto, InspectionScore, Item, Rectification, Stage
from assessment.page import Typed
from assessment.workflow import Refused
from communities.access import READERS, Request, allow
from communities.files import UnfitFile, response_with, small_picture
from communities.revisions import Conflict
from communities.templatetags.official import plain

RELATIONS = (
    "assessment__community__town__district",
    "assessment__campaign_year__campaign",
    "assessment__standard",
    "inspector",
)


def load_inspection(request: Request, pk: int) -> Inspection:
    """One's own, or a finished one of a community within scope; everything else is a 404."""
    visible = Inspection.objects.visible_to(request.appointment)
    return get_object_or_404(visible.select_related(*RELATIONS), pk=pk)


def item_of(inspection: Inspection, item_pk: int) -> Item:
    return get_object_or_404(Item, pk=item_pk, standard=inspection.assessment.standard_id)


def is_editable(request: Request, inspection: Inspection) -> bool:
    return (
        inspection.finished_at is None
        and request.appointment.role in CHECKERS
        and not may_write(inspection, request.appointment)
        and is_open(inspection.assessment, Stage(inspection.stage))
    )


def facts_form(inspection: Inspection, data: Any = None) -> FactsForm:
    signed = {signature.side: signature for signature in inspection.signatures.all()}
    instance = Inspection.objects.get(pk=inspection.pk)
    return FactsForm(data, instance=instance, signed=signed, today=timezone.localdate())


@allow(READERS)
def inspection(request: Request, pk: int) -> HttpResponseBase:
    """The checker's page, an item a row or, on a phone, a card; without JavaScript 暂存 saves everything at once."""
    found = load_inspection(request, pk)
    if request.method == "POST":
        return save_page(request, found)
    return render(request, "assessment/inspection.html", page_context(request, found))


def page_context(
    request: Request, found: Inspection, typed: Typed | None = None, form: FactsForm | None = None, both: Any = ()
) -> dict[str, Any]:
    sees_unit = Assessment.objects.visible_to(request.appointment).filter(pk=found.assessment_id).exists()
    return {
        "inspection": found,
        "assessment": found.assessment,
        "page": check_page(found, typed),
        "form": form or facts_form(found),
        "both": both,
        "signatures": list(found.signatures.all()),
        "editable": is_editable(request, found),
        "sees_unit": sees_unit,
        "is_checker": request.appointment.role in CHECKERS,
        "may_resume": may_resume(request, found),
        "rectifications": [] if sees_unit else rectifications_of(request, found),
    }


def rectifications_of(request: Request, found: Inspection) -> list[Rectification]:
    """What has to be mended, for a checker who reaches the unit through the inspection alone."""
    reachable = Rectification.objects.reachable_by(request.appointment).filter(assessment=found.assessment_id)
    return list(reachable.select_related("item").order_by("item__sort_order", "pk"))


def may_resume(request: Request, found: Inspection) -> bool:
    """Whether to offer 重新检查 now."""
    return bool(
        found.finished_at
        and is_open(found.assessment, Stage(found.stage))
        and request.appointment.role in CHECKERS
        and may_take_up(found, request.appointment)
    )


@allow(CHECKERS)
def save_page(request: Request, found: Inspection) -> HttpResponse:
    """Save scores and facts: with an error anywhere nothing is written, a conflict keeps only its own row back."""
    entries: list[Entry] = []
    errors: dict[int, list[str]] = {}
    for item in items_of(found):
        try:
            entries.append(read_entry(request.POST, item, suffix=f"-{item.pk}"))
        except ValidationError as error:
            errors[item.pk] = error.messages
    form = facts_form(found, request.POST)
    sound = form.is_valid() and not errors
    both: list[tuple[str, str, str]] = []
    try:
        outcome = save_scores(found, entries if sound else [], by=request.appointment)
        if sound:
            both = write_facts(request, found, form)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("assessment:inspection", found.pk)
    if not sound or outcome.conflicts or both:
        gone = InspectionScore(revision=0)
        conflicts = {entry.item.pk: score or gone for entry, score in outcome.conflicts}
        context = page_context(request, found, Typed(request.POST, errors, conflicts), form, both)
        return render(request, "assessment/inspection.html", context, status=422 if not sound else 409)
    messages.success(request, f"已保存 {timezone.localtime():%H:%M}")
    return redirect("assessment:inspection", found.pk)


def write_facts(request: Request, found: Inspection, form: FactsForm) -> list[tuple[str, str, str]]:
    """Write the facts if they differ from what stands; answers with both values where somebody else wrote meanwhile."""
    if not set(form.changed_data) - {"revision"}:
        return []
    try:
        save_facts(
            found,
            form.values(),
            signed=form.signed_names,
            revision=form.cleaned_data["revision"],
            by=request.appointment,
            now=timezone.now(),
        )
    except Conflict as conflict:
        return form.face(conflict.current)
    return []


@require_POST
@allow(CHECKERS)
def save_item(request: Request, pk: int, item_pk: int) -> HttpResponse:
    """Autosave of one item: JSON with the new revision; 409 with the other score; 422 with errors; 423 when closed."""
    found = load_inspection(request, pk)
    item = item_of(found, item_pk)
    try:
        outcome = save_scores(found, [read_entry(request.POST, item)], by=request.appointment)
    except ValidationError as error:
        return JsonResponse({"errors": error.messages}, status=422)
    except Refused as refused:
        return JsonResponse({"errors": [str(refused)]}, status=423)
    if outcome.conflicts:
        theirs = outcome.conflicts[0][1]
        return JsonResponse({"theirs": theirs_json(found, theirs)}, status=409)
    revision = outcome.saved[0].revision if outcome.saved else 0
    return JsonResponse({"revision": revision, "saved_at": f"{timezone.localtime():%H:%M}"})


def theirs_json(found: Inspection, score: InspectionScore | None) -> Mapping[str, Any]:
    return {
        "points": plain(score.points) if score else "",
        "reason": score.reason if score else "",
        "revision": score.revision if score else 0,
        "scorer": found.inspector.name,
        "at": f"{timezone.localtime(score.scored_at):%H:%M}" if score else "",
    }


@require_POST
@allow(CHECKERS)
def save_visit(request: Request, pk: int) -> HttpResponse:
    """Autosave of the facts of the visit, answered like that of an item."""
    found = load_inspection(request, pk)
    form = facts_form(found, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": [line for lines in form.errors.values() for line in lines]}, status=422)
    try:
        both = write_facts(request, found, form)
    except Refused as refused:
        return JsonResponse({"errors": [str(refused)]}, status=423)
    current = facts_form(found)
    if both:
        fields = {name: current[name].value() for name in current.fields}
        values = {name: "" if value is None else str(value) for name, value in fields.items()}
        told = "，".join(f"{label}：{theirs or '空'}" for label, theirs, _mine in both)
        theirs = {**values, "text": told, "scorer": found.inspector.name, "at": f"{timezone.localtime():%H:%M}"}
        return JsonResponse({"theirs": theirs}, status=409)
    return JsonResponse({"revision": current.instance.revision, "saved_at": f"{timezone.localtime():%H:%M}"})


# --- photographs ---------------------------------------------------------------------------------------------------
@require_POST
@allow(CHECKERS)
def photo_add(request: Request, pk: int, item_pk: int) -> HttpResponse:
    """Add the posted photographs to an item; the device's `key` makes sending one again harmless."""
    found = load_inspection(request, pk)
    item = item_of(found, item_pk)
    files = request.FILES.getlist("photos")
    errors = [] if files else ["请先选择照片。"]
    for file in files:
        try:
            add_photo(found, item, file, key=request.POST.get("key", "")[:40], by=request.appointment)
        except (UnfitFile, Refused) as refused:
            errors.append(f"{file.name}：{refused}")
    return answer(request, found, item, errors)


@require_POST
@allow(CHECKERS)
def photo_remove(request: Request, pk: int, photo_pk: int) -> HttpResponse:
    found = load_inspection(request, pk)
    photo = get_object_or_404(found.photos.select_related("item", "file"), pk=photo_pk)
    photo.inspection = found
    errors = []
    try:
        remove_photo(photo, by=request.appointment)
    except Refused as refused:
        errors.append(str(refused))
    return answer(request, found, photo.item, errors)


def answer(request: Request, found: Inspection, item: Item, errors: list[str]) -> HttpResponse:
    """The item's photographs for a script, 422 where one was not taken; the page again for a plain form."""
    if "HX-Request" not in request.headers:
        for error in errors:
            messages.error(request, error)
        return redirect(f"{reverse('assessment:inspection', args=[found.pk])}#item-{item.code}")
    context = {"inspection": found, "item_id": item.pk, "photos": photos_of(found).get(item.pk, []), "errors": errors}
    context["editable"] = is_editable(request, found)
    return render(request, "assessment/_photos.html", context, status=422 if errors else 200)


@require_safe
@allow(READERS)
def photo(request: Request, pk: int) -> HttpResponseBase:
    """The photograph itself, or with ?small a small picture of it; who looked at the whole is recorded."""
    found = get_object_or_404(InspectionPhoto.objects.visible_to(request.appointment).select_related("file"), pk=pk)
    if "small" in request.GET:
        return HttpResponse(small_picture(found.file), content_type="image/jpeg")
    audit.record("查看现场照片", found.inspection, by=request.user, after={"文件": found.file.name})
    return response_with(found.file)


# --- finishing -----------------------------------------------------------------------------------------------------
@allow(CHECKERS)
def check(request: Request, pk: int) -> HttpResponse:
    """核对办结: everything that is missing as a link to its row; a POST finishes when nothing is."""
    found = load_inspection(request, pk)
    if request.method == "POST":
        try:
            finish(found, by=request.appointment, now=timezone.now())
        except Refused as refused:
            messages.error(request, "尚不能办结，请先处理下列问题。")
            context = {**page_context(request, found), "obstacles": refused.obstacles}
            return render(request, "assessment/inspection_check.html", context, status=409)
        messages.success(request, f"{found.assessment.community.name}：{found.get_method_display()}已办结。")
        return redirect("assessment:inspection", found.pk)
    context = {**page_context(request, found), "obstacles": [] if found.finished_at else faults(found)}
    return render(request, "assessment/inspection_check.html", context)


@allow(CHECKERS)
def resume(request: Request, pk: int) -> HttpResponse:
    """重新检查: open a finished inspection once more, with a reason."""
    found = load_inspection(request, pk)
    if not may_take_up(found, request.appointment):
        raise PermissionDenied("重新检查由检查人本人或区社区办办理。")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            take_up_again(found, by=request.appointment, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.assessment.community.name}：{found.get_method_display()}已重新打开。")
            overview = reverse("assessment:inspections", args=[found.assessment_id])
            own = found.inspector_id == request.user.pk or found.on_behalf
            return redirect(reverse("assessment:inspection", args=[found.pk]) if own else overview)
    context = {"inspection": found, "assessment": found.assessment, "form": form}
    return render(request, "assessment/inspection_resume.html", context)
