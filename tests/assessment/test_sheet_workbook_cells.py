"""What people and programs do to the cells of a 填报工作簿, and files that are none (hostile cases 14-18, 29)."""

from datetime import date, time
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.assessment.filled import (
    ANNOTATED,
    REASON,
    SCORE,
    UPLOAD,
    cell,
    column,
    confirmed,
    content_of,
    downloaded,
    fill,
    message_of,
    problems,
    row_of,
    saved,
    sent,
)
from tests.assessment.scored import FULL, stored
from tests.communities.workbook_files import part, repacked, xls
from tests.factories import make_assessment, make_community

pytestmark = pytest.mark.django_db
EXPECTED = "0至12.5之间的数，最多两位小数"


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def client(sign_in, town_officer):
    return sign_in(town_officer)


@pytest.fixture
def assessment(community, open_year):
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def book(client, assessment) -> openpyxl.Workbook:
    return downloaded(client, assessment)


@pytest.fixture
def table(book):
    return book["聚湖社区"]


def points(client, assessment, book) -> dict[str, Decimal | None]:
    """What a workbook without problems wrote."""
    shown = sent(client, book)
    assert problems(shown) == []
    confirmed(client, shown)
    return {code: found[0] for code, found in stored(assessment).items()}


# --- the value of a cell -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [(4, "4"), (4.0, "4"), (0, "0"), (0.1 + 0.2, "0.3"), ("12.5", "12.5"), ("４．５", "4.5"), ("　8 ", "8")],
)
def test_a_score_that_is_certain_is_read(client, assessment, book, typed, read):
    fill(book["聚湖社区"], {"1.1": typed})
    assert points(client, assessment, book) == {"1.1": Decimal(read)}


@pytest.mark.parametrize(
    "typed",
    [
        *("7。", "4.5分", "约5", "-1", "1e1", "80%", "9" * 30000),
        *(-1, 12.51, 1.005, 1e-9, True, date(2012, 4, 5), time(8, 30)),
    ],
)
def test_a_score_that_is_not_is_asked_about(client, assessment, book, typed):
    fill(book["聚湖社区"], {"1.1": typed})
    (problem,) = sent(client, book).context["plan"].problems
    assert (problem.sheet, problem.cell, problem.expected) == ("聚湖社区", "H5", EXPECTED)
    assert problem.found
    assert len(problem.found) <= 61
    assert problem.message.endswith("。")
    assert not stored(assessment)


@pytest.mark.parametrize("number_format", ["0%", "0.00%", '0.0"分"%'])
def test_a_percentage_is_no_score_although_it_is_stored_as_a_number(client, book, table, number_format):
    fill(table, {"1.1": 0.8})
    cell(table, "1.1").number_format = number_format
    assert problems(sent(client, book)) == [("聚湖社区", "H5", "80%")]


def test_a_reason_is_taken_as_it_is_shown(client, assessment, book, table):
    fill(table, {}, {"1.1": 20, "2.1": date(2012, 4, 5), "3.1": 0.3, "4.1": "＝甲\n乙 "})
    cell(table, "3.1", REASON).number_format = "0%"
    points(client, assessment, book)
    reasons = {code: found[1] for code, found in stored(assessment).items()}
    assert reasons == {"1.1": "20", "2.1": "2012年4月5日", "3.1": "30%", "4.1": "＝甲\n乙"}


def test_a_reason_that_cannot_be_kept_is_asked_about(client, book, table):
    fill(table, {}, {"1.1": "长" * 501, "2.1": "看\u200b不见", "3.1": True})
    assert [where for _sheet, where, _found in problems(sent(client, book))] == ["I5", "I6", "I7"]


def formula(content: bytes, at: str, value: str) -> bytes:
    """The same file with a formula in a cell, and the result that was saved with it."""
    name = "xl/worksheets/sheet1.xml"
    book = openpyxl.load_workbook(BytesIO(content))
    book["聚湖社区"][at].value = "=2*3"
    sheet = part(saved(book), name)
    was = b"<f>2*3</f><v />" if b"<f>2*3</f><v />" in sheet else b"<f>2*3</f><v></v>"
    assert was in sheet
    return repacked(saved(book), {name: sheet.replace(was, f"<f>2*3</f><v>{value}</v>".encode())})


def test_the_result_of_a_formula_is_read_and_pointed_out(client, assessment, book):
    shown = sent(client, formula(saved(book), "H5", "6"))
    assert problems(shown) == []
    assert shown.context["plan"].notes == ["工作表“聚湖社区”H5是公式，采用的是计算结果6，请核对。"]
    assert "是公式" in shown.content.decode()
    confirmed(client, shown)
    assert stored(assessment)["1.1"][0] == 6


def test_a_formula_without_a_result_or_with_an_error_is_asked_about(client, book, table):
    table["H5"] = "=2*3"
    table["H6"] = "#REF!"
    table["H6"].data_type = "e"
    assert problems(sent(client, book)) == [("聚湖社区", "H5", "公式没有计算结果"), ("聚湖社区", "H6", "#REF!")]


# --- the shape of a sheet ------------------------------------------------------------------------------------------


def test_what_another_program_makes_of_it_says_the_same(client, assessment, book, table):
    """Another order and name of the sheets, trailing rows without content, whole numbers as floats, the hidden sheet
    hidden in another way, no protection."""
    fill(table, {code: float(value) for code, value in FULL.items()})
    table.title = "汇总1"
    table.protection.sheet = False
    book.security = None
    for number in range(14, 200):
        table.cell(number, 9).value = " "
    book.move_sheet("标识", -1)
    book["标识"].sheet_state = "hidden"
    book["标识"].title = "Sheet9"
    assert points(client, assessment, book) == {code: Decimal("12.5") for code in FULL}


