"""Pages of any register: list, one record, adding, removing, bulk edit. Their import is in `record_imports`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.models import AuditEvent
from communities import locks
from communities.access import BUSINESS, REGISTER_EDITORS, Request, allow
from communities.access import year_of as chosen_year
from communities.exporting import MOST_ROWS, export_workbook
from communities.files import UnfitFile
from communities.forms.bulk import BulkForm
from communities.forms.records import PickCommunityForm, RecordForm, form_class_of
from communities.listing import filter_class_of, records_of, table_class_of
from communities.locks import Gate, Locked
from communities.models import Appointment, Community, RecordFile, RegisterCheck, Role, Town, YearProfile
from communities.models.masked import MaskedField
from communities.models.records import REGISTERS, Record, Register, registers_in_order
from communities.record_files import attach, detach, files_of
from communities.records import Change, remove_record, save_record, save_records, year_of
from communities.revisions import Conflict, label, shown
from communities.tables import paged
from communities.views.importing import download

BULK_AT_MOST = 500
LONGEST_PK = 18
CONFIRMERS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)


def register_or_404(slug: str) -> Register:
    try:
        return REGISTERS[slug]
    except KeyError:
        raise Http404 from None


def may_write(register: Register, appointment: Appointment) -> bool:
    return appointment.role in register.editors


def load(request: Request, register: Register, pk: int) -> Record:
    """A record within the caller's scope, whatever the year; everything else is a 404."""
    records = register.records.visible_to(request.appointment)
    related = {"community": "community__town", "town": "town__district", "district": "district"}[register.unit]
    return get_object_or_404(records.select_related(related), pk=pk)


def gate_of(register: Register, record: Record, by: Appointment) -> Gate:
    return locks.gates(register, year_of(record), [record.unit.pk], by=by)[record.unit.pk]


# --- the list ----------------------------------------------------------------------------------------------------
@allow(BUSINESS)
def overview(request: Request) -> HttpResponse:
    """Every register by group, with how many records of the year the person sees."""
    year = chosen_year(request)
    rows = [
        (register, records_of(register, year, request.appointment).order_by().count())
        for register in registers_in_order()
    ]
    groups: dict[str, list[tuple[Register, int]]] = {}
    for register, number in rows:
        groups.setdefault(register.group, []).append((register, number))
    context = {
        "groups": groups,
        "is_closed": locks.is_closed(request.appointment.district, year),
        "may_edit": request.appointment.role in REGISTER_EDITORS,
        "may_close": request.appointment.role == Role.BUREAU_OFFICER and request.campaign_year,
    }
    return render(request, "communities/registers.html", context)


@allow(BUSINESS)
def record_list(request: Request, slug: str) -> HttpResponse:
    """A register of the chosen year, filtered, searched, sorted and paged."""
    register = register_or_404(slug)
    filters = filtered(request, register)
    table = paged(table_class_of(slug)(filters.qs, default=""), request)
    may_edit = may_write(register, request.appointment)
    if not may_edit:
        table.exclude = ("chosen",)
    community = one_community(request, filters)
    context = {
        "register": register,
        "filter": filters,
        "table": table,
        "may_edit": may_edit and (request.campaign_year or not register.yearly),
        "community": community,
        "check": check_of(register, community, chosen_year(request)),
        "may_confirm": request.appointment.role in CONFIRMERS,
        "facts": counted_facts(register, community, chosen_year(request)),
    }
    return render(request, "communities/record_list.html", context)


def filtered(request: Request, register: Register) -> Any:
    records = records_of(register, chosen_year(request), request.appointment)
    return filter_class_of(register.slug)(request.GET, records, appointment=request.appointment)


def one_community(request: Request, filters: Any) -> Community | None:
    """The one community whose records are listed: a worker's own, or the one that the address names."""
    if request.appointment.community:
        return request.appointment.community
    code = filters.form["community"].value() if "community" in filters.form.fields else ""
    if not code:
        return None
    return Community.objects.visible_to(request.appointment).filter(code=code).select_related("town").first()


def check_of(register: Register, community: Community | None, year: int) -> RegisterCheck | None:
    """How far the register of that community is settled; None where no single community is meant."""
    if community is None or register.unit != "community":
        return None
    found = RegisterCheck.objects.filter(community=community, year=year, register=register.slug)
    return found.select_related("confirmed_by").first() or RegisterCheck(
        community=community, year=year, register=register.slug
    )


def counted_facts(register: Register, community: Community | None, year: int) -> list[tuple[str, str]]:
    """(label, value) of the profile's facts that come from this register."""
    profile = community.profiles.filter(year=year).first() if community else None
    return [(label(profile, name), shown(profile, name)) for name in register.counts] if profile else []


