"""Hostile and odd files: refused with a sentence, in bounded memory, or read as what they are (cases 14-17, 22, 25)."""

import resource
import struct
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
import xlwt

from communities.importing import old_workbooks
from communities.importing.old_workbooks import SIGNATURE, read_sheets
from communities.importing.packages import MAX_ROWS, check_package
from communities.importing.problems import FileRefusedError
from communities.importing.workbooks import Flaw, read_workbook
from tests.communities.workbook_files import part, register_file, repacked, row, saved, sheet_rows, text, xls, xlsx

SHEET = "xl/worksheets/sheet1.xml"
SMALL = register_file(row())


def refusal(content: bytes, name: str = "表.xlsx") -> str:
    with pytest.raises(FileRefusedError) as refused:
        read_workbook(content, name)
    return str(refused.value)


def worksheet(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    "corner",
    ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', f'<row r="{MAX_ROWS + 1}"><c><v>1</v></c></row>'],
)
def test_a_sparse_sheet_is_refused_before_it_unfolds(corner):
    """Case 14: 43 KB that unfold to GBs."""
    assert "行" in refusal(repacked(SMALL, {SHEET: worksheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{corner}')}))


def test_formatted_blanks_far_out_do_not_count():
    blank = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>'
    (sheet,) = read_workbook(repacked(SMALL, {SHEET: worksheet(blank)}), "表.xlsx").sheets
    assert sheet.rows == [[1.0]]


def test_a_zip_bomb_is_refused_while_it_is_unpacked():
    """Case 15: 200 MB of spaces."""
    bomb = repacked(SMALL, {SHEET: worksheet(" " * 200_000_000)})
    assert len(bomb) < 300_000
    assert "过大" in refusal(bomb)


def test_a_zip_bomb_with_a_false_size_in_its_headers_is_refused():
    """Case 15: both headers say 100 bytes."""
    size = 200_000_000
    bomb = repacked(SMALL, {SHEET: worksheet(" " * size)})
    real = struct.pack("<I", len(worksheet(" " * size)))
    assert bomb.count(real) == 2
    assert refusal(bomb.replace(real, struct.pack("<I", 100)))


@pytest.mark.parametrize("element", ["<row/>", '<c r="A1"/>', "<a>"])
def test_millions_of_empty_elements_are_refused(element):
    """Case 15 of another kind: small to store, long to walk."""
    assert refusal(repacked(SMALL, {SHEET: worksheet(element * 2_000_000)}))


def test_one_element_with_millions_of_attributes_is_refused():
    """Small to store, seconds to walk."""
    attributes = " ".join(f'a{n}="1"' for n in range(1_000_000))
    assert "过大" in refusal(repacked(SMALL, {SHEET: worksheet(f"<row {attributes}/>")}))


def test_what_the_headers_hide_never_reaches_the_reader():
    """The reader gets a fresh package of the checked bytes, not the sender's."""
    checked = check_package(
        repacked(SMALL, {"xl/media/image1.png": b"x", "xl/externalLinks/externalLink1.xml": b"<x/>"})
    )
    with zipfile.ZipFile(BytesIO(checked.content)) as package:
        assert not [name for name in package.namelist() if "media" in name or "external" in name]


def test_one_long_text_shared_by_many_cells_is_refused():
    """A text of 1 MB in 10,000 cells would be 10 GB."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 10_001))
    strings = b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"
    assert "过大" in refusal(repacked(SMALL, {SHEET: worksheet(cells), "xl/sharedStrings.xml": strings}))


@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_xml_entities_are_refused(name):
    """Case 16: billion laughs and file:// alike; no document type gets past its first byte."""
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    assert "不允许" in refusal(repacked(SMALL, {name: doctype + part(SMALL, name).split(b"?>")[-1]}))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "xl/..\\..\\x.xml", "C:/x.xml"])
def test_a_name_that_climbs_out_is_refused(name):
    """Case 17: nothing is ever unpacked to disk, and the file is refused all the same."""
    assert "不允许" in refusal(repacked(SMALL, {name: b"<x/>"}))


def test_a_symbolic_link_inside_is_refused():
    """Case 17."""
    copy = BytesIO(SMALL)
    with zipfile.ZipFile(copy, "a") as package:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        package.writestr(link, "/etc/passwd")
    assert "不允许" in refusal(copy.getvalue())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (repacked(SMALL, {"xl/vbaProject.bin": b"x"}), "宏"),
        (b"MZ\x90\x00\x03" + b"\0" * 500, "无法识别"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 500, "无法识别"),
        (b"%PDF-1.7 no nul", "无法识别"),
        ("<html><table><tr><td>镇</td></tr></table></html>".encode(), "网页"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "网页"),
        (b"", "空的"),
        (SMALL[: len(SMALL) * 99 // 100], "不完整"),
        (b"PK\x03\x04", "不完整"),
        (SIGNATURE + b"\0" * 100, "不完整"),
        (SIGNATURE + b"\xff" * 5000, "不完整"),
    ],
)
def test_what_is_no_workbook_is_refused(content, words):
    """Cases 22 and 25: .xlsm, a renamed .exe, HTML and XML under another name, 0 bytes, cut at 99 %."""
    assert words in refusal(content)


@pytest.mark.parametrize(
    ("entries", "words"),
    [({"word/document.xml": b"<x/>"}, "不是Excel"), ({"xl/workbook.bin": b"x"}, "xlsb")],
)
def test_other_packages_are_refused(entries, words):
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, data in entries.items():
            package.writestr(name, data)
    assert words in refusal(content.getvalue())


def test_the_size_limit_is_inclusive(settings):
    """Case 25: the limit passes, the limit + 1 does not."""
    settings.IMPORT_MAX_BYTES = len(SMALL)
    assert read_workbook(SMALL, "表.xlsx").sheets
    assert "超过" in refusal(SMALL + b"\0")


def test_an_encrypted_workbook_is_refused():
    """Excel wraps an encrypted .xlsx into a compound file with one stream EncryptedPackage."""
    plain = xls({"城镇社区": sheet_rows(row())})
    encrypted = plain.replace("Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le"))
    name_length = encrypted.index("EncryptedPackage".encode("utf-16-le"))
    assert len(encrypted) == len(plain) + 16
    encrypted = encrypted[: name_length + 32] + encrypted[name_length + 48 :]
    encrypted = encrypted[: name_length + 64] + struct.pack("<H", 34) + encrypted[name_length + 66 :]
    assert "加密" in refusal(encrypted)


