"""Files people send: what is taken, how it is kept, and how it is given back.

The type is read from the content, never from the name. A file is stored under a random name outside static files and
reaches people only through a view that checks their scope.
"""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import PurePosixPath
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.http import FileResponse
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from accounts import audit
from communities.models import Appointment, Community, District, StoredFile, Town

NAME_LENGTH = 120
MEGABYTE = 1024 * 1024
UNFOLDED_LIMIT = 200 * MEGABYTE
ORPHAN_AGE = timedelta(days=1)
Kind = StoredFile.Kind


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
    stem = (visible.rsplit(".", 1)[0] if "." in visible else visible) or "文件"
    return stem[:NAME_LENGTH] + KINDS[kind][0]


@contextmanager
def taking(
    upload: UploadedFile,
    *,
    district: District,
    town: Town | None = None,
    community: Community | None = None,
    restricted: bool = False,
    by: Appointment,
) -> Iterator[StoredFile]:
    """An uploaded file on its way in, for the unit that is to own it: a transaction around what is done with it.

    A `restricted` one is seen only through what the block links it to.

    The block calls `keep` and links what that returns. The file is written before its row, so there is never a row
    without its file; a file whose row was not kept is taken away again. Raises UnfitFile before the block begins.

    A transaction of the caller that fails later leaves the file behind; `sweep` finds it.
    """
    kind = kind_of(upload)
    upload.seek(0)
    content = upload.read()
    file = StoredFile(
        district=district,
        town=town,
        community=community,
        restricted=restricted,
        file=ContentFile(content, name=f"{uuid4().hex}{KINDS[kind][0]}"),
        name=clean_name(upload.name or "", kind),
        kind=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by.user,
    )
    try:
        with transaction.atomic():
            yield file
    except BaseException:
        file.file.delete(save=False)
        raise


def keep(file: StoredFile) -> StoredFile:
    """`file`, now stored, or what its owner already keeps of the same content."""
    same = StoredFile.objects.same_content(file)
    kept = same.first()
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            file.save()
    except IntegrityError:
        kept = same.first()
        if kept is None:
            raise
        file.file.delete(save=False)  # on PostgreSQL somebody may have kept the same content a moment ago
        return kept
    return file


def response_with(file: StoredFile) -> FileResponse:
    """The file itself: pictures open in the browser, everything else is a download; nothing of either can run."""
    response = FileResponse(
        file.file.open("rb"), as_attachment=not file.is_image, filename=file.name, content_type=file.kind
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


SMALL_SIDE = 480
SMALL_QUALITY = 75


def small_picture(file: StoredFile, side: int = SMALL_SIDE) -> bytes:
    """A picture as a small upright JPEG of at most `side` pixels each way; nothing where it cannot be read any more."""
    try:
        with file.file.open("rb") as stored, Image.open(stored, formats=["JPEG", "PNG"]) as image:
            image.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((side, side))
            content = BytesIO()
            upright.save(content, "JPEG", quality=SMALL_QUALITY)
            return content.getvalue()
    except (OSError, SyntaxError, ValueError):
        return b""


# --- what a killed process leaves ----------------------------------------------------------------------------------

STORED_NAME = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}")
"""What `taking` calls a file on disk; anything else in the store is not ours to remove."""


def names_in_use() -> set[str]:
    """The files that any row of any app names."""
    return {
        name
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
        for name in model._base_manager.values_list(field.name, flat=True)
    }


def sweep(*, now: datetime) -> list[str]:
    """Remove the files that no row names, and say which: a process killed between file and row leaves one.

    Files of the last day stay, their rows may be on their way.
    """
    names = default_storage.listdir("")[1] if default_storage.exists("") else []
    old = [
        name
        for name in names
        if STORED_NAME.fullmatch(name) and default_storage.get_modified_time(name) < now - ORPHAN_AGE
    ]
    orphans = sorted(set(old) - names_in_use())
    for name in orphans:
        audit.record("清理无主文件", by=None, before={"文件": name})
        default_storage.delete(name)
    return orphans
