"""佐证材料: what is taken, how it is kept and who gets it (R69; hostile cases 2, 18 to 22, 24, 25, 27)."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from accounts import audit
from accounts.models import AuditEvent
from assessment.evidence import UnfitFile, add_evidence, clean_name, kind_of, remove_evidence
from assessment.models import Assessment, Evidence, EvidenceFile, Item, State
from assessment.workflow import Refused
from tests.factories import make_assessment, make_community

pytestmark = pytest.mark.django_db
Kind = EvidenceFile.Kind


# --- tiny files ----------------------------------------------------------------------------------------------------


def picture(form: str = "JPEG", size: tuple[int, int] = (8, 6), colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, form)
    return buffer.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes whose header claims width x height pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def office(main_part: str, *more: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main_part, *more):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def zip_bomb() -> bytes:
    """300 KB that unfold to 300 MB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        with archive.open("xl/workbook.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    return buffer.getvalue()


JPEG = picture()
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
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
    "a zip that unfolds": (zip_bomb(), "文件解压后过大"),
    "a cut zip": (office("xl/workbook.xml")[:-30], "无法识别的文件内容"),
    "a cut picture (25)": (picture(size=(400, 400))[:900], "无法识别的文件内容"),
    "50,000 x 50,000 pixels (21)": (huge_png(50_000, 50_000), "缩小后重新上传"),
    "8,000 x 8,000 pixels": (huge_png(8_000, 8_000), "图片有8000×8000像素，过大"),
    "nothing (25)": (b"", "文件是空的"),
}


def upload_of(content: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def item(assessment) -> Item:
    return assessment.standard.items.get(code="1.1")


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def post(client, assessment, item):
    """Upload as the browser does; `htmx` asks for the file list alone."""

    def send(*files: SimpleUploadedFile, htmx: bool = True) -> HttpResponse:
        url = reverse("assessment:evidence_upload", args=[assessment.pk, item.pk])
        return client.post(url, {"files": list(files)}, headers={"HX-Request": "true"} if htmx else {})

    return send


@pytest.fixture
def evidence(assessment, item, town_officer) -> Evidence:
    return add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG), by=town_officer)


def files_on_disk() -> list[Path]:
    root = Path(django_settings.EVIDENCE_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file())


def fetch(client: Client, evidence: Evidence) -> HttpResponse:
    return client.get(reverse("assessment:evidence", args=[evidence.pk]))


# --- what is taken -------------------------------------------------------------------------------------------------


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


def test_no_file_chosen_says_so(post, client, assessment, item):
    assert "请先选择要上传的文件。" in post().content.decode()
    url = reverse("assessment:evidence_upload", args=[assessment.pk, item.pk])
    other_field = client.post(url, {"photo": upload_of(JPEG)}, headers={"HX-Request": "true"})
    assert "请先选择要上传的文件。" in other_field.content.decode()


def test_an_item_takes_no_more_than_its_limit(post, settings, assessment):
    settings.EVIDENCE_MAX_FILES_PER_ITEM = 2
    for colour in ("red", "green", "blue"):
        page = post(upload_of(picture(colour=colour))).content.decode()
    assert "每个条目最多2个文件，请先移除不需要的。" in page
    assert assessment.evidence.count() == 2
    assert len(files_on_disk()) == 2


# --- names (24) ----------------------------------------------------------------------------------------------------

NAMES = {
    "../../etc/passwd.jpg": "passwd.jpg",
    "..\\..\\windows\\x.jpg": "x.jpg",
    "/abs/olute.jpg": "olute.jpg",
    "发票\u202egpj.exe": "发票gpj.jpg",
    "第一行\r\nSet-Cookie: x=1.jpg": "第一行Set-Cookie: x=1.jpg",
    "零\x00字节.jpg": "零字节.jpg",
    "汉" * 255 + ".jpg": "汉" * 120 + ".jpg",
    "": "佐证材料.jpg",
    "...": "佐证材料.jpg",
    "\u202e": "佐证材料.jpg",
    "㐂𠀋村.jpg": "㐂𠀋村.jpg",
    "名册.xlsm": "名册.jpg",
}


@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_shown_without_folders_control_or_direction_marks(name, shown):
    assert clean_name(name, Kind.JPEG) == shown


def test_the_name_on_disk_is_random_and_inside_the_store(post):
    post(upload_of(JPEG, "../../../../evil.jpg"))
    (path,) = files_on_disk()
    assert len(path.stem) == 32
    assert path.suffix == ".jpg"


def test_a_hostile_name_reaches_no_header(post, client):
    post(upload_of(PDF, '会议"\r\nX-Evil: 1\r\n\u202e.pdf'))
    response = fetch(client, Evidence.objects.get())
    assert "X-Evil" not in response.headers
    assert "\n" not in response["Content-Disposition"]


def test_255_characters_are_taken(post, client):
    post(upload_of(PDF, "汉" * 251 + ".pdf"))
    assert len(EvidenceFile.objects.get().name) == 124
    assert fetch(client, Evidence.objects.get()).status_code == 200


# --- kept once (27) ------------------------------------------------------------------------------------------------


def test_the_same_content_is_kept_once_and_linked_where_it_serves(assessment, item, town_officer, evidence):
    again = add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG, "换个名.jpg"), by=town_officer)
    other = assessment.standard.items.get(code="2.1")
    elsewhere = add_evidence(assessment=assessment, item=other, upload=upload_of(JPEG), by=town_officer)
    assert again == evidence
    assert elsewhere.file == evidence.file
    assert (EvidenceFile.objects.count(), Evidence.objects.count(), len(files_on_disk())) == (1, 2, 1)
    assert AuditEvent.objects.filter(action="上传佐证材料").count() == 2


