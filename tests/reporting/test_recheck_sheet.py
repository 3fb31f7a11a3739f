"""动态复核表 (F15): the named unit, its re-check scores and what they came to, on page, in Excel and as PDF."""

import subprocess
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from assessment.models import Assessment, Stage, State
from tests.assessment.title_cases import rechecked, visited

pytestmark = pytest.mark.django_db


@pytest.fixture
def recheck(village, campaign, bureau) -> Assessment:
    """A village that mended its faults: 88 at first, 99 in the 复查."""
    made = rechecked(village, campaign.years.get(year=2013), state=State.KEPT)
    visited(made, by=bureau, lost=12)
    visited(made, by=bureau, stage=Stage.REINSPECTION, lost=1)
    return made


def forms_of(client, recheck: Assessment) -> tuple[str, str, str]:
    """The text of page, workbook and PDF."""
    page = client.get(reverse("reporting:score_sheet", args=[recheck.pk])).content.decode()
    book = load_workbook(BytesIO(client.get(reverse("reporting:score_sheet_xlsx", args=[recheck.pk])).content))
    cells = "\n".join(str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None)
    pdf = client.get(reverse("reporting:score_sheet_pdf", args=[recheck.pk])).content
    command = ["pdftotext", "-raw", "-", "-"]
    printed = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    return page, cells, "".join(printed.decode().split())


def test_all_three_tell_the_same(recheck, sign_in, bureau):
    for text in forms_of(sign_in(bureau), recheck):
        for told in ("2013年度省级和谐社区建设示范村动态复核表", "湖塘镇银荡村", "复核结论", "合格", "88", "99"):
            assert told in text
        assert "自评分" not in text
        assert "考评组长" in text


def test_the_scores_of_both_visits_stand_side_by_side(recheck, sign_in, bureau):
    content = sign_in(bureau).get(reverse("reporting:score_sheet_xlsx", args=[recheck.pk])).content
    sheet = load_workbook(BytesIO(content)).active
    assert sheet.title == "动态复核表"
    heads = [cell.value for cell in sheet[4]]
    assert heads[6:] == ["省考评分", "扣分原因", "复查分", "复查扣分原因", "备注"]
    first = [cell.value for cell in sheet[5]]
    assert first[6:10] == [0.5, "现场不符", 11.5, "现场不符"]


def test_an_export_says_which_form_it_was(recheck, sign_in, bureau):
    answer = sign_in(bureau).get(reverse("reporting:score_sheet_pdf", args=[recheck.pk]))
    assert "%E5%8A%A8%E6%80%81%E5%A4%8D%E6%A0%B8%E8%A1%A8" in answer.headers["Content-Disposition"]
    assert AuditEvent.objects.filter(action="导出").get().after["文件"] == "动态复核表"
