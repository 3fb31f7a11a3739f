"""交接: an inspection that goes on, and one whose inspector has left the office."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.attendance import unattended
from assessment.inspecting.rights import OPEN_STATES, may_write
from assessment.models import Inspection, Stage, State
from assessment.tasks import todos
from tests.assessment.ready import inspect, of_kind
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(community, year):
    def make(**fields):
        return make_assessment(community=community, campaign_year=year, **fields)

    return make


def test_an_inspection_is_attended_to_while_its_inspector_may_carry_it(unit, year, bureau, other_town_officer):
    received = unit(state=State.RECEIVED)
    inspect(received, Stage.DISTRICT, by=other_town_officer, finished=False)
    assert not unattended(year).exists()
    other_town_officer.until = timezone.localdate()
    other_town_officer.save()
    assert unattended(year).count() == 2
    [todo] = todos(bureau, year, year.deadline)
    assert (todo.task.name, todo.count) == ("unattended", 2)
    assert todo.url.startswith(reverse("assessment:unattended"))


def test_whoever_moves_into_the_units_own_town_may_not_check_it_any_more(unit, year, town, other_town_officer):
    """交叉检查."""
    inspect(unit(state=State.RECEIVED), Stage.DISTRICT, by=other_town_officer, finished=False)
    other_town_officer.town = town
    other_town_officer.save()
    assert unattended(year).count() == 2


@pytest.fixture
def checkers(bureau, town_officer, other_town_officer, city_inspector, province_inspector):
    return [bureau, town_officer, other_town_officer, city_inspector, province_inspector]


@pytest.mark.parametrize("on_behalf", [False, True])
@pytest.mark.parametrize(
    ("stage", "state"), [(stage, state) for stage, states in OPEN_STATES.items() for state in states]
)
def test_what_nobody_may_write_is_what_nobody_attends_to(stage, state, on_behalf, unit, checkers):
    """R73, R75: one rule for the list of the unattended, for choosing a checker and for every save."""
    assessment = unit(**of_kind(state))
    for person in checkers:
        inspect(assessment, stage, by=person, finished=False)
    Inspection.objects.update(on_behalf=on_behalf)
    nobody_may = {one.pk for one in Inspection.objects.all() if all(may_write(one, person) for person in checkers)}
    assert {one.pk for one in unattended(assessment.campaign_year)} == nobody_may


def test_the_bureau_hands_over_from_the_list(unit, year, bureau, town_officer, sign_in):
    left = inspect(unit(state=State.RECEIVED), Stage.DISTRICT, by=town_officer, finished=False)
    client = sign_in(bureau)
    page = client.get(reverse("assessment:unattended") + "?year=2012").content.decode()
    assert all(reverse("assessment:inspection_reassign", args=[one.pk]) in page for one in left)
    assert "无人办理（2）" in client.get(reverse("assessment:inspection_list") + "?year=2012").content.decode()
    client.post(reverse("assessment:inspection_reassign", args=[left[0].pk]), {"to": bureau.pk})
    assert unattended(year).count() == 1


def test_the_leader_reads_the_list_and_hands_nothing_over(unit, leader, town_officer, sign_in):
    inspect(unit(state=State.RECEIVED), Stage.DISTRICT, by=town_officer, finished=False)
    page = sign_in(leader).get(reverse("assessment:unattended") + "?year=2012").content.decode()
    assert "聚湖社区" in page
    assert "改派</a>" not in page


def test_a_disabled_account_attends_to_nothing(unit, year, bureau, sign_in, leader):
    inspect(unit(state=State.RECEIVED), Stage.DISTRICT, by=bureau, finished=False)
    bureau.user.is_active = False
    bureau.user.save()
    assert unattended(year).count() == 2
    page = sign_in(leader).get(reverse("assessment:unattended") + "?year=2012").content.decode()
    assert page.count("聚湖社区") >= 2


def test_the_list_of_what_nobody_attends_to_takes_the_same_queries(year, town, bureau, leader, sign_in):
    client, standard, counts = sign_in(leader), make_standard(), []
    bureau.user.is_active = False
    bureau.user.save()
    for _round in range(2):
        received = make_assessment(
            community=make_community(town=town), campaign_year=year, standard=standard, state=State.RECEIVED
        )
        inspect(received, Stage.DISTRICT, by=bureau, finished=False)
        client.get(reverse("assessment:unattended"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("assessment:unattended") + "?year=2012")
        counts.append(len(queries))
    assert counts[0] == counts[1]
