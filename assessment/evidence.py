"""佐证材料: what may be put forward, how it is kept, and how it is found again.

The type is read from the content, never from the name. A file is stored under a random name outside static files and
reaches people only through a view that checks their scope.
"""

import hashlib
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageFile, UnidentifiedImageError

from accounts import audit
from assessment.assessing import hold_open
from assessment.models import Assessment, Evidence, EvidenceFile, Item
from communities.models import Appointment

NAME_LENGTH = 120
MEGABYTE = 1024 * 1024
UNFOLDED_LIMIT = 200 * MEGABYTE
Kind = EvidenceFile.Kind


class UnfitFile(Exception):
    """A file that is not taken; the message says why and what to do, in Chinese."""


def is_image(file: UploadedFile, form: str) -> bool:
    """A readable picture of the form PIL calls `form`, within the pixel limit; read from the header before decoding."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process; half a picture is no proof
    try:
        with Image.open(file, formats=[form]) as image:
            if image.width * image.height > settings.EVIDENCE_MAX_PIXELS:
                raise UnfitFile(f"图片有{image.width}×{image.height}像素，过大，请缩小后重新上传。")
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return False
    except Image.DecompressionBombError:
        raise UnfitFile("图片像素过大，请缩小后重新上传。") from None
    return True


def is_pdf(file: UploadedFile) -> bool:
    return file.read(5) == b"%PDF-"


def is_office(file: UploadedFile, main_part: str) -> bool:
    """An OOXML document with the given main part, without macros and not a zip bomb."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            unfolded = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    if "[Content_Types].xml" not in names or main_part not in names:
        return False
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise UnfitFile("文件含有宏，请另存为不含宏的docx或xlsx后重新上传。")
    if unfolded > UNFOLDED_LIMIT:
        raise UnfitFile("文件解压后过大，请精简内容后重新上传。")
    return True


KINDS: dict[Kind, tuple[str, Callable[[UploadedFile], bool]]] = {
    Kind.JPEG: (".jpg", lambda file: is_image(file, "JPEG")),
    Kind.PNG: (".png", lambda file: is_image(file, "PNG")),
    Kind.PDF: (".pdf", is_pdf),
    Kind.DOCX: (".docx", lambda file: is_office(file, "word/document.xml")),
    Kind.XLSX: (".xlsx", lambda file: is_office(file, "xl/workbook.xml")),
}
"""Every kind taken: its suffix on disk, and how its content is recognised."""


def kind_of(file: UploadedFile) -> Kind:
    """The kind of an uploaded file by its content. Raises UnfitFile."""
    if not file.size:
        raise UnfitFile("文件是空的，请检查后重新上传。")
    if file.size > settings.EVIDENCE_MAX_BYTES:
        limit = settings.EVIDENCE_MAX_BYTES // MEGABYTE
        raise UnfitFile(f"文件有{file.size / MEGABYTE:.1f}MB，超过{limit}MB上限，请压缩后重新上传。")
    for kind, (_suffix, recognised) in KINDS.items():
        file.seek(0)
        if recognised(file):
            return kind
    raise UnfitFile("无法识别的文件内容。请上传jpg、png照片或pdf、docx、xlsx文件（只改后缀名无效）。")


def clean_name(name: str, kind: Kind) -> str:
    """The name as shown to people: no folders, no control or direction characters, at most 120 characters."""
    base = PurePosixPath(name.replace("\\", "/")).name
    visible = "".join(character for character in base if unicodedata.category(character)[0] != "C").strip(" .")
    stem = (visible.rsplit(".", 1)[0] if "." in visible else visible) or "佐证材料"
    return stem[:NAME_LENGTH] + KINDS[kind][0]


def add_evidence(*, assessment: Assessment, item: Item, upload: UploadedFile, by: Appointment) -> Evidence:
    """Put an uploaded file forward for an item. Raises UnfitFile, or workflow.Refused when the sheet is closed.

    The same content is kept once per community and only linked again. The file is written before its row, so there
    is never a row without its file; a file whose row was not kept is taken away again.
    """
    kind = kind_of(upload)
    upload.seek(0)
    content = upload.read()
    file = EvidenceFile(
        community=assessment.community,
        file=ContentFile(content, name=f"{uuid4().hex}{KINDS[kind][0]}"),
        name=clean_name(upload.name or "", kind),
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by.user,
    )
    try:
        return put_forward(assessment, item, file, by=by)
    except Exception:
        file.file.delete(save=False)
        raise


@transaction.atomic
def put_forward(assessment: Assessment, item: Item, file: EvidenceFile, *, by: Appointment) -> Evidence:
    """Link an item to `file`, or to what the community already keeps of the same content."""
    hold_open(assessment)
    if Evidence.objects.filter(assessment=assessment, item=item).count() >= settings.EVIDENCE_MAX_FILES_PER_ITEM:
        raise UnfitFile(f"每个条目最多{settings.EVIDENCE_MAX_FILES_PER_ITEM}个文件，请先移除不需要的。")
    kept = EvidenceFile.objects.filter(community=file.community, sha256=file.sha256).first()
    if kept is None:
        file.save()
    evidence, created = Evidence.objects.get_or_create(assessment=assessment, item=item, file=kept or file)
    if created:
        name = evidence.file.name
        audit.record("上传佐证材料", assessment, by=by.user, after={item.code: name, "SHA-256": file.sha256})
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: Appointment) -> None:
    """Take a file back from an item; the file itself stays, other items and years may use it."""
    hold_open(evidence.assessment)
    audit.record("移除佐证材料", evidence.assessment, by=by.user, before={evidence.item.code: evidence.file.name})
    evidence.delete()


def evidence_of(assessment: Assessment) -> dict[int, list[Evidence]]:
    """The files of an assessment by item id, in one query."""
    found: dict[int, list[Evidence]] = {}
    for evidence in Evidence.objects.filter(assessment=assessment).select_related("file"):
        found.setdefault(evidence.item_id, []).append(evidence)
    return found
