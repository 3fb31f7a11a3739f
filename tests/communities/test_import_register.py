"""Messy tables: columns, titles, totals, merges, sheets and formats as offices send them (R23)."""

from datetime import date

import pytest

from communities.importing.names import alike, one_edit_apart
from communities.models import Category
from tests.communities.workbook_files import (
    HEADINGS,
    REGISTER,
    certain,
    read,
    real_rows,
    register_file,
    row,
    sheet_rows,
    text,
    where,
    xls,
    xlsx,
)

# --- the form of the table ----------------------------------------------------------------------------------------


def test_the_offices_own_file_is_read_without_a_question():
    register = certain(REGISTER.read_bytes())
    assert len(register.rows) == 384
    assert register.notes == []


def test_columns_may_stand_in_any_order():
    rows = [list(reversed(values)) for values in sheet_rows(row(workers=5, certified_workers=2))[2:]]
    (found,) = certain(xlsx({"城镇社区": rows})).rows
    assert (found.town, found.name, found.facts["workers"], found.at["name"]) == ("湖塘镇", "聚湖社区", 5, "Q2")


def test_titles_are_recognised_with_spaces_breaks_and_either_width():
    headings = [heading.replace("户数", " 户\n数").replace("（", "(").replace("）", ")") for heading in HEADINGS]
    rows = [["城镇"], headings, row(registered_households=1200)]
    (found,) = certain(xlsx({"Sheet1": rows})).rows
    assert found.facts["registered_households"] == 1200


def test_an_inserted_column_is_noted_and_moves_nothing():
    rows = sheet_rows(row(registered_households=1200))
    for values in rows[2:]:
        values.insert(3, "户籍人口" if values is rows[2] else 4321)
    register = certain(xlsx({"城镇社区": rows}))
    assert register.rows[0].facts["registered_households"] == 1200
    assert register.notes == ["工作表“城镇社区”的“户籍人口”一栏不是登记内容，未读取。"]


@pytest.mark.parametrize("title", ["用房面积（亩）", "户藉户数", "户数"])
def test_a_title_that_may_mean_a_missing_column_is_asked_about(title):
    at = 5 if "用房" in title else 3
    rows = sheet_rows(row())
    rows[2] = [*HEADINGS[:at], title, *HEADINGS[at + 1 :]]
    (problem,) = read(xlsx({"城镇社区": rows})).problems
    assert problem.found == title


def test_a_column_twice_is_asked_about():
    rows = sheet_rows(row())
    rows[2] = [*HEADINGS, "户籍户数"]
    assert where(xlsx({"城镇社区": rows})) == ["T3"]


def test_a_missing_required_column_is_asked_for_and_a_missing_optional_one_is_not():
    rows = [values[:2] + values[3:] for values in sheet_rows(row())[2:]]
    (problem,) = read(xlsx({"城镇社区": rows})).problems
    assert problem.expected == "社区（村）名称"
    (found,) = certain(xlsx({"城镇社区": [values[:5] for values in sheet_rows(row(resident_households=9))]})).rows
    assert found.facts == {"registered_households": None, "resident_households": 9}


def test_totals_subtotals_signatures_and_repeated_headings_are_left_out():
    rows = sheet_rows(
        row(workers=5),
        ["湖塘镇小计", None, "1个"],
        HEADINGS,
        row(name="云园社区", workers="３"),
        [],
        [7],
        ["合 计", None, "2个", *[None] * 12, 8],
        ["填报人：张三", None, "审核人：李四", None, "2012年7月5日"],
        ["注：户数以公安数据为准。"],
    )
    assert [found.name for found in certain(xlsx({"城镇社区": rows})).rows] == ["聚湖社区", "云园社区"]


@pytest.mark.parametrize(("total", "expected"), [(9, "8"), ("#REF!", "8"), ("约8", "8")])
def test_a_total_that_disagrees_with_the_rows_is_noted_and_the_rows_count(total, expected):
    rows = sheet_rows(row(workers=5), row(name="云园社区", workers=3), ["合计", None, "2个", *[None] * 12, total])
    register = read(xlsx({"城镇社区": rows}))
    assert (register.problems, len(register.rows)) == ([], 2)
    (note,) = register.notes
    assert "P6" in note
    assert f"各行相加是{expected}" in note


def test_totals_count_ticks_dates_and_rows():
    total = ["合计", None, "3个", *[None] * 4, 2, *[None] * 4, 1]
    rows = sheet_rows(
        row(has_party_committee="√", grid_divided_on=date(2012, 3, 9)),
        row(name="云园社区", has_party_committee="√"),
        total,
    )
    (note,) = read(xlsx({"城镇社区": rows})).notes
    assert "C6" in note


def test_a_row_that_is_neither_data_nor_known_is_asked_about():
    assert where(xlsx({"城镇社区": sheet_rows(row(), ["以下为开发区"])})) == ["A5"]


