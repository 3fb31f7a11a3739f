"""What follows a draw: a unit is replaced, visits are planned; who wins, what is refused (R77-R80; F10)."""

from datetime import date

import pytest

from accounts.models import AuditEvent
from assessment.models import Assessment, FrameUnit, Inspection, Method, SamplingDraw, Stage, State
from assessment.sampling.drawing import SamplingRefused, plan_visits, replace
from communities.models import Category
from communities.revisions import Conflict
from tests.assessment.ready import inspect
from tests.assessment.test_drawing import everything, units
from tests.sampling import DAY, make_applicants, make_draw, make_named

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


# --- replacing -------------------------------------------------------------------------------------------------------
def test_the_next_of_the_town_by_key_stands_in(listed, year, bureau):
    drawn = make_draw(year=year, by=bureau)
    out = units(drawn, drawn=True, town_name="湖塘镇")[0]
    waiting = sorted(units(drawn, drawn=False, town_name="湖塘镇"), key=lambda unit: unit.order_key)
    swap = replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    assert (swap.added, swap.reason, swap.skipped) == (waiting[0], "道路施工", "")
    assert [unit.drawn for unit in (FrameUnit.objects.get(pk=out.pk), FrameUnit.objects.get(pk=swap.added_id))] == [
        False,
        True,
    ]
    event = AuditEvent.objects.get(action="调换抽中单位")
    assert (event.before["调出"], event.after["调入"]) == (str(out), str(swap.added))


def test_where_the_town_has_nobody_left_the_next_of_the_group_stands_in(year, bureau, town, other_town):
    make_applicants(1, town=town, year=year)
    make_applicants(9, town=other_town, year=year)
    make_applicants(5, town=town, year=year, category=Category.RURAL)
    drawn = make_draw(year=year, by=bureau, ratio=60)
    out = FrameUnit.objects.get(draw=drawn, drawn=True, town_name="湖塘镇", category="urban")
    waiting = units(drawn, drawn=False, category="urban")
    swap = replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    assert swap.added == min(waiting, key=lambda unit: unit.order_key)


def test_nobody_is_left_to_stand_in(year, bureau, town):
    make_applicants(2, town=town, year=year)
    drawn = make_draw(year=year, by=bureau, ratio=100)
    before = everything()
    with pytest.raises(SamplingRefused, match="没有可以顺延的单位"):
        replace(draw=drawn, removed=units(drawn)[0], reason="道路施工", by=bureau, now=DAY)
    assert everything() == before


def test_who_was_replaced_never_comes_back(year, bureau, town):
    make_applicants(3, town=town, year=year)
    drawn = make_draw(year=year, by=bureau)
    out = units(drawn, drawn=True)[0]
    for _number in range(2):
        replace(draw=drawn, removed=units(drawn, drawn=True)[0], reason="道路施工", by=bureau, now=DAY)
    with pytest.raises(SamplingRefused, match="没有可以顺延的单位"):
        replace(draw=drawn, removed=units(drawn, drawn=True)[0], reason="道路施工", by=bureau, now=DAY)
    assert not FrameUnit.objects.get(pk=out.pk).drawn


def test_a_unit_whose_visit_has_begun_stays(listed, year, bureau):
    drawn = make_draw(year=year, by=bureau)
    out = units(drawn, drawn=True)[0]
    inspect(out.assessment, Stage.CITY, by=bureau, finished=False)
    before = everything()
    with pytest.raises(SamplingRefused, match="考评已经开始，不能调换"):
        replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    assert everything() == before


def test_what_was_only_arranged_goes_with_the_unit(listed, year, bureau, city_inspector):
    drawn = make_draw(year=year, by=bureau)
    out = units(drawn, drawn=True)[0]
    given = {"assessment": out.assessment, "inspector": city_inspector.user, "method": Method.SITE}
    Inspection.objects.create(**given, stage=Stage.CITY)
    Inspection.objects.create(**given, stage=Stage.DISTRICT)
    replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    assert list(Inspection.objects.values_list("stage", flat=True)) == [Stage.DISTRICT]


def test_the_recheck_of_a_replaced_named_unit_is_taken_back_and_its_successors_opened(provincial, year, bureau):
    drawn = make_draw(year=year, by=bureau, stage=Stage.PROVINCE)
    out = units(drawn, drawn=True, standing="named", category="urban")[0]
    swap = replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    assert not Assessment.objects.filter(community=out.community).exists()
    assert swap.added.assessment.state == State.RECHECK
    assert AuditEvent.objects.filter(action="取消动态复核").count() == 1


def test_who_can_no_longer_be_visited_is_passed_over_and_noted(year, bureau, town, people):
    listed = make_applicants(4, town=town, year=year)
    drawn = make_draw(year=year, by=bureau, ratio=25)
    waiting = sorted(units(drawn, drawn=False), key=lambda unit: unit.order_key)
    Assessment.objects.filter(pk=waiting[0].assessment_id).update(state=State.UNLISTED)
    swap = replace(draw=drawn, removed=units(drawn, drawn=True)[0], reason="道路施工", by=bureau, now=DAY)
    assert (swap.added, swap.skipped) == (waiting[1], waiting[0].code)
    assert len(listed) == 4


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_replacement_says_why(reason, listed, year, bureau):
    drawn = make_draw(year=year, by=bureau)
    with pytest.raises(SamplingRefused, match="请填写调换原因"):
        replace(draw=drawn, removed=units(drawn, drawn=True)[0], reason=reason, by=bureau, now=DAY)


def test_of_two_who_replace_a_unit_at_once_one_wins(listed, year, bureau, city_inspector):
    drawn = make_draw(year=year, by=bureau)
    out = units(drawn, drawn=True)[0]
    replace(draw=drawn, removed=out, reason="道路施工", by=bureau, now=DAY)
    with pytest.raises(SamplingRefused, match="刚刚已被调换"):
        replace(draw=drawn, removed=out, reason="道路施工", by=city_inspector, now=DAY)
    assert len(units(drawn, drawn=True)) == 3


# --- the visits ------------------------------------------------------------------------------------------------------
def test_days_and_group_are_written_down_with_their_history(listed, year, bureau):
    """R77."""
    drawn = make_draw(year=year, by=bureau)
    unit = units(drawn, drawn=True)[0]
    days = {unit.pk: date(2012, 11, 20), units(drawn, drawn=False)[0].pk: date(2012, 11, 20)}
    plan_visits(draw=drawn, group="组长：周处长", days=days, revision=drawn.revision, by=bureau)
    assert FrameUnit.objects.get(pk=unit.pk).visit_on == date(2012, 11, 20)
    assert FrameUnit.objects.filter(visit_on__isnull=False).count() == 1
    assert SamplingDraw.objects.get().group == "组长：周处长"
    assert AuditEvent.objects.get(action="安排考评日期").after == {str(unit): "2012年11月20日"}


def test_of_two_who_plan_at_once_the_second_is_told(listed, year, bureau, city_inspector):
    drawn = make_draw(year=year, by=bureau)
    plan_visits(draw=drawn, group="甲", days={}, revision=drawn.revision, by=bureau)
    with pytest.raises(Conflict):
        plan_visits(draw=drawn, group="乙", days={}, revision=drawn.revision, by=city_inspector)
    assert SamplingDraw.objects.get().group == "甲"
