"""The guard in front of .xlsx: every part is unpacked under a budget and parsed by expat before anything else sees it.

The reader behind it gets a fresh package of exactly the checked bytes, so that a package which two unzippers read
differently (false sizes, doubled names) cannot slip past. Drawings, pictures and links are not handed on at all.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from stat import S_ISLNK
from xml.parsers import expat

from openpyxl.utils.cell import column_index_from_string

from communities.importing.problems import FileRefusedError

MAX_ENTRIES = 2000
MAX_UNPACKED_BYTES = 32 * 1024 * 1024
MAX_SHEETS = 60
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_CELLS = 400_000
MAX_ELEMENTS = 4 * MAX_CELLS
MAX_AREA = MAX_ROWS * MAX_COLUMNS
MAX_TEXT = 50_000_000
PARTS_READ = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+\.rels|xl/(worksheets/)?[^/]+\.xml)", re.IGNORECASE
)
LONG_TAG = re.compile(rb"<[^<]{1000000}")
UNCOMPUTED = "公式没有计算结果"

TOO_BIG = "工作簿展开后过大。请只保留需要导入的工作表，删去多余的行、列后再上传。"
TOO_FAR = f"工作表超出{MAX_ROWS}行或{MAX_COLUMNS}列。请删去表格以外的内容后再上传。"
BROKEN = "文件不完整或已损坏，无法打开。请用WPS或Excel打开后另存为“.xlsx”，再上传。"
UNSAFE = "工作簿含有不允许的内容（外部实体或可疑的文件名），未读取。请用WPS或Excel另存为“.xlsx”后再上传。"

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)

Position = tuple[int, int]
Flaws = dict[Position, str]
PERCENT_FORMATS = frozenset({"9", "10"})
"""The formats 0% and 0.00%, which every workbook has without naming them."""


@dataclass
class CheckedPackage:
    """A safe copy of a package. `flaws` holds, by sheet name, the cells whose value the reader would lose silently:
    Excel errors, and formulas that were saved without a result; keys are (row, column) from 0. `formulas` are the cells
    that are computed, `percents` the numbers that a person sees a hundred times as large, with %."""

    content: bytes
    flaws: dict[str, Flaws]
    formulas: dict[str, set[Position]]
    percents: dict[str, set[Position]]


def check_package(content: bytes) -> CheckedPackage:
    """A safe copy of an .xlsx file; `FileRefusedError` when it is something else, broken, hostile or too big."""
    parts = _unpack(content)
    styles = scan_part(next((data for name, data in parts.items() if name.lower() == "xl/styles.xml"), b"<none/>"))
    scans = {name: scan_part(data, percent_styles=styles.percent_styles) for name, data in parts.items()}
    _check_extent(list(scans.values()))
    sheets = _by_sheet(scans)
    return CheckedPackage(
        _repack(parts),
        flaws={name: scan.flaws for name, scan in sheets.items()},
        formulas={name: scan.formulas for name, scan in sheets.items()},
        percents={name: scan.percents for name, scan in sheets.items()},
    )


def _unpack(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            return _read_parts(archive, entries)
    except BROKEN_ZIP as error:
        raise FileRefusedError(BROKEN) from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise FileRefusedError(TOO_BIG)
    if len(names) < len(entries) or any(_is_unsafe(entry) for entry in entries):
        raise FileRefusedError(UNSAFE)
    if "[content_types].xml" not in names or not any(name.startswith("xl/workbook.") for name in names):
        raise FileRefusedError("这不是Excel工作簿。请上传“.xlsx”“.xls”或“.csv”格式的文件。")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefusedError("工作簿含有宏，未读取。请另存为不含宏的“.xlsx”后再上传。")
    if "xl/workbook.xml" not in names:
        raise FileRefusedError("暂不支持“.xlsb”格式。请另存为“.xlsx”后再上传。")


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return name.startswith("/") or ":" in name or ".." in re.split(r"[/\\]", name) or S_ISLNK(entry.external_attr >> 16)


def _read_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """The XML parts that are read, unpacked under one budget: the sizes in the headers are not believed."""
    budget = MAX_UNPACKED_BYTES
    parts = {}
    for entry in entries:
        if not PARTS_READ.fullmatch(entry.filename):
            continue
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefusedError(BROKEN)
        with archive.open(entry) as stream:
            data = stream.read(budget + 1)
        budget -= len(data)
        if budget < 0:
            raise FileRefusedError(TOO_BIG)
        parts[entry.filename] = data
    return parts


def _repack(parts: dict[str, bytes]) -> bytes:
    copy = BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return copy.getvalue()


@dataclass
class Scan:
    """What matters of one XML part, gathered while expat walks it."""

    root: str = ""
    elements: int = 0
    rows: int = 0
    columns: int = 0
    cells: int = 0
    shared: int = 0
    longest_text: int = 0
    flaws: Flaws = field(default_factory=dict)
    formulas: set[Position] = field(default_factory=set)
    percents: set[Position] = field(default_factory=set)
    percent_formats: set[str] = field(default_factory=lambda: set(PERCENT_FORMATS))
    percent_styles: frozenset[str] = frozenset()
    """The numbers of the cell styles that show a percentage: of the style part found, of a worksheet given."""
    styles: int = -1
    """How many cell styles have begun; -1 outside their list."""
    sheets: list[tuple[str, str]] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    style: str = ""
    text: int = 0
    error: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self.root = self.root or tag
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise FileRefusedError(TOO_BIG)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = -1
        elif tag == "f":
            self.formula = True
            self.text = 0
        elif tag in {"v", "si"}:
            self.text = 0
        else:
            self._start_about(tag, attributes)

    def _start_about(self, tag: str, attributes: dict[str, str]) -> None:
        """What stands outside the cells: the names and places of sheets, and which styles are percentages."""
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif tag == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")
        elif tag == "numFmt" and "%" in attributes.get("formatCode", ""):
            self.percent_formats.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            self.styles = 0
        elif tag == "xf" and self.styles >= 0:
            if attributes.get("numFmtId", "") in self.percent_formats:
                self.percent_styles |= {str(self.styles)}
            self.styles += 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        self.column += 1
        self.kind, self.formula, self.text, self.error = attributes.get("t", ""), False, 0, ""
        self.style = attributes.get("s", "")
        self.shared += self.kind == "s"
        if "r" in attributes:
            self.row, self.column = position(attributes["r"])
        if self.cells > MAX_CELLS:
            raise FileRefusedError(TOO_BIG)

    def characters(self, data: str) -> None:
        self.text += len(data)
        if self.kind == "e":
            self.error += data[:20]

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "f":
            self.text = 0
        elif tag == "si":
            self.longest_text = max(self.longest_text, self.text)
        elif tag == "cellXfs":
            self.styles = -1
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        if self.formula:
            self.formulas.add((self.row, self.column))
        if self.style in self.percent_styles and self.kind in {"", "n"}:
            self.percents.add((self.row, self.column))
        if self.kind == "e":
            self.flaws[self.row, self.column] = self.error[-20:].strip() or "错误值"
        elif self.formula and not self.text and self.kind != "str":
            self.flaws[self.row, self.column] = UNCOMPUTED
        elif not self.text:
            return
        self.rows, self.columns = max(self.rows, self.row + 1), max(self.columns, self.column + 1)
        if self.rows > MAX_ROWS or self.columns > MAX_COLUMNS:
            raise FileRefusedError(TOO_FAR)


def position(reference: str) -> Position:
    """(row, column) from 0 of an A1 reference."""
    letters = reference.rstrip("0123456789")
    try:
        return int(reference[len(letters) :]) - 1, column_index_from_string(letters) - 1
    except ValueError as error:
        raise FileRefusedError(BROKEN) from error


def scan_part(data: bytes, *, percent_styles: frozenset[str] = frozenset()) -> Scan:
    """Walk one part. A document type is refused before its first entity is declared, let alone expanded."""
    if LONG_TAG.search(data):  # expat would gather millions of attributes before it hands over the element
        raise FileRefusedError(TOO_BIG)
    scan = Scan(percent_styles=percent_styles)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = scan.start
    parser.CharacterDataHandler = scan.characters
    parser.EndElementHandler = scan.end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise FileRefusedError(BROKEN) from error
    return scan


def _refuse_doctype(*_declaration: object) -> None:
    raise FileRefusedError(UNSAFE)


def _check_extent(scans: list[Scan]) -> None:
    """Bound what the cells unfold to: a grid is as large as its far corner, a shared text is copied into each cell."""
    worksheets = [scan for scan in scans if scan.root == "worksheet"]
    cells = sum(scan.cells for scan in worksheets)
    area = sum(scan.rows * scan.columns for scan in worksheets)
    longest = max((scan.longest_text for scan in scans if scan.root == "sst"), default=0)
    copied = longest * sum(scan.shared for scan in worksheets)
    if len(worksheets) > MAX_SHEETS or cells > MAX_CELLS or area > MAX_AREA or copied > MAX_TEXT:
        raise FileRefusedError(TOO_BIG)


def _by_sheet(scans: dict[str, Scan]) -> dict[str, Scan]:
    """What was gathered of each sheet, by its name in the workbook."""
    lower = {name.lower(): scan for name, scan in scans.items()}
    relations = lower.get("xl/_rels/workbook.xml.rels", Scan()).targets
    sheets = {}
    for name, relation in lower["xl/workbook.xml"].sheets:
        target = relations.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        sheets[name] = lower.get(path.lower(), Scan())
    return sheets
