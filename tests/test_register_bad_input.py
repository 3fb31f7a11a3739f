"""No odd input in an address, a form or a file of any register is ever an error of ours; generated over all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from communities.forms.bulk import BulkForm
from communities.forms.records import form_class_of
from communities.listing import filter_class_of, records_of
from communities.locks import Gate, Locked
from communities.models import Appointment
from communities.models.records import REGISTERS
from communities.records import Change, save_record, save_records
from communities.revisions import Conflict
from tests.communities.registers.steps import every_register, typed
from tests.factories import make_record
from tests.test_bad_input import DAYS, FILES, NUMBERS, TEXTS

pytestmark = pytest.mark.django_db
ODD = [*TEXTS, *NUMBERS, *DAYS]
TELLING = ["\x00", "9" * 25, "NaN", "𠀀" * 50, "9999-12-31", "9223372036854775807", "2147483648", "99999999999.9999"]
"""Of every kind of odd value the one that goes furthest, and what only one of the engines would hold."""


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    found = sign_in(bureau)
    found.raise_request_exception = False
    return found


@pytest.fixture
def answers(client) -> Callable[..., None]:
    """Whatever is sent, it is answered; nothing of it stays."""

    def try_out(method: str, url: str, sent: dict[str, Any]) -> None:
        with undone():
            status = getattr(client, method)(url, sent).status_code
            assert status < 500, (url, sent, status)

    return try_out


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def url_of(page: str, register: Any, *args: Any) -> str:
    return reverse(f"communities:{page}", args=[register.slug, *args])


def as_query(sent: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in sent.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


# --- without the page, which costs more than what it shows -----------------------------------------


@every_register
def test_no_odd_value_of_a_filter_is_an_error(register, bureau, open_year, community):
    make_record(register, community=community, full=True)
    filters = filter_class_of(register.slug)
    dated = ["dated_min", "dated_max"] if register.dated else []
    for name in (*filters.base_filters, *dated):
        for text in ODD:
            records = records_of(register, 2012, bureau)
            list(filters(as_query({name: text}), records, appointment=bureau).qs[:1])


@every_register
def test_no_odd_value_of_a_field_is_an_error(register, bureau, open_year, community):
    """Each field alone, so that the value gets past the form if anything does, and then into the database."""
    record = make_record(register, community=community, full=True)
    sound = typed(record, bureau)
    for name in (*register.columns, "revision"):
        for value in TELLING:
            with undone():
                found = register.records.get(pk=record.pk)
                options = {"instance": found, "register": register, "appointment": bureau, "gate": Gate()}
                form = form_class_of(register)(as_query(sound | {name: value}), **options)
                if form.is_valid():
                    write(register, found, form, bureau)


def write(register: Any, record: Any, form: Any, by: Appointment) -> None:
    """Saved, or refused in a way that the pages know."""
    with suppress(Locked, Conflict):
        save_record(register, record, form.values(), revision=form.cleaned_data["revision"], by=by)


@every_register
def test_no_odd_fact_of_a_bulk_edit_is_an_error(register, bureau, open_year, community):
    record = make_record(register, community=community, full=True)
    for name in register.columns:
        for value in TELLING:
            sent = as_query({"change": [name], name: value})
            form = BulkForm(sent, register=register, records=[record], appointment=bureau, needs_reason=False)
            if form.is_valid():
                with undone(), suppress(Locked, Conflict):
                    save_records(register, [Change(record, form.values(), 1)], by=bureau)


# --- on the page -----------------------------------------------------------------------------------


@every_register
def test_a_page_full_of_odd_values_is_answered(register, answers, community, bureau):
    record = make_record(register, community=community, full=True)
    columns = list(register.columns)
    bulk = {"apply": "1", "chosen": [record.pk], "seen": [f"{record.pk}-1"], "change": columns}
    for value in ("\x00", "9" * 25, "NaN"):
        answers("post", record.get_absolute_url(), typed(record, bureau) | dict.fromkeys(columns, value))
        answers("post", url_of("record_bulk", register), bulk | dict.fromkeys(columns, value))
        asked = dict.fromkeys([*filter_class_of(register.slug).base_filters, "sort", "page", "year"], value)
        for page in ("record_list", "record_export"):
            answers("get", url_of(page, register), asked)


@pytest.mark.parametrize("name", ["q", "sort", "page", "year", "community"])
def test_no_odd_address_of_a_list_or_export_is_an_error(name, answers, community):
    for text in ODD:
        for page in ("record_list", "record_export"):
            answers("get", url_of(page, REGISTERS["workers"]), {name: text})


@pytest.mark.parametrize("slug", ["rooms", "trainings", "policies"])
def test_no_odd_choice_of_a_unit_is_an_error(slug, answers, community):
    """Of a register of communities, of towns, of the district."""
    for text in TEXTS:
        for name in ("community", "town", "year"):
            answers("get", url_of("record_add", REGISTERS[slug]), {name: text})


@pytest.mark.parametrize("slug", ["premises", "workers"])
def test_no_odd_step_about_a_record_is_an_error(slug, answers, community):
    register = REGISTERS[slug]
    record = make_record(register, community=community)
    for text in ODD:
        answers("post", url_of("record_remove", register, record.pk), {"revision": text, "reason": text})
        answers("post", url_of("record_bulk", register), {"chosen": [text], "seen": [text], "change": [text]})
        answers("post", url_of("record_import_confirm", register), {"digest": text, "reason": text})
        answers("post", url_of("register_nil", register, community.code), {"nil": text, "reason": text})
        answers("post", reverse("communities:year_close"), {"open": "true", "reason": text})


@pytest.mark.parametrize("reason", ["\x00补登", "补" * 5000, "𠀀", "\u202e补"])
def test_a_reason_of_any_length_and_sign_is_kept_as_far_as_a_database_can(reason, client, community):
    premises = REGISTERS["premises"]
    client.post(url_of("register_confirm", premises, community.code))
    record = make_record("premises", community=community)
    sent = {"revision": "1", "reason": reason}
    assert client.post(url_of("record_remove", premises, record.pk), sent).status_code == 302
    assert premises.records.count() == 0


@pytest.mark.parametrize("content", FILES)
def test_no_odd_file_is_an_error(content, client, settings, tmp_path, community):
    settings.DATA_DIR = tmp_path
    premises = make_record("premises", community=community)
    for name in ["表.xlsx", "表.xls", "表.csv", "../\u202e表.pdf"]:
        for slug in ("premises", "town-budgets", "policies"):
            register = REGISTERS[slug]
            sent = {"file": SimpleUploadedFile(name, content)}
            assert client.post(url_of("record_import", register), sent).status_code < 500
            assert client.get(url_of("record_import_preview", register)).status_code < 500
            assert client.get(url_of("record_import_annotated", register)).status_code < 500
        files = {"files": SimpleUploadedFile(name, content)}
        assert client.post(url_of("record_attach", premises.register, premises.pk), files).status_code < 500