def test_a_merged_town_holds_for_its_rows():
    rows = sheet_rows(row(), row(name="云园社区", town=None), row(name="四季社区", town=None))
    register = certain(xlsx({"城镇社区": rows}, {"城镇社区": ["B4:B6", "A1:S1"]}))
    assert [found.town for found in register.rows] == ["湖塘镇"] * 3


def test_an_empty_town_without_a_merge_is_asked_about():
    assert where(xlsx({"城镇社区": sheet_rows(row(), row(name="云园社区", town=None))})) == ["B5"]


def test_a_merged_number_is_asked_about():
    rows = sheet_rows(row(registered_households=1200), row(name="云园社区"))
    assert where(xlsx({"城镇社区": rows}, {"城镇社区": ["D4:D5"]})) == ["D5"]


def test_a_heading_over_two_rows_is_read_by_its_lower_row():
    upper = ["序号", "镇（开发区、街道）", "社区（村）名称", "户数", None, *HEADINGS[5:]]
    lower = [*[None] * 3, "户籍户数", "常住户数"]
    merges = ["D1:E1", *(f"{letter}1:{letter}2" for letter in "ABCFGHIJKLMNOPQRS")]
    (found,) = certain(
        xlsx({"城镇社区": [upper, lower, row(registered_households=3, resident_households=4)]}, {"城镇社区": merges})
    ).rows
    assert (found.facts["registered_households"], found.facts["resident_households"]) == (3, 4)


# --- urban or rural -----------------------------------------------------------------------------------------------


def test_sheets_may_stand_in_the_other_order():
    sheets = real_rows()
    register = certain(xlsx(dict(reversed(sheets.items()))))
    assert [register.rows[0].category, register.rows[-1].category] == [Category.RURAL, Category.URBAN]


@pytest.mark.parametrize(
    ("name", "title", "file_name", "category"),
    [
        ("Sheet1", "全区城镇社区基本情况表", "表.xlsx", Category.URBAN),
        ("Sheet1", "全区农村社区（村）基本情况表", "表.xlsx", Category.RURAL),
        ("城镇", "全区社区（村）基本情况表", "表.xlsx", Category.URBAN),
        ("村", "基本情况表", "表.xlsx", Category.RURAL),
        ("Sheet1", "基本情况表", "农村社区.xlsx", Category.RURAL),
    ],
)
def test_the_category_comes_from_title_sheet_or_file_name(name, title, file_name, category):
    (found,) = certain(register_file(row(), name=name, title=title), file_name).rows
    assert found.category == category


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Sheet1", "社区基本情况表"),
        ("城镇社区", "全区农村社区（村）基本情况表"),
        ("表", "城镇社区、农村社区基本情况表"),
    ],
)
def test_a_category_that_is_not_said_or_contradicts_itself_is_asked_for(name, title):
    (problem,) = read(register_file(row(), name=name, title=title)).problems
    assert (problem.cell, problem.expected) == ("A1", "城镇或农村")


def test_villages_alone_say_their_category_by_their_names():
    (found,) = certain(register_file(row(name="银荡村"), name="Sheet1", title="基本情况表")).rows
    assert found.category == Category.RURAL


def test_a_column_for_the_category_is_read_row_by_row():
    rows = [[*HEADINGS, "类别"], [*row(), "城镇"], [*row(name="银荡村"), "农村社区"], [*row(name="云园社区"), "涉农"]]
    register = read(xlsx({"Sheet1": rows}))
    assert [found.category for found in register.rows] == [Category.URBAN, Category.RURAL, None]
    assert [problem.cell for problem in register.problems] == ["T4"]


# --- other formats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["表.xls", "表.xlsx", "表"])
def test_an_old_workbook_is_read_whatever_its_name(name):
    register = certain(xls(real_rows()), name)
    assert register.rows == certain(REGISTER.read_bytes()).rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_file_is_read_whatever_its_name(encoding):
    register = certain(text(real_rows()["城镇社区"], encoding=encoding), "社区.xlsx")
    assert len(register.rows) == 120
    assert register.rows[0].sheet == "社区"
    assert register.rows[0].facts["grid_divided_on"] == date(2012, 3, 9)


def test_a_workbook_without_a_register_says_so():
    (problem,) = read(xlsx({"目录": [["说明"], ["请勿修改"]]})).problems
    assert "没有找到" in problem.message


def test_other_sheets_are_noted():
    register = certain(xlsx({"说明": [["填表说明"]], "城镇社区": sheet_rows(row())}))
    assert register.notes == ["工作表“说明”没有社区基本情况表的表头，未读取。"]


@pytest.mark.parametrize(
    ("one", "other"), [("聚湖社区", "聚胡社区"), ("聚湖", "聚湖湖"), ("湖塘镇", "塘湖镇"), ("ab", "a")]
)
def test_one_edit_apart(one, other):
    assert one_edit_apart(one, other)
    assert one_edit_apart(other, one)


def test_unlike_names_and_other_suffixes():
    assert not one_edit_apart("聚湖社区", "聚湖社区")
    assert not one_edit_apart("聚湖社区", "四季社区")
    assert alike("聚湖社区居委会", "聚湖社区")
    assert alike("聚湖村", "聚湖社区")
