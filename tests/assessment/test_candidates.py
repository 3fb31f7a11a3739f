"""正式创建名单: frozen all or nothing, a digest that tells of tampering, versions that stay, 公示 (R74)."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment import consulting
from assessment.candidates import counted, digest_of, freeze, revise, verify
from assessment.models import Assessment, Candidate, CandidateList, NoticeObjection, Opinion, State, StateChange
from assessment.public_notice import raise_objection, report, settle_objection
from assessment.workflow import Refused, advance
from communities.models import Category, Community
from communities.revisions import Conflict
from tests.assessment.listed import AFTER, agreed, ask, inspected
from tests.assessment.steps import DURING, SHANGHAI
from tests.factories import make_community

pytestmark = pytest.mark.django_db
TERMS = {"number": "武社建办〔2012〕9号", "dated": date(2012, 11, 14)}
NOTICE = {"notice_from": date(2012, 11, 14), "notice_until": date(2012, 11, 20)}
NOW = datetime(2012, 11, 14, 10, 0, tzinfo=SHANGHAI)
IN_NOTICE = datetime(2012, 11, 20, 23, 59, tzinfo=SHANGHAI)
PAST_NOTICE = datetime(2012, 11, 21, 0, 0, tzinfo=SHANGHAI)


@pytest.fixture
def units(*, other_town, community, village, year, department, bureau) -> list[Assessment]:
    """Three that are ready, in no particular order."""
    far = make_community(town=other_town, name="牛溪社区")
    found = [inspected(one, campaign_year=year) for one in (village, far, community)]
    agreed(*found, departments=[department], by=bureau)
    return found


@pytest.fixture
def listed(units, bureau) -> CandidateList:
    return freeze(campaign_year=units[0].campaign_year, assessments=units, **TERMS, **NOTICE, by=bureau, now=NOW)


def fix(*units: Assessment, by, **fields) -> CandidateList:
    return freeze(campaign_year=units[0].campaign_year, assessments=units, **{**TERMS, **fields}, by=by, now=NOW)


# --- 确定 ----------------------------------------------------------------------------------------------------------


def test_a_list_is_frozen_by_type_town_and_community_with_what_they_were_then(listed, units, bureau, community):
    rows = listed.candidates.values_list("position", "category", "town_name", "name", "self_total", "district_total")
    assert [tuple(map(str, row)) for row in rows] == [
        ("1", "urban", "湖塘镇", "聚湖社区", "96.00", "95.00"),
        ("2", "urban", "牛塘镇", "牛溪社区", "96.00", "95.00"),
        ("3", "rural", "湖塘镇", "银荡村", "96.00", "95.00"),
    ]
    assert set(Assessment.objects.values_list("state", flat=True)) == {State.LISTED}
    assert set(StateChange.objects.values_list("action", "document")) == {("列入创建名单", TERMS["number"])}
    assert counted(listed.candidates.all()) == "城镇社区2个、农村社区（村）1个，共3个"
    Community.objects.filter(pk=community.pk).update(sort_order=9)
    assert verify(listed)
    assert AuditEvent.objects.get(action="确定创建名单").after["内容摘要"] == listed.digest


def test_all_or_nothing_with_what_stands_against_each_unit(units, year, town, department, bureau):
    below = inspected(make_community(town=town, name="低分社区"), campaign_year=year, total="89.95")
    unasked = inspected(make_community(town=town, name="漏征社区"), campaign_year=year)
    agreed(below, departments=[department], by=bureau)
    before = list(AuditEvent.objects.values())
    with pytest.raises(Refused) as refused:
        fix(*units, below, unasked, by=bureau)
    assert [obstacle.message for obstacle in refused.value.obstacles] == [
        "湖塘镇低分社区：区预查总分89.95分，比合格线90分少0.05分。",
        "湖塘镇漏征社区：还没有就该单位征求部门意见。",
    ]
    assert not CandidateList.objects.exists()
    assert set(Assessment.objects.values_list("state", flat=True)) == {State.INSPECTED}
    assert list(AuditEvent.objects.values()) == before


def test_an_open_objection_keeps_a_unit_off_until_it_is_overruled_with_a_reason(community, year, department, bureau):
    unit = inspected(community, campaign_year=year)
    round_ = ask(unit, departments=[department], by=bureau)
    opinion = round_.opinions.get()
    consulting.answer(opinion, answer=Opinion.Answer.OBJECT, text="发生案件", by=bureau, now=DURING, revision=1)
    with pytest.raises(Refused, match="第1轮征求部门意见尚未办结"):
        fix(unit, by=bureau)
    consulting.close(round_, by=bureau, now=AFTER)
    with pytest.raises(Refused, match="公安局不同意，尚未处理"):
        fix(unit, by=bureau)
    opinion.refresh_from_db()
    consulting.settle(opinion, resolution="overruled", reason="已查清", by=bureau, now=AFTER, revision=opinion.revision)
    assert fix(unit, by=bureau).candidates.count() == 1


def test_a_silent_department_holds_nobody_up(community, year, department, bureau):
    unit = inspected(community, campaign_year=year)
    consulting.close(ask(unit, departments=[department], by=bureau), by=bureau, now=AFTER)
    assert fix(unit, by=bureau).version == 1


def test_of_two_who_freeze_at_once_one_wins(units, bureau):
    """The second has read the units before the first was done."""
    stale = [Assessment.objects.get(pk=unit.pk) for unit in units]
    first = fix(*units[:1], by=bureau)
    with pytest.raises(Refused, match="第1版已由他人确定"):
        fix(*stale[1:], by=bureau)
    assert list(CandidateList.objects.all()) == [first]
    assert Assessment.objects.filter(state=State.INSPECTED).count() == 2


WRONG_TERMS = {
    "no number": ({"number": " "}, "请填写名单的文号"),
    "half a notice": ({"notice_from": date(2012, 11, 14)}, "要么都填，要么都不填"),
    "notice backwards": ({"notice_from": date(2012, 11, 14), "notice_until": date(2012, 11, 13)}, "不能早于开始日期"),
}


@pytest.mark.parametrize("name", WRONG_TERMS)
def test_a_list_without_sense_is_refused(name, units, bureau):
    fields, message = WRONG_TERMS[name]
    with pytest.raises(Refused, match=message):
        fix(*units, by=bureau, **fields)


def test_only_the_bureau_freezes(units, leader):
    with pytest.raises(Refused, match="区领导不能列入创建名单"):
        fix(*units, by=leader)


# --- 摘要 ----------------------------------------------------------------------------------------------------------

TAMPERED = {
    "name": "别的社区",
    "town_name": "别的镇",
    "district_total": 99,
    "self_total": 99,
    "code": "0",
    "position": 9,
}


@pytest.mark.parametrize("field", TAMPERED)
def test_a_row_changed_behind_the_back_is_told(field, listed, bureau):
    assert verify(listed)
    Candidate.objects.filter(candidate_list=listed, position=2).update(**{field: TAMPERED[field]})
    assert not verify(listed)
    with pytest.raises(Refused, match="与确定时的内容摘要不一致"):
        report(listed, by=bureau, now=PAST_NOTICE)


def test_a_row_taken_away_is_told(listed):
    Candidate.objects.filter(candidate_list=listed, position=3).delete()
    assert not verify(listed)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), min_size=1, max_size=4, unique=True))
def test_different_entries_have_different_digests(names):
    """Names cannot be moved over the border of a field without the digest telling."""

    def entries(pairs):
        return [
            Candidate(
                position=position,
                assessment_id=1,
                code="1",
                name=name,
                town_name=town,
                category=Category.URBAN,
                self_total=96,
                district_total=95,
            )
            for position, (town, name) in enumerate(pairs)
        ]

    joined = [(town + name, "") for town, name in names]
    assert (digest_of(entries(names)) == digest_of(entries(joined))) == (names == joined)


# --- 变更 ----------------------------------------------------------------------------------------------------------


def test_version_2_keeps_version_1_as_it_was(*, listed, town, year, department, bureau):
    new = inspected(make_community(town=town, name="花园社区"), campaign_year=year)
    agreed(new, departments=[department], by=bureau)
    before = (list(listed.candidates.values()), CandidateList.objects.filter(pk=listed.pk).values().get())
    gone = Assessment.objects.get(community__name="银荡村")
    second = revise(listed, add=[new], remove=[gone], **TERMS, reason="银荡村退出，增补花园社区", by=bureau, now=NOW)
    assert list(second.candidates.values_list("name", flat=True)) == ["聚湖社区", "花园社区", "牛溪社区"]
    assert (list(listed.candidates.values()), CandidateList.objects.filter(pk=listed.pk).values().get()) == before
    assert verify(listed)
    assert verify(second)
    gone.refresh_from_db()
    assert (gone.state, gone.changes.first().reason) == (State.UNLISTED, "银荡村退出，增补花园社区")


def test_a_change_needs_a_reason_a_change_and_the_latest_version(listed, units, bureau):
    units = list(Assessment.objects.order_by("pk"))
    for fields, message in (
        ({"remove": units[:1], "reason": ""}, "必须写明原因"),
        ({"reason": "无"}, "没有增减"),
    ):
        with pytest.raises(Refused, match=message):
            revise(listed, **TERMS, **fields, by=bureau, now=NOW)
    revise(listed, remove=units[:1], **TERMS, reason="退出", by=bureau, now=NOW)
    with pytest.raises(Refused, match="第2版已由他人确定"):
        revise(listed, remove=units[1:2], **TERMS, reason="退出", by=bureau, now=NOW)
    second = CandidateList.objects.get(version=2)
    with pytest.raises(Refused, match="不在名单中"):
        revise(second, remove=units[:1], **TERMS, reason="退出", by=bureau, now=NOW)


def test_a_unit_ended_by_a_reorganisation_leaves_the_next_version_by_itself(listed, bureau):
    unit = Assessment.objects.get(community__name="银荡村")
    advance(unit, "close", by=bureau, now=NOW, reason="并入聚湖社区")
    second = revise(listed, **TERMS, reason="区划调整", by=bureau, now=NOW)
    assert list(second.candidates.values_list("name", flat=True)) == ["聚湖社区", "牛溪社区"]


# --- 公示、上报 ------------------------------------------------------------------------------------------------------


def test_a_list_is_reported_once_and_only_after_its_notice(listed, bureau):
    with pytest.raises(Refused, match="公示到2012年11月20日为止"):
        report(listed, by=bureau, now=IN_NOTICE)
    listed.refresh_from_db()
    assert listed.reported_at is None
    report(listed, by=bureau, now=PAST_NOTICE)
    assert (listed.reported_at, listed.reported_by) == (PAST_NOTICE, bureau.user)
    with pytest.raises(Refused, match="已经上报"):
        report(listed, by=bureau, now=PAST_NOTICE)


def test_without_a_notice_it_is_reported_at_once(units, bureau):
    fixed = fix(*units, by=bureau)
    report(fixed, by=bureau, now=NOW)
    assert fixed.reported_at == NOW


def object_to(listed: CandidateList, *, by, **fields) -> NoticeObjection:
    unit = listed.candidates.first().assessment
    given = {"assessment": unit, "received_on": date(2012, 11, 15), "text": "用房不足", **fields}
    return raise_objection(listed, **given, by=by, now=IN_NOTICE)


def test_an_objection_blocks_the_report_until_it_is_settled(listed, bureau):
    objection = object_to(listed, by=bureau, raised_by="居民")
    with pytest.raises(Refused, match="还有1条公示异议"):
        report(listed, by=bureau, now=PAST_NOTICE)
    with pytest.raises(Refused, match="请写明核查结果"):
        settle_objection(objection, outcome=" ", by=bureau, now=PAST_NOTICE, revision=1)
    settle_objection(objection, outcome="现场核实，面积达标", by=bureau, now=PAST_NOTICE, revision=1)
    with pytest.raises(Conflict):
        settle_objection(objection, outcome="另一结论", by=bureau, now=PAST_NOTICE, revision=1)
    report(listed, by=bureau, now=PAST_NOTICE)


def test_an_objection_to_an_earlier_version_holds_the_next_one_up_unless_the_unit_left(listed, bureau):
    objection = object_to(listed, by=bureau)
    rest = Assessment.objects.exclude(pk=objection.assessment_id).order_by("pk")
    second = revise(listed, remove=rest[:1], **TERMS, reason="退出", by=bureau, now=NOW)
    with pytest.raises(Refused, match="还有1条公示异议"):
        report(second, by=bureau, now=PAST_NOTICE)
    unit = Assessment.objects.get(pk=objection.assessment_id)
    third = revise(second, remove=[unit], **TERMS, reason="异议属实", by=bureau, now=NOW)
    report(third, by=bureau, now=PAST_NOTICE)
    with pytest.raises(Refused, match="已有新的版本"):
        report(second, by=bureau, now=PAST_NOTICE)


def test_what_cannot_be_an_objection(listed, town, year, bureau):
    stranger = inspected(make_community(town=town), campaign_year=year)
    for fields, message in (
        ({"assessment": stranger}, "不在这一版名单中"),
        ({"received_on": date(2012, 11, 13)}, "收到日期应在公示开始"),
        ({"received_on": date(2012, 11, 21)}, "收到日期应在公示开始"),
        ({"text": " "}, "请填写反映的内容"),
    ):
        with pytest.raises(Refused, match=message):
            object_to(listed, by=bureau, **fields)
