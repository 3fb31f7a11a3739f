"""The list of every register: found, filtered, sorted and paged for those who may see it, and exported as shown."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from communities.importing.record_titles import titles_of
from communities.listing import filter_class_of, table_class_of
from communities.models.records import REGISTERS
from communities.models.searching import initials
from communities.paging import PER_PAGE
from communities.revisions import shown
from communities.tables import paged
from communities.views.record_lists import filtered
from tests.communities.registers.steps import (
    YEAR,
    address,
    downloaded,
    every_register,
    many,
    most_of_a_district,
    page_of,
    rows_of,
)
from tests.factories import make_community, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_year")]
READERS = ["bureau", "leader", "town_officer", "community_worker"]


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


@pytest.fixture
def listed(bureau, open_year) -> Callable[..., list[int]]:
    """The keys of the records on a page of the list, in order, by the steps of its view but for the page itself."""

    def keys(register, **query: Any) -> list[int]:
        request: Any = RequestFactory().get("/", query)
        request.appointment, request.campaign_year = bureau, open_year
        table = paged(table_class_of(register.slug)(filtered(request, register).qs), request)
        return [row.record.pk for row in table.paginated_rows]

    return keys


@every_register
def test_everybody_who_may_see_a_record_finds_it_on_the_list(register, request, community, sign_in):
    record = make_record(register, community=community, full=True)
    for name in READERS:
        client = sign_in(request.getfixturevalue(name))
        page = client.get(address("record_list", register))
        assert page.status_code == 200
        sees = register.unit != "town" or name != "community_worker"
        found = [row.record for row in page.context["table"].paginated_rows]
        assert found == [record], name
        assert sees or record.unit == community.town
        assert client.get(record.get_absolute_url(), follow=True).status_code == 200, name


@every_register
def test_the_list_shows_every_listed_fact_of_the_record_itself(register, client, community):
    record = make_record(register, community=community, full=True)
    page = client.get(address("record_list", register))
    (row,) = page.context["table"].paginated_rows
    assert '<td class="number">1</td>' in page_of(page)
    for name in (*register.listed, "remarks"):
        assert shown(record, name) in str(row.get_cell(name)), name
    assert record.get_absolute_url() in str(row.get_cell(register.listed[0]))


@every_register
def test_a_record_of_another_year_is_not_on_the_list(register, community, listed):
    record = make_record(register, community=community, year=2011)
    assert listed(register) == ([] if register.yearly else [record.pk])


@every_register
def test_search_finds_by_words_and_by_the_initials_of_their_pinyin(register, community, listed):
    name = register.searched[0]
    record = make_record(register, community=community, **{name: "金星广场"})
    for text in ("金星", " 金星 广场 ", "jxgc", "JXGC", "jx"):
        assert listed(register, q=text) == [record.pk], text
    assert listed(register, q="银杏") == []
    if register.unit != "district":
        assert listed(register, q="湖塘") == [record.pk]
    if register.unit == "community":
        for text in ("聚湖", initials("聚湖"), community.code):
            assert listed(register, q=text) == [record.pk], text


@every_register
def test_each_filter_takes_each_of_its_choices_and_narrows_the_list(register, bureau, community, listed):
    record = make_record(register, community=community, full=True)
    for name, filter_ in filter_class_of(register.slug).base_filters.items():
        if name in {"q", "community", "dated"}:
            continue
        bound = filter_class_of(register.slug)({}, register.records.all(), appointment=bureau).form.fields[name]
        choices = [str(value) for value, _label in bound.choices if value not in {"", None}]
        assert choices, f"{name} offers nothing"
        found = [choice for choice in choices if listed(register, **{name: choice}) == [record.pk]]
        assert len(found) == expected_choices(record, filter_.field_name), (name, choices, found)


def expected_choices(record: Any, path: str) -> int:
    """How many of a filter's choices find the record: one, as many as a set has members, none where it is blank."""
    value: Any = record
    for name in path.split("__"):
        value = getattr(value, name)
    return 0 if value in {None, ""} and not isinstance(value, bool) else 1


@every_register
def test_one_community_and_the_days_of_a_register_can_be_asked_for(register, client, community, village, listed):
    record = make_record(register, community=community, full=True)
    if register.unit == "community":
        other = make_record(register, community=village)
        assert listed(register, community=community.code) == [record.pk]
        assert listed(register, community=village.code) == [other.pk]
        page = page_of(client.get(address("record_list", register), {"community": community.code}))
        assert community.full_name in page
        other.delete()
    if register.dated:
        make_record(register, community=community, **{register.dated: date(YEAR, 2, 1)})
        assert listed(register, dated_min="2012-03-09", dated_max="2012-03-09") == [record.pk]


