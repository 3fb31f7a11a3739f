"""Lines of Chinese text in so many pixels, as WeasyPrint would break them, and the operators that draw them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

EPSILON = 0.01
NEVER_FIRST = frozenset("、。，．：；？！”’）》〉】』」〕…—·%％‰℃～")
NEVER_LAST = frozenset("“‘（《〈【『「〔￥")


@dataclass(frozen=True)
class Glyph:
    """A character in one style: its font's name on the page, its code there, its advance in ems. Space has no code."""

    font: str
    code: bytes
    advance: float


@dataclass(frozen=True)
class Style:
    """How the texts of some cells are set. Sizes in pixels; `baseline` is measured from the top of a line."""

    size: float
    line: float
    baseline: float
    glyphs: Mapping[str, Glyph]


def width(text: str, style: Style) -> float:
    """In pixels."""
    return sum(style.glyphs[character].advance for character in text) * style.size


def broken(text: str, style: Style, room: float) -> list[str] | None:
    """The lines of a text in that many pixels; None where it cannot be said how the layout would break it."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for part in unbreakable(paragraph):
            if width(part.rstrip(), style) > room:
                return None
            if line and width((line + part).rstrip(), style) > room + EPSILON:
                lines.append(line.rstrip())
                line = ""
            line += part
        lines.append(line.rstrip())
    return lines


def unbreakable(text: str) -> Iterator[str]:
    """The parts between which a line may break: characters of Chinese, words of other writing, punctuation kept on."""
    part = ""
    for character in text:
        if part and not _holds(part[-1], character):
            yield part
            part = ""
        part += character
    if part:
        yield part


def _holds(before: str, after: str) -> bool:
    if after in NEVER_FIRST or before in NEVER_LAST:
        return True
    if after.isspace():
        return True
    if before.isspace():
        return False
    return before.isascii() and after.isascii()


def runs(line: str, style: Style, left: float, baseline: float) -> Iterator[bytes]:
    """Drawing operators of a line, one text object for each stretch of one font."""
    start, codes, font = left, b"", ""
    for character in line:
        glyph = style.glyphs[character]
        if glyph.font != font and codes:
            yield _text(font, style.size, start, baseline, codes)
            codes = b""
        if not codes:
            start = left
        font, codes = glyph.font, codes + glyph.code
        left += glyph.advance * style.size
    if codes:
        yield _text(font, style.size, start, baseline, codes)


def _text(font: str, size: float, left: float, baseline: float, codes: bytes) -> bytes:
    return f"BT {font} {size:.4f} Tf 1 0 0 -1 {left:.4f} {baseline:.4f} Tm <{codes.hex()}> Tj ET\n".encode()
