"""Photographs for paper: made small and put into the document itself, since a document opens nothing but own files."""

from base64 import b64encode
from io import BytesIO

from PIL import Image, ImageOps

from communities.models import StoredFile
from reporting.pdf import PICTURE

WIDTH, HEIGHT, QUALITY = 900, 675, 80
"""Pixels: 75 mm at 300 dpi."""


def picture_source(file: StoredFile) -> str:
    """The `src` of a stored picture, turned upright as the camera held it; "" where its file cannot be read."""
    content = BytesIO()
    try:
        with file.file.open("rb") as stored, Image.open(stored) as image:
            image.draft("RGB", (WIDTH, HEIGHT))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((WIDTH, HEIGHT))
            upright.convert("RGB").save(content, "JPEG", quality=QUALITY)
    except (OSError, SyntaxError, ValueError):
        return ""
    return PICTURE + b64encode(content.getvalue()).decode("ascii")
