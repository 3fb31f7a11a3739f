"""The hidden sheet 标识: what a workbook was made from, so that a wrong or old one is found out (R23)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.worksheet.worksheet import Worksheet

from communities.importing.cells import plain_text
from communities.importing.problems import FileRefusedError
from communities.importing.workbooks import Sheet, Workbook
from communities.workbooks import clean, write

TITLE = "标识"
MARK = "和谐社区示范创建填报工作簿"
FORMAT = "1"
SHEET_ROW, ITEM_ROW = "表", "条目"
DIGEST_LENGTH = 16
SHEET_CELLS, ITEM_CELLS = 7, 5

FOREIGN = "这不是本系统下载的填报工作簿，或其中的“标识”工作表已被删除。请重新下载填报工作簿，把填好的内容抄入后再上传。"
OLD_FORMAT = "这是旧版式的填报工作簿，系统已不再读取。请重新下载填报工作簿，把填好的内容抄入后再上传。"
SPOILT = "填报工作簿中的“标识”工作表已被改动，不能确定是哪个社区（村）的。请重新下载后再填。"


@dataclass(frozen=True)
class ItemMark:
    """One item as it was downloaded: the score's revision (0 for none) and the digest of what it said."""

    revision: int
    digest: str


@dataclass(frozen=True)
class SheetMark:
    """One sheet as it was downloaded; `items` by the item's code."""

    key: str
    assessment_id: int
    community_code: str
    year: int
    standard_id: int
    standard: str
    """Name and version, as printed."""
    items: Mapping[str, ItemMark]


def digest_of(points: Decimal | None, reason: str) -> str:
    """Equal for two entries that say the same in a workbook."""
    said = json.dumps([None if points is None else f"{points:.2f}", clean(reason).strip()])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


def write_identity(page: Worksheet, marks: Iterable[SheetMark]) -> None:
    """Everything as text: a number may come back in another shape."""
    rows: list[list[object]] = [[MARK, FORMAT]]
    for mark in marks:
        head = [mark.key, mark.assessment_id, mark.community_code, mark.year, mark.standard_id, mark.standard]
        rows.append([SHEET_ROW, *head])
        rows += [[ITEM_ROW, mark.key, code, item.revision, item.digest] for code, item in mark.items.items()]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            write(page.cell(number, column), str(value))
    page.protection.sheet = True
    page.sheet_state = page.SHEETSTATE_VERYHIDDEN


def find_identity(workbook: Workbook) -> Sheet:
    """The sheet 标识, by what stands in it. Raises FileRefusedError where there is none or an old one."""
    for sheet in [*workbook.hidden_sheets, *workbook.sheets]:
        if plain_text(sheet.cell(0, 0)) == MARK:
            if plain_text(sheet.cell(0, 1)) != FORMAT:
                raise FileRefusedError(OLD_FORMAT)
            return sheet
    raise FileRefusedError(FOREIGN)


def read_identity(sheet: Sheet) -> dict[str, SheetMark]:
    """What the workbook was made from, by the key of each sheet. Raises FileRefusedError where it does not add up."""
    rows = [[plain_text(cell) for cell in row] for row in sheet.rows[1:]]
    items: dict[str, dict[str, ItemMark]] = {}
    try:
        for row in rows:
            if row[:1] == [ITEM_ROW]:
                _kind, key, code, revision, digest = row[:ITEM_CELLS]
                items.setdefault(key, {})[code] = ItemMark(_whole(revision), digest)
        heads = [row[1:SHEET_CELLS] for row in rows if row[:1] == [SHEET_ROW]]
        marks = {
            key: SheetMark(key, _whole(assessment), code, _whole(year), _whole(standard), label, items[key])
            for key, assessment, code, year, standard, label in heads
        }
    except (KeyError, ValueError) as error:
        raise FileRefusedError(SPOILT) from error
    if not marks or len(marks) < len(heads):
        raise FileRefusedError(SPOILT)
    return marks


def _whole(text: str) -> int:
    """A number that any database holds. Raises ValueError."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number
