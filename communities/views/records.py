"""One record of any register: read, added, changed, removed, with its files and its numbers in full."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.models import AuditEvent
from communities.access import BUSINESS, REGISTER_EDITORS, Request, allow
from communities.files import UnfitFile
from communities.forms.records import PickCommunityForm, RecordForm, form_class_of
from communities.locks import Gate, Locked
from communities.models import Community, RecordFile, YearProfile
from communities.models.masked import MaskedField
from communities.models.records import Record, Register, is_pk
from communities.record_files import files_of
from communities.records import attach_file, detach_file, remove_record, save_record, year_of
from communities.revisions import Conflict, label, shown
from communities.views.scoped import gate_of, load, reason_of, register_or_404

OFFERED_AT_MOST = 500
"""Communities offered while a name is typed; any other is found by name or code all the same."""


@allow(BUSINESS)
def record(request: Request, slug: str, pk: int) -> HttpResponse:
    """One record: to be read by everybody in scope, to be changed by those who keep it."""
    register = register_or_404(slug)
    found = load(request, register, pk)
    if isinstance(found, YearProfile):
        return redirect(found)
    gate = gate_of(register, found, request.appointment)
    if request.method == "POST" and gate.refusal:
        messages.error(request, gate.refusal)
        return redirect(found)
    return edit(request, register, found, gate)


@allow(REGISTER_EDITORS)
def record_add(request: Request, slug: str) -> HttpResponse:
    """A new record; whose it is comes from the person's unit or from `?community=`."""
    register = register_or_404(slug)
    new = new_record(request, register)
    if new is None:
        return pick_community(request, register)
    if isinstance(new, YearProfile):
        return redirect(new)
    gate = gate_of(register, new, request.appointment)
    if gate.refusal:
        messages.error(request, gate.refusal)
        return redirect("communities:record_list", slug)
    return edit(request, register, new, gate)


def new_record(request: Request, register: Register) -> Record | None:
    """An empty record of the chosen year, None where it is not said yet whose."""
    appointment = request.appointment
    units: dict[str, Any] = {"district": appointment.district, "town": appointment.town}
    if register.unit == "community":
        form = PickCommunityForm(request.GET or None, appointment=appointment)
        picked = form.cleaned_data["community"] if request.GET.get("community") and form.is_valid() else None
        units["community"] = appointment.community or picked
    if register.unit == "town" and appointment.town is None and is_pk(request.GET.get("town", "")):
        units["town"] = appointment.district.towns.filter(pk=request.GET["town"]).first()
    if units[register.unit] is None:
        return None
    new = register.model(**{register.unit: units[register.unit]}, revision=0)
    if register.yearly:
        if not request.campaign_year:
            raise Http404
        new.year = request.campaign_year.year  # type: ignore[attr-defined]
    return new


def pick_community(request: Request, register: Register) -> HttpResponse:
    """Ask whose record it will be."""
    asked = "community" in request.GET
    form = PickCommunityForm(request.GET if asked else None, appointment=request.appointment)
    visible = Community.objects.visible_to(request.appointment).select_related("town")
    context = {
        "register": register,
        "form": form,
        "communities": visible[:OFFERED_AT_MOST] if register.unit == "community" else [],
        "towns": request.appointment.district.towns.all() if register.unit == "town" else [],
    }
    return render(request, "communities/record_pick.html", context)


@dataclass(frozen=True)
class Editing:
    """What differs between the page of a record and that of the yearly profile."""

    form_class: Callable[..., RecordForm]
    save: Callable[..., None]
    back: str
    title: str


def editing(request: Request, register: Register, found: Record) -> Editing:
    title = f"{unit_label(found)}{register.label}"
    save = partial(save_record, register, found)
    return Editing(form_class_of(register), save, back_to_list(request, register, found), title)


def edit(request: Request, register: Register, found: Record, gate: Gate, ways: Editing | None = None) -> HttpResponse:
    """Show a record's form, or save it; 409 with both values where somebody else came first."""
    ways = ways or editing(request, register, found)
    form = ways.form_class(
        request.POST or None, instance=found, register=register, appointment=request.appointment, gate=gate
    )
    both: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        both = write(request, form, ways.save)
        if not both and not form.errors:
            messages.success(request, f"{ways.title}：已保存。")
            return redirect(next_page(register, found) if "again" in request.POST else ways.back)
    context = {
        "register": register,
        "record": found,
        "form": form,
        "both": both,
        "gate": gate,
        "title": ways.title,
        "back": ways.back,
        "facts": [(label(found, name), shown(found, name)) for name in register.columns],
        "has_masked": any(isinstance(found._meta.get_field(name), MaskedField) for name in register.columns),
        "files": files_of([found])[found.pk] if found.pk and register.has_files else [],
        "history": AuditEvent.objects.about(found)[:20] if found.pk else [],
    }
    return render(request, "communities/record.html", context, status=409 if both else 200)


