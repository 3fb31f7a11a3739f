"""What the tests of all registers have in common: every register as a parameter, and a record as its form sends it."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.db import models
from django.http import HttpResponse
from django.urls import reverse

from communities.forms.records import form_class_of
from communities.locks import Gate
from communities.models import Appointment, Community, Town, YearProfile
from communities.models.records import REGISTERS, Record, Register
from communities.records import save_record
from tests.factories import make_community, make_record, make_town, sound_values

YEAR = 2012
ENDLESS = 10_000


def every(registers: Iterable[Register]) -> pytest.MarkDecorator:
    found = list(registers)
    return pytest.mark.parametrize("register", found, ids=[register.slug for register in found])


every_register = every(REGISTERS.values())
every_counting = every(register for register in REGISTERS.values() if register.counts)
every_of_communities = every(register for register in REGISTERS.values() if register.unit == "community")
every_on_its_own_page = every(register for register in REGISTERS.values() if register.slug != "profiles")
"""All but the yearly profile, which is edited on the page of its community."""


def address(page: str, register: Register, *args: Any) -> str:
    return reverse(f"communities:{page}", args=[register.slug, *args])


def new_record(register: Register, community: Community, year: int = YEAR, **facts: Any) -> tuple[Record, dict]:
    """A record that is not stored yet, and sound values for it."""
    units = {"community": community, "town": community.town, "district": community.town.district}
    record = register.model(**{register.unit: units[register.unit]})
    if register.yearly:
        record.year = year
    return record, {**sound_values(record, year=year), **facts}


def written(slug: str, community: Community, *, by: Appointment, year: int = YEAR, reason="", **facts: Any) -> Any:
    """A record made through the service, so that everything that follows from it does."""
    record, values = new_record(REGISTERS[slug], community, year, **facts)
    save_record(REGISTERS[slug], record, values, revision=0, by=by, reason=reason)
    return record


def typed(record: Record, by: Appointment, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a record whose form was left as it is but for `changes`."""
    register = record.register
    form = form_class_of(register)(instance=record, register=register, appointment=by, gate=Gate())
    sent = {field.html_name: field.value() for field in form}
    return {name: as_sent(value) for name, value in sent.items() if value is not None and value is not False} | changes


def as_sent(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return list(value)
    return {True: "true"}.get(value, value) if isinstance(value, bool) else str(value)


def many(register: Register, town: Town, number: int) -> list[Record]:
    """Up to `number` records, spread over as many units as it takes: fewer where a district has only one a year."""
    made: list[Record] = []
    while len(made) < number:
        if register.unit == "community":
            made.append(make_record(register, community=make_community(town=town), full=True))
        elif register.unit == "town":
            made.append(make_record(register, town=make_town(district=town.district), full=True))
        elif len(made) >= most_of_a_district(register):
            break
        else:
            made.append(make_record(register, town=town, full=True))
    return made


def most_of_a_district(register: Register) -> int:
    """How many records a district may have in a year: of its own registers, the key may be a choice, or nothing."""
    if register.unit != "district":
        return ENDLESS
    if not register.key:
        return 1
    choices = register.model._meta.get_field(register.key[0]).choices
    return len(choices) if choices and len(register.key) == 1 else ENDLESS


def said(response: HttpResponse) -> str:
    """The messages a person is shown next, as one text."""
    return "".join(str(message) for message in get_messages(response.wsgi_request))


def page_of(response: HttpResponse) -> str:
    return response.content.decode()


def rows_of(content: bytes) -> list[list[Any]]:
    """The rows of a workbook's only sheet without its heading."""
    (sheet,) = openpyxl.load_workbook(BytesIO(content)).worksheets
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def downloaded(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def profile_of(community: Community, year: int = YEAR) -> YearProfile:
    return YearProfile.objects.get(community=community, year=year)


def known(register: Register, profile: YearProfile) -> list[str]:
    """The facts that a register says of a profile nobody typed into: all but those it says nothing about."""
    return sorted(name for name in register.counts if getattr(profile, name) is not None)


def is_text(field: models.Field) -> bool:
    """Whether a column holds free text."""
    return type(field) is models.CharField and not field.choices
