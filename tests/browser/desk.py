"""What everybody does in a browser whatever their work is: sign in, take up a task, fill in a field, read a message.

People are told what they would see (labels, buttons, links), never an address.
"""

import re

from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD

PHONE_WIDTH = 992
"""Below it the menu is behind a button."""


def sign_in(page: Page, username: str) -> Page:
    """Type name and password; answers with the page, which now shows the person's home."""
    page.goto("/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="所在位置")).to_be_visible()
    return page


def go_home(page: Page) -> None:
    page.locator(".topbar-brand").click()


def take_up(page: Page, task: str) -> None:
    """Follow a line of the 待办 on the home page."""
    go_home(page)
    page.locator("#waiting").get_by_role("link", name=task).click()


def choose_in_menu(page: Page, entry: str) -> None:
    if (page.viewport_size or {"width": PHONE_WIDTH})["width"] < PHONE_WIDTH:
        page.get_by_role("button", name="打开菜单").click()
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name=entry, exact=True).click()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    """The first link of that name on the page itself, not in its breadcrumb."""
    links = page.get_by_role("main").get_by_role("link", name=link, exact=True)
    links.and_(page.locator(":not(.breadcrumb *)")).first.click()


def follow_under_more(page: Page, link: str) -> None:
    """One of the links that a unit's page keeps under 更多."""
    page.locator(".more-actions summary").click()
    follow(page, link)


def fill(page: Page, fields: dict[str, str]) -> None:
    """Each field by its label, with the note that it is required or without."""
    for label, text in fields.items():
        page.get_by_label(re.compile(f"^{re.escape(label)}(（必填）)?$")).fill(text)


def is_told(page: Page, words: str) -> None:
    expect(page.get_by_role("main").locator(".notice", has_text=words)).to_be_visible()


def stands_at(page: Page, state: str) -> None:
    expect(page.get_by_role("main").locator(".badge", has_text=state).first).to_be_visible()


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("row", name=re.compile(name)).first
