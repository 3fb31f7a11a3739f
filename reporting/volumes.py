"""Several documents bound into one PDF, with a bookmark each."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pikepdf


class Volume:
    """Documents bound into one PDF, a bookmark each. What pages were taken from is kept open until it is saved."""

    def __init__(self) -> None:
        self.made = pikepdf.new()
        self.titles: list[tuple[str, int]] = []
        self.sources: list[pikepdf.Pdf] = []

    def add(self, title: str, pages: Iterable[pikepdf.Page], *sources: pikepdf.Pdf) -> None:
        self.titles.append((title, len(self.made.pages)))
        self.made.pages.extend(pages)
        self.sources += sources

    def append(self, file: Path) -> None:
        """A whole volume, with its bookmarks."""
        source = pikepdf.open(file)
        first = len(self.made.pages)
        with source.open_outline() as outline:
            for item in outline.root:
                page = pikepdf.Page(item.destination[0])  # type: ignore[index]  # why: `save` wrote it, [page /Fit]
                self.titles.append((item.title, first + page.index))
        self.made.pages.extend(source.pages)
        self.sources.append(source)

    def save(self, target: Path | BytesIO) -> None:
        with self.made.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, number) for title, number in self.titles)
        self.made.save(target)

    def content(self) -> bytes:
        content = BytesIO()
        self.save(content)
        return content.getvalue()
