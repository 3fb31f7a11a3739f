"""What an import of any register would do, what it asks about, and what it writes: all of it or nothing (R23).

Long because every kind of cell and every way of changing a file is asked of all registers with the same few helpers.
"""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import models
from django.utils import timezone

from accounts.models import AuditEvent
from communities import locks
from communities.exporting import export_workbook, template_workbook
from communities.importing.record_titles import titles_of
from communities.importing.records import RecordPlan, plan_records, write_plan
from communities.importing.workbooks import read_workbook
from communities.listing import records_of
from communities.locks import Locked
from communities.models import AgencyCase, Community, CommunityWorker, Premises, Room, TownBudget
from communities.models.masked import MaskedField
from communities.models.members import MembersField
from communities.models.records import REGISTERS, Register
from communities.revisions import Conflict
from tests.communities.registers.steps import (
    every_of_communities,
    every_register,
    known,
    new_record,
    profile_of,
    rows_of,
)
from tests.communities.workbook_files import saved, xlsx
from tests.factories import make_community, make_district, make_record

pytestmark = pytest.mark.django_db
ROOMS = REGISTERS["rooms"]


def exported(register: Register, by, records=None) -> bytes:
    return export_workbook(register, records or records_of(register, 2012, by), register.label)


def planned(register: Register, content: bytes, by, name: str = "表.xlsx") -> RecordPlan:
    return plan_records(register, read_workbook(content, name), year=2012, appointment=by)


def edited(content: bytes, **cells: Any) -> bytes:
    """The workbook with some cells changed: C2="约5"."""
    book = openpyxl.load_workbook(BytesIO(content))
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    return saved(book)


def column(register: Register, name: str) -> str:
    return openpyxl.utils.get_column_letter(list(titles_of(register)).index(name) + 2)


def table(register: Register, *rows: dict[str, Any]) -> bytes:
    """A workbook with those columns of the template that the rows name."""
    titles = {name: title for name, title in titles_of(register).items() if any(name in row for row in rows)}
    lines = [[row.get(name) for name in titles] for row in rows]
    return xlsx({register.label[:20]: [list(titles.values()), *lines]})


def unit_of(community) -> dict[str, str]:
    return {"unit_town": community.town.name, "unit_name": community.name}


def room(community, **facts: Any) -> dict[str, Any]:
    return {**unit_of(community), "name": "议事厅", "functions": "议事决策", **facts}


# --- there and back ----------------------------------------------------------------------------------------------


@every_register
@pytest.mark.parametrize("full", [True, False], ids=["every column", "only what is required"])
def test_what_was_exported_is_unchanged_when_it_comes_back(register, full, community, bureau):
    make_record(register, community=community, full=full)
    plan = planned(register, exported(register, bureau), bureau)
    assert (plan.problems, plan.notes, plan.changes, plan.unchanged) == ([], [], [], 1)


@every_register
def test_a_filled_template_makes_the_records_that_a_page_would_make(register, community, bureau):
    has_masked = any(isinstance(register.model._meta.get_field(name), MaskedField) for name in register.columns)
    record = make_record(register, community=community, full=not has_masked)
    ways = {name: getattr(record, name) for name in register.columns}
    ((_serial, *values),) = rows_of(exported(register, bureau))
    record.delete()
    template = template_workbook(register)
    assert [cell.value for cell in openpyxl.load_workbook(BytesIO(template)).worksheets[0][1]] == [
        "序号",
        *titles_of(register).values(),
    ]
    letters = [openpyxl.utils.get_column_letter(at) for at in range(2, len(values) + 2)]
    plan = planned(register, edited(template, **dict(zip((f"{at}2" for at in letters), values, strict=True))), bureau)
    assert (plan.problems, len(plan.created), plan.changed) == ([], 1, [])
    assert register.records.count() == 0, "a plan writes nothing"
    written = write_plan(plan, by=bureau, reason="")
    assert (len(written.created), written.changed) == (1, [])
    again = register.records.get()
    assert {name: getattr(again, name) for name in register.columns} == ways
    event = AuditEvent.objects.about(again).get()
    assert (event.action, event.user) == (f"导入{register.label}", bureau.user)


@every_of_communities
def test_a_change_in_the_file_is_shown_written_and_counted(register, community, bureau):
    record = make_record(register, community=community)
    content = edited(exported(register, bureau), **{f"{column(register, 'remarks')}2": "改过"})
    plan = planned(register, content, bureau)
    ((change, words),) = plan.changed
    assert (change.record, words) == (record, [("备注", "", "改过")])
    write_plan(plan, by=bureau, reason="")
    found = register.records.get()
    assert (found.remarks, found.revision) == ("改过", 2)
    if register.counts:
        profile = profile_of(community)
        assert profile.counted == known(register, profile) != []
    assert planned(register, content, bureau).unchanged == 1