def test_rows_and_columns_may_stand_elsewhere(client, assessment, book, table):
    fill(table, {"1.1": 1, "2.1": 2})
    table.move_range("A5:I5", rows=10)
    table.insert_rows(1)
    table.insert_cols(3)
    assert points(client, assessment, book) == {"1.1": 1, "2.1": 2}


def test_a_deleted_row_a_doubled_one_and_one_without_a_code_are_asked_about(client, book, table):
    fill(table, {"3.1": 3, "4.1": 4})
    table.delete_rows(row_of(table, "1.1"))
    cell(table, "3.1", "编号").value = "2.1"
    cell(table, "4.1", "编号").value = None
    found = problems(sent(client, book))
    assert found == [
        ("聚湖社区", "A6", "2.1"),
        ("聚湖社区", "A7", ""),
        ("聚湖社区", "", ""),
        ("聚湖社区", "", ""),
        ("聚湖社区", "", ""),
    ]


def test_a_code_that_the_standard_does_not_have_is_asked_about(client, book, table):
    table.cell(20, column(table, "编号")).value = "9.9"
    table.cell(20, column(table, SCORE)).value = 1
    assert problems(sent(client, book)) == [("聚湖社区", "A20", "9.9")]


def test_merged_cells_are_asked_about(client, book, table):
    fill(table, {"1.1": 3})
    table.merge_cells("H5:H6")
    table.merge_cells("I7:I8")
    assert problems(sent(client, book)) == [("聚湖社区", "H6", "3"), ("聚湖社区", "I8", "")]


def test_a_sheet_without_its_head_or_key_is_asked_about(client, book, table):
    table["A2"] = "单位："
    assert "没有找到“表号”" in message_of(sent(client, book))
    table["A2"], table["H4"] = "表号：1", "得分"
    assert "表头" in message_of(sent(client, book))


def test_two_sheets_of_one_community_are_asked_about(client, book, table):
    book.copy_worksheet(table).title = "副本"
    assert "与工作表“聚湖社区”是同一张表" in message_of(sent(client, book))


def test_other_sheets_are_named_and_not_read(client, book, table):
    fill(table, {"1.1": 1})
    book.create_sheet("备忘").append(["明天再填"])
    assert sent(client, book).context["plan"].notes == ["工作表“备忘”不是评分表，未读取。"]


def test_a_workbook_whose_score_sheets_are_gone_says_so(client, book, table):
    table.sheet_state = "hidden"
    book.create_sheet("备忘")
    assert "没有评分表" in message_of(sent(client, book))


# --- what goes back, and files that are none -----------------------------------------------------------------------


def test_the_marked_workbook_is_corrected_and_uploaded_again(client, assessment, book, table):
    fill(table, {"1.1": "约5", "2.1": 3})
    sent(client, book)
    marked = openpyxl.load_workbook(BytesIO(content_of(client.get(ANNOTATED))))
    assert marked.sheetnames == ["问题清单", "聚湖社区", "标识"]
    found = marked["聚湖社区"]["H5"]
    assert EXPECTED in found.comment.text
    found.value = 5
    assert points(client, assessment, marked) == {"1.1": 5, "2.1": 3}


def test_the_marked_copy_of_a_foreign_file_is_that_file(client, assessment):
    book = openpyxl.Workbook()
    sent(client, book)
    assert openpyxl.load_workbook(BytesIO(content_of(client.get(ANNOTATED)))).sheetnames == ["问题清单", "Sheet"]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
FAR = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    "changes",
    [
        {"xl/worksheets/sheet1.xml": ENTITIES},
        {"xl/worksheets/sheet1.xml": FAR},
        {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (33 * 1024 * 1024) + b"</worksheet>"},
        {"xl/worksheets/sheet2.xml": FAR},
        {"../evil.xml": b"<a/>"},
        {"xl/vbaProject.bin": b"x"},
        {"xl/styles.xml": ENTITIES},
        {"xl/styles.xml": b"<styleSheet"},
    ],
    ids=["entities", "far", "bomb", "far hidden", "slip", "macro", "entities in styles", "broken styles"],
)
def test_a_hostile_file_is_refused_in_a_sentence(client, book, changes):
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile("表.xlsx", repacked(saved(book), changes))})
    assert answer.status_code == 200
    (message,) = answer.context["form"].errors["file"]
    assert message.endswith("。")


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\xff\xd8\xff\xe0jpeg", b"MZ", xls({"表": [["表号：1"]]})])
def test_what_is_no_xlsx_is_refused_in_a_sentence(client, assessment, content):
    """Hostile case 18; an .xls keeps no percentages apart."""
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile("表.xlsx", content)})
    (message,) = answer.context["form"].errors["file"]
    assert message.endswith("。")


@pytest.mark.parametrize(
    "row", [["表"], ["条目", "x", "1.1", "一", ""], ["条目", "x"], ["表", "a", "b", "c", "d", "e"]]
)
def test_a_spoilt_identity_is_refused_in_a_sentence(client, book, row):
    book["标识"].append(row)
    assert "不能确定是哪个社区（村）的" in message_of(sent(client, book))


def test_a_name_that_no_sheet_can_have_is_written_all_the_same(client, town, open_year):
    for name in ("甲[1]*?/村" * 7, "甲[1]*?/村" * 7 + "乙", "标识", "𠀀社区", "'"):
        make_assessment(community=make_community(town=town, name=name), campaign_year=open_year)
    book = downloaded(client)
    assert len(book.sheetnames) == 6
    fill(book.worksheets[1], {"1.1": 1})
    shown = sent(client, book)
    assert problems(shown) == []
    assert len(shown.context["plan"].changes) == 1