@allow(BUSINESS)
def record_export(request: Request, slug: str) -> HttpResponse | FileResponse:
    """What is shown, all pages of it, as a workbook with the columns of the template."""
    register = register_or_404(slug)
    table = table_class_of(slug)(filtered(request, register).qs)
    table.order_by = request.GET.get("sort", "")
    records = table.data.data[: MOST_ROWS + 1]
    rows = list(records)
    if len(rows) > MOST_ROWS:
        messages.error(request, f"符合条件的超过{MOST_ROWS}条，请用查询条件缩小范围后再导出。")
        return redirect(f"{reverse('communities:record_list', args=[slug])}?{request.GET.urlencode()}")
    year = chosen_year(request)
    audit.record(
        f"导出{register.label}",
        request.appointment.community or request.appointment.town or request.appointment.district,
        by=request.user,
        after={"年度": year, "记录数": len(rows), "条件": request.GET.urlencode()[:200]},
    )
    name = f"{register.label}（{request.appointment.unit_name}{f'{year}年度' if register.yearly else ''}）.xlsx"
    return download(export_workbook(register, rows, register.label), name)


# --- one record --------------------------------------------------------------------------------------------------
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
        "communities": visible[:BULK_AT_MOST] if register.unit == "community" else [],
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
            reason=request.POST.get("reason", ""),
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
    register = register_or_404(slug)
    found = load(request, register, pk)
    if not register.has_files:
        raise Http404
    gate = gate_of(register, found, request.appointment)
    errors = [gate.refusal] if gate.refusal else []
    for upload in [] if errors else request.FILES.getlist("files"):
        try:
            attach(found, upload, **owner_of(found), by=request.appointment)
        except UnfitFile as unfit:
            errors.append(f"{upload.name}：{unfit}")
    for error in errors:
        messages.error(request, error)
    return redirect(f"{found.get_absolute_url()}#files")


def owner_of(found: Record) -> dict[str, Any]:
    """Whose the files of a record are."""
    unit = found.unit
    if isinstance(unit, Community):
        return {"district": unit.town.district, "town": unit.town, "community": unit}
    return {"district": unit.district, "town": unit} if isinstance(unit, Town) else {"district": unit}


@require_POST
@allow(REGISTER_EDITORS)
def record_detach(request: Request, slug: str, pk: int, file_pk: int) -> HttpResponse:
    register = register_or_404(slug)
    found = load(request, register, pk)
    record_file = get_object_or_404(RecordFile.objects.about(found).select_related("file"), pk=file_pk)
    gate = gate_of(register, found, request.appointment)
    if gate.refusal:
        messages.error(request, gate.refusal)
    else:
        detach(record_file, by=request.appointment)
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


# --- several at once ---------------------------------------------------------------------------------------------
@require_POST
@allow(REGISTER_EDITORS)
def record_bulk(request: Request, slug: str) -> HttpResponse:
    """Change one or more facts of the chosen records alike: all of them or none."""
    register = register_or_404(slug)
    chosen = chosen_records(request, register)
    if not chosen:
        messages.warning(request, "请先在列表中勾选要修改的记录。")
        return redirect("communities:record_list", slug)
    found = gates_of(request, register, chosen)
    refusals = {gate.refusal for gate in found if gate.refusal}
    if refusals:
        messages.error(request, "".join(refusals))
        return redirect("communities:record_list", slug)
    form = BulkForm(
        request.POST if "apply" in request.POST else None,
        register=register,
        records=chosen,
        appointment=request.appointment,
        needs_reason=any(gate.needs_reason for gate in found),
    )
    if form.is_bound and form.is_valid() and apply_to_all(request, register, chosen, form):
        messages.success(request, f"已修改{len(chosen)}条记录。")
        return redirect("communities:record_list", slug)
    context = {"register": register, "records": chosen, "form": form}
    return render(request, "communities/record_bulk.html", context)


def chosen_records(request: Request, register: Register) -> list[Record]:
    """The ticked records that lie within the caller's scope."""
    pks = [int(pk) for pk in request.POST.getlist("chosen")[:BULK_AT_MOST] if is_pk(pk)]
    return list(records_of(register, chosen_year(request), request.appointment).filter(pk__in=pks))


def is_pk(text: str) -> bool:
    """Whether a text can be the key of a record in any database."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_PK


def gates_of(request: Request, register: Register, records: list[Record]) -> list[Gate]:
    units = {found.unit.pk for found in records}
    return list(locks.gates(register, year_of(records[0]), units, by=request.appointment).values())


def apply_to_all(request: Request, register: Register, records: list[Record], form: BulkForm) -> bool:
    """Write the form's values onto every record; says what stands against it."""
    seen = form.revisions()
    changes = [Change(found, form.values(), seen.get(found.pk, found.revision)) for found in records]
    try:
        save_records(register, changes, by=request.appointment, reason=form.reason, action=f"批量修改{register.label}")
    except Conflict as conflict:
        form.add_error(None, f"“{conflict.current}”刚刚由他人修改，尚未保存任何内容。请核对后再次提交。")
    except Locked as locked:
        form.add_error(None, f"{locked}尚未保存任何内容。")
    return not form.errors
