"""沿革: communities merge, split, take another name or town, become urban, and each keeps what it was (decision 14)."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from accounts.models import AuditEvent
from communities.importing.apply import import_register
from communities.importing.plan import make_plan
from communities.lineage.acts import carry_out
from communities.lineage.faults import LineageRefused
from communities.lineage.plans import (
    Kind,
    Plan,
    Terms,
    Unit,
    merging,
    renaming,
    splitting,
    transferring,
    unit_of,
    urbanising,
)
from communities.models import Category, Community, CommunityVersion, Reorganisation
from communities.models.lineage import BEGINNING
from tests.communities.reorganised import BEFORE, DAY, NOW, TERMS, done
from tests.communities.test_import_plan import counts, imported, planned, read
from tests.communities.workbook_files import REGISTER, register_file, row
from tests.factories import make_community, make_district, make_town

pytestmark = pytest.mark.django_db


def refused(plan: Plan, terms: Terms = TERMS) -> dict[str, str]:
    """{field: message} of a plan that is refused, and nothing of it written."""
    before = snapshot()
    with pytest.raises(LineageRefused) as caught, transaction.atomic():
        carry_out(plan, terms, by=None, now=NOW)
    assert snapshot() == before
    return {fault.field: fault.message for fault in caught.value.faults}


def snapshot() -> list:
    tables = (Community, CommunityVersion, Reorganisation, AuditEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def names_on(day: date) -> list[str]:
    return [f"{one.place_town}{one.place_name}" for one in Community.objects.on(day)]


def assert_sound() -> None:
    """The living have one current version that says what they are; the ended have none, and ended on their last day."""
    current = Count("versions", filter=Q(versions__until__isnull=True))
    for community in Community.objects.annotate(current=current).prefetch_related("versions"):
        versions = sorted(community.versions.all(), key=lambda version: version.since)
        last = versions[-1]
        assert community.current == (community.closed_on is None)
        assert (last.name, last.town_id, last.category) == (community.name, community.town_id, community.category)
        assert last.until == community.closed_on
        assert [one.until for one in versions[:-1]] == [one.since for one in versions[1:]]


# --- the five kinds ------------------------------------------------------------------------------------------------


def test_a_renamed_community_has_one_name_before_and_another_after(community):
    done(renaming(community, name="湖滨社区"))
    assert (names_on(BEFORE), names_on(DAY)) == (["湖塘镇聚湖社区"], ["湖塘镇湖滨社区"])
    assert Community.objects.get().name == "湖滨社区"
    assert_sound()


def test_a_transferred_community_comes_last_in_its_new_town_and_its_people_go_with_it(
    community, community_worker, town_officer, other_town_officer, other_town
):
    make_community(town=other_town, name="丙社区")
    code = community.code
    done(transferring(community, town=other_town))
    assert names_on(BEFORE) == ["湖塘镇聚湖社区", "牛塘镇丙社区"]
    assert names_on(DAY) == ["牛塘镇丙社区", "牛塘镇聚湖社区"]
    community_worker.refresh_from_db()
    assert (community_worker.town, Community.objects.get(pk=community.pk).code) == (other_town, code)
    assert not Community.objects.visible_to(town_officer).exists()
    assert Community.objects.visible_to(other_town_officer).count() == 2
    assert_sound()


def test_a_village_becomes_urban_perhaps_under_another_name(village, town):
    done(urbanising(village, name="银荡社区"))
    village.refresh_from_db()
    assert (village.name, village.category, village.subtype) == ("银荡社区", "urban", "urbanised")
    second = make_community(town=town, name="花园村", category=Category.RURAL)
    done(urbanising(second))
    assert [one.place_category for one in Community.objects.on(BEFORE)] == ["rural", "rural"]
    assert [one.place_name for one in Community.objects.on(DAY)] == ["银荡社区", "花园村"]
    assert_sound()


def test_a_merger_into_one_of_them_closes_the_others(community, town):
    other = make_community(town=town, name="花园社区")
    (result,) = done(merging([community, other], into=unit_of(community)))
    assert result == community
    assert names_on(BEFORE) == ["湖塘镇聚湖社区", "湖塘镇花园社区"]
    assert names_on(DAY) == ["湖塘镇聚湖社区"]
    assert Community.objects.living().get() == community
    assert community.versions.get().until is None, "nothing about it changed"
    assert_sound()


def test_a_merger_may_make_a_new_unit_that_takes_a_name_set_free(community, town):
    other = make_community(town=town, name="花园社区")
    (result,) = done(merging([community, other], into=Unit("花园社区", town, Category.URBAN)))
    assert result not in (community, other)
    assert (result.code, result.versions.get().since) == (f"{town.district.code}001003", DAY)
    assert names_on(DAY) == ["湖塘镇花园社区"]
    assert_sound()


@pytest.mark.parametrize(("lives_on", "after"), [(True, ["聚湖社区", "东湖社区"]), (False, ["东湖社区", "西湖社区"])])
def test_a_split_leaves_the_old_unit_or_ends_it(lives_on, after, community, town):
    new = [Unit(name, town, Category.URBAN) for name in ("东湖社区", "西湖社区")]
    done(splitting(community, into=new[: 1 if lives_on else 2], lives_on=lives_on))
    assert names_on(BEFORE) == ["湖塘镇聚湖社区"]
    assert names_on(DAY) == [f"湖塘镇{name}" for name in after]
    assert_sound()


def test_what_happened_is_recorded_with_reason_document_and_trail(community, town, bureau):
    other = make_community(town=town, name="花园社区")
    done(merging([community, other], into=unit_of(community)), by=bureau)
    act = Reorganisation.objects.with_parts().get()
    assert (act.kind, act.effective_on, act.reason, act.document_number) == (
        Kind.MERGER,
        DAY,
        "区划优化",
        "武政发〔2013〕8号",
    )
    assert (act.by, act.actor, act.at) == (bureau.user, "武进区 区办王主任", NOW)
    faces = [[str(part.version) for part in parts] for parts in (act.before, act.after)]
    assert faces == [["湖塘镇聚湖社区", "湖塘镇花园社区"], ["湖塘镇聚湖社区"]]
    assert AuditEvent.objects.about(act).get().after["调整理由"] == "区划优化"
    event = AuditEvent.objects.about(other).get()
    assert (event.action, event.after["撤销日期"]) == ("区划调整：合并", "2013年3月1日")


def test_an_act_keeps_the_names_of_its_day_however_they_change_later(community):
    done(renaming(community, name="湖滨社区"))
    done(renaming(community, name="滨湖社区"), Terms(date(2013, 5, 1), "再次更名"))
    later, earlier = Reorganisation.objects.with_parts()
    assert [str(act.before[0].version) for act in (earlier, later)] == ["湖塘镇聚湖社区", "湖塘镇湖滨社区"]
    assert [str(act.after[0].version) for act in (earlier, later)] == ["湖塘镇湖滨社区", "湖塘镇滨湖社区"]
    assert_sound()


# --- what is refused, and why ----------------------------------------------------------------------------------------


def test_a_merger_across_towns_is_refused_with_what_to_do_first(community, other_town):
    other = make_community(town=other_town)
    assert "请先办理“调整隶属”" in refused(merging([community, other], into=unit_of(community)))[""]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2013, 6, 2), "生效日期不能晚于今天（2013年6月1日）"),
        (date(2013, 3, 1), "自2013年3月1日起才是现状，生效日期须晚于这一天"),
        (date(2012, 1, 1), "自2013年3月1日起才是现状"),
    ],
)
def test_a_day_to_come_or_before_the_last_change_is_refused(day, why, community):
    done(renaming(community, name="湖滨社区"))
    assert why in refused(renaming(community, name="滨湖社区"), Terms(day, "更名"))["effective_on"]


def test_a_name_stands_once_in_a_town(community, village, town, other_town):
    make_community(town=other_town, name="聚湖社区")
    assert "湖塘镇已有“银荡村”" in refused(renaming(community, name="银荡村"))["name"]
    assert "牛塘镇已有“聚湖社区”" in refused(transferring(community, town=other_town))["town"]
    twice = [Unit("东湖社区", town, Category.URBAN)] * 2
    assert "已有“东湖社区”" in refused(splitting(community, into=twice, lives_on=False))["name_1"]


def test_every_kind_says_what_it_cannot_do(community, village, town, bureau):
    elsewhere = make_town(district=make_district())
    assert "至少要选两个" in refused(merging([community], into=unit_of(community)))[""]
    assert "至少要有两个" in refused(splitting(community, into=[], lives_on=True))["name_1"]
    assert "与现名称相同" in refused(renaming(community, name="聚湖社区"))["name"]
    assert "现在就属于湖塘镇" in refused(transferring(community, town=town))["town"]
    assert "只能调整到本区" in refused(transferring(community, town=elsewhere))["town"]
    assert "已是城镇社区" in refused(urbanising(community))[""]
    assert "请填写新单位的名称" in refused(merging([community, village], into=Unit(" ", town, "urban")))["name"]
    assert "不能超过60个字" in refused(renaming(community, name="湖" * 61))["name"]
    assert refused(renaming(community, name="湖滨社区"), Terms(DAY, " "))["reason"] == "请填写调整理由。"


def test_what_has_ended_or_was_changed_meanwhile_cannot_be_reorganised(community, town):
    other = make_community(town=town, name="花园社区")
    stale = Community.objects.select_related("town__district").get(pk=community.pk)
    done(merging([community, other], into=unit_of(community)))
    assert "已于2013年3月1日撤销" in refused(renaming(other, name="新社区"))[""]
    assert "刚刚被他人修改" in refused(renaming(stale, name="新社区"))[""]


def test_the_database_holds_one_current_version_and_one_living_name(community, town):
    for fields in ({"since": DAY}, {"since": BEGINNING, "until": DAY}, {"since": DAY, "until": DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommunityVersion.objects.create(community=community, name="某社区", town=town, category="urban", **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_community(town=town, name="聚湖社区")


# --- every community has a version -----------------------------------------------------------------------------------


def test_whoever_comes_by_import_has_been_there_from_the_beginning(district):
    import_register(read(REGISTER.read_bytes()), district=district, year=2012, town=None, by=None, previewed=None)
    assert CommunityVersion.objects.filter(since=BEGINNING, until=None).count() == 384
    assert_sound()


def test_the_migration_gives_every_community_its_first_version(community, village):
    CommunityVersion.objects.all().delete()
    import_module("communities.migrations.0004_lineage").give_versions(apps, None)
    assert CommunityVersion.objects.filter(since=BEGINNING).count() == 2
    assert_sound()


# --- the importer ----------------------------------------------------------------------------------------------------


def test_a_file_with_a_former_name_asks_and_names_the_unit_of_today(district, community, town, other_town):
    closed, moved = make_community(town=town, name="花园社区"), make_community(town=town, name="云园社区")
    done(renaming(community, name="湖滨社区"))
    done(merging([community, closed], into=unit_of(community)), Terms(date(2013, 4, 1), "合并"))
    done(transferring(moved, town=other_town))
    plan = planned(register_file(row(), row(name="花园社区"), row(name="云园社区")), district)
    assert counts(plan) == (0, 0, 0)
    renamed, merged, transferred = [problem.message for problem in plan.problems]
    assert renamed.startswith("“聚湖社区”已于2013年3月1日调整为“湖塘镇湖滨社区”。请按现在的名称")
    assert merged.startswith("“花园社区”已于2013年4月1日撤销，现为“湖塘镇湖滨社区”。")
    assert transferred.startswith("“云园社区”已于2013年3月1日调整为“牛塘镇云园社区”。")


def test_the_heirs_of_an_heir_are_named(district, community, town):
    other = make_community(town=town, name="花园社区")
    (merged,) = done(merging([community, other], into=Unit("合并社区", town, Category.URBAN)))
    new = [Unit(name, town, Category.URBAN) for name in ("东湖社区", "西湖社区")]
    done(splitting(merged, into=new, lives_on=False), Terms(date(2013, 4, 1), "拆分"))
    (problem,) = planned(register_file(row()), district).problems
    assert "现为“湖塘镇东湖社区”、“湖塘镇西湖社区”" in problem.message


def test_a_former_name_that_somebody_bears_again_is_that_community(district, community, town):
    other = make_community(town=town, name="花园社区")
    done(merging([community, other], into=Unit("聚湖社区", town, Category.URBAN)))
    plan = imported(register_file(row(workers=4)), district)
    assert counts(plan) == (0, 1, 0)
    assert plan.changed[0].community.closed_on is None


def test_an_ended_community_is_not_planned_for(district, community, town):
    other = make_community(town=town, name="花园社区", profile={"workers": 3})
    done(merging([community, other], into=unit_of(community)))
    plan = make_plan(read(register_file(row())), district=district, year=2012)
    assert (counts(plan), plan.problems) == ((0, 1, 0), [])
