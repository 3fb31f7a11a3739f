"""Every address of every register as every member of the cast: generated, so that a new register is covered."""

from typing import Any

import pytest
from django.contrib.messages import ERROR, get_messages
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from communities.models import Appointment, RecordFile, Role
from communities.models.records import REGISTERS, Register
from tests.factories import make_campaign, make_community, make_file, make_person, make_record
from tests.register_rows import lines_of
from tests.test_access import CAST, OUTSIDERS

pytestmark = pytest.mark.django_db
FOREIGN = {
    "community": OUTSIDERS,
    "town": ["other_town_officer", "foreign_bureau"],
    "district": ["foreign_bureau"],
}
"""Who is an outsider to the records of a kind of unit: what the district keeps is for everybody at work there."""
every_register = pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS.keys())


@pytest.fixture
def neighbour(town) -> Appointment:
    return make_person(role=Role.COMMUNITY_WORKER, community=make_community(town=town, name="花园社区"))


@pytest.fixture
def cast(request, open_year, neighbour, foreign_bureau) -> dict[str, Appointment]:
    make_campaign(district=foreign_bureau.district)
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.fixture
def world(community) -> Any:
    """What the addresses of a register name; its own texts all hold 聚湖."""

    def of(register: Register) -> dict[str, Any]:
        record = make_record(register, community=community, full=True, remarks="聚湖备注")
        file = RecordFile.objects.create(
            file=make_file(owner=record.unit), record_type=record._meta.label_lower, record_id=record.pk
        )
        return {"pk": record.pk, "file_pk": file.pk, "code": community.code}

    return of


def call(client: Client, register: Register, line: tuple, world: dict[str, Any], query: str = "") -> HttpResponse:
    name, _expected, args, method = line
    client.cookies.pop("messages", None)  # what was said before is not said of this
    url = reverse(f"communities:{name}", args=[register.slug, *(world[arg] for arg in args.split())])
    return getattr(client, method)(url + query, {"revision": "1", "nil": "true"} if method == "post" else {})


def family(response: HttpResponse) -> str:
    """ok, -- and no as in the table; sent back with a sentence why not is a no as well."""
    if response.status_code == 302:
        told = [message for message in get_messages(response.wsgi_request) if message.level == ERROR]
        return "no" if told else "login" if response.url.startswith(reverse("accounts:login")) else "ok"
    return {200: "ok", 403: "no", 404: "--"}.get(response.status_code, str(response.status_code))


def body(response: HttpResponse) -> str:
    content = response.getvalue() if isinstance(response, StreamingHttpResponse) else response.content
    return content.decode(errors="replace")


@every_register
def test_each_address_answers_each_person_as_the_table_says_and_leaks_nothing(register, world, cast, sign_in):
    """No answer to an outsider names anything of the record or its community, whatever they ask for."""
    objects = world(register)
    clients = {name: sign_in(person) for name, person in cast.items()}
    for line in lines_of(register):
        found = {}
        for name, client in clients.items():
            with transaction.atomic():
                response = call(client, register, line, objects)
                found[name] = family(response)
                assert name not in FOREIGN[register.unit] or "聚湖" not in body(response), (line[0], name)
                transaction.set_rollback(True)
        assert (line[0], line[3], found) == (line[0], line[3], dict(zip(CAST, line[1].split(), strict=True)))


@every_register
def test_nobody_gets_in_without_signing_in(register, world):
    objects = world(register)
    for line in lines_of(register):
        response = call(Client(), register, line, objects)
        assert (line[0], family(response)) == (line[0], "login")


@every_register
def test_foreign_records_slipped_into_a_bulk_edit_stay_as_they_are(register, world, cast, sign_in):
    """Hostile case 5."""
    objects = world(register)
    sent = {"apply": "1", "chosen": [objects["pk"]], "change": ["remarks"], "remarks": "改过"}
    for name in (*FOREIGN[register.unit], "leader", "administrator"):
        sign_in(cast[name]).post(reverse("communities:record_bulk", args=[register.slug]), sent)
    assert register.records.get(pk=objects["pk"]).remarks == "聚湖备注"


def test_a_file_is_reached_through_its_own_record_only(community, village, bureau, open_year, sign_in):
    """A file's key under another record's address, or another register's, is not found."""
    own, other = (make_record("premises", community=unit) for unit in (community, village))
    sign = make_record("signs", community=community)
    file = RecordFile.objects.create(
        file=make_file(owner=village), record_type="communities.premises", record_id=other.pk
    )
    client = sign_in(bureau)
    for record in (own, sign):
        url = reverse("communities:record_detach", args=[record.register.slug, record.pk, file.pk])
        assert client.post(url).status_code == 404
    assert RecordFile.objects.count() == 1


@pytest.mark.parametrize("slug", ["nothing", "workers2", "carry"])
def test_a_register_that_does_not_exist_is_not_found(slug, bureau, sign_in, open_year):
    assert sign_in(bureau).get(reverse("communities:record_list", args=[slug])).status_code == 404


def test_a_key_that_no_database_holds_is_simply_not_found(bureau, sign_in, open_year):
    client = sign_in(bureau)
    for slug in REGISTERS:
        assert client.get(reverse("communities:record", args=[slug, 10**30])).status_code == 404
