"""What is measured, each against the least that the same work could cost."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import Context, loader
from django.test import Client
from django.test.utils import setup_test_environment, teardown_test_environment
from django.urls import path, reverse

from assessment.models import Assessment
from assessment.sheets import SHEET_RELATIONS, sheet_table
from communities.access import EVERYONE, Request, allow
from communities.models import Appointment
from config.urls import urlpatterns
from reporting import pdf
from reporting.score_sheets import score_sheet_html
from tests.bench.compare import Result, compare
from tests.bench.district import REGISTER, Place, import_register

PDFS = 50


def client_of(appointment: Appointment) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(appointment.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def answered(response: HttpResponse) -> HttpResponse:
    if response.status_code != 200:
        sys.exit(f"{response.status_code} {response.content.decode()[:500]}")
    return response


def measure_import() -> Iterator[Result]:
    """The whole import, rolled back each time, against openpyxl reading every value of the same file."""

    def ours() -> None:
        with transaction.atomic():
            import_register()
            transaction.set_rollback(True)

    def base() -> None:
        for sheet in openpyxl.load_workbook(REGISTER, data_only=True):
            list(sheet.iter_rows(values_only=True))

    yield compare("导入384个社区（村）／openpyxl 读同一文件", 3, ours, base, rounds=9)


def measure_sheet(place: Place) -> Iterator[Result]:
    client, url = client_of(place.town_officer), reverse("assessment:sheet", args=[place.assessment.pk])
    base = page_of_ready_data(client, url, "assessment/sheet.html")
    yield compare("评分表页面（49条）／用现成数据渲染", 2, lambda: answered(client.get(url)), base, rounds=20)


def page_of_ready_data(client: Client, url: str, template: str) -> Callable[[], object]:
    """The page rendered again from the context it was rendered with; a query on the way is an error."""
    setup_test_environment()
    context = answered(client.get(url)).context[0].flatten()
    teardown_test_environment()
    compiled = loader.get_template(template).template

    def no_query(_execute: object, sql: str, *_rest: object) -> None:
        raise AssertionError(f"现成数据的页面不应查询数据库：{sql}")

    def render() -> None:
        with connection.execute_wrapper(no_query):
            compiled.render(Context(context))

    return render


@allow(EVERYONE)
def empty(_request: Request) -> HttpResponse:
    """A signed-in view that does nothing: what every request costs."""
    return HttpResponse()


urlpatterns.append(path("empty", empty))


def measure_autosave(place: Place) -> Iterator[Result]:
    client, item = client_of(place.town_officer), place.assessment.standard.items.first()
    url = reverse("assessment:save_item", args=[place.assessment.pk, item.pk])
    revision = 1

    def ours() -> None:
        nonlocal revision
        typed = {"points": "0.5", "reason": f"第{revision}次修改", "revision": revision}
        revision = answered(client.post(url, typed)).json()["revision"]

    yield compare("自动保存一条／已登录的空页面", 2.5, ours, lambda: answered(client.get("/empty")), rounds=100)


def measure_dashboard(place: Place) -> Iterator[Result]:
    client, url = client_of(place.bureau), reverse("reporting:home")
    answered(client.get(url))
    bare = statements(client, url)

    def base() -> None:
        with connection.cursor() as cursor:
            for sql, parameters in bare:
                cursor.execute(sql, parameters)
                cursor.fetchall()

    yield Result("区首页的查询数（384个社区）", len(bare), None, 12, unit="条")
    yield compare("区首页／直接执行它的SQL", 3, lambda: answered(client.get(url)), base, rounds=30)


def statements(client: Client, url: str) -> list[tuple[str, Any]]:
    """The SQL of one request, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(execute: Callable[..., object], sql: str, parameters: object, many: bool, context: object) -> object:
        seen.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        answered(client.get(url))
    return seen


def measure_pdf(place: Place) -> Iterator[Result]:
    client = client_of(place.town_officer)
    url = reverse("reporting:score_sheet_pdf", args=[place.assessment.pk])
    assessment = Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=place.assessment.pk)
    html = score_sheet_html(sheet_table(assessment))

    def base() -> None:
        pdf.weasyprint().HTML(string=html, base_url=f"{pdf.ASSETS.as_uri()}/").write_pdf()

    what = "考核评分表PDF／WeasyPrint 渲染同一HTML"
    yield compare(what, 1.15, lambda: answered(client.get(url)), base, rounds=7)
    yield Result(f"{PDFS}份PDF后的内存峰值", peak_memory(html), None, 300, unit="MB")


def peak_memory(html: str) -> float:
    """MB that a process of its own has held at most after making many PDFs through our code."""
    command = [sys.executable, str(Path(__file__).with_name("pdf_memory.py")), str(PDFS)]
    return float(subprocess.run(command, input=html, stdout=subprocess.PIPE, text=True, check=True).stdout)


MEASUREMENTS: dict[str, Callable[[Place], Iterator[Result]]] = {
    "sheet": measure_sheet,
    "autosave": measure_autosave,
    "dashboard": measure_dashboard,
    "pdf": measure_pdf,
}