# --- cells in doubt ------------------------------------------------------------------------------------------------

BAD_CELLS: list[tuple[type, Any, str]] = [
    (models.IntegerField, "约5", "整数"),
    (models.IntegerField, "-1", "0"),
    (models.IntegerField, 99_999_999_999, "不能大于"),
    (models.DecimalField, "很大", "数字"),
    (models.DecimalField, "1.23456", "不超过"),
    (models.DateField, "2012年2月30日", "不是确定的日期"),
    (models.DateField, 41000, "不是确定的日期"),
    (models.DateField, "0212-03-09", "年之间"),
    (models.BooleanField, "也许", "不能确定"),
    (models.ForeignKey, "没有这个", "没有“没有这个”这一项"),
    (MembersField, "唱歌", "唱歌"),
]


@every_register
def test_a_bad_cell_of_any_kind_is_asked_about_at_its_place_and_nothing_is_written(register, community, bureau):
    make_record(register, community=community, full=True)
    book = read_workbook(exported(register, bureau), "表.xlsx")
    (sheet,) = book.sheets
    asked = 0
    for name in register.columns:
        for value, words in bad_values(register, name):
            at = list(titles_of(register)).index(name) + 1
            stored, sheet.rows[1][at] = sheet.rows[1][at], value
            plan = plan_records(register, book, year=2012, appointment=bureau)
            sheet.rows[1][at] = stored
            assert len(plan.problems) == 1, (name, value)
            (problem,) = plan.problems
            assert (problem.cell, plan.changes) == (sheet.address(1, at), []), (name, value)
            assert words in problem.message, (name, value, problem.message)
            assert problem.message.endswith(("。", ".")), problem.message
            asked += 1
    assert asked


def bad_values(register: Register, name: str) -> list[tuple[Any, str]]:
    field: Any = register.model._meta.get_field(name)
    if field.choices:
        return [("别的", "不在可选项之中")]
    found = [(value, words) for kind, value, words in BAD_CELLS if isinstance(field, kind)]
    if type(field) is models.CharField:
        found = [("长" * (field.max_length + 1), str(field.max_length))]
    required = not (field.blank or field.null) and not isinstance(field, models.BooleanField)
    return found + ([(None, "")] if required and name not in register.key else [])


def test_an_error_of_the_workbook_and_what_cannot_be_seen_are_no_text(community, bureau):
    """Hostile case 29."""
    book = openpyxl.load_workbook(BytesIO(table(ROOMS, room(community))))
    book.worksheets[0]["C2"] = "#REF!"
    book.worksheets[0]["C2"].data_type = "e"
    (problem,) = planned(ROOMS, saved(book), bureau).problems
    assert (problem.cell, problem.found) == ("C2", "#REF!")
    text = "镇（开发区、街道）,社区（村）名称,名称,功能\n湖塘镇,聚湖社区,议\u200b事\x07厅,议事决策\n"
    (problem,) = planned(ROOMS, text.encode(), bureau, "表.csv").problems
    assert "看不见的控制字符" in problem.message


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        ({"unit_town": "湖塘镇", "unit_name": "没有社区"}, "B2"),
        ({"unit_town": "牛塘镇", "unit_name": "聚湖社区"}, "B2"),
        ({"unit_town": None, "unit_name": "聚湖社区"}, "B2"),
    ],
)
def test_a_unit_that_is_not_there_is_asked_about(unit, cell, community, bureau):
    (problem,) = planned(ROOMS, table(ROOMS, room(community, **unit)), bureau).problems
    assert problem.cell == cell
    assert "或不属于您的单位。请核对。" in problem.message


def test_spaces_and_the_width_of_brackets_do_not_hide_a_unit_or_a_choice(town, bureau):
    community = make_community(town=town, name="聚湖（二）社区")
    row = {**unit_of(community), "unit_name": "聚 湖(二) 社区", "kind": "一委(党组织)", "name": "支部（一）"}
    plan = planned(REGISTERS["organisation-units"], table(REGISTERS["organisation-units"], row), bureau)
    assert (plan.problems, plan.created[0].values["name"]) == ([], "支部（一）")


def test_the_same_record_twice_in_a_file_is_asked_about_with_the_first_place(community, bureau):
    (problem,) = planned(ROOMS, table(ROOMS, room(community), room(community)), bureau).problems
    assert problem.cell == "C3"
    assert problem.message == "与“功能室”第2行重复，请只保留一行。"


