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
    attach_to(Policy.objects.order_by("pk"), "文件.pdf", bureau)
    attach_to(Honour.objects.order_by("pk"), "奖牌.png", bureau)
    for year in years:
        attach_to(LedgerEntry.objects.filter(year=year).order_by("pk"), "现场照片.png", bureau)
        attach_to(Sign.objects.filter(year=year).order_by("pk"), "标牌照片.png", bureau)


def attach_to(records: models.QuerySet[Any], name: str, bureau: Appointment) -> None:
    record = records.first()
    if record is None:
        return
    upload = SimpleUploadedFile(name, picture("PDF" if name.endswith("pdf") else "PNG", lines=record.pk % 5 + 2))
    community = getattr(record, "community", None)
    attach(
        record,
        upload,
        district=bureau.district,
        town=community.town if community else None,
        community=community,
        by=bureau,
    )
