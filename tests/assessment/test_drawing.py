"""Freezing, drawing, replacing and planning: what is written, who wins, what is refused (R75, R77-R80; F10)."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from assessment.models import (
    Assessment,
    Designation,
    FrameUnit,
    Inspection,
    Replacement,
    SamplingDraw,
    Stage,
    State,
)
from assessment.sampling import drawing
from assessment.sampling.drawing import SamplingRefused, freeze_frame
from assessment.sampling.frame import frame_on
from assessment.sampling.method import order_key
from communities.models import Category
from tests.factories import make_assessment, make_designation, make_renaming
from tests.sampling import ACT, DAY, SEED, make_applicants, make_draw, make_frame, make_named

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(town, other_town, year) -> list[Assessment]:
    return [*make_applicants(6, town=town, year=year), *make_applicants(4, town=other_town, year=year)]


@pytest.fixture
def provincial(town, other_town, year) -> None:
    """What the province draws from: seven that passed the city, five that are named."""
    make_applicants(4, town=town, year=year, state=State.CITY_PASSED)
    make_applicants(3, town=other_town, year=year, state=State.CITY_PASSED, category=Category.RURAL)
    make_named(3, town=town, year=year)
    make_named(2, town=other_town, year=year, category=Category.RURAL)


def units(draw: SamplingDraw, **fields) -> list[FrameUnit]:
    return list(FrameUnit.objects.filter(draw=draw, **fields))


def everything() -> tuple:
    """All that an act of sampling could write."""
    models = (SamplingDraw, FrameUnit, Replacement, Assessment, Inspection, AuditEvent)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)


# --- the frame -------------------------------------------------------------------------------------------------------
def test_the_citys_frame_is_this_years_list_in_administrative_order(listed, year, bureau, town, other_town):
    """R75."""
    make_applicants(2, town=town, year=year, state=State.INSPECTED)
    make_applicants(1, town=town, year=year, state=State.CITY_PASSED)
    make_named(2, town=town, year=year)
    frozen = units(make_frame(year=year, by=bureau))
    assert [unit.assessment_id for unit in frozen] == [one.pk for one in listed]
    assert [unit.position for unit in frozen] == list(range(1, 11))
    assert {unit.standing for unit in frozen} == {"new"}
    assert [unit.town_name for unit in frozen] == ["湖塘镇"] * 6 + ["牛塘镇"] * 4


def test_the_provinces_frame_holds_those_that_passed_and_all_that_are_named_that_day(provincial, year, bureau, town):
    """R79 and R80."""
    revoked, not_yet, until_tomorrow = make_named(3, town=town, year=year)
    Designation.objects.filter(community=revoked).update(revoked_on=DAY.date())
    Designation.objects.filter(community=not_yet).update(named_on=DAY.date() + timedelta(days=1))
    Designation.objects.filter(community=until_tomorrow).update(revoked_on=DAY.date() + timedelta(days=1))
    frozen = units(make_frame(year=year, by=bureau, stage=Stage.PROVINCE))
    assert Counter((unit.category, unit.standing) for unit in frozen) == {
        ("urban", "new"): 4,
        ("rural", "new"): 3,
        ("urban", "named"): 4,
        ("rural", "named"): 2,
    }
    assert until_tomorrow.pk in {unit.community_id for unit in frozen}
    assert all((unit.assessment_id is None) == (unit.standing == "named") for unit in frozen)


def test_a_unit_stands_in_the_frame_as_it_was_called_that_day(listed, year, bureau):
    make_renaming(listed[0].community, was="聚湖老社区", on=DAY.date() + timedelta(days=1))
    assert "聚湖老社区" in [unit.name for unit in units(make_frame(year=year, by=bureau))]


def test_a_named_unit_that_was_passed_again_is_new(provincial, year, bureau):
    again = Assessment.objects.filter(state=State.CITY_PASSED).first()
    make_designation(community=again.community, campaign_year=year, named_on=date(2011, 1, 1))
    found = FrameUnit.objects.get(
        draw=make_frame(year=year, by=bureau, stage=Stage.PROVINCE), community=again.community
    )
    assert (found.standing, found.assessment) == ("new", again)


def test_a_named_unit_with_another_application_is_left_out_and_told(provincial, year, bureau, town):
    """It could not be rechecked: a year holds one assessment of a unit."""
    named = make_named(1, town=town, year=year)[0]
    make_assessment(community=named, campaign_year=year)
    draw = make_frame(year=year, by=bureau, stage=Stage.PROVINCE)
    assert not FrameUnit.objects.filter(draw=draw, community=named).exists()
    assert AuditEvent.objects.get(action="冻结抽样框").after["未列入"] == named.name
    assert frame_on(year, Stage.PROVINCE, DAY.date()).left_out == [named]


@pytest.mark.parametrize("ratio", ["0", "-1", "100.01"])
def test_a_ratio_is_more_than_nothing_and_no_more_than_all(ratio, listed, year, bureau):
    with pytest.raises(SamplingRefused, match="抽样比例"):
        make_frame(year=year, by=bureau, ratio=ratio)
    assert not SamplingDraw.objects.exists()


def test_an_empty_list_is_not_frozen(year, bureau):
    with pytest.raises(SamplingRefused, match="还没有“已列入名单”的创建单位"):
        make_frame(year=year, by=bureau)


def test_the_province_never_draws_from_named_units_alone(year, bureau, town):
    """R80: both kinds are always present."""
    make_named(3, town=town, year=year)
    with pytest.raises(SamplingRefused, match="还没有“市验收通过”的创建单位"):
        make_frame(year=year, by=bureau, stage=Stage.PROVINCE, without_named="第一年")


def test_the_province_draws_from_new_units_alone_only_with_a_reason_while_nobody_is_named(year, bureau, town):
    """R80: the first year."""
    make_applicants(3, town=town, year=year, state=State.CITY_PASSED)
    with pytest.raises(SamplingRefused, match="还没有任何已命名单位"):
        make_frame(year=year, by=bureau, stage=Stage.PROVINCE, without_named="  ")
    draw = make_frame(year=year, by=bureau, stage=Stage.PROVINCE, without_named="创建第一年")
    assert draw.without_named == "创建第一年"
    make_assessment(community=make_named(1, town=town, year=year)[0], campaign_year=year)
    with pytest.raises(SamplingRefused, match="请先核对"):
        make_frame(year=year, by=bureau, stage=Stage.PROVINCE, without_named="创建第一年")


def test_a_reason_that_is_not_needed_is_not_kept(provincial, year, bureau):
    assert make_frame(year=year, by=bureau, stage=Stage.PROVINCE, without_named="第一年").without_named == ""


def test_no_frame_of_named_units_that_no_standard_could_recheck(year, bureau, town, village):
    make_applicants(1, town=town, year=year, state=State.CITY_PASSED)
    make_designation(community=village, campaign_year=year, named_on=date(2011, 12, 20))
    with pytest.raises(SamplingRefused, match="还没有发布农村社区（村）考评标准"):
        make_frame(year=year, by=bureau, stage=Stage.PROVINCE)


def test_a_frame_is_frozen_anew_until_it_is_drawn_from(listed, year, bureau, town):
    first = make_frame(year=year, by=bureau)
    make_applicants(1, town=town, year=year)
    second = make_frame(year=year, by=bureau, ratio=50)
    assert (second.pk, len(units(second))) == (first.pk, 11)
    assert second.frame_digest != first.frame_digest
    drawing.draw(draw=second, **ACT, by=bureau, now=DAY)
    before = everything()
    with pytest.raises(SamplingRefused, match="抽样框不能再变更"):
        make_frame(year=year, by=bureau)
    assert everything() == before


@pytest.mark.parametrize("person", ["leader", "town_officer", "community_worker", "province_inspector"])
def test_only_the_bureau_and_the_levels_own_inspector_freeze_and_draw(person, request, listed, year, bureau):
    stranger = request.getfixturevalue(person)
    with pytest.raises(SamplingRefused, match="不能办理市抽查抽样"):
        make_frame(year=year, by=stranger)
    frozen = make_frame(year=year, by=bureau)
    with pytest.raises(SamplingRefused, match="不能办理市抽查抽样"):
        drawing.draw(draw=frozen, **ACT, by=stranger, now=DAY)


# --- the draw --------------------------------------------------------------------------------------------------------
def test_the_citys_inspector_draws_for_the_city(listed, year, city_inspector):
    drawn = make_draw(year=year, by=city_inspector)
    assert drawn.drawn_by == city_inspector.user
    sample = units(drawn, drawn=True)
    assert Counter(unit.town_name for unit in sample) == {"湖塘镇": 2, "牛塘镇": 1}
    assert all(unit.order_key == order_key(SEED, unit.code) for unit in units(drawn))
    event = AuditEvent.objects.get(action="抽样")
    assert (event.after["种子"], event.after["抽中"], event.after["单位数"]) == (SEED, 3, 10)


def test_the_province_draws_both_kinds_and_opens_a_recheck_of_each_named_unit(provincial, year, province_inspector):
    """R80."""
    drawn = make_draw(year=year, by=province_inspector, stage=Stage.PROVINCE)
    sample = units(drawn, drawn=True)
    assert {(unit.category, unit.standing) for unit in sample} == {
        (category, standing) for category in ("urban", "rural") for standing in ("new", "named")
    }
    for unit in units(drawn, standing="named"):
        if unit.drawn:
            assert (unit.assessment.kind, unit.assessment.state) == ("recheck", "recheck")
            assert unit.assessment.community_id == unit.community_id
        else:
            assert unit.assessment is None
    rechecks = Assessment.objects.filter(kind=Assessment.Kind.RECHECK).count()
    assert rechecks == sum(unit.standing == "named" for unit in sample)


@pytest.mark.parametrize("seed", ["", "   ", "123", " 123 ", "\t\n"])
def test_a_seed_has_at_least_four_characters(seed, listed, year, bureau):
    frozen = make_frame(year=year, by=bureau)
    with pytest.raises(SamplingRefused, match="种子不能少于4个字符"):
        drawing.draw(draw=frozen, **{**ACT, "seed": seed}, by=bureau, now=DAY)
    assert SamplingDraw.objects.get().drawn_at is None


def test_a_draw_has_a_witness(listed, year, bureau):
    frozen = make_frame(year=year, by=bureau)
    with pytest.raises(SamplingRefused, match="至少一名见证人"):
        drawing.draw(draw=frozen, **{**ACT, "witnesses": " "}, by=bureau, now=DAY)


def test_of_two_who_draw_at_once_one_wins(listed, year, bureau, city_inspector):
    """Both opened the page before either pressed the button."""
    frozen = make_frame(year=year, by=bureau)
    theirs = SamplingDraw.objects.get(pk=frozen.pk)
    drawing.draw(draw=frozen, **ACT, by=bureau, now=DAY)
    before = everything()
    with pytest.raises(SamplingRefused, match="刚刚已由他人完成抽样"):
        drawing.draw(draw=theirs, **{**ACT, "seed": "99999999"}, by=city_inspector, now=DAY)
    assert everything() == before


def test_a_draw_from_a_frame_that_was_frozen_anew_meanwhile_is_refused(listed, year, bureau, city_inspector):
    seen = SamplingDraw.objects.get(pk=make_frame(year=year, by=bureau).pk)
    make_frame(year=year, by=city_inspector, ratio=50)
    with pytest.raises(SamplingRefused, match="重新冻结了抽样框"):
        drawing.draw(draw=seen, **ACT, by=bureau, now=DAY)


@pytest.mark.parametrize("tamper", [{"name": "别的社区"}, {"code": "320412999999"}, {"standing": "named"}])
def test_a_frame_that_does_not_read_as_it_was_frozen_is_not_drawn_from(tamper, listed, year, bureau):
    frozen = make_frame(year=year, by=bureau)
    FrameUnit.objects.filter(pk=units(frozen)[0].pk).update(**tamper)
    with pytest.raises(SamplingRefused, match="与冻结时的摘要不符"):
        drawing.draw(draw=frozen, **ACT, by=bureau, now=DAY)
    assert SamplingDraw.objects.get().seed == ""


def test_units_that_came_or_went_since_the_freezing_ask_for_a_new_frame(listed, year, bureau, town):
    """Nobody slips past the draw by coming onto the list afterwards."""
    frozen = make_frame(year=year, by=bureau)
    late = make_applicants(1, town=town, year=year)[0]
    with pytest.raises(SamplingRefused, match=f"{late.community.name}的情况已变化"):
        drawing.draw(draw=frozen, **ACT, by=bureau, now=DAY)
    assert not FrameUnit.objects.filter(drawn=True).exists()


def test_a_renaming_since_the_freezing_changes_nothing(listed, year, bureau):
    frozen = make_frame(year=year, by=bureau)
    make_renaming(listed[0].community, was="老名字", on=date(2012, 11, 1))
    assert drawing.draw(draw=frozen, **ACT, by=bureau, now=DAY).is_drawn


def test_the_database_holds_one_draw_a_level_and_none_without_a_seed(listed, year, bureau):
    frozen = make_frame(year=year, by=bureau)
    with pytest.raises(IntegrityError), transaction.atomic():
        SamplingDraw.objects.filter(pk=frozen.pk).update(drawn_at=DAY)


def test_freezing_at_a_decimal_ratio_keeps_it(listed, year, bureau):
    frozen = freeze_frame(campaign_year=year, stage=Stage.CITY, ratio=Decimal("12.5"), by=bureau, now=DAY)
    assert frozen.ratio == Decimal("12.50")
