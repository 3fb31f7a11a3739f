"""Signing in and out: what is recorded, who is locked out, and where a person is sent (hostile cases 9 to 12)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from communities import people
from communities.models import Role
from tests.factories import PASSWORD, make_person

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
OFFICE, ELSEWHERE = "10.0.0.8", "10.0.0.9"
TRIES = 5


def log_in(person, *, password: str = PASSWORD, address: str = OFFICE, client: Client | None = None, **data: str):
    posted = {"username": person.user.username, "password": password, **data}
    return (client or Client()).post(LOGIN, posted, REMOTE_ADDR=address)


def fail(person, times: int) -> None:
    for _ in range(times):
        log_in(person, password="wrong")


# --- recorded ------------------------------------------------------------------------------------------------------


def test_signing_in_and_out_is_recorded_with_the_address(town_officer):
    client = Client()
    assert log_in(town_officer, client=client).url == "/"
    client.post("/accounts/logout/", REMOTE_ADDR=OFFICE)
    events = AuditEvent.objects.filter(user=town_officer.user).order_by("id")
    assert [(event.action, event.address) for event in events] == [("登录", OFFICE), ("退出登录", OFFICE)]


def test_a_failed_sign_in_is_recorded_as_refused_without_the_password(town_officer):
    log_in(town_officer, password="Secret-guess-1")
    event = AuditEvent.objects.get(action="登录失败")
    assert (event.result, event.object_label, event.address) == ("refused", town_officer.user.username, OFFICE)
    assert (event.user, event.actor, event.object_id) == (None, "未登录", str(town_officer.user_id))
    assert "Secret" not in str([event.before, event.after])


def test_a_wrong_password_is_answered_in_chinese_with_the_name_kept(town_officer):
    page = log_in(town_officer, password="wrong").content.decode()
    assert "请输入一个正确的" in page
    assert f'value="{town_officer.user.username}"' in page
    assert "wrong" not in page


# --- locked out ----------------------------------------------------------------------------------------------------


def test_the_sixth_try_is_refused_even_with_the_right_password(town_officer):
    fail(town_officer, TRIES)
    refused = log_in(town_officer)
    assert refused.status_code == 429
    assert "该账号在本机已锁定30分钟" in refused.content.decode()


def test_the_fifth_try_with_the_right_password_still_gets_in(town_officer):
    fail(town_officer, TRIES - 1)
    assert log_in(town_officer).status_code == 302
    fail(town_officer, TRIES - 1)
    assert log_in(town_officer).status_code == 302, "a successful sign-in starts the count anew"


def test_a_neighbour_behind_the_same_address_still_gets_in(town_officer, other_town_officer):
    fail(town_officer, TRIES + 1)
    assert log_in(other_town_officer).status_code == 302
    assert log_in(town_officer, address=ELSEWHERE).status_code == 302, "the owner at another desk is not locked out"


def test_a_new_password_from_the_administrator_ends_the_lock_out(town_officer, administrator):
    """The lock-out page sends the person to the administrator, so that must help."""
    fail(town_officer, TRIES + 1)
    password = people.reset_password(user=town_officer.user, by=administrator)
    assert log_in(town_officer, password=password).status_code == 302


# --- sent on -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_sign_in_never_leads_to_another_site(target, town_officer):
    assert log_in(town_officer, next=target).url == "/"


def test_sign_in_leads_back_to_where_one_was(town_officer):
    asked = Client().get("/communities/?short=premises")
    assert asked.url == f"{LOGIN}?next=/communities/%3Fshort%3Dpremises"
    assert log_in(town_officer, next="/communities/?short=premises").url == "/communities/?short=premises"


# --- forged --------------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(town_officer) -> Client:
    """A browser signed in as the town officer, with CSRF checks as in production."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(town_officer.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_post_without_its_token_is_refused_in_chinese(strict, community):
    refused = strict.post(reverse("assessment:begin", args=[community.code]))
    assert refused.status_code == 403
    assert "页面" in refused.content.decode()


def test_a_post_with_a_foreign_token_is_refused(strict, community, bureau):
    strict.get("/accounts/password/")
    stranger = Client()
    stranger.get(LOGIN)
    headers = {"X-CSRFToken": stranger.cookies["csrftoken"].value}
    assert strict.post(reverse("assessment:begin", args=[community.code]), headers=headers).status_code == 403


def test_a_post_from_another_site_is_refused_even_with_the_token(strict):
    strict.get("/accounts/password/")
    headers = {"X-CSRFToken": strict.cookies["csrftoken"].value, "Origin": "https://evil.example"}
    assert strict.post("/accounts/logout/", headers=headers).status_code == 403
    del headers["Origin"]
    assert strict.post("/accounts/logout/", headers=headers).status_code == 302


# --- still the same person? ----------------------------------------------------------------------------------------


def test_a_disabled_account_is_refused_at_the_next_request(town_officer, administrator, sign_in):
    client = sign_in(town_officer)
    assert client.get("/communities/").status_code == 200
    people.set_active(user=town_officer.user, active=False, by=administrator)
    assert client.get("/communities/").url.startswith(LOGIN)
    assert log_in(town_officer).status_code == 200, "and cannot sign in again"


def test_a_moved_account_sees_its_new_unit_at_the_next_request(
    town_officer, other_town, community, administrator, sign_in
):
    client = sign_in(town_officer)
    assert client.get(community.get_absolute_url()).status_code == 200
    move = {"role": Role.TOWN_OFFICER, "district": other_town.district, "town": other_town, "community": None}
    people.move(user=town_officer.user, today=town_officer.since, by=administrator, **move)
    assert client.get(community.get_absolute_url()).status_code == 404


def test_a_new_password_ends_the_old_sessions(town_officer, administrator, sign_in):
    client = sign_in(town_officer)
    people.reset_password(user=town_officer.user, by=administrator)
    assert client.get("/communities/").url.startswith(LOGIN)


def test_the_session_changes_its_key_at_sign_in(town_officer):
    """Hostile case 13: a session planted before sign-in is worth nothing after it."""
    client = Client()
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    log_in(town_officer, client=client)
    assert client.session.session_key != planted


# --- nobody else's -------------------------------------------------------------------------------------------------


def test_pages_of_signed_in_people_are_kept_out_of_every_cache(town_officer, sign_in):
    assert sign_in(town_officer).get("/communities/")["Cache-Control"] == "no-store, private"
    assert "no-store" in Client().get(LOGIN)["Cache-Control"]


def test_an_error_page_of_a_signed_in_person_is_kept_out_of_every_cache_too(town_officer, sign_in):
    assert sign_in(town_officer).get("/communities/000000000000/")["Cache-Control"] == "no-store, private"


def test_every_page_forbids_inline_code_and_framing(sign_in):
    person = make_person(role=Role.BUREAU_OFFICER)
    response = sign_in(person).get("/communities/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_changing_ones_own_password_is_recorded(town_officer, sign_in):
    new = "Harmony-2013-neu"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert sign_in(town_officer).post("/accounts/password/", data).status_code == 302
    assert AuditEvent.objects.get(action="修改密码").user == town_officer.user
