"""Reading the register 社区基本情况表 out of a workbook: its tables, its rows, and every cell that is not certain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from communities.importing.cells import (
    BLANKS,
    READERS,
    Reader,
    UnclearCellError,
    is_blank,
    plain_text,
    shown,
    text_reader,
)
from communities.importing.headings import (
    CATEGORY,
    KNOWN,
    NAME,
    SERIAL,
    TOWN,
    Headings,
    canonical,
    find_headings,
    heading_problems,
    label_of,
)
from communities.importing.problems import Problem
from communities.importing.totals import check_totals
from communities.importing.workbooks import Sheet, Workbook
from communities.models import Category, Community, Town

URBAN_WORDS, RURAL_WORDS = re.compile("城镇|城市"), re.compile("农村|行政村")
GENERIC_WORDS = re.compile("社区[（(]村[）)]|村[（(]社区[）)]|[（(]村[）)]")
FORM_NOTE = re.compile(r"[：:]|日期|填报|单位")
SIGNATURE = re.compile(
    r"(填报|填表|制表|审核|复核|负责|经办|联系)人|(分管|主管)领导|(填报|制表|填表|审核)(单位|日期|时间)|单位负责人|联系电话|(注|说明|备注)[:：]"
)
SUBTOTAL, TOTAL = re.compile("小计$"), re.compile("(合计|总计|共计)$")

read_town = text_reader(Town._meta.get_field("name").max_length, is_name=True)  # type: ignore[arg-type]
read_name = text_reader(Community._meta.get_field("name").max_length, is_name=True)  # type: ignore[arg-type]


@dataclass
class Row:
    """One community as the file has it. `facts` holds only columns the file has; `at` maps each column to its cell."""

    sheet: str
    number: int
    town: str
    name: str
    category: Category | None
    facts: dict[str, object]
    at: dict[str, str]


@dataclass
class Register:
    """What a file says: rows in file order, what must be asked, and what was left out and should be known.

    `sheets` names all sheets in their order.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)


def read_register(workbook: Workbook, file_name: str = "") -> Register:
    """Every register sheet of a workbook, in whatever order. Sheets without the register's headings are noted."""
    register = Register(
        notes=[f"工作表“{name}”是隐藏的，未读取。" for name in workbook.hidden],
        sheets=[sheet.name for sheet in workbook.sheets],
    )
    found = 0
    for sheet in workbook.sheets:
        headings = find_headings(sheet)
        if headings is None:
            if any(not is_blank(cell) for row in sheet.rows for cell in row):
                register.notes.append(f"工作表“{sheet.name}”没有社区基本情况表的表头，未读取。")
            continue
        found += 1
        SheetReader(sheet, headings, file_name, register).read()
    if not found:
        message = "没有找到社区基本情况表的表头。请使用导入模板，保留“镇（开发区、街道）”“社区（村）名称”等栏目。"
        name = workbook.sheets[0].name if workbook.sheets else ""
        register.problems.append(Problem(name, "", "", "社区基本情况表的表头", message))
    elif not register.rows and not register.problems:
        register.problems.append(Problem("", "", "", "至少一个社区（村）", "表中没有社区（村）。请填写后再导入。"))
    return register


