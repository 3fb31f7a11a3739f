"""账号与任职: who gets an account, for which unit, and when it ends."""

from datetime import date
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from communities.models import Appointment, Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db
ADD = "/people/add/"


@pytest.fixture
def client(administrator, sign_in) -> Client:
    return sign_in(administrator)


def url(name: str, person: Appointment) -> str:
    return reverse(f"communities:{name}", args=[person.user_id])


def add(client: Client, **fields) -> str:
    data = {"username": "zhang", "name": "张三", "role": Role.BUREAU_OFFICER, **fields}
    return client.post(ADD, data).content.decode()


def password_on(page: str) -> str:
    return page.partition("<dt>密码</dt><dd><code>")[2].partition("</code>")[0]


# --- 新建 ----------------------------------------------------------------------------------------------------------


def test_a_new_account_gets_a_password_that_is_shown_once_and_works(client, town):
    page = add(client, role=Role.TOWN_OFFICER, town=town.pk)
    password = password_on(page)
    signed_in = Client().post("/accounts/login/", {"username": "zhang", "password": password})
    assert signed_in.status_code == 302
    appointment = Appointment.objects.get(user__username="zhang")
    assert (appointment.role, appointment.town, appointment.community) == (Role.TOWN_OFFICER, town, None)
    for later in ("/people/", url("person", appointment), "/audit/"):
        assert password not in client.get(later).content.decode()
    assert password not in str(list(AuditEvent.objects.values()))


def test_a_worker_is_appointed_by_the_code_of_the_community(client, community):
    add(client, role=Role.COMMUNITY_WORKER, community=f" {community.code} ")
    appointment = Appointment.objects.get(user__username="zhang")
    assert (appointment.town, appointment.community) == (community.town, community)


def test_a_unit_that_does_not_belong_to_the_role_is_left_out(client, town, community):
    add(client, role=Role.BUREAU_LEADER, town=town.pk, community=community.code)
    appointment = Appointment.objects.get(user__username="zhang")
    assert (appointment.town, appointment.community) == (None, None)


WRONG = {
    "a town officer without a town": ({"role": Role.TOWN_OFFICER}, "请选择经办人所在的镇（开发区、街道）。"),
    "a worker without a community": ({"role": Role.COMMUNITY_WORKER}, "请填写工作者所在社区（村）的代码。"),
    "an unknown code": ({"role": Role.COMMUNITY_WORKER, "community": "000000000000"}, "没有代码为000000000000的社区"),
    "no such role": ({"role": "superuser"}, "选择一个有效的选项"),
    "no name": ({"name": ""}, "姓名：这个字段是必填项"),
    "a strange user name": ({"username": "zhang san"}, "用户名"),
}