def test_another_community_keeps_its_own_copy(evidence, other_town, open_year, other_town_officer):
    """Whether somebody else already has a file is nobody's business."""
    theirs = make_assessment(community=make_community(town=other_town), campaign_year=open_year)
    item = theirs.standard.items.first()
    add_evidence(assessment=theirs, item=item, upload=upload_of(JPEG), by=other_town_officer)
    assert EvidenceFile.objects.count() == len(files_on_disk()) == 2


# --- served (2, 19, 20) --------------------------------------------------------------------------------------------


def test_a_picture_opens_in_the_browser_as_a_picture_and_nothing_else(post, client):
    """A JPEG that is also HTML is sent as image/jpeg, not to be sniffed, in a sandbox without scripts."""
    post(upload_of(JPEG + HTML))
    response = fetch(client, Evidence.objects.get())
    assert response.getvalue() == JPEG + HTML
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("inline")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["会议记录.pdf", "制度.docx", "名册.xlsx"])
def test_everything_else_is_a_download(name, post, client):
    """A PDF may carry JavaScript; nothing of it runs inside the product."""
    post(upload_of(TAKEN[name][0], name))
    response = fetch(client, Evidence.objects.get())
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_evidence_of_another_town_is_not_found_by_its_address(evidence, sign_in, other_town_officer, foreign_bureau):
    for stranger in (other_town_officer, foreign_bureau):
        assert fetch(sign_in(stranger), evidence).status_code == 404
    assert fetch(Client(), evidence).status_code == 302


def test_the_store_has_no_address_of_its_own(evidence, client):
    for prefix in ("/media/", "/static/", "/evidence/"):
        assert client.get(f"{prefix}{evidence.file.file.name}").status_code == 404


def test_who_looked_at_a_file_is_recorded(evidence, sign_in, leader):
    fetch(sign_in(leader), evidence)
    event = AuditEvent.objects.get(action="查看佐证材料")
    assert (event.user, event.after) == (leader.user, {"文件": "照片.jpg"})


# --- all or nothing ------------------------------------------------------------------------------------------------


def test_a_row_is_never_without_its_file(assessment, item, town_officer, monkeypatch):
    """Hostile case 26: the disk is full."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(OSError, match="No space left"):
        add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG), by=town_officer)
    assert EvidenceFile.objects.count() == Evidence.objects.count() == 0


def test_a_file_is_never_left_without_its_row(assessment, item, town_officer, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        add_evidence(assessment=assessment, item=item, upload=upload_of(JPEG), by=town_officer)
    assert EvidenceFile.objects.count() == Evidence.objects.count() == 0
    assert files_on_disk() == []


def test_a_failed_second_link_leaves_the_first_ones_file(evidence, assessment, town_officer, monkeypatch):
    other = assessment.standard.items.get(code="2.1")
    Assessment.objects.filter(pk=assessment.pk).update(state=State.SUBMITTED)
    with pytest.raises(Refused):
        add_evidence(assessment=assessment, item=other, upload=upload_of(JPEG), by=town_officer)
    assert evidence.file.file.read() == JPEG


def test_a_filed_sheet_takes_and_gives_back_nothing(post, evidence, assessment, client, town_officer):
    Assessment.objects.filter(pk=assessment.pk).update(state=State.SUBMITTED)
    assert "不能再修改" in post(upload_of(PDF, "后补.pdf")).content.decode()
    url = reverse("assessment:evidence_remove", args=[assessment.pk, evidence.pk])
    assert "不能再修改" in client.post(url, follow=True).content.decode()
    with pytest.raises(Refused):
        remove_evidence(evidence, by=town_officer)
    assert list(assessment.evidence.all()) == [evidence]
    assert len(files_on_disk()) == 1


# --- taken back ----------------------------------------------------------------------------------------------------


def test_removing_takes_the_link_and_keeps_the_file(evidence, assessment, client, town_officer):
    """Another item or another year may use it."""
    url = reverse("assessment:evidence_remove", args=[assessment.pk, evidence.pk])
    page = client.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "照片.jpg" not in page
    assert (Evidence.objects.count(), EvidenceFile.objects.count(), len(files_on_disk())) == (0, 1, 1)
    event = AuditEvent.objects.get(action="移除佐证材料")
    assert (event.user, event.before) == (town_officer.user, {"1.1": "照片.jpg"})


def test_evidence_of_another_assessment_is_not_removed_through_ones_own(evidence, town, open_year, client):
    own = make_assessment(community=make_community(town=town), campaign_year=open_year)
    url = reverse("assessment:evidence_remove", args=[own.pk, evidence.pk])
    assert client.post(url).status_code == 404
    assert Evidence.objects.count() == 1


def test_evidence_is_not_added_to_an_item_of_another_standard(client, assessment, village, open_year):
    foreign = make_assessment(community=village, campaign_year=open_year).standard.items.first()
    url = reverse("assessment:evidence_upload", args=[assessment.pk, foreign.pk])
    assert client.post(url, {"files": upload_of(JPEG)}).status_code == 404
    assert files_on_disk() == []


# --- with and without JavaScript -----------------------------------------------------------------------------------


def test_htmx_gets_the_file_list_of_the_item_alone(post, item):
    page = post(upload_of(JPEG)).content.decode()
    assert page.startswith(f'<div class="files" id="files-{item.pk}">')
    assert "<html" not in page


def test_a_plain_form_comes_back_to_the_items_row(post, assessment, client):
    answer = post(upload_of(JPEG), upload_of(HTML, "坏.jpg"), htmx=False)
    assert (answer.status_code, answer.url) == (302, f"{assessment.get_absolute_url()}#item-1.1")
    page = client.get(assessment.get_absolute_url()).content.decode()
    assert "坏.jpg：无法识别的文件内容" in page
    assert "照片.jpg</a>" in page
