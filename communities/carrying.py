"""沿用上年: what goes on from year to year is copied once and then kept, so that nobody types it again (R23)."""

from collections import defaultdict
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet

from accounts import audit
from communities.counting import recount
from communities.locks import Locked, is_closed
from communities.models import Appointment, Community, RegisterCheck
from communities.models.records import CommunityRecord, Record, Register, registers_in_order

Copies = dict[type[models.Model], dict[int, Record]]


@transaction.atomic
def carry_over(year: int, *, by: Appointment) -> dict[Register, int]:
    """Copy last year's records to `year` for everything the person sees and whose register is still empty.

    A community's register that is reported empty or confirmed is settled and stays as it is; a community that ended
    begins no year. Answers with the number of copies by register; doing it twice copies nothing twice. Raises Locked.
    """
    if is_closed(by.district, year):
        raise Locked(f"{year}年度台账已经封存，不能沿用。")
    try:
        return _carry(year, by=by)
    except IntegrityError:
        raise Locked("他人刚刚沿用或登记了同样的记录，请刷新后核对。") from None


@transaction.atomic
def _carry(year: int, *, by: Appointment) -> dict[Register, int]:
    copies: Copies = defaultdict(dict)
    made = {}
    for register in _from_rooms_to_what_uses_them():
        if by.role in register.editors and register.yearly:
            made[register] = _copy(register, year, copies, by=by)
    made = {register: number for register, number in made.items() if number}
    if made:
        after = {register.label: number for register, number in made.items()}
        audit.record("沿用上年台账", by.community or by.town or by.district, by=by.user, after={"年度": year, **after})
    return made


def _from_rooms_to_what_uses_them() -> list[Register]:
    """Registers that go on, those first to which others point."""
    going_on = [register for register in registers_in_order() if register.carried is not None]
    return sorted(going_on, key=lambda register: bool(_inner_keys(register)))


def _inner_keys(register: Register) -> list[models.ForeignKey]:
    """The fields that name a record of another register of the same community and year."""
    return [
        field
        for field in register.model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, CommunityRecord)
    ]


def _copy(register: Register, year: int, copies: Copies, *, by: Appointment) -> int:
    visible = register.records.visible_to(by)
    filled = visible.filter(year=year).order_by().values(register.unit)
    before = visible.filter(register.carried, year=year - 1).exclude(**{f"{register.unit}__in": filled})
    if register.unit == "community":
        before = before.filter(community__in=Community.objects.living().visible_to(by))
        before = before.exclude(community__in=_settled(register, year))
    new = []
    for record in before.select_related(register.unit).order_by("pk"):
        old = record.pk
        copy = _renewed(register, record, year, copies)
        copies[register.model][old] = copy
        new.append(copy)
    register.records.bulk_create(new, batch_size=500)
    if register.unit == "community":
        recount(register, year, {record.unit.pk for record in new})
    return len(new)


def _settled(register: Register, year: int) -> QuerySet:
    """Communities that said «there are none» or whose town agreed with the register as it is."""
    checks = RegisterCheck.objects.filter(register=register.slug, year=year)
    return checks.filter(Q(is_nil=True) | Q(confirmed_at__isnull=False)).values("community")


def _renewed(register: Register, record: Any, year: int, copies: Copies) -> Any:
    """The same record for the next year, not stored yet."""
    record.pk, record._state.adding = None, True
    record.year, record.revision = year, 1
    for name, value in register.renewed.items():
        setattr(record, name, value)
    for field in _inner_keys(register):
        named = copies[field.related_model].get(getattr(record, field.attname))
        setattr(record, field.attname, named.pk if named else None)
    return record
