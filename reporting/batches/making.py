"""Parts of a batch, and the one file they are bound into."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from assessment.sheets import SheetTable
from reporting.exports import FORMATS, file_name
from reporting.models import ExportJob
from reporting.score_sheet_batch import printings, single_pdfs
from reporting.score_sheet_xlsx_batch import score_sheet_workbooks
from reporting.volumes import Volume

Format = ExportJob.Format
Progress = Callable[[int], None]
"""Told how many sheets are done; it raises where the work is to stop."""
SINGLES: dict[str, tuple[str, Callable[[Iterable[SheetTable]], Iterator[tuple[SheetTable, bytes]]]]] = {
    Format.PDF_ZIP: ("pdf", single_pdfs),
    Format.XLSX_ZIP: ("xlsx", score_sheet_workbooks),
}


def write_part(file_format: str, tables: Sequence[SheetTable], target: Path, *, first: int, progress: Progress) -> None:
    """The sheets as one file; `first` is the place of the first of them in the whole, counted from 0."""
    if file_format == Format.PDF:
        volume = Volume()
        for number, printing in enumerate(printings(tables), start=1):
            printing.bind(volume)
            progress(first + number)
        volume.save(target)
        return
    kind, singles = SINGLES[file_format]
    # PDF and xlsx are compressed already.
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for number, (table, content) in enumerate(singles(tables), start=first + 1):
            archive.writestr(f"{number:03} {file_name(table, FORMATS[kind])}", content)
            progress(number)


def join_parts(file_format: str, parts: Sequence[Path], target: Path) -> None:
    """The whole, in the order of its parts."""
    if file_format == Format.PDF:
        volume = Volume()
        for part in parts:
            volume.append(part)
        volume.save(target)
        return
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name, content in chain.from_iterable(map(_members, parts)):
            archive.writestr(name, content)


def _members(part: Path) -> Iterator[tuple[str, bytes]]:
    with ZipFile(part) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)