@pytest.mark.parametrize(("fields", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_and_nothing_is_made(fields, why, client):
    page = add(client, **fields)
    assert why in page
    assert not User.objects.filter(name="张三").exists()


def test_a_town_or_community_of_another_district_cannot_be_given(client, foreign_bureau):
    from_elsewhere = foreign_bureau.district.towns.create(name="外镇", kind="town", sort_order=1)
    page = add(client, role=Role.TOWN_OFFICER, town=from_elsewhere.pk)
    assert "选择一个有效的选项" in page
    assert "外镇" not in page


@pytest.mark.parametrize("taken", ["zhang", "ｚｈａｎｇ"])
def test_a_user_name_is_taken_once_however_wide_it_is_written(taken, client):
    add(client)
    page = add(client, username=taken, name="李四")
    assert "账号zhang已存在，请换一个。" in page
    assert 'value="李四"' in page
    assert User.objects.filter(username="zhang").count() == 1


# --- 变更任职 ------------------------------------------------------------------------------------------------------


def test_a_move_ends_the_old_appointment_and_keeps_it_as_history(client, town_officer, other_town, administrator):
    answer = client.post(url("person", town_officer), {"role": Role.TOWN_OFFICER, "town": other_town.pk}, follow=True)
    old, new = Appointment.objects.filter(user=town_officer.user).order_by("pk")
    assert (old.town.name, old.until) == ("湖塘镇", new.since)
    assert (new.town, new.until) == (other_town, None)
    page = answer.content.decode()
    assert "任职已变更，下一次操作起生效" in page
    assert "湖塘镇</td>" in page
    event = AuditEvent.objects.about(town_officer.user).first()
    assert (event.action, event.user) == ("变更任职", administrator.user)
    assert event.changes == [("任职", "湖塘镇 镇（开发区、街道）经办人", "牛塘镇 镇（开发区、街道）经办人")]


def test_a_person_has_one_current_appointment(town_officer, other_town):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            user=town_officer.user, role=Role.TOWN_OFFICER, district=other_town.district, town=other_town
        )


@pytest.mark.parametrize("role", Role)
def test_a_unit_must_fit_its_role(*, role, district, town, community, department):
    """What the database can refuse, a constraint refuses."""
    units = {
        Role.TOWN_OFFICER: (town, None, None),
        Role.COMMUNITY_WORKER: (town, community, None),
        Role.LIAISON: (None, None, department),
    }
    fitting = units.get(role, (None, None, None))
    for number, unit in enumerate(product((None, town), (None, community), (None, department))):
        user = User.objects.create_user(username=f"{role}{number}", name="某人")
        fields = {"user": user, "role": role, "district": district}
        fields |= dict(zip(("town", "community", "department"), unit, strict=True))
        if unit == fitting:
            Appointment.objects.create(**fields)
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                Appointment.objects.create(**fields)


# --- 停用、重置 ----------------------------------------------------------------------------------------------------


def test_an_account_is_disabled_and_enabled_with_a_trace(client, town_officer, administrator):
    for active, action in ((False, "停用账号"), (True, "启用账号")):
        wanted = {"active": str(active).lower()}
        page = client.post(url("person_active", town_officer), wanted, follow=True).content.decode()
        assert f"湖塘张科员的账号已{action[:2]}。" in page
        town_officer.user.refresh_from_db()
        assert town_officer.user.is_active is active
        event = AuditEvent.objects.about(town_officer.user).first()
        assert (event.action, event.user) == (action, administrator.user)


def test_a_double_click_disables_once(client, town_officer):
    for _click in range(2):
        client.post(url("person_active", town_officer), {"active": "false"})
    town_officer.user.refresh_from_db()
    assert not town_officer.user.is_active
    assert AuditEvent.objects.filter(action="停用账号").count() == 1


def test_nobody_disables_the_own_account(client, administrator):
    page = client.post(url("person_active", administrator), follow=True).content.decode()
    assert "不能停用自己的账号。" in page
    administrator.user.refresh_from_db()
    assert administrator.user.is_active


def test_a_reset_password_is_shown_once_and_is_the_only_one_that_works(client, town_officer):
    page = client.post(url("person_password", town_officer)).content.decode()
    password = password_on(page)
    town_officer.user.refresh_from_db()
    assert town_officer.user.check_password(password)
    assert AuditEvent.objects.about(town_officer.user).first().action == "重置密码"
    assert password not in client.get(url("person", town_officer)).content.decode()


# --- whose --------------------------------------------------------------------------------------------------------


def test_people_of_another_district_do_not_exist(client, foreign_bureau):
    assert "外区孙科员" not in client.get("/people/").content.decode()
    assert client.get(url("person", foreign_bureau)).status_code == 404
    for name in ("person", "person_active", "person_password"):
        assert client.post(url(name, foreign_bureau), {"role": Role.BUREAU_LEADER}).status_code == 404
    foreign_bureau.user.refresh_from_db()
    assert foreign_bureau.user.is_active


def test_whoever_left_for_another_district_is_no_longer_ours(client, town_officer, foreign_bureau):
    Appointment.objects.filter(pk=town_officer.pk).update(until=date(2012, 5, 1))
    Appointment.objects.create(user=town_officer.user, role=Role.BUREAU_OFFICER, district=foreign_bureau.district)
    assert client.get(url("person", town_officer)).status_code == 404


def test_the_audit_list_shows_the_own_districts_acts_only(client, town_officer, foreign_bureau, sign_in):
    sign_in(foreign_bureau)
    client.post(url("person_active", town_officer))
    page = client.get("/audit/").content.decode()
    assert "停用账号" in page
    assert "启用：√ → ×" in page
    assert "外区孙科员" not in page


def test_the_audit_list_can_be_searched(client, town_officer):
    client.post(url("person_active", town_officer))
    client.post(url("person_password", town_officer))
    page = client.get("/audit/?action=重置").content.decode()
    assert "重置密码" in page
    assert "停用账号" not in page


def test_the_list_of_people_makes_the_same_number_of_queries_however_many(client, town, django_assert_num_queries):
    client.get("/people/")
    with django_assert_num_queries(7, exact=False) as few:
        client.get("/people/")
    for _ in range(30):
        make_person(role=Role.TOWN_OFFICER, town=town)
    with django_assert_num_queries(len(few)):
        client.get("/people/")


def test_an_administrator_cannot_leave_the_role_unwatched(client, administrator):
    answer = client.post(url("person", administrator), {"role": Role.BUREAU_LEADER})
    assert "不能变更自己的任职" in answer.content.decode()
    assert administrator.user.appointments.get().role == Role.SYSTEM_ADMINISTRATOR
