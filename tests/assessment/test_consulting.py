"""征求部门意见: who is asked, what can be answered, silence as silence, and how an objection is settled (R74; F6)."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import AuditEvent
from assessment import consulting
from assessment.checks import departments_have_answered, no_open_objection
from assessment.consulting import Remark
from assessment.facts import Facts
from assessment.models import Assessment, Consultation, Item, Opinion, State
from assessment.workflow import Refused
from communities.models import Department, Role
from communities.revisions import Conflict
from tests.assessment.listed import AFTER, ask, inspected
from tests.assessment.steps import DURING, SHANGHAI
from tests.factories import make_community, make_person, make_standard

pytestmark = pytest.mark.django_db
Answer = Opinion.Answer
LAST_MOMENT = datetime(2012, 11, 12, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.fixture
def unit(community, year) -> Assessment:
    return inspected(community, campaign_year=year)


@pytest.fixture
def other_unit(village, year) -> Assessment:
    return inspected(village, campaign_year=year, state=State.RECEIVED)


@pytest.fixture
def health(district, department) -> Department:
    return Department.objects.create(district=district, name="卫生局", sort_order=2)


@pytest.fixture
def round_(unit, other_unit, department, health, bureau) -> Consultation:
    return ask(unit, other_unit, departments=[department, health], by=bureau)


@pytest.fixture
def opinion(round_, unit, department) -> Opinion:
    return round_.opinions.get(assessment=unit, department=department)


def say(opinion: Opinion, said: str = Answer.AGREE, *, by, text: str = "", items=(), now=DURING, revision: int = 1):
    consulting.answer(opinion, answer=said, text=text, items=items, by=by, now=now, revision=revision)
    opinion.refresh_from_db()
    return opinion


# --- 发出 ----------------------------------------------------------------------------------------------------------


def test_a_round_asks_every_department_about_every_unit_but_for_what_is_left_out(
    unit, other_unit, department, health, bureau
):
    left_out = {(health.pk, other_unit.pk)}
    round_ = ask(unit, other_unit, departments=[department, health], by=bureau, left_out=left_out)
    asked = set(round_.opinions.values_list("department__name", "assessment__community__name", "answer"))
    assert asked == {("公安局", "聚湖社区", ""), ("公安局", "银荡村", ""), ("卫生局", "聚湖社区", "")}
    assert (round_.round, ask(unit, departments=[health], by=bureau).round) == (1, 2)
    event = AuditEvent.objects.filter(action="发出征求部门意见").order_by("pk").first()
    assert event.after["征求意见数"] == 3


def test_only_units_received_and_not_yet_listed_can_be_asked_about(town, year, department, bureau):
    allowed = {State.RECEIVED, State.INSPECTED}
    applications = [State.DRAFT, State.SUBMITTED, State.RECEIVED, State.RETURNED, State.INSPECTED, State.LISTED]
    for state in applications:
        unit = inspected(make_community(town=town), campaign_year=year, state=state)
        if state in allowed:
            assert ask(unit, departments=[department], by=bureau).opinions.count() == 1
        else:
            with pytest.raises(Refused, match="现在不能征求意见"):
                ask(unit, departments=[department], by=bureau)
    assert Consultation.objects.count() == len(allowed)


def test_a_letter_without_sense_is_refused_and_nothing_is_sent(unit, other_unit, department, health, bureau):
    both = [department, health]
    wrong = [
        (lambda: ask(unit, departments=[], by=bureau), "请至少选择"),
        (lambda: ask(unit, departments=both, by=bureau, due_on=date(2012, 10, 31)), "回复期限不能早于发出日期"),
        (lambda: ask(unit, departments=both, by=bureau, sent_on=date(2012, 11, 2)), "发出日期不能晚于今天"),
        (
            lambda: ask(unit, departments=both, by=bureau, left_out={(health.pk, unit.pk)}),
            "没有向卫生局征求任何单位的意见",
        ),
        (
            lambda: ask(
                *(unit, other_unit),
                departments=both,
                by=bureau,
                left_out={(one.pk, other_unit.pk) for one in both},
            ),
            "没有向任何部门征求对湖塘镇银荡村的意见",
        ),
    ]
    for send, message in wrong:
        with pytest.raises(Refused, match=message):
            send()
    assert not Consultation.objects.exists()


# --- 回复 ----------------------------------------------------------------------------------------------------------


def test_a_department_answers_through_its_liaison_and_may_say_it_anew(opinion, liaison):
    say(opinion, Answer.OBJECT, by=liaison, text="发生重大案件")
    assert (opinion.answer, opinion.text, opinion.answered_by) == (Answer.OBJECT, "发生重大案件", liaison.user)
    say(opinion, by=liaison, revision=2)
    assert (opinion.answer, opinion.text, opinion.revision) == (Answer.AGREE, "", 3)
    event = AuditEvent.objects.filter(action="回复征求意见").order_by("pk").last()
    assert (event.before["意见"], event.after["意见"]) == ("不同意", "同意")


def test_nobody_answers_for_another_department(opinion, health, leader, town_officer, foreign_bureau):
    stranger = make_person(role=Role.LIAISON, department=health)
    for person in (stranger, leader, town_officer, foreign_bureau):
        with pytest.raises(Refused, match="只有公安局联络员能回复"):
            say(opinion, by=person)
    assert not Opinion.objects.exclude(answer="").exists()


def test_the_bureau_enters_a_paper_reply_and_the_trail_says_so(opinion, bureau):
    say(opinion, by=bureau)
    assert opinion.answered_by == bureau.user
    assert AuditEvent.objects.filter(action="代录部门意见", user=bureau.user).exists()


def test_several_items_can_be_remarked_on_and_are_replaced_when_said_anew(opinion, liaison, unit):
    first, second = unit.standard.items.all()[:2]
    remarks = [Remark(first, Answer.REMARK, "台账不全"), Remark(second, Answer.OBJECT, "用房不达标")]
    say(opinion, Answer.REMARK, by=liaison, text="两项不足", items=remarks)
    assert [row.answer for row in Facts(unit, DURING).objections] == [Answer.REMARK, Answer.REMARK, Answer.OBJECT]
    say(opinion, Answer.REMARK, by=liaison, text="一项不足", items=remarks[:1], revision=2)
    items = Opinion.objects.exclude(item=None)
    assert list(items.values_list("item__code", "text")) == [("1.1", "台账不全")]


WRONG_ANSWERS = {
    "no answer": ("", "", False, "请选择同意、有意见或不同意"),
    "silence is not for a department to say": (Answer.SILENT, "", False, "请选择同意、有意见或不同意"),
    "a remark without words": (Answer.REMARK, "  ", False, "请写明具体意见"),
    "an objection without words": (Answer.OBJECT, "", False, "请写明具体意见"),
    "agreed, yet an item is remarked on": (Answer.AGREE, "", True, "总的意见请选"),
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_an_answer_that_says_too_little_is_refused(name, opinion, liaison, unit):
    said, text, has_item, message = WRONG_ANSWERS[name]
    items = [Remark(unit.standard.items.first(), Answer.REMARK, "不全")] if has_item else []
    with pytest.raises(Refused, match=message):
        say(opinion, said, by=liaison, text=text, items=items)


def test_an_item_of_another_standard_or_twice_the_same_is_refused(opinion, liaison, unit):
    """Hostile case 5."""
    foreign: Item = make_standard(category="rural").items.first()
    own: Item = unit.standard.items.first()
    for items, message in (
        ([Remark(foreign, Answer.REMARK, "不全")], "不属于该单位的考评标准"),
        ([Remark(own, Answer.REMARK, "不全"), Remark(own, Answer.OBJECT, "不全")], "同一条目只能提一条"),
        ([Remark(own, Answer.AGREE, "好")], "请选择有意见或不同意"),
    ):
        with pytest.raises(Refused, match=message):
            say(opinion, Answer.REMARK, by=liaison, text="不足", items=items)


def test_of_two_who_answer_at_once_the_second_is_told(opinion, liaison, bureau):
    say(opinion, by=liaison)
    with pytest.raises(Conflict) as conflict:
        say(opinion, Answer.OBJECT, by=bureau, text="纸质回执为不同意", revision=1)
    assert conflict.value.current.answer == Answer.AGREE


def test_the_rest_is_agreed_to_in_one_press_and_what_was_said_stays(round_, opinion, liaison, department, health):
    say(opinion, Answer.OBJECT, by=liaison, text="发生重大案件")
    assert consulting.agree_to_rest(round_, department, by=liaison, now=DURING) == 1
    said = dict(round_.opinions.filter(department=department).values_list("assessment__community__name", "answer"))
    assert said == {"聚湖社区": Answer.OBJECT, "银荡村": Answer.AGREE}
    assert not round_.opinions.filter(department=health).exclude(answer="").exists()
    with pytest.raises(Refused, match="只有卫生局联络员"):
        consulting.agree_to_rest(round_, health, by=liaison, now=DURING)


def test_an_answer_after_the_last_day_is_taken_and_marked(opinion, liaison):
    assert not say(opinion, by=liaison, now=LAST_MOMENT).is_late
    assert say(opinion, by=liaison, now=AFTER, revision=2).is_late


# --- 办结 ----------------------------------------------------------------------------------------------------------


def test_a_round_is_not_closed_before_its_last_day_is_over_while_somebody_is_silent(
    round_, bureau, liaison, department, health
):
    consulting.agree_to_rest(round_, department, by=liaison, now=DURING)
    with pytest.raises(Refused, match="2012年11月12日24:00未到，卫生局2个单位尚未回复"):
        consulting.close(round_, by=bureau, now=LAST_MOMENT)
    round_.refresh_from_db()
    assert round_.closed_at is None
    consulting.agree_to_rest(round_, health, by=bureau, now=DURING)
    consulting.close(round_, by=bureau, now=DURING)
    assert round_.is_closed


def test_silence_is_recorded_as_silence(round_, bureau, liaison, department):
    consulting.agree_to_rest(round_, department, by=liaison, now=DURING)
    consulting.close(round_, by=bureau, now=AFTER)
    silent = round_.opinions.filter(answer=Answer.SILENT)
    assert set(silent.values_list("department__name", "answered_by", "answered_at")) == {("卫生局", None, None)}
    assert silent.count() == 2
    event = AuditEvent.objects.get(action="办结征求部门意见")
    assert event.after["逾期未回复"] == "卫生局2个单位"


def test_a_closed_round_takes_no_answer_and_is_closed_once(round_, opinion, bureau, liaison, department):
    consulting.close(round_, by=bureau, now=AFTER)
    with pytest.raises(Refused, match="已经办结"):
        say(opinion, by=liaison, now=AFTER, revision=2)
    with pytest.raises(Refused, match="已经办结"):
        consulting.agree_to_rest(round_, department, by=liaison, now=AFTER)
    with pytest.raises(Refused, match="已经办结"):
        consulting.close(round_, by=bureau, now=AFTER + timedelta(days=1))


# --- 处理 ----------------------------------------------------------------------------------------------------------


def test_an_objection_stays_open_until_it_is_settled_with_a_reason(round_, opinion, unit, bureau, liaison):
    say(opinion, Answer.OBJECT, by=liaison, text="发生重大案件")
    consulting.close(round_, by=bureau, now=AFTER)
    (obstacle,) = no_open_objection(Facts(unit, AFTER))
    assert obstacle.message == "公安局不同意，尚未处理：发生重大案件"
    with pytest.raises(Refused, match="不予采纳的理由"):
        consulting.settle(opinion, resolution="overruled", reason=" ", by=bureau, now=AFTER, revision=opinion.revision)
    consulting.settle(
        opinion, resolution="overruled", reason="案件不在本社区", by=bureau, now=AFTER, revision=opinion.revision
    )
    facts = Facts(unit, AFTER)
    assert [*no_open_objection(facts), *departments_have_answered(facts)] == []
    event = AuditEvent.objects.get(action="处理部门意见")
    assert event.after == {"处理": "不予采纳", "处理说明": "案件不在本社区"}


def test_an_objection_of_an_earlier_round_still_counts(opinion, unit, department, bureau, liaison):
    say(opinion, Answer.REMARK, by=liaison, text="台账不全")
    later = ask(unit, departments=[department], by=bureau)
    consulting.agree_to_rest(later, department, by=liaison, now=DURING)
    consulting.close(later, by=bureau, now=DURING)
    assert len(list(no_open_objection(Facts(unit, DURING)))) == 1


def test_who_settles_what(opinion, liaison, leader, bureau):
    with pytest.raises(Refused, match="不需要处理"):
        consulting.settle(opinion, resolution="closed", reason="无", by=bureau, now=DURING, revision=1)
    say(opinion, Answer.REMARK, by=liaison, text="台账不全")
    with pytest.raises(Refused, match="由区社区办处理"):
        consulting.settle(opinion, resolution="closed", reason="已补", by=leader, now=DURING, revision=2)
    consulting.settle(opinion, resolution="closed", reason="已补", by=bureau, now=DURING, revision=2)
    with pytest.raises(Conflict):
        consulting.settle(opinion, resolution="overruled", reason="不采纳", by=bureau, now=DURING, revision=2)
    with pytest.raises(Refused, match="已经处理了这条意见"):
        say(opinion, by=liaison, revision=3)
