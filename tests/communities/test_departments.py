"""部门: added, renamed, ordered and no longer asked, by the bureau; their liaisons by the administrator (R1, R21)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from communities.departments import USUAL, load_departments
from communities.models import Appointment, Department, Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db
LIST = "/departments/"


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


def names(district) -> list[str]:
    return list(Department.objects.filter(district=district).values_list("name", flat=True))


def test_the_usual_ones_are_offered_in_one_press_and_never_forced(district, department, client):
    assert names(district) == ["公安局"]
    content = client.post("/departments/load/", follow=True).content.decode()
    assert "已载入12个常用部门" in content
    assert names(district) == ["公安局", *(name for name in USUAL if name != "公安局")]
    assert "常用部门都已经在名单中" in client.post("/departments/load/", follow=True).content.decode()
    assert AuditEvent.objects.filter(action="载入常用部门").count() == 1


def test_a_department_is_added_once(district, client):
    assert client.post("/departments/add/", {"name": " 信访局 "}).status_code == 302
    answer = client.post("/departments/add/", {"name": "信访局"})
    assert "已经有“信访局”" in answer.content.decode()
    assert names(district) == ["信访局"]


def test_it_is_renamed_and_no_longer_asked_and_the_second_editor_is_told(department, client):
    url = reverse("communities:department", args=[department.pk])
    assert client.post(url, {"name": "公安分局", "revision": "1"}).status_code == 302
    department.refresh_from_db()
    assert (department.name, department.active) == ("公安分局", False)
    second = client.post(url, {"name": "市公安局", "active": "on", "revision": "1"})
    assert second.status_code == 409
    assert "市公安局" in second.content.decode()
    event = AuditEvent.objects.get(action="修改部门")
    assert event.after == {"名称": "公安分局", "征求意见": "×"}


def test_places_are_changed_and_an_order_that_got_mixed_up_comes_right(district, bureau, client):
    load_departments(district, by=bureau)
    Department.objects.filter(district=district).update(sort_order=1)
    first, second, *rest = names(district)
    url = reverse("communities:department_move", args=[Department.objects.get(name=second).pk])
    client.post(url, {"direction": "up"})
    assert names(district) == [second, first, *rest]
    assert "已经排在最前" in client.post(url, {"direction": "up"}, follow=True).content.decode()
    client.post(url, {"direction": "down"})
    assert names(district) == [first, second, *rest]


def test_the_list_names_the_liaisons_and_costs_the_same_for_many(district, bureau, department, liaison, client):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "公安吴联络" in client.get(LIST).content.decode()
        return len(queries)

    one = count()
    for other in load_departments(district, by=bureau)[:2]:
        make_person(role=Role.LIAISON, department=other)
    assert count() == one


# --- 任职 ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def administration(administrator, sign_in) -> Client:
    return sign_in(administrator)


def add(client: Client, **fields) -> str:
    data = {"username": "wu", "name": "吴联络", **fields}
    return client.post("/people/add/", data).content.decode()


def test_a_liaison_is_appointed_to_a_department(administration, department, town):
    assert "<dt>密码</dt>" in add(administration, role=Role.LIAISON, department=department.pk, town=town.pk)
    appointment = Appointment.objects.get(user__username="wu")
    assert (appointment.role, appointment.department, appointment.town) == (Role.LIAISON, department, None)
    assert appointment.unit_name == "武进区公安局"
    assert "武进区公安局" in administration.get("/people/").content.decode()


def test_a_liaison_needs_a_department_of_the_district_that_is_asked(administration, department, foreign_bureau):
    assert "请选择联络员所在的部门。" in add(administration, role=Role.LIAISON)
    foreign = Department.objects.create(district=foreign_bureau.district, name="外区局", sort_order=1)
    Department.objects.filter(pk=department.pk).update(active=False)
    for pk in (foreign.pk, department.pk):
        assert "选择一个有效的选项" in add(administration, role=Role.LIAISON, department=pk)
    assert not Appointment.objects.filter(user__username="wu").exists()


@pytest.mark.parametrize("role", [Role.CITY_INSPECTOR, Role.PROVINCE_INSPECTOR])
def test_an_inspector_acts_for_the_whole_district(role, administration, department, town, district):
    add(administration, role=role, department=department.pk, town=town.pk)
    appointment = Appointment.objects.get(user__username="wu")
    assert (appointment.role, appointment.unit_name) == (role, "武进区")
    assert (appointment.department, appointment.town, appointment.community) == (None, None, None)


def test_an_officer_becomes_a_liaison_and_back(administration, town_officer, town, department):
    url = reverse("communities:person", args=[town_officer.user_id])
    administration.post(url, {"role": Role.LIAISON, "department": department.pk})
    page = administration.get(url).content.decode()
    assert f'<option value="{department.pk}" selected>' in page
    administration.post(url, {"role": Role.TOWN_OFFICER, "town": town.pk})
    history = town_officer.user.appointments.order_by("pk").values_list("role", flat=True)
    assert list(history) == [Role.TOWN_OFFICER, Role.LIAISON, Role.TOWN_OFFICER]