def test_an_old_workbook_that_unfolds_is_refused():
    """Case 14 in .xls: one number in the last cell of 65,536 rows."""
    content = xls({"城镇社区": [["镇", 12345.678]]})
    at = content.index(struct.pack("<d", 12345.678)) - 6
    assert struct.unpack_from("<HH", content, at) == (0, 1)
    assert "行" in refusal(content[:at] + struct.pack("<HH", 65535, 1) + content[at + 4 :])


def test_a_text_longer_than_a_record_of_an_old_workbook_is_read_whole():
    long = "长" * 20_000
    (sheet,) = read_workbook(xls({"表": [["短", long, "末"]]}), "表.xls").sheets
    assert sheet.rows == [["短", long, "末"]]


def test_damaged_old_workbooks_are_refused_or_read_and_nothing_else():
    """Without the process around it, which costs a tenth of a second each."""
    content = xls({"城镇社区": sheet_rows(row())})
    for at in range(0, len(content), 19):
        damaged = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        with suppress(FileRefusedError):
            read_sheets(damaged)


def test_an_old_workbook_whose_texts_never_end_is_stopped(monkeypatch):
    """Case 15 in .xls: 2,147,483,647 texts, and the phonetic part of each leads back to its own beginning."""
    monkeypatch.setattr(old_workbooks, "MAX_SECONDS", 2)
    content = bytearray(xls({"表": [["x" * 40]]}))
    text_at = content.index(b"x" * 40) - 3
    struct.pack_into("<ii", content, text_at - 8, 2**31 - 1, 2**31 - 1)
    struct.pack_into("<HBi4s", content, text_at, 4, 4, -11, b"abcd")
    assert "过大" in refusal(bytes(content))


