"""佐证材料: what is taken and what is not, by content and never by name (18, 21, 22, 25)."""

from contextlib import suppress

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import ImageFile

from assessment import evidence
from assessment.evidence import UnfitFile, kind_of
from assessment.models import Evidence, EvidenceFile
from tests.assessment.tiny_files import (
    HTML,
    JPEG,
    PDF,
    SVG,
    files_on_disk,
    huge_png,
    office,
    picture,
    upload_of,
)

pytestmark = pytest.mark.django_db
Kind = EvidenceFile.Kind
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
def test_a_file_is_known_by_its_content(name, post):
    content, kind, shown = TAKEN[name]
    page = post(upload_of(content, name)).content.decode()
    file = EvidenceFile.objects.get()
    assert (file.kind, file.name, file.size) == (kind, shown, len(content))
    assert shown in page
    assert "field-error" not in page
    assert file.file.read() == content


@pytest.mark.parametrize(("content", "why"), UNFIT.values(), ids=UNFIT)
def test_an_unfit_file_is_refused_with_what_to_do(content, why, post):
    page = post(upload_of(content)).content.decode()
    assert "照片.jpg：" in page
    assert why in page
    assert EvidenceFile.objects.count() == Evidence.objects.count() == 0
    assert files_on_disk() == []


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_cut_off_on_its_way_is_refused_whatever_other_libraries_allow(form, post, monkeypatch):
    """Hostile case 25. WeasyPrint makes Pillow lenient in the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = picture(form, size=(400, 400))
    assert "无法识别的文件内容" in post(upload_of(whole[: len(whole) * 9 // 10])).content.decode()
    assert "照片." in post(upload_of(whole)).content.decode()


def test_a_document_that_would_unfold_beyond_measure_is_refused(post, monkeypatch):
    """Hostile case 15: what the archive declares decides, nothing is unfolded."""
    monkeypatch.setattr(evidence, "UNFOLDED_LIMIT", 7)
    assert "文件解压后过大，请精简内容后重新上传。" in post(upload_of(office("xl/workbook.xml"))).content.decode()
    assert files_on_disk() == []


def test_the_limit_is_taken_and_one_byte_more_is_not(post, settings):
    settings.EVIDENCE_MAX_BYTES = len(PDF)
    assert "超过" not in post(upload_of(PDF, "a.pdf")).content.decode()
    assert "请压缩后重新上传" in post(upload_of(PDF + b"\n", "b.pdf")).content.decode()
    assert EvidenceFile.objects.count() == 1


def test_the_refusal_names_the_limit_in_megabytes(post):
    page = post(upload_of(PDF + bytes(10 * 1024 * 1024), "大.pdf")).content.decode()
    assert "超过10MB上限" in page


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_of_several_files_the_fit_ones_are_taken(post):
    page = post(upload_of(JPEG, "好.jpg"), upload_of(HTML, "坏.jpg"), upload_of(PDF, "好.pdf")).content.decode()
    assert [file.name for file in EvidenceFile.objects.order_by("id")] == ["好.jpg", "好.pdf"]
    assert page.count("field-error") == 1
    assert "坏.jpg：无法识别的文件内容" in page


def test_no_file_chosen_says_so(post, assessment, item, town_officer, sign_in):
    assert "请先选择要上传的文件。" in post().content.decode()
    url = reverse("assessment:evidence_upload", args=[assessment.pk, item.pk])
    other_field = sign_in(town_officer).post(url, {"photo": upload_of(JPEG)}, follow=True)
    assert "请先选择要上传的文件。" in other_field.content.decode()


def test_an_item_takes_no_more_than_its_limit(post, settings, assessment):
    settings.EVIDENCE_MAX_FILES_PER_ITEM = 2
    for colour in ("red", "green", "blue"):
        page = post(upload_of(picture(colour=colour))).content.decode()
    assert "每个条目最多2个文件，请先移除不需要的。" in page
    assert assessment.evidence.count() == 2
    assert len(files_on_disk()) == 2
