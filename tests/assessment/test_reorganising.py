"""区划调整: what becomes of running assessments and titles is decided on the act, never by itself (decision 14)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.models import (
    Assessment,
    Designation,
    Standard,
    State,
    StateChange,
    TitleDecision,
)
from assessment.models.campaigns import end_of_day
from assessment.reorganising import Choice, Choices, reorganise, running
from assessment.workflow import Refused, advance
from communities.lineage.faults import LineageRefused
from communities.lineage.plans import Plan, Terms, Unit, merging, renaming, splitting, transferring, unit_of
from communities.models import Category, Community, Reorganisation
from tests.assessment.scored import FULL
from tests.factories import make_assessment, make_community, make_designation, make_standard

pytestmark = pytest.mark.django_db
NOW = datetime(2012, 12, 1, 4, 0, tzinfo=UTC)
DAY = date(2012, 11, 20)
BEFORE = date(2012, 11, 19)
TERMS = Terms(DAY, "区划优化", "武政发〔2012〕30号")
KEEP, END = Choice("keep"), Choice("end")


@pytest.fixture
def standard(db) -> Standard:
    return make_standard()


@pytest.fixture
def other(town) -> Community:
    return make_community(town=town, name="花园社区")


@pytest.fixture
def filed(community, year, standard) -> Assessment:
    """聚湖社区 has filed for 2012, in time."""
    at = end_of_day(date(2012, 11, 1))
    return make_assessment(
        community=community, campaign_year=year, standard=standard, scores=FULL, state=State.SUBMITTED, submitted_at=at
    )


@pytest.fixture
def title(community, campaign) -> Designation:
    """聚湖社区 was named in May 2012."""
    return make_designation(community=community, campaign_year=campaign.years.get(year=2012), named_on=date(2012, 5, 1))


@pytest.fixture
def carry(bureau) -> Callable[..., Reorganisation]:
    def carried(plan: Plan, terms: Terms = TERMS, **choices: Any) -> Reorganisation:
        return reorganise(plan, terms, Choices(**choices), by=bureau, now=NOW)

    return carried


@pytest.fixture
def refusal(carry) -> Callable[..., dict[str, str]]:
    """{field: message} of an act that is refused; nothing of it is written."""

    def refused(plan: Plan, terms: Terms = TERMS, **choices: Any) -> dict[str, str]:
        with pytest.raises(LineageRefused) as caught:
            carry(plan, terms, **choices)
        assert not Reorganisation.objects.exists()
        assert not StateChange.objects.exists()
        assert not Designation.objects.filter(revoked_on__isnull=False).exists()
        return {fault.field: fault.message for fault in caught.value.faults}

    return refused


# --- the decisions ---------------------------------------------------------------------------------------------------


def test_an_assessment_goes_on_where_its_unit_lives_on(community, filed, carry):
    act = carry(renaming(community, name="湖滨社区"), assessments={filed.pk: KEEP})
    filed.refresh_from_db()
    assert (filed.state, filed.community) == (State.SUBMITTED, community)
    decision = act.assessment_decisions.get()
    assert (decision.outcome, decision.state_before, decision.successor) == ("keep", "submitted", None)


def test_an_assessment_goes_to_the_new_unit_with_sheet_receipt_and_history(community, other, town, filed, carry):
    into = Unit("湖园社区", town, Category.URBAN)
    act = carry(merging([community, other], into=into), assessments={filed.pk: Choice("pass_on")})
    filed.refresh_from_db()
    assert (filed.community.name, filed.state, filed.self_sheet.total) == ("湖园社区", "submitted", 100)
    assert filed.submitted_at == end_of_day(date(2012, 11, 1))
    change = filed.changes.get()
    assert (change.action, change.source, change.target) == ("转由新单位继续", "submitted", "submitted")
    assert change.reason == "合并（2012年11月20日）：区划优化"
    assert act.assessment_decisions.get().successor == filed.community
    event = AuditEvent.objects.about(filed).first()
    assert (event.before, event.after["社区（村）"]) == ({"社区（村）": "湖塘镇聚湖社区"}, "湖塘镇湖园社区")


def test_an_assessment_is_ended_by_the_workflow_with_the_reason(community, other, filed, carry):
    act = carry(merging([community, other], into=unit_of(other)), assessments={filed.pk: END})
    filed.refresh_from_db()
    assert filed.state == State.CLOSED
    change = filed.changes.get()
    assert (change.action, change.target, change.reason) == ("终止", "closed", "合并（2012年11月20日）：区划优化")
    assert act.assessment_decisions.get().state_before == "submitted"


def test_a_title_is_kept_inherited_or_revoked(community, other, town, title, carry):
    second = make_designation(community=other, campaign_year=title.campaign_year, named_on=date(2012, 6, 1))
    into = Unit("湖园社区", town, Category.URBAN)
    act = carry(merging([community, other], into=into), titles={title.pk: Choice("pass_on"), second.pk: END})
    heir = Designation.objects.get(revoked_on=None)
    assert (heir.community.name, heir.document_number, heir.named_on, heir.inherited_on) == (
        "湖园社区",
        title.document_number,
        title.named_on,
        DAY,
    )
    assert set(Designation.objects.exclude(pk=heir.pk).values_list("revoked_on", flat=True)) == {DAY}
    assert list(act.title_decisions.values_list("outcome", flat=True)) == ["end", "pass_on"]
    assert set(Designation.objects.held_on(BEFORE)) == {title, second}
    assert list(Designation.objects.held_on(DAY)) == [heir]


def test_a_kept_title_stays_as_it_is(community, title, other_town, carry):
    carry(transferring(community, town=other_town), titles={title.pk: KEEP})
    title.refresh_from_db()
    assert (title.revoked_on, TitleDecision.objects.get().outcome) == (None, "keep")


def test_of_a_split_each_part_may_go_to_another_new_unit(community, town, filed, title, carry):
    new = [Unit(name, town, Category.URBAN) for name in ("东湖社区", "西湖社区")]
    plan = splitting(community, into=new, lives_on=False)
    carry(plan, assessments={filed.pk: Choice("pass_on", 1)}, titles={title.pk: Choice("pass_on", 0)})
    filed.refresh_from_db()
    assert filed.community.name == "西湖社区"
    assert Designation.objects.get(revoked_on=None).community.name == "东湖社区"


# --- what is at rest needs no decision -------------------------------------------------------------------------------


def test_what_is_at_rest_is_not_asked_about(community, campaign, standard, title):
    """Ended; received and named; received in a round that is over. Everything else runs, in whatever year."""
    first, second, third = campaign.years.all()
    states = {first: State.RECEIVED, second: State.RECEIVED, third: State.DRAFT}
    made = {
        year: make_assessment(community=community, campaign_year=year, standard=standard, state=state)
        for year, state in states.items()
    }
    assert running([community], date(2013, 12, 31)) == [made[second], made[third]]
    assert running([community], date(2014, 1, 1)) == [made[third]]
    Assessment.objects.filter(pk=made[third].pk).update(state=State.CLOSED)
    assert running([community], date(2014, 1, 1)) == []


# --- what is refused --------------------------------------------------------------------------------------------------


def test_every_decision_must_be_made(community, other, filed, title, refusal):
    found = refusal(merging([community, other], into=unit_of(other)))
    assert found == {
        f"assessment-{filed.pk}": "请决定聚湖社区的这一项如何处理。",
        f"title-{title.pk}": "请决定聚湖社区的这一项如何处理。",
    }


def wrong_assessments(town: Any) -> Iterator[tuple[str, Callable[[Community, Community], Plan], Terms, Choice]]:
    """(why, plan of 聚湖社区 and 花园社区, terms, decision)."""
    rural = Unit("湖园村", town, Category.RURAL)
    urban = Unit("湖园社区", town, Category.URBAN)
    late = Terms(date(2013, 1, 1), "合并")
    yield "将撤销，不能由它继续", lambda one, two: merging([one, two], into=unit_of(two)), TERMS, KEEP
    yield "与“湖园村”的类别不符", lambda one, two: merging([one, two], into=rural), TERMS, Choice("pass_on")
    yield "2012年度已经结束", lambda one, two: merging([one, two], into=urban), late, Choice("pass_on")
    yield "聚湖社区保留，不必转出", lambda one, two: merging([one, two], into=unit_of(one)), TERMS, Choice("pass_on")
    yield "所选的新单位没有填写名称", lambda one, two: merging([one, two], into=urban), TERMS, Choice("pass_on", 1)


@pytest.mark.parametrize("number", range(5))
def test_a_decision_that_cannot_be_carried_out_is_refused(number, town, other, filed, bureau):
    why, plan, terms, choice = list(wrong_assessments(town))[number]
    choices = Choices(assessments={filed.pk: choice})
    with pytest.raises(LineageRefused, match=why):
        reorganise(plan(filed.community, other), terms, choices, by=bureau, now=datetime(2013, 2, 1, tzinfo=UTC))


def test_a_result_takes_over_one_assessment_a_year(other, town, filed, refusal):
    community = filed.community
    theirs = make_assessment(community=other, campaign_year=filed.campaign_year, standard=filed.standard)
    passing = {filed.pk: Choice("pass_on"), theirs.pk: Choice("pass_on")}
    into = Unit("湖园社区", town, Category.URBAN)
    (message,) = refusal(merging([community, other], into=into), assessments=passing).values()
    assert "只能有一份2012年度考评" in message
    choices = {filed.pk: Choice("pass_on"), theirs.pk: KEEP}
    found = refusal(merging([community, other], into=unit_of(other)), assessments=choices)
    assert "“花园社区”已有2012年度考评" in found[f"assessment-{filed.pk}"]


def test_a_result_holds_one_title(community, other, town, title, refusal):
    theirs = make_designation(community=other, campaign_year=title.campaign_year, named_on=date(2012, 6, 1))
    both = {title.pk: Choice("pass_on"), theirs.pk: Choice("pass_on")}
    into = Unit("湖园社区", town, Category.URBAN)
    (message,) = refusal(merging([community, other], into=into), titles=both).values()
    assert "只能承继一个称号" in message
    kept = {title.pk: Choice("pass_on"), theirs.pk: KEEP}
    (message,) = refusal(merging([community, other], into=unit_of(other)), titles=kept).values()
    assert "“花园社区”本身持有称号" in message


def test_nobody_but_the_bureau_ends_an_assessment_and_never_without_a_reason(filed, town_officer, bureau):
    for person, reason, why in ((town_officer, "原因", "不能终止"), (bureau, " ", "终止必须填写原因")):
        with pytest.raises(Refused, match=why):
            advance(filed, "close", by=person, now=NOW, reason=reason)


def test_an_ended_assessment_is_read_and_nothing_else(filed, other, bureau, town_officer, sign_in):
    """The sheet never offers to end it; nothing is begun anew for a unit that is gone."""
    client, url = sign_in(bureau), reverse("assessment:sheet", args=[filed.pk])
    assert "终止</a>" not in client.get(url).content.decode()
    plan = merging([filed.community, other], into=unit_of(other))
    reorganise(plan, TERMS, Choices({filed.pk: END}), by=bureau, now=NOW)
    assert "已终止" in client.get(url).content.decode()
    answer = sign_in(town_officer).post(reverse("assessment:begin", args=[filed.community.code]), follow=True)
    assert "已于2012年11月20日撤销，不能再开始自评" in answer.content.decode()
