"""A 填报工作簿 on its way: downloaded by a client, filled as a person fills it, sent back."""

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl.worksheet.worksheet import Worksheet

from assessment.assessing import save_scores
from assessment.entries import Entry
from assessment.models import Assessment, ItemScore, ScoreSheet
from assessment.sheet_workbooks.layout import REASON, SCORE
from communities.models import Appointment

UPLOAD, PREVIEW = reverse("assessment:workbook_upload"), reverse("assessment:workbook_preview")
CONFIRM, ANNOTATED = reverse("assessment:workbook_confirm"), reverse("assessment:workbook_annotated")
TOWN = reverse("assessment:workbooks")
HEAD_ROW = 4


def content_of(response: HttpResponse) -> bytes:
    assert response.status_code == 200, response
    return b"".join(response.streaming_content)


def downloaded(client: Client, assessment: Assessment | None = None, query: str = "") -> openpyxl.Workbook:
    """The workbook of one assessment, or of all of the town."""
    address = reverse("assessment:workbook", args=[assessment.pk]) if assessment else TOWN
    return openpyxl.load_workbook(BytesIO(content_of(client.get(address + query))))


def saved(book: openpyxl.Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def column(page: Worksheet, title: str) -> int:
    return next(cell.column for cell in page[HEAD_ROW] if cell.value == title)


def row_of(page: Worksheet, code: str) -> int:
    return next(cell.row for (cell,) in page.iter_rows(min_row=HEAD_ROW, max_col=1) if cell.value == code)


def cell(page: Worksheet, code: str, title: str = SCORE) -> openpyxl.cell.Cell:
    return page.cell(row_of(page, code), column(page, title))


def fill(page: Worksheet, scores: Mapping[str, Any], reasons: Mapping[str, Any] | None = None) -> None:
    """Values by the item's code; a text stays one, whatever it begins with."""
    for title, values in ((SCORE, scores), (REASON, reasons or {})):
        for code, value in values.items():
            found = cell(page, code, title)
            found.value = value
            if isinstance(value, str):
                found.data_type = "s"


def sent(client: Client, content: bytes | openpyxl.Workbook, name: str = "自评填报工作簿.xlsx") -> HttpResponse:
    """The preview of a file just uploaded."""
    content = content if isinstance(content, bytes) else saved(content)
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.context["form"].errors
    return client.get(answer.url)


def confirmed(client: Client, page: HttpResponse, **decisions: str) -> HttpResponse:
    return client.post(CONFIRM, {"digest": page.context["plan"].digest, **decisions}, follow=True)


def problems(page: HttpResponse) -> list[tuple[str, str, str]]:
    """(sheet, cell, found) of each."""
    return [(one.sheet, one.cell, one.found) for one in page.context["plan"].problems]


def message_of(page: HttpResponse) -> str:
    """The sentence of the only problem."""
    (found,) = page.context["plan"].problems
    return found.message


def score(assessment: Assessment, code: str, points: Any, by: Appointment, reason: str = "系统中的原因") -> None:
    """Somebody scores an item in the system meanwhile."""
    item = assessment.standard.items.get(code=code)
    found = ItemScore.objects.filter(sheet__assessment=assessment, item=item).first()
    entry = Entry(item, Decimal(points), reason, found.revision if found else 0)
    assert not save_scores(assessment, [entry], by=by).conflicts


def totals(*assessments: Assessment) -> list[Decimal]:
    return [ScoreSheet.objects.get(assessment=one).total for one in assessments]