def test_a_day_of_another_year_is_asked_about(community, bureau):
    cases = REGISTERS["cases"]
    record = make_record("cases", community=community, received_on=date(2012, 3, 9))
    cell = f"{column(cases, 'received_on')}2"
    plan = planned(cases, edited(exported(cases, bureau), **{cell: "2011-12-31"}), bureau)
    assert [(problem.cell, problem.message) for problem in plan.problems] == [
        (cell, "日期不在2012年内，请核对。"),
    ]
    assert AgencyCase.objects.get() == record


def test_rules_between_facts_look_at_what_is_stored_too(community, bureau):
    """A column that the file lacks counts with its stored value."""
    workers = REGISTERS["workers"]
    make_record("workers", community=community, name="张三", began_on=date(2012, 5, 1))
    row = {**unit_of(community), "name": "张三", "post": "委员", "recruited_by": "选派", "seconded_on": "2012-04-01"}
    plan = planned(workers, table(workers, row), bureau)
    assert [problem.message for problem in plan.problems] == ["不能早于到岗日期。"]


def test_a_column_that_a_new_record_needs_is_missed_and_one_that_a_stored_has_is_not(community, bureau):
    content = table(ROOMS, unit_of(community) | {"name": "议事厅"})
    (problem,) = planned(ROOMS, content, bureau).problems
    assert problem.message == "表中没有“功能”一栏，新增记录必须填写。请使用导入模板。"
    make_record("rooms", community=community, name="议事厅")
    assert planned(ROOMS, content, bureau).problems == []


def test_a_file_without_the_register_s_headings_says_which_it_expects(bureau, community):
    (problem,) = planned(ROOMS, xlsx({"表": [["甲", "乙"], [1, 2]]}), bureau).problems
    assert "没有找到“功能室”的表头" in problem.message
    assert "“社区（村）名称”、“名称”、“功能”" in problem.message


def test_a_title_twice_is_asked_about_and_an_unknown_one_is_noted(bureau, community):
    titles = ["镇", "社区", "名称", "功能", "名称", "领导批示"]
    plan = planned(ROOMS, xlsx({"表": [titles, ["湖塘镇", "聚湖社区", "议事厅", "议事决策", "甲", "同意"]]}), bureau)
    assert [(problem.cell, problem.expected) for problem in plan.problems] == [("E1", "每栏只出现一次")]
    assert plan.notes == ["工作表“表”的“领导批示”一栏未读取。"]


def test_blank_is_unknown_for_a_fact_and_the_usual_answer_for_a_yes_or_no_that_must_be_known(community, bureau):
    premises, rooms = REGISTERS["premises"], ROOMS
    row = {**unit_of(community), "kind": "室内用房", "name": "一号楼", "area_sqm": 100, "right": "产权证"}
    row |= {"in_own_use": None}
    write_plan(planned(premises, table(premises, row), bureau), by=bureau, reason="")
    assert Premises.objects.get().in_own_use
    write_plan(
        planned(rooms, table(rooms, room(community, has_usage_log=None, area_sqm=None)), bureau), by=bureau, reason=""
    )
    assert (Room.objects.get().has_usage_log, Room.objects.get().area_sqm) == (None, None)
    budgets = REGISTERS["town-budgets"]
    write_plan(
        planned(budgets, table(budgets, {"unit_town": "湖塘镇", "amount_wan": 5, "is_included": None}), bureau),
        by=bureau,
        reason="",
    )
    assert TownBudget.objects.get().is_included is False


def test_a_masked_number_replaces_no_number(community, bureau):
    workers = REGISTERS["workers"]
    worker = make_record("workers", community=community, phone="13812345678")
    content = exported(workers, bureau)
    assert planned(workers, content, bureau).unchanged == 1
    CommunityWorker.objects.filter(pk=worker.pk).update(phone="13999999999")
    (problem,) = planned(workers, content, bureau).problems
    assert (problem.cell, problem.expected) == (f"{column(workers, 'phone')}2", "完整号码")
    worker.delete()
    (problem,) = planned(workers, content, bureau).problems
    assert problem.message == "请填写完整号码，不能带“****”。"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-甲", "@甲", "㐂𠀋室", "<b>甲</b>"])
