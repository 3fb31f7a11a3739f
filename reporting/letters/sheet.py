"""What a form says that goes with a letter: a title, lines of words, and tables; PDF and Word both set this object."""

from collections.abc import Sequence
from dataclasses import dataclass

from communities.statements import Statement

STAMP = "（盖章）　　　　　　年　　月　　日"


@dataclass(frozen=True)
class Lines:
    """Lines of words; the words of one line stand apart from each other over its width."""

    lines: Sequence[Sequence[str]]


@dataclass(frozen=True)
class GridRow:
    """Labels with their values, two at most: one alone takes the whole width. An opinion has room for a stamp."""

    pairs: Sequence[tuple[str, str]]
    is_opinion: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of labels and values."""

    rows: Sequence[GridRow]


Block = Lines | Grid | Statement


@dataclass(frozen=True)
class Sheet:
    """A form on A4. `issuer` is who makes it, for the properties of the file."""

    title: str
    issuer: str
    blocks: Sequence[Block]
    landscape: bool = False

    @property
    def heading(self) -> str:
        return self.title
