"""No odd input in an address, a form or a file of any register is ever an error of ours; generated over all of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from communities.listing import filter_class_of
from communities.models.records import REGISTERS
from tests.communities.registers.steps import every_register, typed
from tests.factories import make_record
from tests.test_bad_input import DAYS, FILES, NUMBERS, TEXTS

pytestmark = pytest.mark.django_db
ODD = [*TEXTS, *NUMBERS, *DAYS]
FEW = ["", "abc", "-1", "9" * 25, "\x00", "１２", "NaN", "1e999", "2012-02-30", "0001-01-01", "9999-12-31"]
"""One value of each kind, for the many places that differ by register only."""
BOTH_ENDS = ["9223372036854775807", "2147483648", "99999999999.9999", "-0.00001"]
"""What one engine would hold and the other would not."""


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    found = sign_in(bureau)
    found.raise_request_exception = False
    return found


@pytest.fixture
def answers(client) -> Callable[..., None]:
    """Whatever is sent, it is answered; nothing of it stays."""

    def try_out(method: str, url: str, sent: dict[str, Any]) -> None:
        with transaction.atomic():
            status = getattr(client, method)(url, sent).status_code
            assert status < 500, (url, sent, status)
            transaction.set_rollback(True)

    return try_out


def url_of(page: str, register: Any, *args: Any) -> str:
    return reverse(f"communities:{page}", args=[register.slug, *args])


@every_register
def test_no_odd_query_of_a_list_or_export_is_an_error(register, answers, community):
    make_record(register, community=community, full=True)
    names = [name for name in filter_class_of(register.slug).base_filters if name not in {"q", "dated"}]
    dated = ["dated_min", "dated_max"] if register.dated else []
    for text in FEW:  # every filter at once: each looks at its own
        answers("get", url_of("record_list", register), dict.fromkeys([*names, *dated], text))
    for name in names:
        answers("get", url_of("record_list", register), {name: "\x00"})
    for name in ("q", "sort", "page", "year"):
        for text in ODD if register.slug == "workers" else FEW[:6]:
            answers("get", url_of("record_export", register), {name: text})
    for text in FEW[:6]:
        answers("get", url_of("record_list", register), {"q": text, "sort": text, "page": text, "year": text})


@every_register
def test_no_odd_field_of_a_form_is_an_error(register, answers, community, bureau):
    record = make_record(register, community=community, full=True)
    page, sound = record.get_absolute_url(), typed(record, bureau)
    for value in (*FEW, *BOTH_ENDS):
        answers("post", page, sound | dict.fromkeys(register.columns, value))
        answers("post", page, sound | {"revision": value})
    for name in register.columns:  # alone, so that it gets past the form if anything does
        for value in ("\x00", *BOTH_ENDS[:3]):
            answers("post", page, sound | {name: value})


@every_register
def test_no_odd_fact_of_a_bulk_edit_is_an_error(register, answers, community):
    record = make_record(register, community=community, full=True)
    bulk = {"apply": "1", "chosen": [record.pk], "seen": [f"{record.pk}-1"]}
    for value in (*FEW, *BOTH_ENDS):
        answers("post", url_of("record_bulk", register), bulk | {"change": "remarks", "remarks": value})
        every = {"change": list(register.columns)} | dict.fromkeys(register.columns, value)
        answers("post", url_of("record_bulk", register), bulk | every)


@every_register
def test_no_odd_choice_of_a_unit_is_an_error(register, answers, community):
    for text in TEXTS:
        for name in ("community", "town", "year"):
            answers("get", url_of("record_add", register), {name: text})


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
