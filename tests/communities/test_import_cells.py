"""Messy cells: what is certain is read, what is not is asked about by cell, nothing is guessed (R23)."""

from datetime import date
from decimal import Decimal

import pytest

from tests.communities.workbook_files import FIRST_ROW, asked, certain, column, facts, read, register_file, row, where

# --- certain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        1200,
        1200.0,
        "1200",
        "１２００",
        "1,200",
        "1，200",
        " 1200 ",
        "1200　",
        "1200户",
        "1200 户",
        "１，２００户",
        "1200.0",
    ],
)
def test_certain_numbers_are_read(cell):
    assert facts(registered_households=cell)["registered_households"] == 1200


@pytest.mark.parametrize("cell", [380, "380", "380㎡", "380平方米", "380 m2", "380.00", "３８０㎡", "380m²"])
def test_certain_areas_are_read(cell):
    assert facts(premises_area_sqm=cell)["premises_area_sqm"] == Decimal(380)


def test_an_area_keeps_its_decimals_without_binary_noise():
    assert facts(premises_area_sqm=0.1 + 0.2, outdoor_area_sqm=379.55) | {} == facts(
        premises_area_sqm="0.3", outdoor_area_sqm="379.55"
    )


@pytest.mark.parametrize(
    "cell",
    [
        date(2012, 3, 9), "2012年3月9日", "2012-3-9", "2012-03-09", "2012.3.9", "2012/3/9", "２０１２．３．９",
        "2012年03月09日", "2012-03-09 00:00:00", " 2012/03/09 ",
    ],
)  # fmt: skip
def test_certain_dates_are_read(cell):
    assert facts(grid_divided_on=cell)["grid_divided_on"] == date(2012, 3, 9)


@pytest.mark.parametrize("cell", ["√", "✓", "☑", "是", "有", " √ ", True])
def test_ticks_are_read(cell):
    assert facts(has_service_station=cell)["has_service_station"] is True


@pytest.mark.parametrize("cell", ["×", "否", "无", None, "", "　", False])
def test_crosses_and_empty_boxes_are_no(cell):
    """The habit of the form: an empty box means there is none."""
    assert facts(has_service_station=cell)["has_service_station"] is False


def test_an_empty_number_or_date_is_unknown_and_not_nought():
    found = facts()
    assert found["workers"] is None
    assert found["grid_divided_on"] is None
    assert found["remarks"] == ""


def test_names_lose_spaces_and_keep_rare_characters():
    (found,) = certain(register_file(row(name=" 李 荡\u3000𠮷㙟\n社区 ", town="湖 塘 镇　"))).rows
    assert (found.town, found.name) == ("湖塘镇", "李荡𠮷㙟社区")


# --- uncertain ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "约1200户", "1200左右", "1200-1300", "1.2千", "1200余", 1200.5, "1200.5", -5, "-5", "－5", "12,00", "1 200",
        "一千", "1200人", "1200¹", "#REF!", "—", "1e3", date(2012, 3, 9), True, 99999999999, "=1+1",
    ],
)  # fmt: skip
def test_uncertain_numbers_are_asked_about(cell):
    (found,) = asked(registered_households=cell)
    assert found[0] == f"{column('registered_households')}{FIRST_ROW}"


@pytest.mark.parametrize("cell", ["380亩", "约380", 380.123, "1.200", "380-400", -1, 10_000_000, "0.038万㎡"])
def test_uncertain_areas_are_asked_about(cell):
    (found,) = asked(premises_area_sqm=cell)
    assert found[0] == f"{column('premises_area_sqm')}{FIRST_ROW}"


@pytest.mark.parametrize(
    "cell",
    [
        "3/9/2012", "12-3-9", "2012年3月", "3月9日", "2012-13-1", "2012-2-30", 40977, "已完成", "2012-3.9", "2012年底",
        "0001-1-1", "2012-3-9至2012-4-1",
    ],
)  # fmt: skip
def test_uncertain_dates_are_asked_about(cell):
    (found,) = asked(grid_divided_on=cell)
    assert found[0] == f"{column('grid_divided_on')}{FIRST_ROW}"


@pytest.mark.parametrize("cell", ["在建", "√？", 1, "x", "部分", date(2012, 3, 9)])
def test_uncertain_ticks_are_asked_about(cell):
    (found,) = asked(has_service_station=cell)
    assert found[0] == f"{column('has_service_station')}{FIRST_ROW}"


@pytest.mark.parametrize("bad", ["聚湖\x07社区", "聚湖\u202e社区", "聚\u200b湖社区", "长" * 61])
def test_names_with_control_characters_or_too_long_are_asked_about(bad):
    """Case 29."""
    escaped = bad.replace("\x07", "_x0007_")
    assert where(register_file(row(name=escaped))) == [f"{column('name')}{FIRST_ROW}"]


def test_every_problem_comes_at_once_with_all_that_a_person_needs():
    register = read(register_file(row(workers="5户", grid_cells="约6"), row(name="云园社区", remarks="注" * 201)))
    assert [problem.cell for problem in register.problems] == ["L4", "P4", "S5"]
    first = register.problems[0]
    assert (first.sheet, first.found, first.expected) == ("城镇社区", "约6", "不小于0的整数")
    assert first.message == "“约6”不是确定的数。请填写不小于0的整数，不掌握的请留空。"
