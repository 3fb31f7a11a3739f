"""账号与任职: who gets an account, for which unit, and when it ends. Passwords are generated and shown once."""

from datetime import date

from axes.utils import reset as end_lock_out
from django.db import transaction
from django.dispatch import Signal

from accounts import audit, passwords
from accounts.models import User
from communities.models import Appointment, Community, Department, District, Role, Town

began = Signal()
"""Somebody began to act for a unit: `appointment`. Sent within the transaction."""
ended = Signal()
"""Somebody acts for a unit no more, moved or disabled: `appointment`. Sent within the transaction."""


@transaction.atomic
def appoint(
    *,
    username: str,
    name: str,
    role: Role,
    district: District,
    today: date,
    town: Town | None = None,
    community: Community | None = None,
    department: Department | None = None,
    email: str = "",
    by: Appointment | None,
) -> tuple[Appointment, str]:
    """Make an account with a first appointment; answers with it and the generated password."""
    password = passwords.generate()
    user = User.objects.create_user(username=username, email=email, password=password, name=name)
    appointment = Appointment.objects.create(
        user=user, role=role, district=district, town=town, community=community, department=department, since=today
    )
    audit.record(
        "新建账号", user, by=by.user if by else None, after={"角色": role.label, "单位": appointment.unit_name}
    )
    began.send(Appointment, appointment=appointment)
    return appointment, password


@transaction.atomic
def move(
    *,
    user: User,
    role: Role,
    district: District,
    town: Town | None,
    community: Community | None,
    today: date,
    department: Department | None = None,
    by: Appointment,
) -> Appointment:
    """End the current appointment and begin another; the old one stays as history."""
    current = user.appointments.filter(until__isnull=True).first()
    user.appointments.filter(until__isnull=True).update(until=today)
    appointment = Appointment.objects.create(
        user=user, role=role, district=district, town=town, community=community, department=department, since=today
    )
    audit.record("变更任职", user, by=by.user, before={"任职": str(current or "")}, after={"任职": str(appointment)})
    if current:
        ended.send(Appointment, appointment=current)
    began.send(Appointment, appointment=appointment)
    return appointment


@transaction.atomic
def set_active(*, user: User, active: bool, by: Appointment) -> None:
    """Disable or enable an account; a disabled person is refused at the next request. Nothing happens twice."""
    if user.is_active == active:
        return
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.record(
        "启用账号" if active else "停用账号", user, by=by.user, before={"启用": not active}, after={"启用": active}
    )
    for appointment in user.appointments.filter(until__isnull=True):
        (began if active else ended).send(Appointment, appointment=appointment)


@transaction.atomic
def reset_password(*, user: User, by: Appointment | None) -> str:
    """Give the account a new generated password and answer with it; a lock-out after wrong tries ends."""
    password = passwords.generate()
    user.set_password(password)
    user.save(update_fields=["password"])
    end_lock_out(username=user.username)
    audit.record("重置密码", user, by=by.user if by else None)
    return password