def test_text_like_a_formula_and_rare_characters_stay_text_there_and_back(text, community, bureau):
    """Hostile cases 28 and 45."""
    make_record("rooms", community=community, name=text)
    content = exported(ROOMS, bureau)
    cells = [cell for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert planned(ROOMS, content, bureau).unchanged == 1


# --- who, and what stands before it --------------------------------------------------------------------------------


def test_each_person_imports_for_the_own_units_only(community, village, other_town, town_officer, community_worker):
    elsewhere = make_community(town=other_town)
    content = table(ROOMS, *(room(unit) for unit in (community, village, elsewhere)))
    assert [problem.cell for problem in planned(ROOMS, content, town_officer).problems] == ["B4"]
    assert [problem.cell for problem in planned(ROOMS, content, community_worker).problems] == ["B3", "B4"]


def test_a_register_of_others_is_refused_at_every_row(community, town_officer, community_worker):
    for slug, by in (("policies", town_officer), ("town-budgets", community_worker)):
        record = make_record(slug, community=community)
        plan = planned(record.register, exported(record.register, by, [record]), by)
        assert len(plan.problems) == 1
        assert plan.changes == []


def test_a_confirmed_register_needs_a_reason_and_a_closed_one_is_refused(community, bureau, community_worker):
    locks.confirm(ROOMS, community, 2012, by=bureau, now=timezone.now())
    content = table(ROOMS, room(community))
    plan = planned(ROOMS, content, community_worker)
    assert plan.needs_reason
    with pytest.raises(Locked):
        write_plan(plan, by=community_worker, reason=" ")
    assert Room.objects.count() == 0
    locks.close_year(2012, by=bureau, now=timezone.now())
    (problem,) = planned(ROOMS, content, community_worker).problems
    assert problem.message.startswith("2012年度台账已由区社区办封存。")
    write_plan(planned(ROOMS, content, bureau), by=bureau, reason="补登")
    assert AuditEvent.objects.about(Room.objects.get()).get().after["更正原因"] == "补登"


def test_what_moved_on_between_plan_and_writing_is_not_overwritten(community, village, bureau):
    for unit in (community, village):
        make_record("rooms", community=unit, name="议事厅", functions="议事决策")
    content = table(ROOMS, room(community, remarks="新"), room(village, remarks="新"))
    plan = planned(ROOMS, content, bureau)
    Room.objects.filter(community=village).update(remarks="他人", revision=2)
    assert planned(ROOMS, content, bureau).digest != plan.digest
    with pytest.raises(Conflict):
        write_plan(plan, by=bureau, reason="")
    assert set(Room.objects.values_list("remarks", flat=True)) == {"", "他人"}


def test_two_communities_of_one_name_are_told_apart_by_their_town(community, other_town, bureau):
    twin = make_community(town=other_town, name=community.name)
    for unit in (community, twin):
        honour = make_record("honours", community=unit)
        honour.town, honour.community = unit.town, unit
        honour.save()
    honours = REGISTERS["honours"]
    assert planned(honours, exported(honours, bureau), bureau).unchanged == 2
    book = edited(exported(honours, bureau), **{f"{column(honours, 'community')}2": community.name})
    assert "没有“聚湖社区”这一项" in planned(honours, book, bureau).problems[0].message


def test_a_name_is_that_of_the_community_there_is_now_and_one_that_ended_is_refused(community, village, town, bureau):
    """Decision 14: an ended community may have left its name to another."""
    Community.objects.filter(pk__in=[community.pk, village.pk]).update(closed_on=date(2012, 12, 1))
    heir = make_community(town=town, name=community.name)
    plan = planned(ROOMS, table(ROOMS, room(heir), room(village)), bureau)
    assert [change.record.community for change in plan.created] == [heir]
    assert ["已于2012年12月1日撤销" in problem.message for problem in plan.problems] == [True]


def test_another_district_s_records_are_no_match(community, bureau):
    foreign = make_community(town=make_district().towns.create(name="湖塘镇", kind="town", sort_order=1))
    foreign.name = community.name
    foreign.save()
    make_record("rooms", community=foreign, name="议事厅")
    plan = planned(ROOMS, table(ROOMS, room(community)), bureau)
    assert [change.record.community for change in plan.created] == [community]


def test_many_rows_take_the_queries_of_one(town, bureau, django_assert_max_num_queries):
    units = [make_community(town=town) for _n in range(30)]
    content = table(ROOMS, *(room(unit) for unit in units))
    with django_assert_max_num_queries(12):
        plan = planned(ROOMS, content, bureau)
    assert len(plan.created) == 30


def test_new_records_of_a_file_cost_one_write_for_all(town, bureau, django_assert_max_num_queries):
    units = [make_community(town=town) for _n in range(30)]
    plan = planned(ROOMS, table(ROOMS, *(room(unit) for unit in units)), bureau)
    with django_assert_max_num_queries(25):
        write_plan(plan, by=bureau, reason="")
    record, _values = new_record(ROOMS, units[0])
    assert profile_of(record.community).function_rooms == "议事决策"
