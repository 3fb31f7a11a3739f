"""部门: whom the bureau asks for an opinion, and in which order (R21: one entrance for all of them)."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from communities.access import BUREAU, DISTRICT, Request, allow
from communities.departments import load_departments, move
from communities.forms.departments import DepartmentForm, NewDepartmentForm
from communities.models import Appointment, Department, Role
from communities.revisions import revise
from communities.views.editing import edit_record

NOTE = "改名后，以前征求的意见也按新名称显示。不再征求意见的部门请去掉“征求意见”的勾选，以前的意见保留。"


def departments_of(request: Request) -> QuerySet[Department]:
    return Department.objects.visible_to(request.appointment)


@require_safe
@allow(DISTRICT)
def department_list(request: Request) -> HttpResponse:
    """The departments in their order, each with whoever answers for it."""
    liaisons = Appointment.objects.current().filter(role=Role.LIAISON).select_related("user")
    prefetch = Prefetch("appointments", liaisons, to_attr="liaisons")
    context = {
        "departments": departments_of(request).prefetch_related(prefetch),
        "may_edit": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "communities/departments.html", context)


@allow(BUREAU)
def department_add(request: Request) -> HttpResponse:
    form = NewDepartmentForm(request.POST or None, district=request.appointment.district)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            added = form.save()
            audit.record("新增部门", added, by=request.user)
        messages.success(request, f"已新增{added.name}。")
        return redirect("communities:departments")
    return render(request, "communities/department_add.html", {"form": form})


@require_POST
@allow(BUREAU)
def departments_load(request: Request) -> HttpResponse:
    """The usual ones in one press; what is there already stays as it is."""
    added = load_departments(request.appointment.district, by=request.appointment)
    text = f"已载入{len(added)}个常用部门，请按本区的机构名称核对修改。" if added else "常用部门都已经在名单中。"
    messages.success(request, text)
    return redirect("communities:departments")


@allow(BUREAU)
def department(request: Request, pk: int) -> HttpResponse:
    record = get_object_or_404(departments_of(request), pk=pk)
    return edit_record(
        request,
        DepartmentForm(request.POST or None, instance=record),
        lambda values, revision: revise(record, values, revision=revision, by=request.appointment, action="修改部门"),
        title=record.name,
        back=reverse("communities:departments"),
        back_label="部门",
        note=NOTE,
    )


@require_POST
@allow(BUREAU)
def department_move(request: Request, pk: int) -> HttpResponse:
    record = get_object_or_404(departments_of(request), pk=pk)
    up = request.POST.get("direction") == "up"
    if not move(record, -1 if up else 1, by=request.appointment):
        messages.info(request, f"{record.name}已经排在{'最前' if up else '最后'}。")
    return redirect("communities:departments")
