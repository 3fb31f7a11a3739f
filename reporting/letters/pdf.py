"""A letter or a form as PDF: a letter is set as GB/T 9704-2012 says, its attachments behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from django.template.loader import render_to_string

from communities.statements import Column, Statement
from reporting.letters.letter import Attachment, Heading, Letter, Mode, Paragraph
from reporting.letters.sheet import Grid, Lines, Sheet
from reporting.pdf import render_pdf

Paper = Letter | Sheet
OFFICIAL_FONTS = ("FZXiaoBiaoSong-B05S", "FangSong_GB2312", "KaiTi_GB2312", "SimHei", "SimSun")
"""What the standard asks for; none of them may be shipped, so a machine without them sets a substitute."""
PROBE = Letter(
    issuer="武",
    title=["关于"],
    addressee="市",
    body=[Heading(1, "一、"), Heading(2, "（一）"), Paragraph("文")],
    attachments=[Attachment("表", Statement("", [Column("栏")], []))],
)
"""A letter with every font of the standard."""


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


def context_of(paper: Paper, mode: Mode) -> dict[str, Any]:
    """What `reporting/_letter.html` or `reporting/_sheet.html` needs; `body` names which of them."""
    if isinstance(paper, Sheet):
        kinds = [(_kind(block), block) for block in paper.blocks]
        return {"paper": paper, "sheet": paper, "blocks": kinds, "body": "reporting/_sheet.html"}
    found = {"letter": paper, "mode": mode.key, "blocks": list(blocks(paper))}
    return {"paper": paper, "body": "reporting/_letter.html", **found}


def _kind(block: Lines | Grid | Statement) -> str:
    return "lines" if isinstance(block, Lines) else "grid" if isinstance(block, Grid) else "table"


def paper_html(paper: Paper, mode: Mode = Mode.PLAIN) -> str:
    return render_to_string("reporting/official_pdf.html", context_of(paper, mode))


def paper_pdf(paper: Paper, mode: Mode = Mode.PLAIN) -> bytes:
    return render_pdf(paper_html(paper, mode))


@cache
def fonts_in_use() -> tuple[str, ...]:
    """The substitutes that this machine sets for the standard's fonts; read once a process."""
    return tuple(substitutes(paper_pdf(PROBE)))


def substitutes(content: bytes) -> list[str]:
    """The fonts in which a PDF is really set, where they are not those of the standard; said beside every print."""
    names = set()
    for page in pikepdf.open(BytesIO(content)).pages:
        for font in page.Resources.get("/Font", {}).values():
            names.add(str(font.BaseFont).rpartition("+")[2])
    return sorted(name for name in names if not name.startswith(OFFICIAL_FONTS))
