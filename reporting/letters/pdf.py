"""A letter as PDF, set as GB/T 9704-2012 says; one with tables has its attachments behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from django.template.loader import render_to_string

from reporting.letters.letter import Heading, Letter, Mode, Paragraph
from reporting.pdf import render_pdf

OFFICIAL_FONTS = ("FZXiaoBiaoSong-B05S", "FangSong_GB2312", "KaiTi_GB2312", "SimHei")
"""What the standard asks for; none of them may be shipped, so a machine without them sets a substitute."""


@dataclass(frozen=True)
class Block:
    """A part of the body as it is set: `notes` are the numbers of its footnotes."""

    kind: str
    text: str
    notes: tuple[int, ...] = ()


def blocks(letter: Letter) -> Iterator[Block]:
    count = 0
    for part in letter.body:
        if isinstance(part, Heading):
            yield Block(f"level-{part.level}", part.text)
        elif isinstance(part, Paragraph):
            numbers = tuple(range(count + 1, count + 1 + len(part.notes)))
            count += len(part.notes)
            yield Block("text", part.text, numbers)


def letter_html(letter: Letter, mode: Mode) -> str:
    context = {"letter": letter, "mode": mode.key, "blocks": list(blocks(letter))}
    return render_to_string("reporting/letter_pdf.html", context)


def letter_pdf(letter: Letter, mode: Mode = Mode.PLAIN) -> bytes:
    return render_pdf(letter_html(letter, mode))


def substitutes(content: bytes) -> list[str]:
    """The fonts in which a PDF is really set, where they are not those of the standard; said beside every print."""
    names = set()
    for page in pikepdf.open(BytesIO(content)).pages:
        for font in page.Resources.get("/Font", {}).values():
            names.add(str(font.BaseFont).rpartition("+")[2])
    return sorted(name for name in names if not name.startswith(OFFICIAL_FONTS))
