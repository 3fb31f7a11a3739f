"""待办: what waits for each role, by the state of an assessment and by the rows that hang on it (decision 10)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.models import (
    CampaignDate,
    CandidateList,
    FrameUnit,
    Inspection,
    Method,
    NoticeObjection,
    Opinion,
    Rectification,
    Stage,
    State,
    StateChange,
)
from assessment.tasks import ROWS, TASKS, overdue_todos, todo_count, todos
from communities.models import Role
from tests.assessment.ready import consult, draw, inspect, of_kind
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
TODAY = date(2012, 11, 1)

BY_STATE = {
    State.DRAFT: {"town_officer": ["drafts"], "community_worker": ["drafts"]},
    State.SUBMITTED: {"bureau_officer": ["to_receive"]},
    State.RECEIVED: {"bureau_officer": ["to_assign"]},
    State.RETURNED: {"town_officer": ["returned"], "community_worker": ["returned"]},
    State.INSPECTED: {"bureau_officer": ["to_list"]},
    State.LISTED: {"bureau_officer": ["draw_city"]},
    State.UNLISTED: {},
    State.CITY_PASSED: {"bureau_officer": ["draw_province"]},
    State.RECOGNISED: {"bureau_officer": ["to_name"]},
    State.NAMED: {},
    State.FAILED: {},
    State.RECHECK: {"bureau_officer": ["rechecks"]},
    State.RECTIFYING: {"town_officer": ["rectifying"]},
    State.REINSPECTING: {"bureau_officer": ["reinspections"]},
    State.KEPT: {},
    State.REVOCATION_PROPOSED: {"bureau_officer": ["revocations"]},
    State.REVOKED: {},
    State.CLOSED: {},
}
"""What waits for whom because of the state alone, written from R68 to R81."""


@pytest.fixture
def unit(community, year):
    def make(**fields):
        return make_assessment(community=community, campaign_year=year, **fields)

    return make


@pytest.fixture
def waits(people, year):
    """By role: the names of what waits on a day."""

    def found(today: date = TODAY) -> dict[str, list[str]]:
        lists = {role: [todo.task.name for todo in todos(person, year, today)] for role, person in people.items()}
        return {role: names for role, names in lists.items() if names}

    return found


def todo(person, year, name: str, today: date = TODAY):
    return next(one for one in todos(person, year, today) if one.task.name == name)


@pytest.mark.parametrize("state", State)
def test_a_state_waits_for_its_owner(state, unit, waits):
    unit(**of_kind(state))
    assert waits() == BY_STATE[state]


def test_a_withdrawn_filing_is_told_apart_from_one_never_filed(unit, waits, year, town_officer, sign_in):
    draft = unit()
    StateChange.objects.create(
        assessment=draft, action="撤回", source=State.SUBMITTED, target=State.DRAFT, actor="镇", at=DURING
    )
    assert waits() == {"town_officer": ["withdrawn"], "community_worker": ["withdrawn"]}
    page = sign_in(town_officer).get(todo(town_officer, year, "withdrawn").url)
    assert len(page.context["table"].rows) == 1
    assert len(sign_in(town_officer).get(TASKS["drafts"].url(year)).context["table"].rows) == 0


def test_the_last_day_is_that_of_a_return_or_of_a_later_exception(unit, year, town_officer, bureau, grant):
    unit(state=State.RETURNED, resubmit_by=date(2012, 11, 20))
    assert todo(town_officer, year, "returned").due == date(2012, 11, 20)
    grant(until=date(2012, 11, 18))
    assert todo(town_officer, year, "returned").due == date(2012, 11, 20)
    grant(until=date(2012, 11, 25))
    found = todo(town_officer, year, "returned", today=date(2012, 11, 26))
    assert (found.due, found.count, found.overdue) == (date(2012, 11, 25), 1, 1)
    assert todo(town_officer, year, "returned", today=date(2012, 11, 25)).overdue == 0


def test_inspections_wait_for_their_inspector_and_then_for_the_bureau(unit, waits, year, bureau, other_town_officer):
    received = unit(state=State.RECEIVED)
    inspect(received, Stage.DISTRICT, by=other_town_officer, finished=False)
    assert waits() == {}
    assert todo(other_town_officer, year, "inspections").count == 2
    Inspection.objects.update(finished_at=DURING)
    assert todos(other_town_officer, year, TODAY) == []
    assert waits() == {"bureau_officer": ["to_conclude"]}


def test_one_method_without_an_inspector_is_still_to_be_assigned(unit, waits, bureau):
    received = unit(state=State.RECEIVED)
    Inspection.objects.create(
        assessment=received, stage=Stage.DISTRICT, method=Method.SITE, inspector=bureau.user, finished_at=DURING
    )
    assert waits() == {"bureau_officer": ["to_assign"]}


def test_an_inspection_of_a_returned_unit_is_on_hold(unit, waits, bureau):
    returned = unit(state=State.RETURNED)
    inspect(returned, Stage.DISTRICT, by=bureau, finished=False)
    assert "bureau_officer" not in waits()


def test_a_round_waits_for_departments_then_for_the_bureau(unit, people, year, liaison, bureau):
    opinion = consult(unit(state=State.RECEIVED), by=bureau, answer="", closed=False)
    found = todo(liaison, year, "opinions", today=date(2012, 11, 9))
    assert (found.count, found.overdue, found.due) == (1, 1, date(2012, 11, 8))
    assert todo(bureau, year, "consultations").due == date(2012, 11, 8)
    Opinion.objects.filter(pk=opinion.pk).update(answer=Opinion.Answer.OBJECT)
    assert todos(liaison, year, TODAY) == []
    assert todo(bureau, year, "objections").count == 1


def test_a_list_waits_to_be_reported_and_its_objections_to_be_settled(unit, year, bureau):
    listed = unit(state=State.LISTED)
    for version in (1, 2):
        frozen = CandidateList.objects.create(
            campaign_year=year,
            version=version,
            number="武民发〔2012〕1号",
            dated=TODAY,
            digest="0",
            frozen_by=bureau.user,
            frozen_at=DURING,
            notice_until=date(2012, 11, 27),
        )
    NoticeObjection.objects.create(
        candidate_list=frozen, assessment=listed, received_on=TODAY, text="不实", entered_by=bureau.user
    )
    assert todo(bureau, year, "lists_to_report").count == 1
    assert todo(bureau, year, "notice_objections").due == date(2012, 11, 27)


def test_drawn_units_wait_for_their_inspectors_until_the_visit_is_complete(unit, year, people, bureau, waits):
    listed = unit(state=State.LISTED)
    drawn = draw(listed, Stage.CITY, by=bureau)
    frame = FrameUnit.objects.create(
        draw=drawn,
        community=listed.community,
        assessment=listed,
        position=1,
        code="1",
        name="聚湖社区",
        town_name="湖塘镇",
        standing=FrameUnit.Standing.NEW,
        drawn=True,
    )
    assert waits() == {"city_inspector": ["visits_city"]}
    assert todo(people["city_inspector"], year, "visits_city").due == date(2012, 11, 26)
    FrameUnit.objects.filter(pk=frame.pk).update(visit_on=date(2012, 11, 20))
    assert todo(people["city_inspector"], year, "visits_city").due == date(2012, 11, 20)
    inspect(listed, Stage.CITY, by=people["city_inspector"])
    assert waits() == {"bureau_officer": ["pass_city"], "city_inspector": ["pass_city"]}


def test_a_unit_outside_the_sample_waits_for_its_result_from_the_draw_on(unit, year, people, waits, sign_in):
    """It goes on with the score it has (decision 8)."""
    passed = unit(state=State.CITY_PASSED)
    draw(passed, Stage.PROVINCE, by=people["bureau_officer"])
    assert waits() == {"bureau_officer": ["recognise"], "province_inspector": ["recognise"]}
    page = sign_in(people["province_inspector"]).get("/?year=2012").content.decode()
    assert todo(people["province_inspector"], year, "recognise").url.replace("&", "&amp;") in page


def test_a_rectification_waits_for_the_unit_then_for_the_bureau(unit, waits):
    one = Rectification.objects.create(
        assessment=unit(state=State.NAMED),
        stage=Stage.DISTRICT,
        owner="陈书记",
        problem="台账不全",
        category=Rectification.Category.RECORDS,
        due_on=date(2012, 11, 10),
    )
    assert waits() == {"town_officer": ["rectifications"], "community_worker": ["rectifications"]}
    for progress, found in [("reported", {"bureau_officer": ["rectified"]}), ("closed", {})]:
        Rectification.objects.filter(pk=one.pk).update(progress=progress)
        assert waits() == found


def test_what_is_due_follows_the_bureaus_calendar(unit, year, bureau):
    unit(state=State.SUBMITTED)
    assert todo(bureau, year, "to_receive").due == date(2012, 11, 18)
    CampaignDate.objects.create(
        campaign_year=year, kind=CampaignDate.Kind.DOCUMENTS, begins=date(2012, 11, 16), ends=date(2012, 11, 22)
    )
    assert todo(bureau, year, "to_receive").due == date(2012, 11, 22)


def test_the_earliest_day_comes_first_and_the_bar_shows_the_sum(unit, year, town, town_officer, sign_in):
    unit()
    standard = make_standard()
    for number in (1, 2):
        make_assessment(
            community=make_community(town=town),
            campaign_year=year,
            standard=standard,
            state=State.RETURNED,
            resubmit_by=date(2012, 11, 9 + number),
        )
    found = todos(town_officer, year, TODAY)
    assert [(one.task.name, one.count, one.due) for one in found] == [
        ("returned", 2, date(2012, 11, 10)),
        ("drafts", 1, date(2012, 11, 15)),
    ]
    assert todo_count(found) == 3
    client = sign_in(town_officer)
    page = client.get("/?year=2012").content.decode()
    assert 'aria-label="待办3件"' in client.get("/counts/?year=2012").content.decode()
    assert page.index("退回修改，待重新申报") < page.index("自评中，待完成并申报")


def test_a_leader_has_nothing_to_do_but_sees_what_is_overdue(unit, year, leader, sign_in):
    unit()
    assert todos(leader, year, TODAY) == []
    assert overdue_todos(year, date(2012, 11, 15)) == []
    assert [(one.task.name, one.overdue) for one in overdue_todos(year, date(2012, 11, 16))] == [("drafts", 1)]
    client = sign_in(leader)
    assert "逾期事项" in client.get("/?year=2012").content.decode()
    assert 'aria-label="待办0件"' in client.get("/counts/?year=2012").content.decode()


def test_nothing_waits_before_there_is_a_campaign(bureau):
    assert todos(bureau, None, TODAY) == overdue_todos(None, TODAY) == []


def test_another_year_and_another_town_are_not_ones_own(unit, year, campaign, other_town_officer, town_officer):
    unit()
    assert todos(other_town_officer, year, TODAY) == []
    assert todos(town_officer, campaign.years.get(year=2013), TODAY) == []


QUERIES = {
    Role.BUREAU_LEADER: 0,
    Role.SYSTEM_ADMINISTRATOR: 0,
    Role.COMMUNITY_WORKER: 1,
    Role.LIAISON: 1,
}
"""Beside the tasks themselves the calendar is read, where a task of the role is due by it."""


@pytest.mark.parametrize("role", Role)
def test_todos_are_two_queries_however_many_they_are(role, people, year, town, bureau):
    standard = make_standard()
    for state in State:
        fields = {"campaign_year": year, "standard": standard, **of_kind(state)}
        inspect(make_assessment(community=make_community(town=town), **fields), Stage.DISTRICT, by=bureau)
    with CaptureQueriesContext(connection) as queries:
        todos(people[role], year, TODAY)
    assert len(queries) == QUERIES.get(role, 2)


@pytest.mark.parametrize("task", ROWS, ids=lambda task: task.name)
def test_every_task_leads_to_a_page_its_owners_may_see(task, people, year, sign_in):
    for role in task.owners:
        assert sign_in(people[role]).get(task.url(year)).status_code == 200


@pytest.mark.parametrize("task", ROWS, ids=lambda task: task.name)
def test_every_task_leads_a_leader_to_a_page_leaders_may_see(task, year, leader, sign_in):
    assert sign_in(leader).get(task.url(year, looks_on=True)).status_code == 200


def test_days_are_whole_days(unit, year, town_officer):
    """Overdue begins the day after the last day."""
    unit()
    day = year.deadline
    assert [todo(town_officer, year, "drafts", day + timedelta(days=late)).overdue for late in (-1, 0, 1)] == [0, 0, 1]
