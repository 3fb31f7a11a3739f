"""Files: what is taken and what is not, by content and never by name; what they are called (15, 18, 21, 22, 24, 25)."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import ImageFile

from communities import files
from communities.files import UnfitFile, clean_name, kind_of
from communities.models import StoredFile
from tests.tiny_files import HTML, JPEG, PDF, SVG, huge_png, office, picture, upload_of

Kind = StoredFile.Kind
TAKEN = {
    "照片.jpg": (JPEG, Kind.JPEG, "照片.jpg"),
    "照片.JPEG": (JPEG, Kind.JPEG, "照片.jpg"),
    "截图.png": (picture("PNG"), Kind.PNG, "截图.png"),
    "会议记录.pdf": (PDF, Kind.PDF, "会议记录.pdf"),
    "制度.docx": (office("word/document.xml"), Kind.DOCX, "制度.docx"),
    "名册.xlsx": (office("xl/workbook.xml"), Kind.XLSX, "名册.xlsx"),
    "其实是图片.pdf": (JPEG, Kind.JPEG, "其实是图片.jpg"),
}
UNFIT = {
    "SVG named .jpg (18)": (SVG, "无法识别的文件内容"),
    "HTML named .jpg (18)": (HTML, "无法识别的文件内容"),
    "GIF": (picture("GIF"), "无法识别的文件内容"),
    "a renamed .exe (22)": (b"MZ\x90\x00" + bytes(200), "无法识别的文件内容"),
    "a macro workbook (22)": (office("xl/workbook.xml", "xl/vbaProject.bin"), "文件含有宏"),
    "a macro document": (office("word/document.xml", "word/VBAPROJECT.BIN"), "文件含有宏"),
    "any other zip": (office("payload.txt"), "无法识别的文件内容"),
    "a cut zip": (office("xl/workbook.xml")[:-30], "无法识别的文件内容"),
    "a cut picture (25)": (picture(size=(400, 400))[:900], "无法识别的文件内容"),
    "50,000 x 50,000 pixels (21)": (huge_png(50_000, 50_000), "缩小后重新上传"),
    "8,000 x 8,000 pixels": (huge_png(8_000, 8_000), "图片有8000×8000像素，过大"),
    "nothing (25)": (b"", "文件是空的"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_is_known_by_its_content(name):
    content, kind, shown = TAKEN[name]
    assert kind_of(upload_of(content, name)) is kind
    assert clean_name(name, kind) == shown


@pytest.mark.parametrize(("content", "why"), UNFIT.values(), ids=UNFIT)
def test_an_unfit_file_is_refused_with_what_to_do(content, why):
    with pytest.raises(UnfitFile, match=why):
        kind_of(upload_of(content))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_cut_off_on_its_way_is_refused_whatever_other_libraries_allow(form, monkeypatch):
    """Hostile case 25. WeasyPrint makes Pillow lenient in the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = picture(form, size=(400, 400))
    with pytest.raises(UnfitFile, match="无法识别的文件内容"):
        kind_of(upload_of(whole[: len(whole) * 9 // 10]))
    assert kind_of(upload_of(whole)) is Kind[form]


def test_a_document_that_would_unfold_beyond_measure_is_refused(monkeypatch):
    """Hostile case 15: what the archive declares decides, nothing is unfolded."""
    monkeypatch.setattr(files, "UNFOLDED_LIMIT", 7)
    with pytest.raises(UnfitFile, match="文件解压后过大，请精简内容后重新上传。"):
        kind_of(upload_of(office("xl/workbook.xml")))


def test_the_limit_is_taken_and_one_byte_more_is_not(settings):
    settings.EVIDENCE_MAX_BYTES = len(PDF)
    assert kind_of(upload_of(PDF)) is Kind.PDF
    with pytest.raises(UnfitFile, match="请压缩后重新上传"):
        kind_of(upload_of(PDF + b"\n"))


def test_the_refusal_names_the_limit_in_megabytes():
    with pytest.raises(UnfitFile, match="超过10MB上限"):
        kind_of(upload_of(PDF + bytes(10 * 1024 * 1024)))


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    seed=st.sampled_from([JPEG, picture("PNG"), office("xl/workbook.xml"), PDF]),
    at=st.integers(0, 400),
    patch=st.binary(min_size=1, max_size=12),
    cut=st.integers(0, 700),
)
def test_whatever_the_bytes_the_answer_is_a_kind_or_a_sentence(seed, at, patch, cut):
    """A damaged file is somebody's photograph from a broken card, never an error page."""
    damaged = (seed[:at] + patch + seed[at + len(patch) :])[: cut or None]
    with suppress(UnfitFile):
        assert kind_of(upload_of(damaged)) in Kind


# --- names (24) ----------------------------------------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.jpg": "passwd.jpg",
    "..\\..\\windows\\x.jpg": "x.jpg",
    "/abs/olute.jpg": "olute.jpg",
    "发票\u202egpj.exe": "发票gpj.jpg",
    "第一行\r\nSet-Cookie: x=1.jpg": "第一行Set-Cookie: x=1.jpg",
    "零\x00字节.jpg": "零字节.jpg",
    "汉" * 255 + ".jpg": "汉" * 120 + ".jpg",
    "": "文件.jpg",
    "...": "文件.jpg",
    "\u202e": "文件.jpg",
    "㐂𠀋村.jpg": "㐂𠀋村.jpg",
    "名册.xlsm": "名册.jpg",
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_shown_without_folders_control_or_direction_marks(name, shown):
    assert clean_name(name, Kind.JPEG) == shown
