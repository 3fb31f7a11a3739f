"""What an import would do and does: matched against the district, written in one transaction, never twice (R23)."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.db.models import Q, Sum

from accounts.models import AuditEvent
from communities.importing import apply
from communities.importing.apply import PlanChangedError, import_register
from communities.importing.plan import Plan, make_plan
from communities.importing.register import Register, read_register
from communities.importing.workbooks import read_workbook
from communities.models import Category, Community, Town, YearProfile
from tests.communities.workbook_files import REGISTER, column, register_file, row, sheet_rows, xlsx
from tests.factories import make_community

THREE_UNITS = Q(has_party_committee=True, has_residents_committee=True, has_service_station=True)
THREE_MILESTONES = Q(grid_divided_on__isnull=False, grid_teamed_on__isnull=False, grid_published_on__isnull=False)


def read(content: bytes) -> Register:
    return read_register(read_workbook(content, "表.xlsx"), "表.xlsx")


def planned(content: bytes, district, **options) -> Plan:
    return make_plan(read(content), district=district, year=2012, **options)


def imported(content: bytes, district, *, year=2012, town=None, by=None, previewed=None) -> Plan:
    return import_register(read(content), district=district, year=year, town=town, by=by, previewed=previewed)


def counts(plan: Plan) -> tuple[int, int, int]:
    return len(plan.created), len(plan.changed), len(plan.unchanged)


def test_the_offices_own_register_gives_the_known_figures(district):
    """R8, R19, R31: 120 and 264 communities, 862 workers with 138 certificates, 105 and 117 with three milestones."""
    assert counts(imported(REGISTER.read_bytes(), district)) == (384, 0, 0)
    profiles = YearProfile.objects.filter(year=2012)
    urban, rural = (profiles.filter(community__category=category) for category in Category.values)
    assert (urban.count(), rural.count(), Town.objects.count()) == (120, 264, 17)
    assert urban.aggregate(workers=Sum("workers"), certified=Sum("certified_workers")) == {
        "workers": 862,
        "certified": 138,
    }
    assert (urban.filter(THREE_MILESTONES).count(), rural.filter(THREE_MILESTONES).count()) == (105, 117)
    assert (urban.filter(THREE_UNITS).count(), rural.filter(THREE_UNITS).count()) == (90, 174)


def test_importing_twice_changes_nothing(district):
    imported(REGISTER.read_bytes(), district)
    events, before = AuditEvent.objects.count(), list(YearProfile.objects.order_by("pk").values())
    assert counts(imported(REGISTER.read_bytes(), district)) == (0, 0, 384)
    assert AuditEvent.objects.count() == events == 385
    assert list(YearProfile.objects.order_by("pk").values()) == before


def test_towns_and_communities_get_codes_and_the_order_of_the_file(district):
    imported(register_file(row(), row(name="云园社区"), row(name="甲社区", town="高新区")), district)
    towns = Town.objects.filter(district=district).values_list("name", "kind", "sort_order")
    assert list(towns) == [("湖塘镇", "town", 1), ("高新区", "development_zone", 2)]
    codes = [(community.name, community.code, community.sort_order) for community in Community.objects.all()]
    prefix = district.code
    assert codes == [
        ("聚湖社区", f"{prefix}001001", 1),
        ("云园社区", f"{prefix}001002", 2),
        ("甲社区", f"{prefix}002001", 1),
    ]


def test_a_new_community_takes_the_next_free_code(district, town, community):
    imported(register_file(row(), row(name="云园社区")), district)
    assert Community.objects.get(name="云园社区").code == f"{district.code}001002"


def test_only_what_differs_is_written_and_recorded(district, town, bureau):
    community = make_community(town=town, name="聚湖社区", profile={"workers": 5, "remarks": "旧", "grid_cells": 4})
    rows = [["城镇"], ["镇", "社区", "专职工作者（人）", "备注"], ["湖塘镇", "聚湖社区", 6, "旧"]]
    plan = imported(xlsx({"Sheet1": rows}), district, by=bureau.user)
    assert [entry.changes for entry in plan.changed] == [[("专职工作者（人）", "5", "6")]]
    profile = community.profiles.get()
    assert (profile.workers, profile.grid_cells, profile.remarks, profile.revision) == (6, 4, "旧", 2)
    (event,) = AuditEvent.objects.about(profile)
    assert (event.user, event.before, event.after) == (bureau.user, {"专职工作者（人）": 5}, {"专职工作者（人）": 6})
    summary = AuditEvent.objects.about(district).get()
    assert (summary.after["新增"], summary.after["变更"], summary.after["不变"]) == (0, 1, 0)


def test_another_year_gets_profiles_of_its_own(district):
    imported(register_file(row(workers=5)), district)
    assert counts(imported(register_file(row(workers=6)), district, year=2013)) == (0, 1, 0)
    assert dict(YearProfile.objects.values_list("year", "workers")) == {2012: 5, 2013: 6}


# --- asked about --------------------------------------------------------------------------------------------------


def question(content: bytes, district, **options) -> tuple[str, str]:
    (problem,) = planned(content, district, **options).problems
    return problem.cell, problem.expected


def test_a_misspelt_town_is_asked_about_with_the_nearest_names(district, town, other_town):
    assert question(register_file(row(town="湖溏镇")), district) == ("B4", "湖塘镇")
    assert question(register_file(row(town="开发区")), district) == ("B4", "湖塘镇、牛塘镇")


def test_a_town_misspelt_in_the_first_register_is_asked_about_and_not_created(district):
    rows = [row(name=f"{number}社区") for number in "甲乙丙丁"]
    plan = planned(register_file(*rows, row(town="湖溏镇")), district)
    assert [(problem.cell, problem.expected) for problem in plan.problems] == [("B8", "湖塘镇")]
    assert plan.new_towns == ["湖塘镇"]


def test_problems_stand_in_the_order_of_the_file(district, town):
    sheets = {"城镇社区": sheet_rows(row(town="湖溏镇"), row(name="云园社区", workers="约5"), row(name="云园社区"))}
    sheets["农村社区"] = sheet_rows(row(name="银荡村", grid_cells="约6"), title="农村社区")
    problems = planned(xlsx(sheets), district).problems
    assert [(problem.sheet, problem.cell) for problem in problems] == [
        ("城镇社区", "B4"),
        ("城镇社区", "P5"),
        ("城镇社区", "C6"),
        ("农村社区", "L4"),
    ]


def test_towns_that_are_alike_but_both_frequent_are_both_created(district):
    rows = [row(name=f"{name}社区", town=town) for town in ("湖塘镇", "牛塘镇") for name in "甲乙丙"]
    assert planned(register_file(*rows), district).new_towns == ["湖塘镇", "牛塘镇"]


def test_a_row_twice_is_asked_about_with_both_cells(district):
    (problem,) = planned(register_file(row(), row(name="云园社区"), row(workers=9)), district).problems
    assert (problem.cell, problem.found) == ("C6", "聚湖社区")
    assert "“城镇社区”C4" in problem.message


def test_a_community_in_both_sheets_is_asked_about(district):
    sheets = {"城镇社区": sheet_rows(row()), "农村社区": sheet_rows(row(), title="农村社区")}
    (problem,) = planned(xlsx(sheets), district).problems
    assert (problem.sheet, problem.cell) == ("农村社区", "C4")


@pytest.mark.parametrize("name", ["聚胡社区", "聚湖社区居委会", "聚湖村"])
def test_a_name_like_an_absent_community_is_asked_about(district, community, name):
    assert question(register_file(row(name=name)), district) == ("C4", "聚湖社区")


def test_a_name_like_a_community_that_is_in_the_file_too_is_new(district, community):
    assert counts(planned(register_file(row(), row(name="聚胡社区")), district))[0] == 1


def test_a_community_that_is_stored_in_another_town_is_asked_about(district, community, other_town):
    assert question(register_file(row(town="牛塘镇")), district) == ("B4", "湖塘镇")


def test_another_category_than_the_stored_one_is_asked_about(district, village):
    assert question(register_file(row(name="银荡村")), district) == ("C4", "农村社区（村）")


def test_more_certificates_than_workers_are_asked_about(district, town):
    assert (
        question(register_file(row(workers=3, certified_workers=4)), district)[0] == f"{column('certified_workers')}4"
    )
    make_community(town=town, name="云园社区", profile={"workers": 3})
    rows = [["城镇"], ["镇", "社区", "持证（人）"], ["湖塘镇", "云园社区", 4]]
    assert question(xlsx({"Sheet1": rows}), district) == ("C3", "持证人数不多于专职工作者人数")


def test_a_doubtful_number_of_workers_raises_no_second_question(district):
    assert question(register_file(row(workers="约5", certified_workers=4)), district)[0] == "P4"


def test_a_town_may_import_only_its_own_rows(district, town, other_town):
    assert question(register_file(row(), row(town="牛塘镇", name="乙社区")), district, town=town) == ("B5", "湖塘镇")


# --- one transaction ----------------------------------------------------------------------------------------------


def test_one_bad_row_and_nothing_is_written(district):
    with pytest.raises(PlanChangedError):
        imported(register_file(row(), row(name="云园社区", workers="约5")), district)
    assert not Town.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_failure_in_the_middle_leaves_nothing(district, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(apply, "record_many", fail)
    with pytest.raises(RuntimeError):
        imported(register_file(row()), district)
    assert not Town.objects.exists()
    assert not YearProfile.objects.exists()


def test_a_register_that_moved_on_since_the_preview_is_not_overwritten(district, town):
    profile = make_community(town=town, name="聚湖社区", profile={"workers": 5}).profiles.get()
    content = register_file(row(workers=6))
    seen = planned(content, district).digest
    YearProfile.objects.filter(pk=profile.pk).update(workers=7, revision=2)
    with pytest.raises(PlanChangedError) as moved:
        imported(content, district, previewed=seen)
    assert ("专职工作者（人）", "7", "6") in moved.value.plan.changed[0].changes
    assert YearProfile.objects.get().workers == 7
    imported(content, district, previewed=moved.value.plan.digest)
    assert (YearProfile.objects.get().workers, YearProfile.objects.get().revision) == (6, 3)


def test_a_community_created_by_somebody_else_meanwhile_is_kept(district, town, monkeypatch):
    """The database's own refusal becomes a new preview."""

    def collide(*_args, **_kwargs):
        raise IntegrityError

    monkeypatch.setattr(apply, "_create_communities", collide)
    with pytest.raises(PlanChangedError):
        imported(register_file(row(grid_divided_on=date(2012, 3, 9))), district)
    assert not Community.objects.exists()


def test_an_import_takes_the_same_queries_however_many_rows(district, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        imported(REGISTER.read_bytes(), district)
