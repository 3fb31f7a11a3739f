"""No odd input in an address or a form is ever an error of ours: it is answered, refused in words, or not found."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessment.models import Item
from communities.models import Role
from communities.models.profiles import OFFICE_FACTS
from tests.factories import make_assessment, make_standard

pytestmark = pytest.mark.django_db

TEXTS = ["", "abc", "-1", "0", "9" * 25, "\x00", "x'--", "１２", "𠀀" * 50, "None", "½"]
NUMBERS = ["NaN", "Infinity", "1e999", "1.005", "٣", "0x10", "1_0", "，"]
DAYS = ["0001-01-01", "2012-02-30", "9999-12-31"]
FILES = [
    b"",
    b"\x00" * 100,
    b"PK\x03\x04" + b"\x00" * 50,
    bytes.fromhex("D0CF11E0A1B11AE1") + b"\x01" * 600,
    b"a,b\n" * 5,
]

ADDRESSES = {
    "bureau": {
        "/": ["year"],
        "/assessments/": ["year", "q", "town", "category", "state", "filed", "score90", "recognised", "page", "sort"],
        "/registers/": ["year"],
        "/communities/": ["year", "q", "town", "category", "subtype", "short", "page", "sort"],
        "/reorganisations/": ["kind", "page", "sort"],
        "/reorganisations/add/": ["kind", "town", "units"],
        "/reorganisations/{}/": ["path"],
        "/communities/{}/": ["path"],
        "/consultations/": ["page", "sort"],
        "/consultations/{}/": ["path"],
        "/candidate-lists/": ["page", "sort"],
        "/candidate-lists/{}/": ["path"],
        "/standards/{}/": ["path"],
        "/assessments/{}/": ["path"],
        "/campaign/{}/": ["path"],
    },
    "administrator": {"/audit/": ["actor", "action", "object_label", "page", "sort"], "/people/": ["page", "sort"]},
}


@pytest.fixture
def client_of(request, sign_in):
    def client(name: str) -> Client:
        found = sign_in(request.getfixturevalue(name))
        found.raise_request_exception = False
        return found

    return client


@pytest.mark.parametrize("person", ADDRESSES)
def test_no_odd_address_is_an_error(person, client_of, open_year, community):
    client = client_of(person)
    for path, names in ADDRESSES[person].items():
        for name in names:
            for text in TEXTS:
                address = path.format(text) if name == "path" else path
                answer = client.get(address, {} if name == "path" else {name: text})
                assert answer.status_code < 500, (address, name, text)


def forms(world: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str], list[str]]]:
    """(who, address, a sound form, the values tried in each of its fields)."""
    item = f"/assessments/{world['assessment'].pk}/items/{world['item'].pk}/"
    sheet = {f"points-{world['item'].pk}": "1", f"reason-{world['item'].pk}": "原因"}
    year = {"deadline": "2999-12-31", "urban_target": "75", "rural_target": "71", "milestone": "", "revision": "1"}
    person = {"username": "new", "name": "新人", "role": Role.TOWN_OFFICER, "town": "1", "community": ""}
    profile = dict.fromkeys(OFFICE_FACTS, "") | {"revision": "0"}
    yield "town_officer", item, {"points": "1", "reason": "原因", "revision": "0"}, TEXTS + NUMBERS
    yield "town_officer", f"/assessments/{world['assessment'].pk}/", sheet, TEXTS + NUMBERS
    yield "town_officer", f"/communities/{world['community'].code}/2012/", profile, TEXTS + NUMBERS + DAYS
    yield "bureau", "/campaign/2012/", year, TEXTS + NUMBERS + DAYS
    yield "bureau", "/campaign/edit/", {"name": "活动", "pass_mark": "90", "revision": "1"}, TEXTS + NUMBERS
    yield "bureau", "/towns/add/", {"name": "新镇", "kind": "town"}, TEXTS
    yield "bureau", "/standards/publish/", {"category": "urban", "content": "x"}, TEXTS
    yield "administrator", "/people/add/", person, TEXTS
    yield "administrator", "/accounts/login/", {"username": "x", "password": "y"}, TEXTS


@pytest.fixture
def world(community, open_year) -> dict[str, Any]:
    standard = make_standard()
    assessment = make_assessment(community=community, campaign_year=open_year, standard=standard)
    return {"assessment": assessment, "community": community, "item": Item.objects.filter(standard=standard)[0]}


@pytest.mark.parametrize("number", range(9))
def test_no_odd_form_is_an_error(number, client_of, world):
    person, address, sound, values = list(forms(world))[number]
    client = client_of(person)
    for name in sound:
        for value in values:
            answer = client.post(address, sound | {name: value})
            assert answer.status_code < 500, (address, name, value)


@pytest.mark.parametrize("content", FILES)
def test_no_odd_file_is_an_error(content, client_of, world):
    bureau, town = client_of("bureau"), client_of("town_officer")
    evidence = f"/assessments/{world['assessment'].pk}/items/{world['item'].pk}/evidence/"
    for name in ["表.xlsx", "表.xls", "表.csv", "../\u202e表.pdf"]:
        for client, address, field in [
            (bureau, "/register/import/", "file"),
            (bureau, "/standards/import/", "file"),
            (town, "/assessments/workbook/upload/", "file"),
            (town, evidence, "files"),
        ]:
            upload = SimpleUploadedFile(name, content)
            answer = client.post(address, {field: upload, "category": "urban"})
            assert answer.status_code < 500, (address, name)
        for page in ("preview", "annotated"):
            assert town.get(f"/assessments/workbook/{page}/").status_code < 500, (page, name)
