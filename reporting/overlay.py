"""One form filled in many times: its blank laid out once by WeasyPrint, the values drawn over it.

Layout is what costs. A form whose cells stay where they are is laid out once; a second document, laid out with the
same fonts, shows every character that the values need, and so says for each style of text which glyph of which
embedded font stands for a character. A value is then a few drawing operators on the blank's page. Everything is read
from public places: `Page.anchors` of the layout, and the finished PDF.

What would not look as WeasyPrint lays it out (a text that makes its row grow, a character that joins with others) is
named by `Blank.misfits`: it has to stand elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from django.utils.html import format_html_join

from reporting.pdf import document, font_configuration, rendering
from reporting.typesetting import EPSILON, Glyph, Style, broken, runs, width

PIXEL = 0.75
"""A CSS pixel in points."""
MEASURE = "永"
"""The character at whose box a line is measured."""
CODE_LENGTH = 2


@dataclass(frozen=True)
class Box:
    """A cell on a page, in pixels from the top left corner: where text may stand, in which style, how it is aligned."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    style: str
    align: str


@dataclass(frozen=True)
class Sampler:
    """A style of text: the markup that is set in it around the mark {}, and how its cells align and keep off."""

    markup: str
    align: str = "left"
    padding: float = 0.0
    """In ems, left and right."""


class Blank:
    """A laid-out blank. `cells` are the ids of the cells that are filled in -> the name of their sampler."""

    def __init__(
        self, html: str, cells: Mapping[str, str], samplers: Mapping[str, Sampler], texts: Iterable[str]
    ) -> None:
        characters = sorted(set().union(*texts) - {"\n"})
        with rendering:
            fonts = font_configuration()
            form = document(html).render(font_config=fonts)
            sample = document(_sample(html, samplers, characters)).render(font_config=fonts)
            content = form.copy([*form.pages, *sample.pages]).write_pdf()
        self.pdf = pikepdf.open(BytesIO(content))
        self.length = len(form.pages)
        self.height = form.pages[0].height
        self.styles = _styles(self.pdf.pages[self.length :], sample.pages, samplers, characters)
        self.boxes = {
            (number, name): self._box(number, rectangle, cells[name], samplers)
            for number, page in enumerate(form.pages)
            for name, rectangle in page.anchors.items()
            if name in cells
        }
        self.forms = [self._page_as_shared(number) for number in range(self.length)]

    def _box(self, page: int, rectangle: Sequence[float], style: str, samplers: Mapping[str, Sampler]) -> Box:
        left, top, right, bottom = rectangle
        keep_off = samplers[style].padding * self.styles[style].size
        return Box(page, left + keep_off, top, right - keep_off, bottom, style, samplers[style].align)

    def _page_as_shared(self, number: int) -> pikepdf.Object:
        """The blank's page, what it draws put between q and Q so that it leaves nothing behind for the values."""
        page = self.pdf.pages[number]
        page.contents_add(b"q", prepend=True)
        page.contents_add(b"Q")
        page.contents_coalesce()
        return page.obj

    def misfits(self, values: Mapping[str, str]) -> list[str]:
        """The cells whose values cannot be drawn so that they look as if they had been laid out with the form."""
        found = [name for (_page, name), box in self.boxes.items() if not self._fits(box, values.get(name, ""))]
        return list(dict.fromkeys(found))

    def _fits(self, box: Box, text: str) -> bool:
        style = self.styles[box.style]
        if any(character not in style.glyphs for character in text if character != "\n"):
            return False
        lines = broken(text, style, box.right - box.left)
        return lines is not None and len(lines) * style.line <= box.bottom - box.top + EPSILON

    def fill(self, values: Mapping[str, str]) -> list[pikepdf.Page]:
        """The form's pages with its values; they share everything with the blank but the values."""
        drawn: list[list[bytes]] = [[] for _ in range(self.length)]
        for (page, name), box in self.boxes.items():
            if values.get(name):
                drawn[page] += self._drawing(box, values[name])
        return [self._filled(form, b"".join(parts)) for form, parts in zip(self.forms, drawn, strict=True)]

    def _filled(self, form: pikepdf.Object, drawing: bytes) -> pikepdf.Page:
        frame = f"q 1 0 0 -1 0 {self.height * PIXEL:.4f} cm {PIXEL} 0 0 {PIXEL} 0 0 cm 0 g\n".encode()
        own = self.pdf.make_stream(frame + drawing + b"Q")
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=form.MediaBox,
            Resources=form.Resources,
            Contents=pikepdf.Array([form.Contents, own]),
        )
        return pikepdf.Page(self.pdf.make_indirect(page))

    def _drawing(self, box: Box, text: str) -> Iterator[bytes]:
        style = self.styles[box.style]
        lines = broken(text, style, box.right - box.left) or []
        top = box.top + (box.bottom - box.top - len(lines) * style.line) / 2
        for number, line in enumerate(lines):
            free = box.right - box.left - width(line, style)
            left = box.left + {"left": 0.0, "center": free / 2, "right": free}[box.align]
            yield from runs(line, style, left, top + number * style.line + style.baseline)


