"""Which column holds what: titles are recognised in any order, with spaces, line breaks and either width of sign."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from communities.importing.cells import FULL_WIDTH, shown
from communities.importing.names import one_edit_apart
from communities.importing.problems import Problem
from communities.importing.workbooks import Sheet
from communities.models import YearProfile
from communities.models.profiles import OFFICE_FACTS

TOWN, NAME, CATEGORY, SERIAL = "town", "name", "category", "serial"
HEADING_SEARCH_ROWS = 40
FEWEST_TITLES = 3
SHORTEST_STEM = 2

TITLES = {
    TOWN: (
        "镇（开发区、街道）", "镇（街道、开发区）", "镇（街道）", "街道（镇）", "镇", "街道", "乡镇", "镇街", "镇名称",
        "乡镇（街道）", "所属镇", "所属镇（街道）", "所属镇（开发区、街道）", "所在镇", "镇（区、街道）",
    ),
    NAME: (
        "社区（村）名称", "社区（村）", "村（社区）名称", "村（社区）", "社区名称", "村名称", "社区", "村", "村名",
        "行政村", "行政村名称", "社区（村）名", "城镇社区", "城镇社区名称", "农村社区", "农村社区名称", "名称",
    ),
    CATEGORY: ("类别", "社区类别", "社区（村）类别", "类型", "社区类型"),
    SERIAL: ("序号", "编号", "序"),
    "registered_households": ("户籍户数", "户籍总户数", "户籍数"),
    "resident_households": ("常住户数", "常住总户数"),
    "premises_area_sqm": ("用房面积", "社区用房面积", "办公用房面积", "办公和服务用房面积"),
    "outdoor_area_sqm": ("户外健身活动场所", "户外健身活动场所面积", "户外活动场所面积", "户外健身场所面积"),
    "has_party_committee": ("党组织", "一委"),
    "has_residents_committee": ("居（村）委会", "村（居）委会", "居委会", "村委会", "一居"),
    "has_service_station": ("服务站", "便民服务站", "社区服务站", "一站"),
    "has_governance_office": ("综治办", "一办"),
    "grid_cells": ("网格数", "网格个数", "网格数量"),
    "grid_divided_on": ("网格划分", "网格划分日期", "网格划分时间"),
    "grid_teamed_on": ("团队组建", "团队组建日期", "团队组建时间"),
    "grid_published_on": ("服务公示", "服务公示日期", "服务公示时间"),
    "workers": ("专职工作者", "专职工作者人数", "社区专职工作者", "专职工作人员"),
    "certified_workers": ("持证", "持证人数", "持证数"),
    "platform_connected": ("接入综合管理服务平台", "综合管理服务平台", "接入平台"),
    "remarks": ("备注",),
}  # fmt: skip
UNIT_WORDS = {
    "premises_area_sqm": ("m2", "m²", "平方米", "平米"),
    "outdoor_area_sqm": ("m2", "m²", "平方米", "平米"),
    "workers": ("人", "名"),
    "certified_workers": ("人", "名"),
    "registered_households": ("户",),
    "resident_households": ("户",),
    "grid_cells": ("个",),
}


def label_of(name: str) -> str:
    """The title of a column on the office's form."""
    if name in OFFICE_FACTS:
        return str(YearProfile._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return TITLES[name][0]


def canonical(text: str) -> str:
    """A title without spaces, line breaks and signs: «户籍 户数», «户籍\\n户数» and «户籍户数：» are one."""
    return re.sub(r"[\W_]+", "", text.translate(FULL_WIDTH)).lower()


def _known_titles() -> dict[str, str]:
    known: dict[str, str] = {}
    for name, titles in TITLES.items():
        for title in (*titles, label_of(name)):
            known |= {canonical(title) + unit: name for unit in ("", *UNIT_WORDS.get(name, ()))}
    return known


KNOWN = _known_titles()


@dataclass
class Headings:
    """The heading row (from 0) of a sheet, {what: column from 0}, and titles that are not the register's."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    doubled: list[tuple[int, str]] = field(default_factory=list)

    @property
    def facts(self) -> list[tuple[str, int]]:
        """(field, column) of the facts this sheet has, in the order of the form."""
        return [(name, self.columns[name]) for name in OFFICE_FACTS if name in self.columns]


def find_headings(sheet: Sheet) -> Headings | None:
    """The row with the most known titles; of a heading that spans rows the lowest. None: not a register."""
    candidates = [_headings_of(sheet, row) for row in range(min(len(sheet.rows), HEADING_SEARCH_ROWS))]
    most = max((len(found.columns) for found in candidates), default=0)
    best = next((found for found in candidates if len(found.columns) == most), None)
    if best is None or not (most >= FEWEST_TITLES or {TOWN, NAME} <= best.columns.keys()):
        return None
    for found in candidates[best.row + 1 :]:
        if found.columns != best.columns:
            break
        best = found
    return best


def _headings_of(sheet: Sheet, row: int) -> Headings:
    found = Headings(row)
    for column in range(len(sheet.rows[row])):
        title = shown(sheet.merged(row, column)).strip()
        name = KNOWN.get(canonical(title))
        if name and name in found.columns:
            found.doubled.append((column, title))
        elif name:
            found.columns[name] = column
        elif title:
            found.unknown.append((column, title))
    return found


def heading_problems(sheet: Sheet, headings: Headings) -> list[Problem]:
    """Required columns missing, a column twice, and unknown titles that could well be one of the missing columns."""
    row = headings.row
    problems = [
        Problem(sheet.name, sheet.address(row, 0), "", label_of(name), f"表头缺少“{label_of(name)}”一栏，请补上。")
        for name in (TOWN, NAME)
        if name not in headings.columns
    ]
    for column, title in headings.doubled:
        message = f"“{title}”出现了两栏，不能确定以哪一栏为准。请只保留一栏。"
        problems.append(Problem(sheet.name, sheet.address(row, column), title, "每栏只出现一次", message))
    missing = [name for name in OFFICE_FACTS if name not in headings.columns]
    for column, title in headings.unknown:
        if similar := _similar(title, missing):
            names = "、".join(f"“{label_of(name)}”" for name in similar)
            message = f"不能确定“{title}”是不是{names}。如果是，请把表头改为{names}；如果不是，请删去这一栏。"
            problems.append(Problem(sheet.name, sheet.address(row, column), title, names, message))
    return problems


def _similar(title: str, names: Iterable[str]) -> list[str]:
    found = canonical(title)
    return [name for name in names if any(_resembles(found, canonical(known)) for known in TITLES[name])]


def _resembles(found: str, known: str) -> bool:
    shorter, longer = sorted((found, known), key=len)
    return (len(shorter) >= SHORTEST_STEM and shorter in longer) or (
        len(known) > SHORTEST_STEM and one_edit_apart(found, known)
    )
