"""导入 in the browser: choose, preview, confirm; the marked workbook and the blank form."""

import os
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from communities.importing import uploads
from communities.importing.register import read_register
from communities.importing.workbooks import read_workbook
from communities.models import Community, YearProfile
from tests.communities.workbook_files import FIRST_ROW, REGISTER, register_file, row, sheet_rows, text, xlsx

IMPORT, PREVIEW = reverse("communities:import"), reverse("communities:import_preview")
CONFIRM, ANNOTATED = reverse("communities:import_confirm"), reverse("communities:import_annotated")


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def upload(client, content: bytes, name: str = "社区基本情况表.xlsx"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def previewed(client, content: bytes, name: str = "社区基本情况表.xlsx"):
    assert upload(client, content, name).url == PREVIEW
    return client.get(PREVIEW)


def marked(client) -> openpyxl.Workbook:
    response = client.get(ANNOTATED)
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))


def test_choose_preview_confirm(sign_in, bureau, open_year, data_dir):
    client = sign_in(bureau)
    page = previewed(client, REGISTER.read_bytes())
    assert "新增<strong>384</strong>个" in page.content.decode()
    assert not Community.objects.exists()
    (kept,) = (data_dir / "imports").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    response = client.post(CONFIRM, {"digest": page.context["plan"].digest}, follow=True)
    assert "新增384个，变更0个，不变0个" in response.content.decode()
    assert YearProfile.objects.filter(year=2012).count() == 384
    assert not list((data_dir / "imports").iterdir())
    assert "无需导入" in previewed(client, REGISTER.read_bytes()).content.decode()


def test_changes_show_old_and_new_values(sign_in, bureau, open_year, community):
    client = sign_in(bureau)
    YearProfile.objects.create(community=community, year=2012, workers=5, premises_area_sqm=380)
    page = previewed(client, register_file(row(workers=6, premises_area_sqm="380㎡", has_service_station="√")))
    changes = [change for _entry, change in page.context["changes"]]
    assert ("专职工作者（人）", "5", "6") in changes
    assert ("服务站", "（空）", "√") in changes
    assert not [change for change in changes if change[0] == "用房面积（㎡）"]


def test_with_problems_there_is_nothing_to_confirm(sign_in, bureau, open_year):
    client = sign_in(bureau)
    page = previewed(client, register_file(row(workers="约5")))
    assert "确认导入</button>" not in page.content.decode()
    assert "“约5”不是确定的数" in page.content.decode()
    response = client.post(CONFIRM, {"digest": page.context["plan"].digest})
    assert response.url == PREVIEW
    assert not Community.objects.exists()


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_what_was_not_previewed_is_not_written(sign_in, bureau, open_year, digest):
    client = sign_in(bureau)
    upload(client, register_file(row()))
    response = client.post(CONFIRM, {"digest": digest}, follow=True)
    assert "有变化，尚未导入" in response.content.decode()
    assert not Community.objects.exists()


def test_a_refused_file_is_not_kept_and_the_form_says_why(sign_in, bureau, open_year, data_dir, settings):
    client = sign_in(bureau)
    assert "网页" in upload(client, b"<html></html>").content.decode()
    assert "空的" in upload(client, b"").content.decode()
    assert "请选择要导入的文件" in client.post(IMPORT).content.decode()
    settings.IMPORT_MAX_BYTES = 10
    assert "超过" in upload(client, b"0123456789a").content.decode()
    assert not (data_dir / "imports").exists()


def test_odd_file_names_are_only_shown(sign_in, bureau, open_year, data_dir):
    """Case 24."""
    client = sign_in(bureau)
    for name in ["../../evil.xlsx", "表\u202e\r\n.xlsx", "长" * 250 + ".xlsx", "<b>表</b>.xlsx"]:
        page = previewed(client, register_file(row()), name)
        assert page.status_code == 200
        assert "<b>表" not in page.content.decode()
        (kept,) = (data_dir / "imports").iterdir()
        assert len(kept.name) == 32


