"""What the pages of registers have in common: the register of the address, the record within the caller's scope."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from communities import locks
from communities.access import Request
from communities.locks import Gate
from communities.models import Appointment, Role
from communities.models.records import REGISTERS, Record, Register
from communities.records import year_of
from communities.workbooks import clean

LONGEST_REASON = 200
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


def reason_of(request: Request) -> str:
    """The reason a person gave, without what no database keeps."""
    return clean(request.POST.get("reason", ""))[:LONGEST_REASON].strip()