# --- the sample ----------------------------------------------------------------------------------------------------
def _sample(html: str, samplers: Mapping[str, Sampler], characters: Sequence[str]) -> str:
    """A document with the blank's own head that shows every character in every style, each on its own."""
    shown = []
    for name, sampler in samplers.items():
        signs = [(f"{name}-{number}", character) for number, character in enumerate((MEASURE, *characters))]
        shown.append(sampler.markup.replace("{}", format_html_join("", '<b class="glyph" id="{}">{}</b>', signs)))
    head, _body = html.split("<body", 1)
    return f'{head}<body class="sample">{"".join(shown)}</body></html>'


def _styles(
    drawn: Iterable[pikepdf.Page],
    laid_out: Iterable[object],
    samplers: Mapping[str, Sampler],
    characters: Sequence[str],
) -> dict[str, Style]:
    """What the sample pages draw, style by style: first the character at whose box the line is measured, then all."""
    anchors: dict[str, Sequence[float]] = {}
    for page in laid_out:
        anchors |= page.anchors  # type: ignore[attr-defined]
    pages = list(drawn)
    advances = _advances(pages)
    shown = (sign for page in pages for sign in _signs(page))
    styles = {}
    for name in samplers:
        first = next(shown)
        _left, top, _right, bottom = anchors[f"{name}-0"]
        glyphs = {}
        for number, character in enumerate(characters, start=1):
            if character.isspace():
                left, _top, right, _bottom = anchors[f"{name}-{number}"]
                glyphs[character] = Glyph("", b"", (right - left) / first.size)
                continue
            sign = next(shown)
            if len(sign.code) == CODE_LENGTH and any(sign.code):  # one glyph, and not the one for what is missing
                glyphs[character] = Glyph(sign.font, sign.code, advances[sign.font].get(sign.code, 1.0))
        styles[name] = Style(first.size, bottom - top, first.baseline - top, glyphs)
    return styles


@dataclass(frozen=True)
class _Sign:
    """One text object of a page: `code` holds all its glyphs, `baseline` where it stands."""

    font: str
    size: float
    code: bytes
    baseline: float


def _signs(page: pikepdf.Page) -> Iterator[_Sign]:
    font, size, baseline = "", 0.0, 0.0
    for instruction in pikepdf.parse_content_stream(page, "Tf Tm TJ"):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator == "Tf":
            font, size = str(operands[0]), float(operands[1])
        elif operator == "Tm":
            baseline = float(operands[5])
        elif operator == "TJ":
            codes = (bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
            yield _Sign(font, size, b"".join(codes), baseline)


def _advances(pages: Iterable[pikepdf.Page]) -> dict[str, dict[bytes, float]]:
    """Font -> code -> advance in ems, from the /W arrays: runs of a first code and widths."""
    found: dict[str, dict[bytes, float]] = {}
    for page in pages:
        for font, described in page.Resources.Font.items():
            widths = found.setdefault(font, {})
            entries = list(described.DescendantFonts[0].get("/W", []))
            for first, row in zip(entries[::2], entries[1::2], strict=True):
                for offset, advance in enumerate(row):
                    widths[(int(first) + offset).to_bytes(2, "big")] = float(advance) / 1000
    return found
