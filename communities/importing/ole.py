"""The guard in front of .xls: the compound file is walked and its records are bounded before the reader sees them.

Layouts after [MS-CFB] 2.2-2.6 and [MS-XLS] 2.4. Every number of the file is checked against its length: a false one is
`FileRefusedError`, never believed.
"""

import struct
from dataclasses import dataclass, field
from struct import iter_unpack, unpack_from

from communities.importing.packages import (
    BROKEN,
    MAX_AREA,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    TOO_BIG,
    TOO_FAR,
    Flaws,
)
from communities.importing.problems import FileRefusedError

SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
HEADER_FAT, FAT_IN_HEADER = 76, 109
SECTOR_SIZES = {9: 512, 12: 4096}
LAST_REAL_SECTOR = 0xFFFFFFFA
ENTRY, STREAM, ROOT = 128, 2, 5
MINI_CUTOFF, MINI_SECTOR = 4096, 64

ENCRYPTED = "工作簿已加密。请在WPS或Excel中取消密码后再上传。"
MACROS = "工作簿含有宏，未读取。请另存为不含宏的“.xlsx”后再上传。"
FOREIGN = "这不是Excel工作簿。请上传“.xlsx”“.xls”或“.csv”格式的社区基本情况表。"

FORMULA, CONTINUE, FILEPASS, BOUNDSHEET, MULRK, SST, DIMENSIONS, BOOLERR, BOF = (
    0x06, 0x3C, 0x2F, 0x85, 0xBD, 0xFC, 0x200, 0x205, 0x809,
)  # fmt: skip
LABEL_SST = 0xFD
CELLS = {FORMULA, MULRK, LABEL_SST, BOOLERR, 0xD6, 0x203, 0x204, 0x27E}
DIMENSIONS_FACTOR = 4
TABLE_HEADER, WIDE, PHONETIC, RICH = 8, 1, 4, 8
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
ERROR_RESULT = 2


@dataclass
class Compound:
    """The streams of a compound file."""

    content: bytes
    size: int = 512
    fat: list[int] = field(default_factory=list)
    entries: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.size = SECTOR_SIZES.get(unpack_from("<H", self.content, 30)[0], 0)
        if not self.size:
            raise FileRefusedError(BROKEN)
        directory, mini_fat = unpack_from("<I", self.content, 48)[0], unpack_from("<I", self.content, 60)[0]
        self.fat = self._numbers(self._fat_sectors())
        for at in range(0, len(data := self.chain(directory)) - ENTRY + 1, ENTRY):
            length, kind, start, size = *unpack_from("<HB", data, at + 64), *unpack_from("<II", data, at + 116)
            name = data[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            if kind and size > len(self.content):
                raise FileRefusedError(BROKEN)
            if kind:
                self.entries.setdefault(name, (kind, start, size))
        self.mini_fat = self._numbers(self._sectors(mini_fat, self.fat))

    def _sector(self, number: int) -> bytes:
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sectors: list[int]) -> list[int]:
        return [number for sector in sectors for (number,) in iter_unpack("<I", self._sector(sector))]

    def _fat_sectors(self) -> list[int]:
        sectors = list(unpack_from(f"<{FAT_IN_HEADER}I", self.content, HEADER_FAT))
        more = unpack_from("<I", self.content, 68)[0]
        while more < LAST_REAL_SECTOR:
            *numbers, more = unpack_from(f"<{self.size // 4}I", self._sector(more))
            sectors += numbers
            if len(sectors) * self.size > len(self.content):
                raise FileRefusedError(BROKEN)
        return [sector for sector in sectors if sector < LAST_REAL_SECTOR]

    def _sectors(self, start: int, fat: list[int]) -> list[int]:
        sectors: list[int] = []
        while start < LAST_REAL_SECTOR:
            if start >= len(fat) or len(sectors) * self.size > len(self.content):
                raise FileRefusedError(BROKEN)
            sectors.append(start)
            start = fat[start]
        return sectors

    def chain(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in self._sectors(start, self.fat))

    def stream(self, name: str) -> bytes:
        """The bytes of a stream; small ones live in the root entry's own stream of small sectors."""
        _kind, start, size = self.entries[name]
        if size >= MINI_CUTOFF:
            return self.chain(start)[:size]
        root = next(self.chain(first) for kind, first, _size in self.entries.values() if kind == ROOT)
        small = self._sectors(start, self.mini_fat)
        return b"".join(root[number * MINI_SECTOR : (number + 1) * MINI_SECTOR] for number in small)[:size]