@every_register
def test_every_column_sorts_both_ways_and_loses_nothing(register, town, listed):
    made = {record.pk for record in many(register, town, 3)}
    for column in table_class_of(register.slug).base_columns.items():
        name, found = column
        if found.orderable is False:
            continue
        up = listed(register, sort=name)
        down = listed(register, sort=f"-{name}")
        assert set(up) == set(down) == made, name


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("asked", ["1.005", "name.1", "-", "chosen", "-serial", "remarks", ""])
def test_an_order_that_there_is_not_is_the_usual_one(asked, client, town, listed):
    register = REGISTERS["workers"]
    many(register, town, 3)
    assert listed(register, sort=asked) == listed(register)
    assert client.get(address("record_export", register), {"sort": asked}).status_code == 200


@every_register
def test_1_3_and_60_records_cost_the_same_queries_and_are_paged_without_loss(register, client, town, listed):
    """House rule 8, of the list and of its export; sorted or not, every record is on one page only."""
    client.get(address("record_list", register))
    costs = set()
    for number in (1, 3, 60) if most_of_a_district(register) > 60 else (1, 2):
        many(register, town, number - register.records.count())
        for page in ("record_list", "record_export"):
            with CaptureQueriesContext(connection) as captured:
                client.get(address(page, register))
            costs.add((page, len(captured)))
    assert len(costs) == 2, costs
    pages = [listed(register, page=page, sort=register.listed[0]) for page in (1, 2)]
    if register.records.count() > PER_PAGE:
        assert [len(page) for page in pages] == [PER_PAGE, 60 - PER_PAGE]
        pages[0] += pages[1]
    assert sorted(pages[0]) == sorted(register.records.values_list("pk", flat=True))


@every_register
def test_the_export_has_the_rows_of_the_list_with_every_column(register, client, town, listed):
    made = many(register, town, 3)
    answer = client.get(address("record_export", register), {"sort": f"-{register.listed[0]}"})
    rows = rows_of(downloaded(answer))
    order = listed(register, sort=f"-{register.listed[0]}")
    assert len(rows) == len(made) == len(order)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    by_pk = {record.pk: record for record in made}
    names = list(titles_of(register))
    for row, pk in zip(rows, order, strict=True):
        for name, value in zip(names, row[1:], strict=True):
            if name in register.columns and isinstance(field(register, name), models.CharField):
                assert (value or "") == shown(by_pk[pk], name), name


def field(register, name: str) -> models.Field:
    return register.model._meta.get_field(name)


@every_register
def test_a_filter_narrows_the_export_too(register, client, community):
    make_record(register, community=community, **{register.searched[0]: "金星广场"})
    assert len(rows_of(downloaded(client.get(address("record_export", register), {"q": "jxgc"})))) == 1
    assert rows_of(downloaded(client.get(address("record_export", register), {"q": "银杏"}))) == []


# --- what stands in a cell ---------------------------------------------------------------------------------------


def test_the_number_of_a_cell_is_not_the_number_of_its_row(client, community):
    cell = make_record("grid-cells", community=community, number="07")
    page = client.get(address("record_list", REGISTERS["grid-cells"]))
    (row,) = page.context["table"].paginated_rows
    assert '<td class="number">1</td>' in page_of(page)
    assert row.get_cell("number") == f'<a href="{cell.get_absolute_url()}">07</a>'


def test_numbers_of_people_have_stars_on_the_list_the_page_and_in_the_export(client, community):
    number = "13812345678"
    worker = make_record("workers", community=community, phone=number, certificate_number="2012031445678901")
    workers = REGISTERS["workers"]
    texts = [
        page_of(client.get(address("record_list", workers))),
        page_of(client.get(worker.get_absolute_url())),
        str(rows_of(downloaded(client.get(address("record_export", workers))))),
    ]
    for text in texts:
        assert number not in text
        assert "2012031445678901" not in text
        assert "138****5678" in text


def test_a_script_in_a_name_is_text_on_every_page_of_a_record(client, community):
    """Hostile case 30."""
    room = make_record("rooms", community=community, name="<script>alert(1)</script>")
    for url in (address("record_list", REGISTERS["rooms"]), room.get_absolute_url()):
        page = page_of(client.get(url))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_name_with_rare_characters_is_found_and_exported(client, community, listed):
    """Hostile case 45: CJK extensions A and B."""
    room = make_record("rooms", community=community, name="㐂𠀋室")
    rooms = REGISTERS["rooms"]
    assert listed(rooms, q="𠀋") == [room.pk]
    assert rows_of(downloaded(client.get(address("record_export", rooms))))[0][3] == "㐂𠀋室"


def test_towns_and_communities_stand_in_administrative_order(community, village, other_town, listed):
    units = [make_community(town=other_town), village, community]
    made = {unit: make_record("rooms", community=unit) for unit in units}
    assert listed(REGISTERS["rooms"]) == [made[unit].pk for unit in reversed(units)]


def test_before_there_is_a_year_lists_are_empty_and_readable(bureau, sign_in, campaign, community):
    campaign.years.all().delete()
    client = sign_in(bureau)
    make_record("rooms", community=community)
    for register in REGISTERS.values():
        page = client.get(address("record_list", register))
        assert page.status_code == 200
        assert not list(page.context["table"].rows), register.slug
