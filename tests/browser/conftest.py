"""A real Chromium, signed in as anybody of the cast, with an accessibility check."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from communities.models import Appointment

# Playwright's synchronous interface keeps an event loop in this thread, and Django refuses the database beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; as root it starts only without its sandbox."""
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }


@pytest.fixture(scope="session")
def base_url(live_server) -> str:
    """`page.goto("/...")` goes to the server under test."""
    return live_server.url


@pytest.fixture
def page_as(live_server, context: BrowserContext) -> Callable[[Appointment], Page]:
    """`page_as(person)` is a page signed in as that person. A second person takes the session over."""

    def page_of(person: Appointment) -> Page:
        client = Client()
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return context.new_page()

    return page_of


@pytest.fixture
def faults() -> Callable[[Page], list[str]]:
    """`faults(page)`: every serious or critical accessibility fault of the page, in words (WCAG 2.1 A and AA)."""

    def find(page: Page) -> list[str]:
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [describe(fault) for fault in found if fault["impact"] in SERIOUS]

    return find


def describe(fault: dict[str, Any]) -> str:
    nodes = "\n".join(f"    {node['html'][:160]}\n    {node['failureSummary']}" for node in fault["nodes"][:5])
    return f"{fault['impact']}: {fault['help']} ({fault['id']})\n{nodes}"
