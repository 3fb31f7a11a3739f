"""批量修改: several records of a register changed alike, all of them or none."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from communities import locks
from communities.access import REGISTER_EDITORS, Request, allow
from communities.access import year_of as chosen_year
from communities.forms.bulk import BulkForm
from communities.listing import records_of
from communities.locks import Gate, Locked
from communities.models.records import Record, Register, is_pk
from communities.records import Change, save_records, year_of
from communities.revisions import Conflict
from communities.views.scoped import register_or_404

BULK_AT_MOST = 500


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