@dataclass
class SheetReader:
    """Reads one sheet into `register`."""

    sheet: Sheet
    headings: Headings
    file_name: str
    register: Register
    rows: list[Row] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    uncertain: set[str] = field(default_factory=set)

    def read(self) -> None:
        problems = heading_problems(self.sheet, self.headings)
        self.register.problems += problems
        if not {TOWN, NAME} <= self.headings.columns.keys():
            return
        sheet = self.sheet.name
        self.register.notes += [
            f"工作表“{sheet}”的“{title}”一栏不是登记内容，未读取。" for _, title in self.headings.unknown
        ]
        for number in self._data_rows():
            self._read_row(number)
        self._settle_category()
        self.register.rows += self.rows
        self.register.notes += check_totals(self.sheet, self.headings, self.totals, self.rows, self.uncertain)

    def _data_rows(self) -> Iterator[int]:
        for number in range(self.headings.row + 1, len(self.sheet.rows)):
            leading = self._leading_texts(number)
            if SIGNATURE.match(next(filter(None, leading), "")) or self._repeats_heading(number):
                continue
            if any(TOTAL.search(text) for text in leading):
                self.totals.append(number)
            elif not any(SUBTOTAL.search(text) for text in leading) and not self._is_empty(number):
                yield number

    def _is_empty(self, number: int) -> bool:
        """Whether a row holds nothing, or only the number it was given beforehand."""
        serial = self.headings.columns.get(SERIAL)
        return all(
            is_blank(cell) or (column == serial and plain_text(cell).isdecimal())
            for column, cell in enumerate(self.sheet.rows[number])
        )

    def _leading_texts(self, number: int) -> list[str]:
        """The texts up to the name column, where totals and signatures are written."""
        last = max(self.headings.columns[TOWN], self.headings.columns[NAME])
        return ["".join(plain_text(self.sheet.cell(number, column)).split()) for column in range(last + 1)]

    def _repeats_heading(self, number: int) -> bool:
        """Whether the heading is printed again, as on top of each page."""
        return all(
            KNOWN.get(canonical(plain_text(self.sheet.merged(number, self.headings.columns[name])))) == name
            for name in (TOWN, NAME)
        )

    def _read_row(self, number: int) -> None:
        columns = self.headings.columns
        if all(is_blank(self.sheet.merged(number, columns[name])) for name in (TOWN, NAME)):
            column = next(at for at, cell in enumerate(self.sheet.rows[number]) if not is_blank(cell))
            message = "这一行没有镇（开发区、街道）和社区（村）名称，无法识别。是数据的请补齐，不是数据的请删去。"
            self._ask(number, column, NAME, "社区（村）的一行数据", message)
            return
        at = {name: self.sheet.address(number, column) for name, column in columns.items()}
        town = self._name(number, TOWN, read_town)
        name = self._name(number, NAME, read_name)
        facts = {}
        for fact, column in self.headings.facts:
            value = self._fact(number, fact, column)
            if value is not UNCERTAIN:
                facts[fact] = value
        self.rows.append(Row(self.sheet.name, number + 1, town, name, self._stated_category(number), facts, at))

    def _name(self, number: int, what: str, read: Reader) -> str:
        """Town or name; a town merged down its own column holds for every row of the merge. Empty where asked about."""
        column = self.headings.columns[what]
        first = self.sheet.covered.get((number, column))
        if first and not (what == TOWN and first[1] == column and first[0] > self.headings.row):
            self._ask(number, column, what, "单独填写", "合并单元格的内容不能确定属于哪一行，请取消合并后逐行填写。")
            return ""
        cell = self.sheet.merged(number, column)
        try:
            if not is_blank(cell):
                return str(read(cell))
            self._ask(number, column, what, label_of(what), f"这一行没有{label_of(what)}，请填写；不是数据的行请删去。")
        except UnclearCellError as unclear:
            self._ask(number, column, what, unclear.expected, unclear.message)
        return ""

    def _fact(self, number: int, fact: str, column: int) -> object:
        first = self.sheet.covered.get((number, column))
        if first and not is_blank(self.sheet.cell(*first)):
            self._ask(number, column, fact, "单独填写", "合并单元格的内容不能确定属于哪一行，请取消合并后逐行填写。")
            return UNCERTAIN
        cell = self.sheet.cell(number, column)
        if is_blank(cell):
            return BLANKS[fact]
        try:
            return READERS[fact](cell)
        except UnclearCellError as unclear:
            self._ask(number, column, fact, unclear.expected, unclear.message)
            return UNCERTAIN

    def _ask(self, number: int, column: int, what: str, expected: str, message: str) -> None:
        self.uncertain.add(what)
        found = shown(self.sheet.merged(number, column))
        self.register.problems.append(
            Problem(self.sheet.name, self.sheet.address(number, column), found, expected, message)
        )

    def _stated_category(self, number: int) -> Category | None:
        """What the row's own 类别 column says."""
        column = self.headings.columns.get(CATEGORY)
        if column is None:
            return None
        text = plain_text(self.sheet.merged(number, column))
        mentioned = categories_in([text])
        if len(mentioned) == 1:
            return mentioned.pop()
        message = f"“{text}”不能确定是城镇社区还是农村社区（村）。请填写“城镇”或“农村”。"
        self._ask(number, column, CATEGORY, "城镇或农村", message)
        return None

    def _settle_category(self) -> None:
        """The category of rows without a column for it: from title, sheet and file name, else from all the names."""
        if CATEGORY in self.headings.columns or not self.rows:
            return
        texts = self._titles()
        mentioned = categories_in(texts) or categories_in([self.file_name]) or category_of_names(self.rows)
        if len(mentioned) != 1:
            message = "不能确定本表是城镇社区还是农村社区（村）。请在表的标题或工作表名称中写明“城镇”或“农村”。"
            self.register.problems.append(
                Problem(self.sheet.name, "A1", "、".join(filter(None, texts)), "城镇或农村", message)
            )
            return
        for row in self.rows:
            row.category = next(iter(mentioned))

    def _titles(self) -> list[str]:
        """The sheet's name, the titles above the heading (without 填报单位 and the like), and what heads the names."""
        above = [plain_text(cell) for row in self.sheet.rows[: self.headings.row] for cell in row]
        headed = plain_text(self.sheet.merged(self.headings.row, self.headings.columns[NAME]))
        return [self.sheet.name, *(text for text in above if text and not FORM_NOTE.search(text)), headed]


UNCERTAIN = object()


def categories_in(texts: list[str]) -> set[Category]:
    """The categories that titles mention; 社区（村） stands for both and says nothing."""
    plain = [GENERIC_WORDS.sub("", text) for text in texts]
    found = set()
    if any(URBAN_WORDS.search(text) for text in plain):
        found.add(Category.URBAN)
    if any(RURAL_WORDS.search(text) or text.strip() == "村" for text in plain):
        found.add(Category.RURAL)
    return found


def category_of_names(rows: list[Row]) -> set[Category]:
    """The category that every name of a sheet ends with. 社区 alone says nothing: there are rural ones."""
    if all(row.name.endswith(("居委会", "居民委员会")) for row in rows):
        return {Category.URBAN}
    return {Category.RURAL} if all(row.name.endswith(("村", "村委会", "村民委员会")) for row in rows) else set()