def check_old_workbook(content: bytes) -> dict[int, Flaws]:
    """The flawed cells of an .xls file by sheet number; `FileRefusedError` when encrypted, macros, broken, too big."""
    try:
        compound = Compound(content)
        names = set(compound.entries)
        if "EncryptedPackage" in names:
            raise FileRefusedError(ENCRYPTED)
        if "_VBA_PROJECT_CUR" in names:
            raise FileRefusedError(MACROS)
        stream = next((name for name in ("Workbook", "Book") if compound.entries.get(name, (0,))[0] == STREAM), "")
        if not stream:
            raise FileRefusedError(FOREIGN)
        return Records().walk(compound.stream(stream))
    except (struct.error, StopIteration, IndexError) as error:
        raise FileRefusedError(BROKEN) from error


@dataclass
class Records:
    """What matters of the records of a workbook stream, sheet by sheet."""

    starts: list[int] = field(default_factory=list)
    flaws: dict[int, Flaws] = field(default_factory=dict)
    extents: dict[int, tuple[int, int]] = field(default_factory=dict)
    sheet: int = -1
    cells: int = 0
    shared: int = 0
    longest_text: int = 0

    def walk(self, data: bytes) -> dict[int, Flaws]:
        texts: list[bytes] = []
        previous = at = 0
        while at + 4 <= len(data):
            kind, size = unpack_from("<HH", data, at)
            body = data[at + 4 : at + 4 + size]
            if kind == SST or (kind == CONTINUE and previous == SST):
                texts.append(body)
            elif kind == BOF:
                self.sheet = self.starts.index(at) if at in self.starts else self.sheet
            else:
                self._record(kind, body)
            previous = previous if kind == CONTINUE else kind
            at += 4 + size
        self.longest_text = longest_shared_text(texts)
        self._check_extent()
        return self.flaws

    def _record(self, kind: int, body: bytes) -> None:
        if kind == FILEPASS:
            raise FileRefusedError(ENCRYPTED)
        if kind == BOUNDSHEET:
            self.starts.append(unpack_from("<I", body)[0])
        elif kind == DIMENSIONS and len(body) >= 12:  # noqa: PLR2004 - the layout before BIFF8 is shorter and narrow
            first, last, left, right = unpack_from("<IIHH", body)
            if max(last - first, 0) * max(right - left, 0) > DIMENSIONS_FACTOR * MAX_AREA:
                raise FileRefusedError(TOO_FAR)
        elif kind in CELLS:
            self._cell(kind, body)

    def _cell(self, kind: int, body: bytes) -> None:
        row, column = unpack_from("<HH", body)
        last = unpack_from("<H", body, len(body) - 2)[0] if kind == MULRK else column
        rows, columns = self.extents.get(self.sheet, (0, 0))
        self.extents[self.sheet] = max(rows, row + 1), max(columns, last + 1)
        self.cells += last - column + 1
        self.shared += kind == LABEL_SST
        if row >= MAX_ROWS or last >= MAX_COLUMNS:
            raise FileRefusedError(TOO_FAR)
        code = None
        if kind == BOOLERR and body[7]:
            code = body[6]
        elif kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == ERROR_RESULT:
            code = body[8]
        if code is not None:
            self.flaws.setdefault(self.sheet, {})[row, column] = ERRORS.get(code, "错误值")

    def _check_extent(self) -> None:
        area = sum(rows * columns for rows, columns in self.extents.values())
        if self.cells > MAX_CELLS or area > MAX_AREA or self.longest_text * self.shared > MAX_TEXT:
            raise FileRefusedError(TOO_BIG)


def longest_shared_text(chunks: list[bytes]) -> int:
    """Characters of the longest text in the shared string table, given the bodies of SST and its CONTINUE records.

    A text that runs over a border goes on after an extra flag byte which may change its width ([MS-XLS] 2.5.293).
    """
    longest, number, at = 0, 0, TABLE_HEADER
    while number < len(chunks):
        if at >= len(chunks[number]):
            number, at = number + 1, max(at - len(chunks[number]), 0)
            continue
        count, flags = unpack_from("<HB", chunks[number], at)
        longest = max(longest, count)
        at += 3
        extra = 0
        if flags & RICH:
            extra += 4 * unpack_from("<H", chunks[number], at)[0]
            at += 2
        if flags & PHONETIC:
            extra += unpack_from("<I", chunks[number], at)[0]
            at += 4
        number, at = _after_characters(chunks, number, at, count, flags)
        at += extra
    return longest


def _after_characters(chunks: list[bytes], number: int, at: int, count: int, flags: int) -> tuple[int, int]:
    while number < len(chunks):
        width = 2 if flags & WIDE else 1
        fits = min(count, (len(chunks[number]) - at) // width)
        count -= fits
        at += fits * width
        if not count:
            break
        number, at = number + 1, 1
        flags = chunks[number][0] if number < len(chunks) else 0
    return number, at
