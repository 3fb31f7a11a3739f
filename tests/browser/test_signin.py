"""The first page anybody sees (R3)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_person_who_is_not_signed_in_is_shown_the_sign_in_page(page):
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_wrong_password_is_refused_in_words_and_keeps_the_name(page, town_officer):
    sign_in(page, town_officer.user.username, "wrong-password")
    expect(page.get_by_role("alert")).to_contain_text("密码")
    expect(page.get_by_label("用户名")).to_have_value(town_officer.user.username)


def test_the_right_password_leads_to_the_home_page(page, town_officer, open_year):
    sign_in(page, town_officer.user.username, PASSWORD)
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    expect(page.get_by_text(town_officer.user.name)).to_be_visible()


def test_a_signed_in_session_opens_the_home_page(page_as, bureau, open_year):
    page = page_as(bureau)
    page.goto("/")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1366])
def test_the_sign_in_page_is_accessible_and_fits_the_screen(page, faults, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/accounts/login/")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_sign_in_page_reports_no_blocked_or_missing_file(page):
    """A broken content security policy or a missing asset shows on the console."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/accounts/login/")
    assert complaints == []
