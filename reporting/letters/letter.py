"""What a letter says, apart from how it is set (GB/T 9704-2012, 7.2 and 7.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from communities.statements import Statement

NUMERALS = "一二三四五六七八九十"


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
    def date_line(self) -> str:
        """2012年11月20日: Arabic digits, no zero in front (7.3.5.4); blanks to be filled in where there is none."""
        return f"{self.dated.year}年{self.dated.month}月{self.dated.day}日" if self.dated else "　　　　年　　月　　日"

    @property
    def attachment_lines(self) -> list[str]:
        """附件：1.…, the others under it; one alone has no number (7.3.4)."""
        titles = [attachment.title for attachment in self.attachments]
        if len(titles) == 1:
            return [f"附件：{titles[0]}"]
        return [
            f"{'附件：' if number == 1 else '　　　'}{number}.{title}" for number, title in enumerate(titles, start=1)
        ]

    @property
    def notes(self) -> list[str]:
        """All footnotes in order."""
        return [note for part in self.body if isinstance(part, Paragraph) for note in part.notes]


def document_number(office: str, year: int, number: int | None) -> str:
    """武民发〔2012〕8号: six-cornered brackets, no 第, no leading zero; blanks where there is no number yet."""
    return f"{office}〔{year}〕{number or '　　'}号"
