"""A file beside some records: a document, a certificate, photographs; drawn here, of nothing in particular."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from PIL import Image, ImageDraw

from communities.models import Appointment, Honour, LedgerEntry, Policy, Sign
from communities.record_files import attach

SIZE = (320, 200)
PAPER, INK = "#fdfdf8", "#8a1c1c"


def picture(form: str, lines: int) -> bytes:
    """A page with so many ruled lines as PNG or PDF."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, SIZE[0] - 9, SIZE[1] - 9), outline=INK, width=2)
    for number in range(lines):
        draw.line((30, 40 + 16 * number, SIZE[0] - 30, 40 + 16 * number), fill=INK)
    out = BytesIO()
    image.save(out, form)
    return out.getvalue()


def attach_files(years: Iterable[int], *, bureau: Appointment) -> None:
    """One each beside the first policy and honour, and beside the first ledger entry and sign of every year."""
    beside: list[tuple[models.QuerySet[Any], str]] = [
        (Policy.objects.all(), "文件.pdf"),
        (Honour.objects.all(), "奖牌.png"),
    ]
    for year in years:
        beside.append((LedgerEntry.objects.filter(year=year), f"{year}年现场照片.png"))
        beside.append((Sign.objects.filter(year=year), f"{year}年标牌照片.png"))
    for lines, (records, name) in enumerate(beside, 2):
        attach_to(records.order_by("pk"), name, lines=lines, bureau=bureau)


def attach_to(records: models.QuerySet[Any], name: str, *, lines: int, bureau: Appointment) -> None:
    record = records.first()
    if record is None:
        return
    upload = SimpleUploadedFile(name, picture("PDF" if name.endswith("pdf") else "PNG", lines))
    community = getattr(record, "community", None)
    attach(
        record,
        upload,
        district=bureau.district,
        town=community.town if community else None,
        community=community,
        by=bureau,
    )
