"""The way of an assessment (R68-R71): who may take which step from where, and what must hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent
from assessment.models import Assessment, CampaignYear, ItemScore, State, StateChange
from assessment.workflow import TRANSITIONS, Refused, advance, available, obstacles
from communities.models import Appointment, Role
from tests.factories import make_assessment, make_community, make_person, make_standard

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
DURING = datetime(2012, 11, 1, 9, 0, tzinfo=SHANGHAI)
MILLISECOND = timedelta(milliseconds=1)
FULL = {f"{part}.1": "12.5" for part in range(1, 9)}

STEPS = {
    # step: (who, from, to), written from R68 to R71 and not from the code
    "submit": ({"town_officer"}, {"draft", "returned"}, "submitted"),
    "withdraw": ({"town_officer"}, {"submitted"}, "draft"),
    "receive": ({"bureau_officer"}, {"submitted"}, "received"),
    "return": ({"bureau_officer"}, {"submitted", "received"}, "returned"),
}
CELLS = [(state, step, role) for state in State for step in TRANSITIONS for role in Role]


@dataclass
class Case:
    assessment: Assessment
    people: dict[str, Appointment]

    def take(self, step: str, *, role: str = "", now: datetime = DURING, reason: str = "缺材料", **more) -> StateChange:
        """One step by the role it belongs to, unless another is named."""
        by = self.people[role or next(iter(STEPS[step][0]))]
        return advance(self.assessment, step, by=by, now=now, reason=reason, **more)

    def snapshot(self) -> tuple:
        """Everything a step could write."""
        return (
            Assessment.objects.filter(pk=self.assessment.pk).values().get(),
            list(StateChange.objects.values()),
            list(AuditEvent.objects.values()),
            CampaignYear.objects.get(pk=self.assessment.campaign_year_id).receipts,
        )


@pytest.fixture
def year(campaign) -> CampaignYear:
    """2012, to be filed by 15 November (R72)."""
    return campaign.years.get(year=2012)


@pytest.fixture
def people(bureau, leader, town_officer, community_worker, administrator) -> dict[str, Appointment]:
    return {str(person.role): person for person in (bureau, leader, town_officer, community_worker, administrator)}


@pytest.fixture
def make_case(community, year, people) -> Callable[..., Case]:
    def case(scores=FULL, **fields) -> Case:
        return Case(make_assessment(community=community, campaign_year=year, scores=scores, **fields), people)

    return case


# --- the table -----------------------------------------------------------------------------------------------------


def test_the_table_of_steps_is_the_one_written_here():
    assert {
        name: ({str(role) for role in row.roles}, {str(state) for state in row.sources}, str(row.target))
        for name, row in TRANSITIONS.items()
    } == STEPS


@pytest.mark.parametrize(("state", "step", "role"), CELLS, ids=[f"{s}-{t}-{r}" for s, t, r in CELLS])
def test_every_cell_of_state_step_and_role(state, step, role, make_case):
    """An allowed step is offered and taken; any other is neither, and leaves everything as it was."""
    roles, sources, target = STEPS[step]
    case = make_case(state=state)
    offered = step in {row.name for row in available(case.assessment, case.people[role])}
    if role in roles and state in sources:
        change = case.take(step, role=role)
        assert offered
        assert (change.source, change.target, case.assessment.state) == (state, target, target)
    else:
        before = case.snapshot()
        with pytest.raises(Refused):
            case.take(step, role=role)
        assert not offered
        assert case.snapshot() == before


def test_every_state_says_its_colour_its_owner_and_its_label():
    for state in State:
        assert state.label
        assert state.colour in {"secondary", "primary", "success", "warning"}
        assert state.owner in {"镇（开发区、街道）", "区社区办"}


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
    assert event.after == {"状态": "已申报", "自评总分": "100.00", "原因": "", "回执编号": "2012-0001"}


# --- skipped and doubled (7, 33, 35) -------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "person"), [("receive", "bureau"), ("withdraw", "town_officer")])
def test_a_stage_cannot_be_skipped_by_a_post(step, person, make_case, sign_in, request):
    case = make_case(state=State.DRAFT)
    client = sign_in(request.getfixturevalue(person))
    page = client.post(reverse("assessment:step", args=[case.assessment.pk, step]), follow=True)
    assert "状态已变化，请刷新后再操作" in page.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


@pytest.mark.parametrize("step", ["submit", "return", "receiv", "delete"])
def test_the_plain_step_takes_no_step_that_asks_for_more(step, make_case, sign_in, bureau, town_officer):
    """Filing goes through the check page, returning through its form; nothing else is a step."""
    case = make_case(state=State.SUBMITTED)
    for person in (bureau, town_officer):
        assert sign_in(person).post(reverse("assessment:step", args=[case.assessment.pk, step])).status_code == 404


def test_a_draft_cannot_be_returned_by_a_post(make_case, sign_in, bureau):
    case = make_case(state=State.DRAFT)
    data = {"reason": "缺材料", "resubmit_by": "2999-01-01"}
    page = sign_in(bureau).post(reverse("assessment:return", args=[case.assessment.pk]), data)
    assert "状态已变化" in page.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


def test_of_two_who_read_the_same_state_one_wins(make_case, year):
    """Return against receive, withdraw against return: the second holds a stale assessment."""
    case = make_case(state=State.SUBMITTED)
    stale = Case(Assessment.objects.get(pk=case.assessment.pk), case.people)
    case.take("return", resubmit_by=date(2012, 11, 15))
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
    client, url = sign_in(bureau), reverse("assessment:return", args=[case.assessment.pk])
    page = client.post(url, {"reason": "", "resubmit_by": "2012-01-01"}).content.decode()
    assert "退回原因：这个字段是必填项" in page
    assert "重新申报期限不能早于今天" in page
    assert 'value="2012-01-01"' in page
    assert client.post(url, {"reason": "缺会议记录", "resubmit_by": "2999-01-01"}).status_code == 302
    assert case.snapshot()[0]["resubmit_by"] == date(2999, 1, 1)


def test_the_day_set_by_a_return_stands_for_that_community_alone(make_case, town, year, people):
    case = make_case(state=State.SUBMITTED)
    other = Case(make_assessment(community=make_community(town=town), campaign_year=year, scores=FULL), people)
    case.take("return", resubmit_by=date(2012, 12, 1))
    late = datetime(2012, 11, 30, 12, 0, tzinfo=SHANGHAI)
    with pytest.raises(Refused, match="2012年11月15日24:00截止"):
        other.take("submit", now=late)
    assert case.take("submit", now=late).receipt_number == "2012-0001"
    case.take("return", resubmit_by=None)
    with pytest.raises(Refused, match="2012年12月1日24:00截止"):
        case.take("submit", now=datetime(2012, 12, 2, 0, 0, tzinfo=SHANGHAI))


# --- the deadline (34, 44) -----------------------------------------------------------------------------------------

DEADLINES = {
    "the first year's": (date(2012, 11, 15), datetime(2012, 11, 16, tzinfo=SHANGHAI)),
    "a holiday, which moves nothing": (date(2012, 9, 30), datetime(2012, 10, 1, tzinfo=SHANGHAI)),
    "leap day": (date(2012, 2, 29), datetime(2012, 3, 1, tzinfo=SHANGHAI)),
    "28 February without a leap day": (date(2013, 2, 28), datetime(2013, 3, 1, tzinfo=SHANGHAI)),
    "year end": (date(2012, 12, 31), datetime(2013, 1, 1, tzinfo=SHANGHAI)),
}


@pytest.mark.parametrize(("deadline", "end"), DEADLINES.values(), ids=DEADLINES)
def test_filing_ends_at_24_00_of_the_last_day_in_shanghai(deadline, end, make_case, year):
    year.deadline = deadline
    year.save()
    case = make_case()
    before = case.snapshot()
    for too_late in (end, end + MILLISECOND, end.astimezone(ZoneInfo("UTC")) + MILLISECOND):
        with pytest.raises(Refused, match=f"{deadline.month}月{deadline.day}日24:00截止"):
            case.take("submit", now=too_late)
    assert case.snapshot() == before
    assert case.take("submit", now=(end - MILLISECOND).astimezone(ZoneInfo("UTC"))).at == end - MILLISECOND


def test_a_filing_is_withdrawn_only_until_the_deadline(make_case):
    case = make_case(state=State.SUBMITTED)
    end = datetime(2012, 11, 16, tzinfo=SHANGHAI)
    with pytest.raises(Refused, match="截止"):
        case.take("withdraw", now=end)
    assert case.take("withdraw", now=end - MILLISECOND).target == State.DRAFT


def test_the_bureau_receives_and_returns_after_the_deadline_too(make_case):
    case = make_case(state=State.SUBMITTED)
    late = datetime(2012, 12, 24, tzinfo=SHANGHAI)
    case.take("receive", now=late)
    assert case.take("return", now=late).target == State.RETURNED


# --- what must hold (43) -------------------------------------------------------------------------------------------


def with_total(total: str) -> dict[str, str]:
    """Eight items that add up to `total`, all but the last one full."""
    return {**FULL, "8.1": str(Decimal(total) - Decimal("87.5"))}


@pytest.mark.parametrize("total", ["89.95", "89.99", "87.5"])
def test_less_than_90_is_not_90(total, make_case):
    case = make_case(scores=with_total(total))
    with pytest.raises(Refused, match="比合格线90分少"):
        case.take("submit")


@pytest.mark.parametrize("total", ["90", "90.00", "90.01", "100"])
def test_90_and_more_may_be_filed(total, make_case):
    assert make_case(scores=with_total(total)).take("submit").total == Decimal(total)


def test_the_pass_mark_is_the_campaigns_own(make_case, campaign):
    campaign.pass_mark = Decimal("85.5")
    campaign.save()
    case = make_case(scores=with_total("87.5"))
    case.assessment.refresh_from_db()
    assert case.take("submit").total == Decimal("87.5")


def test_every_obstacle_is_named_at_once_with_its_item(make_case):
    case = make_case(scores={"1.1": "12.5", "2.1": "11"})
    ItemScore.objects.update(reason="")
    found = obstacles(case.assessment, TRANSITIONS["submit"], now=datetime(2013, 1, 1, tzinfo=SHANGHAI))
    codes = [obstacle.item_code for obstacle in found]
    assert codes == ["", "3.1", "4.1", "5.1", "6.1", "7.1", "8.1", "2.1", ""]
    messages = [obstacle.message for obstacle in found]
    assert messages[0].startswith("申报已于2012年11月15日24:00截止")
    assert messages[1] == "3.1 尚未评分。"
    assert messages[-2] == "2.1 有扣分，请填写扣分原因。"
    assert messages[-1].startswith("自评总分23.5分，比合格线90分少66.5分")


def test_a_reason_of_blanks_is_no_reason(make_case):
    case = make_case(scores=with_total("95"))
    ItemScore.objects.filter(item__code="8.1").update(reason=" \n ")
    with pytest.raises(Refused, match=r"8\.1 有扣分"):
        case.take("submit")


def test_a_reason_without_a_score_is_not_a_score(make_case):
    case = make_case()
    ItemScore.objects.filter(item__code="8.1").update(points=None)
    with pytest.raises(Refused, match=r"8\.1 尚未评分"):
        case.take("submit")


def test_a_score_other_than_the_suggested_one_needs_a_reason(year, people, town):
    """320㎡ suggest 95 points; whoever claims all 100 explains it, although no point is lost."""
    standard = make_standard(
        items=[
            {
                "part": 2,
                "code": "2.1",
                "points": Decimal(100),
                "metric": "premises_area_sqm",
                "operator": ">=",
                "threshold": "400",
                "note": "steps=400:100/300:95/0:0",
            }
        ]
    )
    community = make_community(town=town, profile={"premises_area_sqm": Decimal(320)})
    scores = {"2.1": "100"}
    case = Case(make_assessment(community=community, campaign_year=year, standard=standard, scores=scores), people)
    with pytest.raises(Refused, match=r"2\.1 得分与建议分不同，请说明原因"):
        case.take("submit")
    ItemScore.objects.update(reason="新用房已投入使用")
    assert case.take("submit").total == 100


def test_the_check_page_lists_every_obstacle_as_a_link_to_its_row(make_case, sign_in, town_officer):
    case = make_case(scores={"1.1": "12.5"})
    client = sign_in(town_officer)
    url = reverse("assessment:check", args=[case.assessment.pk])
    page = client.get(url).content.decode()
    assert "还有9处需要处理" in page
    for part in range(2, 9):
        assert f'<a href="{case.assessment.get_absolute_url()}#item-{part}.1">{part}.1 尚未评分。</a>' in page
    assert '<button class="btn btn-primary" disabled' in page
    refused = client.post(url)
    assert refused.status_code == 409
    assert "还有9处需要处理" in refused.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


def test_a_superseded_standard_stays_with_the_assessment_begun_under_it(make_case, sign_in, town_officer):
    """Hostile case 36: a new version of other items changes nothing for a running assessment."""
    case = make_case()
    make_standard(items=[{"part": 1, "code": "9.9", "points": Decimal(100)}])
    page = sign_in(town_officer).get(case.assessment.get_absolute_url()).content.decode()
    assert 'id="item-1.1"' in page
    assert 'id="item-9.9"' not in page
    assert case.take("submit").total == 100


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
        case.take(step, resubmit_by=date(2012, 12, 1) if step == "return" else None)
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
