"""The way of an assessment (R68): who may take which step from where; of two who try, one wins."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from assessment.models import Assessment, CampaignYear, State, StateChange
from assessment.transitions import TRANSITIONS
from assessment.workflow import Refused, available
from communities.models import Role
from tests.assessment.ready import of_kind, ready_for
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING, SHANGHAI, STEPS, Case
from tests.factories import make_assessment, make_community, make_person, make_standard

pytestmark = pytest.mark.django_db
CELLS = [(state, step) for state in State for step in TRANSITIONS]


# --- the table -----------------------------------------------------------------------------------------------------


def test_the_table_of_steps_is_the_one_written_here():
    assert {
        name: ({str(role) for role in row.roles}, {str(state) for state in row.sources}, str(row.target))
        for name, row in TRANSITIONS.items()
    } == STEPS


@pytest.mark.parametrize(("state", "step"), CELLS, ids=[f"{state}-{step}" for state, step in CELLS])
def test_every_cell_of_state_and_step_for_every_role(state, step, make_case):
    """An allowed step is offered and taken; any other is neither, and leaves everything as it was."""
    roles, sources, target = STEPS[step]
    case = make_case(**of_kind(state))
    ready_for(step, case)
    before = case.snapshot()
    for role, person in case.people.items():
        offered = step in {row.name for row in available(case.assessment, person)}
        assert offered == (role in roles and state in sources), role
        if not offered:
            with pytest.raises(Refused):
                case.take(step, role=role)
            continue
        with transaction.atomic():
            change = case.take(step, role=role)
            assert (change.source, change.target, case.assessment.state) == (state, target, target)
            transaction.set_rollback(True)
        case.assessment.refresh_from_db()
    assert case.snapshot() == before


def test_every_state_says_its_colour_its_owner_and_its_label():
    for state in State:
        assert state.label
        assert state.colour in {"secondary", "primary", "success", "warning"}
        assert state.owner in {"镇（开发区、街道）", "区社区办", "市", "省", "无（不再办理）"}


def test_a_step_is_told_with_who_when_why_and_the_total(make_case, town_officer):
    case = make_case()
    change = case.take("submit", reason="")
    assert (change.action, change.actor, change.at, change.total) == (
        "提交申报",
        "湖塘镇 湖塘张科员",
        DURING,
        Decimal(100),
    )
    event = AuditEvent.objects.about(case.assessment).first()
    assert (event.action, event.user) == ("提交申报", town_officer.user)
    assert event.before == {"状态": "自评中"}
    assert event.after == {"状态": "已申报", "自评总分": "100.00", "回执编号": "2012-0001"}


# --- skipped and doubled (7, 33, 35) -------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "person"), [("receive", "bureau"), ("withdraw", "town_officer")])
def test_a_stage_cannot_be_skipped_by_a_post(step, person, make_case, sign_in, request):
    case = make_case(state=State.DRAFT)
    client = sign_in(request.getfixturevalue(person))
    page = client.post(reverse("assessment:step", args=[case.assessment.pk, step]), follow=True)
    assert "状态已变化，请刷新后再操作" in page.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


@pytest.mark.parametrize("step", ["submit", "enlist", "close", "name", "receiv", "delete"])
def test_a_step_that_belongs_to_an_act_of_its_own_is_not_taken_alone(step, make_case, sign_in, bureau, town_officer):
    """Filing goes through the check page, a list, a document and a 区划调整 through theirs; nothing else is a step."""
    case = make_case(state=State.SUBMITTED)
    for person in (bureau, town_officer):
        assert sign_in(person).post(reverse("assessment:step", args=[case.assessment.pk, step])).status_code == 404


def test_a_draft_cannot_be_returned_by_a_post(make_case, sign_in, bureau):
    case = make_case(state=State.DRAFT)
    data = {"reason": "缺材料", "last_day": "2999-01-01"}
    page = sign_in(bureau).post(reverse("assessment:step", args=[case.assessment.pk, "return"]), data)
    assert "状态已变化" in page.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


def test_of_two_who_read_the_same_state_one_wins(make_case, year):
    """Return against receive, withdraw against return: the second holds a stale assessment."""
    case = make_case(state=State.SUBMITTED)
    stale = Case(Assessment.objects.get(pk=case.assessment.pk), case.people)
    case.take("return", last_day=date(2012, 11, 15))
    before = case.snapshot()
    for step in ("withdraw", "receive", "return"):
        with pytest.raises(Refused, match="已由他人处理"):
            stale.take(step)
    assert case.snapshot() == before
    assert StateChange.objects.count() == 1


def test_a_state_that_came_back_is_not_the_state_that_was_read(make_case):
    """Withdrawn and filed again meanwhile: who read the first filing cannot receive the second unseen."""
    case = make_case()
    case.take("submit")
    stale = Case(Assessment.objects.get(pk=case.assessment.pk), case.people)
    case.take("withdraw")
    case.take("submit")
    with pytest.raises(Refused, match="请刷新后再操作"):
        stale.take("receive")


def test_a_withdrawn_filing_leaves_its_receipt_to_the_history(make_case):
    case = make_case()
    number = case.take("submit").receipt_number
    case.take("withdraw")
    withdrawn = Assessment.objects.get(pk=case.assessment.pk)
    assert (withdrawn.receipt_number, withdrawn.submitted_at) == ("", None)
    assert StateChange.objects.filter(receipt_number=number).count() == 1


def test_a_double_submit_gives_one_receipt(make_case, year, sign_in, town_officer):
    case = make_case()
    year.deadline = date(2999, 12, 31)
    year.save()
    client, url = sign_in(town_officer), reverse("assessment:check", args=[case.assessment.pk])
    answers = [client.post(url) for _ in range(2)]
    receipt = reverse("assessment:receipt", args=[case.assessment.pk])
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, receipt)] * 2
    assert list(StateChange.objects.values_list("receipt_number", flat=True)) == ["2012-0001"]


def test_a_double_submit_that_read_the_draft_twice_gives_one_receipt(make_case):
    case = make_case()
    stale = Case(Assessment.objects.get(pk=case.assessment.pk), case.people)
    case.take("submit")
    with pytest.raises(Refused):
        stale.take("submit")
    assert CampaignYear.objects.get(year=2012).receipts == 1


def test_receipts_of_a_year_are_unique_and_increasing(town, year, people, campaign):
    """Numbers go up with every filing, the second filing of one community included; each year counts anew."""
    standard = make_standard()
    cases = [
        Case(
            make_assessment(community=make_community(town=town), campaign_year=year, standard=standard, scores=FULL),
            people,
        )
        for _ in range(3)
    ]
    found = [case.take("submit").receipt_number for case in cases]
    cases[0].take("withdraw")
    found.append(cases[0].take("submit").receipt_number)
    assert found == ["2012-0001", "2012-0002", "2012-0003", "2012-0004"]
    next_year = make_assessment(
        community=cases[0].assessment.community,
        campaign_year=campaign.years.get(year=2013),
        standard=standard,
        scores=FULL,
    )
    assert Case(next_year, people).take("submit").receipt_number == "2013-0001"


# --- returned ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_return_needs_a_reason(reason, make_case):
    case = make_case(state=State.SUBMITTED)
    before = case.snapshot()
    with pytest.raises(Refused, match="必须填写原因"):
        case.take("return", reason=reason)
    assert case.snapshot() == before


def test_the_return_form_asks_for_reason_and_day_and_keeps_what_was_typed(make_case, sign_in, bureau):
    case = make_case(state=State.SUBMITTED)
    client, url = sign_in(bureau), reverse("assessment:step", args=[case.assessment.pk, "return"])
    page = client.post(url, {"reason": "", "last_day": "2012-01-01"}).content.decode()
    assert "退回修改的原因：这个字段是必填项" in page
    assert "期限不能早于今天" in page
    assert 'value="2012-01-01"' in page
    assert client.post(url, {"reason": "缺会议记录", "last_day": "2999-01-01"}).status_code == 302
    assert case.snapshot()[0]["resubmit_by"] == date(2999, 1, 1)


def test_the_day_set_by_a_return_stands_for_that_community_alone(make_case, town, year, people):
    case = make_case(state=State.SUBMITTED)
    other = Case(make_assessment(community=make_community(town=town), campaign_year=year, scores=FULL), people)
    case.take("return", last_day=date(2012, 12, 1))
    late = datetime(2012, 11, 30, 12, 0, tzinfo=SHANGHAI)
    with pytest.raises(Refused, match="2012年11月15日24:00截止"):
        other.take("submit", now=late)
    assert case.take("submit", now=late).receipt_number == "2012-0001"
    case.take("return", last_day=date(2012, 12, 1))
    with pytest.raises(Refused, match="2012年12月1日24:00截止"):
        case.take("submit", now=datetime(2012, 12, 2, 0, 0, tzinfo=SHANGHAI))


# --- all or nothing ------------------------------------------------------------------------------------------------


def test_a_step_that_cannot_be_recorded_is_not_taken(make_case, monkeypatch):
    """The audit event is written in the transaction of the step itself: either both stand or neither."""
    case = make_case()
    before = case.snapshot()

    def broken(*_args, **_kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        case.take("submit")
    assert case.snapshot() == before


def test_a_town_cannot_file_for_another(make_case, sign_in, other_town_officer, year):
    case = make_case()
    year.deadline = date(2999, 12, 31)
    year.save()
    assert sign_in(other_town_officer).post(reverse("assessment:check", args=[case.assessment.pk])).status_code == 404
    assert case.snapshot()[0]["state"] == "draft"


def test_the_receipt_shows_number_server_time_and_filer(make_case, sign_in, town_officer, leader):
    case = make_case()
    url = reverse("assessment:receipt", args=[case.assessment.pk])
    assert sign_in(town_officer).get(url).status_code == 404, "nothing filed, no receipt"
    case.take("submit")
    page = sign_in(leader).get(url).content.decode()
    for text in ("2012-0001", "2012年11月1日 09:00:00", "100分", "湖塘镇 湖塘张科员"):
        assert text in page


def test_the_history_tells_every_step_of_every_year_newest_first(make_case, campaign, people, sign_in, leader):
    case = make_case()
    for step in ("submit", "withdraw", "submit", "receive", "return"):
        case.take(step, last_day=date(2012, 12, 1))
    later = make_assessment(
        community=case.assessment.community,
        campaign_year=campaign.years.get(year=2013),
        standard=case.assessment.standard,
        scores=FULL,
    )
    Case(later, people).take("submit")
    page = sign_in(leader).get(reverse("assessment:history", args=[case.assessment.pk])).content.decode()
    steps = ["2013-0001", "退回修改</td>", "接收</td>", "2012-0002", "撤回</td>", "2012-0001"]
    places = [page.index(text) for text in steps]
    assert places == sorted(places)
    assert "缺材料" in page


def test_a_worker_of_the_community_drafts_but_cannot_file(make_case, sign_in, community_worker):
    case = make_case()
    client: Client = sign_in(community_worker)
    url = reverse("assessment:check", args=[case.assessment.pk])
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 403
    assert case.snapshot()[0]["state"] == "draft"


def test_whoever_retires_keeps_their_name_in_the_history(make_case, town):
    case = make_case()
    successor = make_person(role=Role.TOWN_OFFICER, town=town, name="新任科员")
    change = case.take("submit")
    case.people["town_officer"] = successor
    case.take("withdraw")
    change.refresh_from_db()
    assert change.actor == "湖塘镇 湖塘张科员"
