"""The funnel of any day: an assessment is counted in the state it was in at the end of it (R68-R81)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from assessment.funnel import FUNNEL
from assessment.models import Assessment, Stage, State
from assessment.models.campaigns import end_of_day
from assessment.transitions import TRANSITIONS
from assessment.workflow import begin_recheck
from reporting.figures import figures
from reporting.tallies import Group, district_scope, in_state, tally
from tests.assessment.ready import consult, draw, inspect
from tests.assessment.scored import FULL
from tests.assessment.steps import SHANGHAI, Case
from tests.factories import make_assessment, make_community, make_designation, make_standard

pytestmark = pytest.mark.django_db
FIRST = date(2012, 10, 1)
WAY = ["submit", "receive", "conclude", "enlist", "pass_city", "recognise", "name"]
STOOD = ["draft", "submitted", "received", "inspected", "listed", "city_passed", "recognised", "named"]
"""The state before the first step of the way, and after each."""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@pytest.fixture
def year(campaign):
    return campaign.years.select_related("campaign__district").get(year=2012)


def take(case: Case, name: str, day: date) -> None:
    """A step of the table at noon of a day."""
    case.take(name, now=noon(day))


@pytest.fixture
def urban(year) -> Callable[[date], Group]:
    """The urban communities of the district as they were on a day."""
    return lambda day: tally(year, day, district_scope(year.campaign.district)).whole[0]


def states(group: Group) -> dict[str, int]:
    return {state.value: group.counts[in_state(state)] for state in State if group.counts[in_state(state)]}


@pytest.fixture
def whole_way(make_case, bureau) -> Case:
    """One application from its beginning on the day before FIRST to its naming, a step each second day."""
    case = make_case(created_at=noon(FIRST - timedelta(days=1)))
    for number, name in enumerate(WAY):
        if name == "conclude":
            inspect(case.assessment, Stage.DISTRICT, by=bureau)
        if name == "enlist":
            consult(case.assessment, by=bureau)
        if name in {"pass_city", "recognise"}:
            draw(case.assessment, Stage.CITY if name == "pass_city" else Stage.PROVINCE, by=bureau)
        take(case, name, FIRST + timedelta(days=2 * number))
    return case


def test_on_each_day_it_stands_where_it_stood(whole_way, urban):
    found = []
    for number in range(len(STOOD)):
        day = FIRST + timedelta(days=2 * number - 1)  # the day between two steps; the first before any
        found.append(states(urban(day)))
    assert found == [{state: 1} for state in STOOD]
    assert Assessment.objects.get().state == "named"


def test_the_day_of_a_step_ends_in_the_new_state(whole_way, urban):
    days = [FIRST + timedelta(days=2 * number) for number in range(len(WAY))]
    assert [states(urban(day)) for day in days] == [{state: 1} for state in STOOD[1:]]


def test_the_funnel_grows_step_by_step(whole_way, urban):
    """已申报 → 预查办结 → 列入名单 → 市验收通过 → 省级达标 → 本年度命名."""
    found = []
    for number in range(-1, len(WAY)):
        counts = urban(FIRST + timedelta(days=2 * number)).counts
        found.append([counts[name] for name in FUNNEL])
    assert found == [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1, 0],
        [1, 1, 1, 1, 1, 1],
    ]


def test_before_it_was_begun_it_has_not_started(whole_way, urban):
    before, begun = urban(FIRST - timedelta(days=2)), urban(FIRST - timedelta(days=1))
    assert (before.not_started, states(before)) == (1, {})
    assert (begun.not_started, states(begun)) == (0, {"draft": 1})


@pytest.mark.parametrize(("moment", "state"), [(timedelta(microseconds=-1), "submitted"), (timedelta(0), "draft")])
def test_a_step_counts_until_midnight_in_shanghai(moment, state, make_case, urban):
    make_case().take("submit", now=end_of_day(FIRST) + moment)
    assert states(urban(FIRST)) == {state: 1}


def test_withdrawing_and_returning_are_seen_on_their_days(make_case, urban):
    case = make_case()
    for number, name in enumerate(["submit", "withdraw", "submit", "return", "submit"]):
        take(case, name, FIRST + timedelta(days=number))
    days = [FIRST + timedelta(days=number) for number in range(5)]
    assert [next(iter(states(urban(day)))) for day in days] == [
        *("submitted", "draft", "submitted", "returned", "submitted")
    ]
    assert [urban(day).counts["filed"] for day in days] == [1, 0, 1, 0, 1]


def test_every_state_lies_on_the_steps_that_lead_to_it():
    """Totality: whatever comes after a step of the funnel, by the table of transitions, lies on it or falls off it."""
    ends = {"returned", "draft", "closed", "unlisted", "failed"}
    for row in TRANSITIONS.values():
        for source in row.sources:
            on_before = {name for name, step in FUNNEL.items() if source in step.states}
            on_after = {name for name, step in FUNNEL.items() if row.target in step.states}
            assert on_before <= on_after or row.target in ends or row.name == "reopen", row.name
    assert [len(step.states) for step in FUNNEL.values()] == [9, 7, 5, 3, 2, 1]


def test_a_recheck_leaves_the_unit_named_and_out_of_the_applications(year, community, bureau, urban):
    """R80: it does not apply, so it neither has begun nor is it missing among those who have not."""
    make_standard(category=community.category)
    make_designation(community=community, campaign_year=year, named_on=date(2011, 12, 1))
    recheck = begin_recheck(community=community, campaign_year=year, by=bureau)
    Assessment.objects.filter(pk=recheck.pk).update(created_at=noon(FIRST))
    before, after = urban(FIRST - timedelta(days=1)), urban(FIRST)
    assert (states(before), states(after)) == ({}, {"recheck": 1})
    for group in (before, after):
        counts = group.counts
        assert (counts["begun"], counts["filed"], counts["at_rest"], counts["recognised"]) == (0, 0, 1, 1)
        assert group.not_started == 0


def test_a_revoked_unit_is_neither_at_rest_nor_said_not_to_have_begun(year, community, bureau, urban):
    make_standard(category=community.category)
    make_designation(community=community, campaign_year=year, named_on=date(2011, 12, 1), revoked_on=date(2012, 10, 20))
    recheck = begin_recheck(community=community, campaign_year=year, by=bureau)
    Assessment.objects.filter(pk=recheck.pk).update(created_at=noon(FIRST))
    group = urban(date(2012, 10, 20))
    assert (group.counts["recognised"], group.counts["at_rest"], group.not_started) == (0, 0, 0)


@pytest.mark.parametrize(("day", "late"), [(date(2012, 11, 15), 0), (date(2012, 11, 16), 1)])
def test_filing_after_the_deadline_is_counted_from_its_day(day, late, make_case, urban):
    """R71, R72: the year is to be filed by 15 November, 24:00; a unit that was sent back has a later last day."""
    case = make_case()
    case.take("submit", now=noon(date(2012, 11, 14)))
    case.take("return", now=noon(date(2012, 11, 15)), last_day=date(2012, 11, 20))
    assert urban(date(2012, 11, 14)).counts["late"] == 0
    case.take("submit", now=noon(date(2012, 11, 16)))
    assert urban(day).counts["late"] == late
    assert urban(date(2012, 11, 14)).counts["late"] == 0


def test_today_costs_no_look_at_the_past(year, whole_way, django_assert_num_queries):
    today = timezone.localdate()
    with django_assert_num_queries(4) as found:
        tally(year, today, district_scope(year.campaign.district))
    assert not [query for query in found if "statechange" in query["sql"]]


@pytest.mark.parametrize("number", [1, 3])
def test_a_past_day_takes_four_queries_however_many_there_are(number, year, town, django_assert_num_queries):
    standard = make_standard()
    for _ in range(number):
        make_assessment(community=make_community(town=town), campaign_year=year, standard=standard, scores=FULL)
    with django_assert_num_queries(4):
        figures(year, FIRST)


# --- the page ----------------------------------------------------------------------------------------------------
def test_the_home_page_of_any_day_and_the_lists_behind_it_agree(whole_way, sign_in, bureau):
    """Every number of the page that is asked for by `?on=` is the length of its list on that day."""
    client = sign_in(bureau)
    for number in range(-1, len(WAY)):
        day = FIRST + timedelta(days=2 * number)
        page = client.get(f"/?year=2012&on={day.isoformat()}").context
        cells = [cell for row in [*page["states"], *page["funnel"]] for cell in row.cells]
        assert all(f"on={day.isoformat()}" in cell.url for cell in cells)
        lengths = {cell.url: str(client.get(cell.url).context["table"].paginator.count) for cell in cells}
        assert lengths == {cell.url: cell.text for cell in cells}
        label = "未开始" if number < 0 else State(STOOD[number + 1]).label
        assert [row.label for row in page["states"]] == [label]


def test_the_page_of_a_day_counts_titles_as_held_on_it(sign_in, bureau, campaign, community):
    """R41-R43: the progress against the target, too."""
    year = campaign.years.get(year=2012)
    make_designation(community=community, campaign_year=year, named_on=date(2012, 10, 10))
    client = sign_in(bureau)
    found = [
        client.get(f"/?year=2012&on={day}").context["targets"][0].recognised.text
        for day in ("2012-10-09", "2012-10-10")
    ]
    assert found == ["0", "1"]


@pytest.mark.parametrize("asked", ["2999-01-01", "昨天", "0001-01-01", "2012-02-30"])
def test_a_day_that_cannot_be_shown_is_said_and_today_is_shown(asked, sign_in, bureau, campaign, community):
    response = sign_in(bureau).get(f"/?on={asked}")
    assert response.status_code == 200
    assert "这一天不能查看，请选择不晚于今天的日期" in response.content.decode()
    assert response.context["request"].on is None


def test_a_day_stays_in_the_address_of_a_list_when_it_is_filtered(sign_in, bureau, campaign, community):
    page = sign_in(bureau).get("/assessments/?year=2012&on=2012-10-09").content.decode()
    assert '<input type="hidden" name="on" value="2012-10-09">' in page
    assert "以下为2012年10月9日24:00的情况" in page


def test_the_work_of_a_round_that_is_over_shows_as_it_stands_now(sign_in, bureau, make_case):
    """Naming comes after the year's last day; the list is where the work is done, so it is not frozen."""
    case = make_case()
    case.take("submit", now=noon(date(2012, 11, 1)))
    case.take("receive", now=noon(date(2013, 1, 10)))
    client = sign_in(bureau)
    assert [row.label for row in client.get("/?year=2012").context["states"]] == ["区已接收"]
    assert [row.label for row in client.get("/?year=2012&on=2012-12-31").context["states"]] == ["已申报"]
