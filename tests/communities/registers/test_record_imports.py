"""导入 of a register in the browser: template, file, preview, confirm; nothing is written before that."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.models import Room
from communities.models.records import REGISTERS, Register
from tests.communities.registers.steps import (
    address,
    downloaded,
    every_of_communities,
    every_register,
    page_of,
    said,
    written,
)
from tests.communities.workbook_files import text, xlsx
from tests.factories import make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_year")]
ROOMS = REGISTERS["rooms"]
HEADINGS = ["镇（开发区、街道）", "社区（村）名称", "名称", "功能", "备注"]
CONFIRM_BUTTON = "确认导入</button>"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


def rooms(*rows: list[Any]) -> bytes:
    return xlsx({"功能室": [HEADINGS, *rows]})


def room(name: str = "议事厅", functions: str = "议事决策", remarks: str = "") -> list[str]:
    return ["湖塘镇", "聚湖社区", name, functions, remarks]


def upload(client: Client, content: bytes, register: Register = ROOMS, name: str = "功能室.xlsx") -> Any:
    return client.post(address("record_import", register), {"file": SimpleUploadedFile(name, content)})


def preview(client: Client, content: bytes, register: Register = ROOMS, name: str = "功能室.xlsx") -> Any:
    assert upload(client, content, register, name).url == address("record_import_preview", register)
    return client.get(address("record_import_preview", register))


def confirm(client: Client, page: Any, register: Register = ROOMS, **sent: str) -> Any:
    return client.post(address("record_import_confirm", register), {"digest": page.context["plan"].digest, **sent})


@every_register
def test_an_export_that_comes_back_has_nothing_to_confirm(register, client, community):
    make_record(register, community=community, full=True)
    page = preview(client, downloaded(client.get(address("record_export", register))), register)
    assert "文件内容与台账一致，无需导入。" in page_of(page)
    assert CONFIRM_BUTTON not in page_of(page)


@every_register
def test_the_template_of_every_register_opens_and_holds_no_rows(register, client):
    content = downloaded(client.get(address("record_template", register)))
    (sheet,) = openpyxl.load_workbook(BytesIO(content)).worksheets
    assert sheet.max_row == 1
    assert all(cell.value for cell in sheet[1])
    page = preview(client, content, register)
    assert (page.context["plan"].problems, page.context["plan"].changes) == ([], [])


def test_choose_preview_confirm(client, community, data_dir):
    page = preview(client, rooms(room(), room("图书室", "教育培训、信息交流")))
    assert "新增<strong>2</strong>条，变更<strong>0</strong>条，不变<strong>0</strong>条。" in page_of(page)
    assert Room.objects.count() == 0
    answer = confirm(client, page)
    assert answer.url == address("record_list", ROOMS)
    assert "功能室导入完成：新增2条，变更0条，不变0条。" in said(answer)
    assert Room.objects.count() == 2
    assert not list((data_dir / "imports").iterdir())
    assert upload(client, rooms(room())).status_code == 302
    assert "无需导入" in page_of(client.get(address("record_import_preview", ROOMS)))


def test_a_double_click_on_confirm_writes_once(client, community):
    """Hostile case 33."""
    page = preview(client, rooms(room()))
    answers = [confirm(client, page) for _n in range(2)]
    assert answers[1].url == address("record_import", ROOMS)
    assert Room.objects.count() == 1


def test_changes_show_the_old_and_the_new_value(client, community):
    make_record("rooms", community=community, name="议事厅", remarks="旧", functions="议事决策")
    page = page_of(preview(client, rooms(room(remarks="新"))))
    assert "<td>议事厅</td><td>备注</td><td>旧</td><td>新</td>" in page


def test_with_problems_there_is_nothing_to_confirm_and_the_marked_workbook_shows_them(client, community):
    page = preview(client, rooms(room(functions="唱歌"), room(name="图书室")))
    assert CONFIRM_BUTTON not in page_of(page)
    assert confirm(client, page).url == address("record_import_preview", ROOMS)
    assert Room.objects.count() == 0
    marked = openpyxl.load_workbook(BytesIO(downloaded(client.get(address("record_import_annotated", ROOMS)))))
    cell = marked["功能室"]["D2"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("唱歌", "00FFFF00")
    assert [value.value for value in marked["问题清单"][2]][:3] == ["功能室", "D2", "唱歌"]


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_what_was_not_previewed_is_not_written(digest, client, community):
    upload(client, rooms(room()))
    answer = client.post(address("record_import_confirm", ROOMS), {"digest": digest})
    assert "有变化，尚未导入" in said(answer)
    assert Room.objects.count() == 0


def test_what_changed_between_preview_and_confirm_is_shown_anew(client, community):
    record = make_record("rooms", community=community, name="议事厅", functions="议事决策")
    page = preview(client, rooms(room(remarks="新")))
    Room.objects.filter(pk=record.pk).update(remarks="他人", revision=2)
    assert "有变化，尚未导入" in said(confirm(client, page))
    assert Room.objects.get().remarks == "他人"
    again = client.get(address("record_import_preview", ROOMS))
    assert "<td>他人</td><td>新</td>" in page_of(again)
    confirm(client, again)
    assert Room.objects.get().remarks == "新"


def test_a_confirmed_register_asks_for_the_reason(client, bureau, community):
    written("rooms", community, by=bureau)
    client.post(address("register_confirm", ROOMS, community.code))
    page = preview(client, rooms(room()))
    assert "更正原因" in page_of(page)
    refused = confirm(client, page, reason=" ")
    assert "更正须填写原因。尚未导入任何内容。" in said(refused)
    assert Room.objects.count() == 1
    confirm(client, page, reason="补登\x00")
    assert Room.objects.count() == 2


@every_of_communities
def test_files_of_two_registers_wait_side_by_side(register, client, community):
    make_record(register, community=community)
    other = REGISTERS["signs" if register is ROOMS else "rooms"]
    make_record(other, community=community)
    for found in (register, other):
        upload(client, downloaded(client.get(address("record_export", found))), found)
    for found in (register, other):
        assert client.get(address("record_import_preview", found)).context["plan"].unchanged == 1


def test_a_pending_file_is_nobody_else_s(client, town_officer, sign_in, community):
    upload(client, rooms(room()))
    other = sign_in(town_officer)
    for page in ("record_import_preview", "record_import_annotated"):
        assert other.get(address(page, ROOMS)).url == address("record_import", ROOMS)
    assert other.post(address("record_import_confirm", ROOMS)).url == address("record_import", ROOMS)


def test_a_worker_imports_for_the_own_community_only(community_worker, sign_in, community, village):
    client = sign_in(community_worker)
    page = preview(client, rooms(room(), ["湖塘镇", "银荡村", "议事厅", "议事决策", ""]))
    assert [problem.cell for problem in page.context["plan"].problems] == ["B3"]
    confirm(client, preview(client, rooms(room())))
    assert Room.objects.get().community == community


def test_texts_like_formulas_come_back_as_text_in_the_marked_workbook(client, community):
    """Hostile case 28."""
    texts = ["=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)"]
    content = text([HEADINGS, *(room(name=found, functions="唱歌") for found in texts)])
    preview(client, content, name="=表.csv")
    marked = openpyxl.load_workbook(BytesIO(downloaded(client.get(address("record_import_annotated", ROOMS)))))
    cells = [cell for sheet in marked for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert set(texts) <= {cell.value for cell in cells}


def test_a_script_in_a_file_is_text_on_the_preview(client, community):
    """Hostile case 30."""
    page = page_of(preview(client, rooms(room(name="<script>alert(1)</script>"))))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_refused_file_is_not_kept_and_the_form_says_why(client, data_dir):
    for content in (b"<html></html>", b"", b"MZ\x00"):
        assert upload(client, content).context["form"].errors["file"]
    assert not (data_dir / "imports").exists()


def test_before_there_is_a_year_a_yearly_register_takes_no_file(client, campaign, community):
    campaign.years.all().delete()
    assert upload(client, rooms(room())).status_code == 404
    for page in ("record_import", "record_import_preview", "record_import_annotated"):
        assert client.get(address(page, ROOMS)).status_code == 404
    assert client.get(address("record_import", REGISTERS["policies"])).status_code == 200