def test_a_script_in_a_name_is_text_on_the_preview(sign_in, bureau, open_year):
    """Case 30."""
    page = previewed(sign_in(bureau), register_file(row(name="<script>alert(1)</script>")))
    assert "<script>alert(1)" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_a_town_imports_its_own_rows_only(sign_in, town_officer, other_town, open_year):
    client = sign_in(town_officer)
    page = previewed(client, register_file(row(), row(town="牛塘镇", name="乙社区")))
    assert [problem.cell for problem in page.context["plan"].problems] == ["B5"]
    page = previewed(client, register_file(row()))
    client.post(CONFIRM, {"digest": page.context["plan"].digest})
    assert Community.objects.get().town.name == "湖塘镇"


def test_a_pending_file_is_nobody_elses(sign_in, bureau, town_officer, open_year):
    upload(sign_in(bureau), register_file(row()))
    for address in (PREVIEW, ANNOTATED):
        assert sign_in(town_officer).get(address).url == IMPORT
    assert sign_in(town_officer).post(CONFIRM).url == IMPORT


def test_others_may_not_import(sign_in, leader, community_worker, administrator, open_year):
    for person in (leader, community_worker, administrator):
        assert sign_in(person).get(IMPORT).status_code == 403
        assert upload(sign_in(person), register_file(row())).status_code == 403
        assert sign_in(person).post(CONFIRM).status_code == 403


def test_without_a_campaign_there_is_no_year_to_import_into(sign_in, bureau):
    client = sign_in(bureau)
    assert "尚未设置创建年度" in upload(client, register_file(row())).content.decode()
    assert client.get(PREVIEW).url == IMPORT


def test_the_marked_workbook_shows_each_problem_in_its_cell(sign_in, bureau, open_year):
    client = sign_in(bureau)
    previewed(client, register_file(row(workers="约5", remarks="=1+1", name="@聚湖社区"), title="@城镇社区"))
    book = marked(client)
    cell = book["城镇社区"][f"P{FIRST_ROW}"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("约5", "00FFFF00")
    assert "应为：不小于0的整数" in cell.comment.text
    assert [value.value for value in book["问题清单"][2]][:3] == ["城镇社区", "P4", "约5"]


def test_no_text_of_the_file_becomes_a_formula(sign_in, bureau, open_year):
    """Case 28: text like =cmd comes back as text, in the cell and in the list of problems."""
    client = sign_in(bureau)
    texts = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1"]
    rows = [[str(value or "") for value in row(name=f"{at}社区", workers=bad)] for at, bad in enumerate(texts)]
    previewed(client, text(sheet_rows(*rows)), "=城镇.csv")
    book = marked(client)
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in cells]


def test_the_marked_workbook_can_be_corrected_and_imported(sign_in, bureau, open_year):
    client = sign_in(bureau)
    rows = sheet_rows(row(workers="约5"), row(name="云园社区", town=None))
    previewed(client, xlsx({"城镇社区": rows}, {"城镇社区": ["A1:S1", "B4:B5"]}))
    book = marked(client)
    book["城镇社区"]["P4"] = 5
    corrected = BytesIO()
    book.save(corrected)
    page = previewed(client, corrected.getvalue())
    assert [len(page.context["plan"].problems), len(page.context["plan"].created)] == [0, 2]


def test_the_template_is_a_register_without_rows(sign_in, town_officer, open_year):
    response = sign_in(town_officer).get(reverse("communities:import_template"))
    content = b"".join(response.streaming_content)
    assert [sheet.name for sheet in read_workbook(content, "").sheets] == ["城镇社区", "农村社区（村）"]
    (problem,) = read_register(read_workbook(content, "")).problems
    assert "没有社区" in problem.message
    book = openpyxl.load_workbook(BytesIO(content))
    for page, name in zip(book, ["聚湖社区", "银荡村"], strict=True):
        for at, value in enumerate(row(name=name, workers=5), start=1):
            page.cell(4, at, value)
    filled = BytesIO()
    book.save(filled)
    register = read_register(read_workbook(filled.getvalue(), ""))
    assert [(found.category, found.facts["workers"]) for found in register.rows] == [("urban", 5), ("rural", 5)]


def test_a_forgotten_file_is_swept_after_a_day(sign_in, bureau, open_year, data_dir):
    upload(sign_in(bureau), register_file(row()))
    (old,) = (data_dir / "imports").iterdir()
    yesterday = (timezone.now() - uploads.KEPT_FOR - timedelta(minutes=1)).timestamp()
    os.utime(old, (yesterday, yesterday))
    upload(sign_in(bureau), register_file(row()))
    assert not old.exists()
