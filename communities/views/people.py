"""账号与任职, for the system administrator: accounts, units, passwords, and the audit trail."""

from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, When
from django.db.models.functions import Cast
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.emails import change_email
from accounts.forms import EmailForm
from accounts.models import AuditEvent, User
from communities import people
from communities.access import ADMINISTRATORS, Request, allow
from communities.filters import AuditFilter
from communities.forms.people import AppointmentForm, NewPersonForm, initial_of
from communities.models import Appointment
from communities.tables import AuditTable, PeopleTable, paged


def appointments_of(request: Request) -> QuerySet[Appointment]:
    """The latest appointments in the administrator's district: one row a person."""
    mine = Appointment.objects.filter(district=request.appointment.district, until__isnull=True)
    units = ("district", "town", "community__town", "department")
    return mine.select_related("user", *units).order_by("role", "town__sort_order", "department__sort_order", "pk")


@allow(ADMINISTRATORS)
def people_list(request: Request) -> HttpResponse:
    table = paged(PeopleTable(appointments_of(request), default=""), request)
    return render(request, "communities/people.html", {"table": table})


@allow(ADMINISTRATORS)
def person_add(request: Request) -> HttpResponse:
    form = NewPersonForm(request.POST or None, district=request.appointment.district)
    if request.method == "POST" and form.is_valid():
        appointment, password = people.appoint(
            username=form.cleaned_data["username"],
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            today=timezone.localdate(),
            by=request.appointment,
            **form.unit(),
        )
        return render(request, "communities/password_once.html", {"person": appointment.user, "password": password})
    return render(request, "communities/person_add.html", {"form": form})


@allow(ADMINISTRATORS)
def person(request: Request, pk: int) -> HttpResponse:
    """One account: its appointment can be changed here, the earlier ones are listed."""
    current = get_object_or_404(appointments_of(request), user=pk)
    form = AppointmentForm(request.POST or None, district=request.appointment.district, initial=initial_of(current))
    if request.method == "POST" and current.user == request.user:
        form.add_error(None, "不能变更自己的任职，请由另一位系统管理员办理。")
    if request.method == "POST" and form.is_valid():
        people.move(user=current.user, today=timezone.localdate(), by=request.appointment, **form.unit())
        messages.success(request, f"{current.user.name}的任职已变更，下一次操作起生效。")
        return redirect("communities:person", pk)
    return render(request, "communities/person.html", person_context(current, form, email_form(current.user)))


def email_form(user: User, data: QueryDict | None = None) -> EmailForm:
    return EmailForm(data, initial={"email": user.email})


def person_context(current: Appointment, form: AppointmentForm, email: EmailForm) -> dict[str, Any]:
    units = ("district", "town", "community__town", "department")
    history = current.user.appointments.select_related(*units).order_by("-pk")
    return {"form": form, "email_form": email, "current": current, "history": history}


@require_POST
@allow(ADMINISTRATORS)
def person_email(request: Request, pk: int) -> HttpResponse:
    """Where somebody's reminders are mailed to."""
    current = get_object_or_404(appointments_of(request), user=pk)
    form = email_form(current.user, request.POST)
    if form.is_valid():
        change_email(user=current.user, email=form.cleaned_data["email"], by=request.user)
        messages.success(request, f"{current.user.name}的电子邮箱已保存。")
        return redirect("communities:person", pk)
    moving = AppointmentForm(None, district=request.appointment.district, initial=initial_of(current))
    return render(request, "communities/person.html", person_context(current, moving, form), status=422)


@require_POST
@allow(ADMINISTRATORS)
def person_active(request: Request, pk: int) -> HttpResponse:
    """Disable or enable an account, never one's own."""
    user = person_in_district(request, pk)
    if user == request.user:
        messages.error(request, "不能停用自己的账号。")
    else:
        people.set_active(user=user, active=request.POST.get("active") == "true", by=request.appointment)
        messages.success(request, f"{user.name}的账号已{'启用' if user.is_active else '停用'}。")
    return redirect("communities:person", pk)


@require_POST
@allow(ADMINISTRATORS)
def person_password(request: Request, pk: int) -> HttpResponse:
    user = person_in_district(request, pk)
    password = people.reset_password(user=user, by=request.appointment)
    return render(request, "communities/password_once.html", {"person": user, "password": password})


def person_in_district(request: Request, pk: int) -> User:
    return get_object_or_404(appointments_of(request), user=pk).user


@allow(ADMINISTRATORS)
def audit_list(request: Request) -> HttpResponse:
    """Who did what, newest first, for the people of the administrator's district."""
    here = Appointment.objects.filter(district=request.appointment.district, until__isnull=True)
    account = Case(When(object_type=User._meta.label_lower, then=Cast("object_id", BigIntegerField())))
    events = AuditEvent.objects.alias(account=account).filter(
        Exists(here.filter(user=OuterRef("user"))) | Exists(here.filter(user=OuterRef("account")))
    )
    filters = AuditFilter(request.GET, events)
    table = paged(AuditTable(filters.qs, default=""), request)
    return render(request, "communities/audit.html", {"filter": filters, "table": table})
