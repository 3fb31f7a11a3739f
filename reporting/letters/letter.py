"""What a letter says, apart from how it is set (GB/T 9704-2012, 7.2 and 7.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from math import ceil

from communities.statements import Statement

TITLE_WIDTH = 20
"""Characters of a title (2号) in a line of the 版心: 156 mm."""
LINE_POINTS = 442
MARK_SIZES = (40, 30, 22)
SEAL_ROOM = 4
"""Characters between the date and the right edge, where the seal presses on both (7.3.5.1)."""
CLOSING = "）》”"
BRACKETS = str.maketrans("[]【】［］()（）", "〔〕〔〕〔〕〔〕〔〕")


class Mode(Enum):
    """How the head is printed: not at all, left blank for paper with a red head, or in red."""

    PLAIN = "plain", "普通稿"
    OVERPRINT = "overprint", "套打"
    RED = "red", "电子红头"

    def __init__(self, key: str, label: str) -> None:
        self.key = key
        self.label = label

    @classmethod
    def of(cls, key: str) -> "Mode":
        """The mode of that key; 普通稿 for any other."""
        return next((mode for mode in cls if mode.key == key), cls.PLAIN)


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (一、), 2 (（一）), 3 (1.) or 4 (（1）); its number is part of the text."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. `notes` are set as footnotes at the foot of the text: where a figure comes from."""

    text: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Attachment:
    """附件: a title and a table."""

    title: str
    table: Statement
    landscape: bool = False

    @property
    def title_lines(self) -> list[str]:
        return broken(self.title)


@dataclass(frozen=True)
class Letter:
    """One matter, one addressee. `title` holds its lines, broken by sense.

    `upward` (上行文) puts the number on the left and names the signer. `signer` is blank while nobody has signed;
    `dated` is the day the head signs, None leaves it to be written.
    """

    issuer: str
    title: Sequence[str]
    addressee: str
    body: Sequence[Heading | Paragraph]
    number: str = ""
    signer: str = ""
    upward: bool = False
    attachments: Sequence[Attachment] = ()
    dated: date | None = None
    note: str = ""
    copies: Sequence[str] = ()

    @property
    def heading(self) -> str:
        return "".join(self.title)

    @property
    def mark(self) -> str:
        """发文机关标志."""
        return f"{self.issuer}文件"

    @property
    def mark_size(self) -> int:
        """Points of a character of it: as large as a line holds."""
        return next((size for size in MARK_SIZES if size * width_of(self.mark) <= LINE_POINTS), MARK_SIZES[-1])

    @property
    def title_lines(self) -> list[str]:
        """The title as it is set: a line that would not fit is broken into lines of one length."""
        return [piece for line in self.title for piece in broken(line)]

    @property
    def date_line(self) -> str:
        """2012年11月20日: Arabic digits, no zero in front (7.3.5.4); blanks to be filled in where there is none."""
        return f"{self.dated.year}年{self.dated.month}月{self.dated.day}日" if self.dated else "　　　　年　　月　　日"

    @property
    def signing(self) -> list[tuple[str, float]]:
        """Issuer and date, each with the characters between it and the right edge (7.3.5.1).

        The issuer stands centred over the date, and the date 4 characters from the edge; nearer where the issuer is
        so long that it would pass the edge.
        """
        date_line = self.date_line
        longer = (width_of(self.issuer) - width_of(date_line)) / 2
        room = max(SEAL_ROOM, longer)
        return [(self.issuer, room - longer), (date_line, room)]

    @property
    def seal_room(self) -> int:
        """Characters between the two, the longer of which is outside, and the right edge."""
        return round(min(room for _words, room in self.signing))

    @property
    def attachment_lines(self) -> list[tuple[str, str]]:
        """附件：1. and the title; the others under it, and one alone without a number (7.3.4)."""
        titles = [attachment.title for attachment in self.attachments]
        if len(titles) == 1:
            return [("附件：", titles[0])]
        return [
            (f"{'附件：' if number == 1 else '　　　'}{number}.", title) for number, title in enumerate(titles, start=1)
        ]

    @property
    def notes(self) -> list[str]:
        """All footnotes in order."""
        return [note for part in self.body if isinstance(part, Paragraph) for note in part.notes]


def width_of(text: str) -> float:
    """In characters: one of ASCII takes half the room of another."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def broken(line: str) -> list[str]:
    """A line of a title as lines that fit in the 版心: two behind a closing bracket where that can be, else equal."""
    pieces = ceil(width_of(line) / TITLE_WIDTH)
    if pieces <= 1:
        return [line]
    ends = [at for at, character in enumerate(line, start=1) if character in CLOSING and _fits(line[:at], line[at:])]
    if ends:
        return [line[: ends[-1]], line[ends[-1] :]]
    room = min(TITLE_WIDTH, width_of(line) / pieces + 1)
    lines = [""]
    for character in line:
        if width_of(lines[-1] + character) > room:
            lines.append("")
        lines[-1] += character
    return lines


def _fits(*lines: str) -> bool:
    return all(0 < width_of(line) <= TITLE_WIDTH for line in lines)


def numbered(typed: str) -> str:
    """A 发文字号 as it was typed, in six-cornered brackets (7.2.5): 武民发〔2012〕8号."""
    return typed.strip().translate(BRACKETS)
