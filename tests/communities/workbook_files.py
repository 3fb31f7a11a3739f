"""Workbooks as offices send them, made in memory: each test writes only what is odd about its file."""

import csv
import zipfile
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from communities.importing.headings import NAME, SERIAL, TOWN, label_of
from communities.importing.register import Register, read_register
from communities.importing.workbooks import read_workbook
from communities.models.profiles import OFFICE_FACTS

REGISTER = Path(__file__).resolve().parents[2] / "communities/initial/register.xlsx"
COLUMNS = [SERIAL, TOWN, NAME, *OFFICE_FACTS]
HEADINGS = [label_of(name) for name in COLUMNS]
URBAN = "全区城镇社区基本情况表"
FIRST_ROW = 4
"""The first data row of `sheet_rows`, as Excel numbers it."""


def row(name: str = "聚湖社区", town: str = "湖塘镇", **facts: Any) -> list[Any]:
    values = {SERIAL: 1, TOWN: town, NAME: name, **facts}
    return [values.get(column) for column in COLUMNS]


def column(name: str) -> str:
    """The letter of a column of the office's form."""
    return openpyxl.utils.get_column_letter(COLUMNS.index(name) + 1)


def sheet_rows(*rows: list[Any], title: str = URBAN) -> list[list[Any]]:
    return [[title], ["填报单位：湖塘镇　　截止日期：2012年6月30日"], [*HEADINGS], *rows]


def xlsx(sheets: Mapping[str, list[list[Any]]], merges: Mapping[str, list[str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for values in rows:
            page.append(values)
        for area in (merges or {}).get(name, []):
            page.merge_cells(area)
    return saved(book)


def register_file(*rows: list[Any], name: str = "城镇社区", title: str = URBAN) -> bytes:
    """An .xlsx with one sheet of urban communities."""
    return xlsx({name: sheet_rows(*rows, title=title)})


def saved(book: Any) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def xls(sheets: Mapping[str, list[list[Any]]]) -> bytes:
    book = xlwt.Workbook()
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets.items():
        page = book.add_sheet(name)
        for number, values in enumerate(rows):
            for at, value in enumerate(values):
                if value is not None:
                    page.write(number, at, value, dated if hasattr(value, "year") else xlwt.Style.default_style)
    return saved(book)


def text(rows: list[list[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    content = StringIO()
    csv.writer(content, delimiter=delimiter).writerows(rows)
    return content.getvalue().encode(encoding)


def repacked(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The same package with parts replaced or added, deflated."""
    copy = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return copy.getvalue()


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(name)


def real_rows() -> dict[str, list[list[Any]]]:
    """The values of the office's own file."""
    book = openpyxl.load_workbook(REGISTER)
    return {page.title: [list(values) for values in page.iter_rows(values_only=True)] for page in book}


def read(content: bytes, name: str = "表.xlsx") -> Register:
    return read_register(read_workbook(content, name), name)


def certain(content: bytes, name: str = "表.xlsx") -> Register:
    register = read(content, name)
    assert register.problems == []
    return register


def facts(**values) -> dict[str, object]:
    (found,) = certain(register_file(row(**values))).rows
    return found.facts


def asked(**values) -> list[tuple[str, str]]:
    """(cell, found) of every problem of a one-row register."""
    return [(problem.cell, problem.found) for problem in read(register_file(row(**values))).problems]


def where(content: bytes, name: str = "表.xlsx") -> list[str]:
    return [problem.cell for problem in read(content, name).problems]