def test_an_old_workbook_with_a_password_is_refused():
    """Its first record of the user's name turned into FILEPASS, the record that announces the cipher."""
    plain = xls({"城镇社区": sheet_rows(row())})
    user_name = struct.pack("<HH", 0x5C, 112)
    assert plain.count(user_name) == 1
    assert "加密" in refusal(plain.replace(user_name, struct.pack("<HH", 0x2F, 112)))


def test_an_old_workbook_with_macros_is_refused():
    content = xls({"城镇社区": sheet_rows(row())})
    assert "宏" in refusal(content + "_VBA_PROJECT_CUR".encode("utf-16-le"))


def test_cells_of_an_old_workbook_keep_their_kind():
    """Errors are flaws, blanks far out do not count, hidden sheets are only named, merges are kept."""
    book = xlwt.Workbook()
    page, hidden = book.add_sheet("表"), book.add_sheet("旧表")
    hidden.visibility = 1
    page.write_merge(0, 0, 0, 1, "题")
    for at, value in enumerate([1.5, True, date(2012, 6, 30), "文"]):
        page.write(1, at, value, xlwt.easyxf(num_format_str="yyyy-mm-dd") if at == 2 else xlwt.Style.default_style)
    page.row(1).set_cell_error(4, "#REF!")
    page.write(1, 255, None, xlwt.easyxf("borders: left thin"))
    page.write(30_000, 0, None, xlwt.easyxf("borders: left thin"))
    found = read_workbook(saved(book), "表.xlsx")
    (sheet,) = found.sheets
    assert sheet.rows[1] == [1.5, True, datetime(2012, 6, 30), "文", Flaw("#REF!")]  # noqa: DTZ001 - a day
    assert (len(sheet.rows), sheet.merged(0, 1), found.hidden) == (2, "题", ["旧表"])


def test_excel_errors_and_formulas_without_result_are_not_lost():
    """The reader itself would give blanks, and a blank means unknown."""
    book = openpyxl.Workbook()
    book.active.append(["#REF!", "=1+1", "文"])
    book.active["A1"].data_type = "e"
    (sheet,) = read_workbook(saved(book), "表.xlsx").sheets
    assert sheet.rows == [[Flaw("#REF!"), Flaw("公式没有计算结果"), "文"]]


def test_merges_over_the_whole_sheet_are_clipped_to_its_cells():
    (sheet,) = read_workbook(xlsx({"表": [["甲", "乙"], ["丙", "丁"]]}, {"表": ["A1:XFD1"]}), "表.xlsx").sheets
    assert sheet.merged(0, 1) == "甲"
    assert sheet.merges == [((0, 0), (0, 1))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_text_files_are_read_in_every_usual_encoding(encoding, delimiter):
    content = text([["镇", "社区"], ["湖塘镇", "𠮷㙟社区"]], encoding=encoding, delimiter=delimiter)
    (sheet,) = read_workbook(content, "城镇.xlsx").sheets
    assert sheet.name == "城镇"
    assert sheet.rows == [["镇", "社区"], ["湖塘镇", "𠮷㙟社区"]]


def test_hidden_sheets_are_named_and_not_read():
    book = openpyxl.Workbook()
    book.create_sheet("旧表").sheet_state = "hidden"
    found = read_workbook(saved(book), "表.xlsx")
    assert ([sheet.name for sheet in found.sheets], found.hidden) == (["Sheet"], ["旧表"])


def test_hostile_files_stay_within_bounded_memory(tmp_path):
    """Cases 14 and 15 in a process that may not take more than 600 MB."""
    bombs = {
        "spaces.xlsx": repacked(SMALL, {SHEET: worksheet(" " * 200_000_000)}),
        "sparse.xlsx": repacked(SMALL, {SHEET: worksheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}),
    }
    code = (
        "import resource, sys, django\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({600 * 1024**2}, {resource.RLIM_INFINITY}))\n"
        "django.setup()\n"
        "from communities.importing.problems import FileRefusedError\n"
        "from communities.importing.workbooks import read_workbook\n"
        "try:\n    read_workbook(open(sys.argv[1], 'rb').read(), 'x.xlsx')\n"
        "except FileRefusedError:\n    sys.exit(7)\n"
    )
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
        assert subprocess.run([sys.executable, "-c", code, tmp_path / name], check=False).returncode == 7