def write(request: Request, form: RecordForm, save: Callable[..., None]) -> list[tuple[str, str, str]]:
    """Save the form; what stands against it is added to the form, a conflict is answered with both values."""
    try:
        save(form.values(), revision=form.cleaned_data["revision"], by=request.appointment, reason=form.reason)
    except Locked as locked:
        form.add_error(None, str(locked))
    except Conflict as conflict:
        return form.face(conflict.current)
    return []


def next_page(register: Register, found: Record) -> str:
    """An empty form for the next record of the same community."""
    query = f"?community={found.unit.code}" if isinstance(found.unit, Community) else ""
    return reverse("communities:record_add", args=[register.slug]) + query


def back_to_list(request: Request, register: Register, found: Record) -> str:
    address = reverse("communities:record_list", args=[register.slug])
    if isinstance(found.unit, Community) and not request.appointment.community:
        return f"{address}?community={found.unit.code}"
    return address


def unit_label(found: Record) -> str:
    year = year_of(found)
    return f"{getattr(found.unit, 'full_name', found.unit)}{f'{year}年度' if year else ''}"


@require_POST
@allow(REGISTER_EDITORS)
def record_remove(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take a record out; what it said stays in the audit trail."""
    register = register_or_404(slug)
    found = load(request, register, pk)
    revision = request.POST.get("revision", "")
    try:
        remove_record(
            register,
            found,
            revision=int(revision) if is_pk(revision) else 0,
            by=request.appointment,
            reason=reason_of(request),
        )
    except (Locked, Conflict) as refused:
        messages.error(request, str(refused))
        return redirect(found)
    messages.success(request, f"已删除“{found}”。")
    return redirect(back_to_list(request, register, found))


@require_POST
@allow(REGISTER_EDITORS)
def record_attach(request: Request, slug: str, pk: int) -> HttpResponse:
    """Put files beside a record; each that is not taken says why."""
    register, found = with_files(request, slug, pk)
    reason = reason_of(request)
    try:
        gate_of(register, found, request.appointment).pass_with(reason)
        for upload in request.FILES.getlist("files"):
            try:
                attach_file(register, found, upload, by=request.appointment, reason=reason)
            except UnfitFile as unfit:
                messages.error(request, f"{upload.name}：{unfit}")
    except Locked as locked:
        messages.error(request, str(locked))
    return redirect(f"{found.get_absolute_url()}#files")


def with_files(request: Request, slug: str, pk: int) -> tuple[Register, Record]:
    """A record of a register that has files; of any other there are none."""
    register = register_or_404(slug)
    if not register.has_files:
        raise Http404
    return register, load(request, register, pk)


@require_POST
@allow(REGISTER_EDITORS)
def record_detach(request: Request, slug: str, pk: int, file_pk: int) -> HttpResponse:
    register, found = with_files(request, slug, pk)
    record_file = get_object_or_404(RecordFile.objects.about(found).select_related("file"), pk=file_pk)
    try:
        detach_file(register, found, record_file, by=request.appointment, reason=reason_of(request))
    except Locked as locked:
        messages.error(request, str(locked))
    return redirect(f"{found.get_absolute_url()}#files")


@require_POST
@allow(REGISTER_EDITORS)
def record_reveal(request: Request, slug: str, pk: int) -> HttpResponse:
    """The full numbers of a person, shown once and logged (个人信息保护法)."""
    register = register_or_404(slug)
    found = load(request, register, pk)
    numbers = [
        (label(found, name), getattr(found, name))
        for name in register.columns
        if isinstance(found._meta.get_field(name), MaskedField)
    ]
    audit.record("查看完整号码", found, by=request.user, after={"台账": register.label})
    context = {"register": register, "record": found, "numbers": numbers, "title": f"{found}的完整号码"}
    return render(request, "communities/record_numbers.html", context)
