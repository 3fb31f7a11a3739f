"""Who checks which unit (R73, R75, R77): never one's own town, dealt out evenly, handed on with what was entered."""

from itertools import product

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment.inspecting.assigning import assign, distribute, plan, reassign, unassign
from assessment.inspecting.balance import balanced
from assessment.inspecting.methods import METHODS
from assessment.inspecting.rights import eligible, why_not
from assessment.models import FrameUnit, Inspection, InspectionScore, Method, ScoreSheet, Stage, State
from assessment.workflow import Refused
from communities.models import Appointment, Role
from tests.assessment.ready import draw, inspect, of_kind
from tests.factories import make_assessment, make_community, make_person
from tests.inspection_rows import make_inspection

pytestmark = pytest.mark.django_db
DOCUMENTS, SITE = Method.DOCUMENTS, Method.SITE
BOTH = METHODS[Stage.DISTRICT]


@pytest.fixture
def received(community, year):
    return make_assessment(community=community, campaign_year=year, state=State.RECEIVED)


def give(assessment, inspector, by, *, stage=Stage.DISTRICT, method=DOCUMENTS, **more) -> Inspection:
    return assign(assessment=assessment, stage=stage, method=method, inspector=inspector, by=by, **more)


# --- who may -------------------------------------------------------------------------------------------------------


def test_the_bureau_gives_a_unit_to_an_officer_of_another_town(received, bureau, other_town_officer):
    inspection = give(received, other_town_officer, bureau)
    assert (inspection.inspector, inspection.on_behalf, inspection.finished_at) == (
        other_town_officer.user,
        False,
        None,
    )
    event = AuditEvent.objects.about(received).get()
    assert (event.action, event.user) == ("分派检查", bureau.user)


def test_an_officer_of_the_own_town_is_refused_by_the_service(received, bureau, town_officer):
    """Hostile case 6."""
    with pytest.raises(Refused, match="不能检查本镇（开发区、街道）的单位，请改派其他人员（交叉检查）"):
        give(received, town_officer, bureau)
    assert not Inspection.objects.exists()


def test_an_officer_of_the_own_town_is_neither_offered_nor_taken_by_the_form(received, bureau, town_officer, sign_in):
    """Hostile cases 5 and 6: a foreign id inside one's own form."""
    client = sign_in(bureau)
    page = client.get(reverse("assessment:inspections", args=[received.pk])).content.decode()
    assert bureau.user.name in page
    assert town_officer.user.name not in page
    url = reverse("assessment:assign", args=[received.pk, "district"])
    answer = client.post(url, {"method": DOCUMENTS, "inspector": town_officer.pk})
    assert answer.status_code == 422
    assert "本镇人员不检查本镇单位（交叉检查）" in answer.content.decode()
    assert not Inspection.objects.exists()


def test_the_form_offers_the_next_method_and_an_inspector_themselves(
    *, community, year, bureau, city_inspector, sign_in
):
    listed = make_assessment(community=community, campaign_year=year, state=State.LISTED)
    FrameUnit.objects.create(
        draw=draw(listed, Stage.CITY, by=bureau), community=community, position=1, code="1", name="聚湖社区",
        town_name="湖塘镇", category=community.category, standing="new", drawn=True,
    )  # fmt: skip
    url = reverse("assessment:inspections", args=[listed.pk])
    for method in METHODS[Stage.CITY]:
        _view, form = sign_in(city_inspector).get(url).context["stages"][-1]
        assert (form["method"].value(), form["inspector"].value()) == (method, city_inspector.pk)
        give(listed, city_inspector, bureau, stage=Stage.CITY, method=method)
    _view, form = sign_in(bureau).get(url).context["stages"][-1]
    assert (form["method"].value(), form["inspector"].value()) == (None, None)


@pytest.mark.parametrize("who", ["foreign_bureau", "leader", "community_worker", "liaison", "city_inspector"])
def test_nobody_else_is_taken_for_the_district(who, received, bureau, sign_in, request):
    person = request.getfixturevalue(who)
    url = reverse("assessment:assign", args=[received.pk, "district"])
    assert sign_in(bureau).post(url, {"method": DOCUMENTS, "inspector": person.pk}).status_code == 422
    with pytest.raises(Refused):
        give(received, person, bureau)
    assert not Inspection.objects.exists()


def test_the_list_of_eligible_people_and_the_reasons_agree(received, people, other_town_officer, foreign_bureau):
    for stage, person in product(METHODS, [*people.values(), other_town_officer, foreign_bureau]):
        listed = eligible(received, stage).filter(pk=person.pk).exists()
        assert listed == (why_not(received, stage, person) == ""), (stage, person)


@pytest.mark.parametrize("state", [state for state in State if state != State.RECEIVED])
def test_a_unit_that_is_not_received_is_given_to_nobody(state, community, year, bureau):
    assessment = make_assessment(community=community, campaign_year=year, **of_kind(state))
    with pytest.raises(Refused, match="不能办理区预查"):
        give(assessment, bureau, bureau)


def test_the_city_visits_only_what_was_drawn_and_the_bureau_enters_on_its_behalf(
    community, year, bureau, city_inspector
):
    """R75."""
    listed = make_assessment(community=community, campaign_year=year, state=State.LISTED)
    sample = draw(listed, Stage.CITY, by=bureau)
    with pytest.raises(Refused, match="没有被市抽查抽中"):
        give(listed, city_inspector, bureau, stage=Stage.CITY)
    FrameUnit.objects.create(
        draw=sample, community=community, position=1, code="1", name="聚湖社区", town_name="湖塘镇",
        category=community.category, standing="new", drawn=True,
    )  # fmt: skip
    assert not give(listed, city_inspector, city_inspector, stage=Stage.CITY).on_behalf
    with pytest.raises(Refused, match="区代录"):
        give(listed, bureau, bureau, stage=Stage.CITY)
    assert give(listed, bureau, bureau, stage=Stage.CITY, on_behalf=True).on_behalf


def test_the_same_method_is_given_to_a_person_once_and_only_methods_of_the_stage(received, bureau):
    give(received, bureau, bureau)
    with pytest.raises(Refused, match="已经分派给"):
        give(received, bureau, bureau)
    with pytest.raises(Refused, match="区预查没有听取汇报"):
        give(received, bureau, bureau, method=Method.BRIEFING)


def test_a_checker_added_later_takes_the_sheet_back(received, bureau, other_town_officer):
    inspect(received, Stage.DISTRICT, by=bureau)
    assert ScoreSheet.objects.filter(assessment=received, stage=Stage.DISTRICT).exists()
    give(received, other_town_officer, bureau)
    assert not ScoreSheet.objects.filter(assessment=received, stage=Stage.DISTRICT).exists()


# --- taken back, handed on -----------------------------------------------------------------------------------------


def test_what_nobody_began_is_taken_back_and_begun_work_is_handed_on(received, bureau, other_town_officer):
    idle = give(received, bureau, bureau)
    unassign(idle, by=bureau)
    begun = make_inspection(received, bureau, method=SITE)
    with pytest.raises(Refused, match="请改派"):
        unassign(begun, by=bureau)
    reassign(begun, to=other_town_officer, by=bureau)
    begun.refresh_from_db()
    assert begun.inspector == other_town_officer.user
    assert InspectionScore.objects.filter(inspection=begun).count() == 8


def test_finished_work_is_not_handed_on_and_nothing_goes_to_the_own_town(
    received, bureau, town_officer, other_town_officer
):
    done = make_inspection(received, bureau, method=SITE, finished=True)
    with pytest.raises(Refused, match="已经完成检查"):
        reassign(done, to=other_town_officer, by=bureau)
    open_work = make_inspection(received, bureau, method=DOCUMENTS)
    with pytest.raises(Refused, match="交叉检查"):
        reassign(open_work, to=town_officer, by=bureau)


# --- all at once ---------------------------------------------------------------------------------------------------


def test_every_received_application_without_a_checker_is_dealt_out(town, other_town, year, bureau, town_officer):
    units = [make_community(town=home) for home in (town, town, town, other_town)]
    for unit in units:
        make_assessment(community=unit, campaign_year=year, state=State.RECEIVED)
    draft = make_assessment(community=make_community(town=town), campaign_year=year)
    made = distribute(campaign_year=year, methods=BOTH, inspectors=[bureau, town_officer], by=bureau)
    assert len(made) == 8
    assert not Inspection.objects.filter(assessment=draft).exists()
    own = Inspection.objects.filter(inspector=town_officer.user)
    assert {one.assessment.community.town for one in own} == {other_town}
    with pytest.raises(Refused, match="没有待分派的单位"):
        distribute(campaign_year=year, methods=BOTH, inspectors=[bureau], by=bureau)


def test_a_unit_that_none_of_the_chosen_may_check_stops_it_all(received, year, bureau, town_officer):
    with pytest.raises(Refused, match="所选人员都不能检查湖塘镇聚湖社区"):
        distribute(campaign_year=year, methods=BOTH, inspectors=[town_officer], by=bureau)
    assert not Inspection.objects.exists()


def test_the_page_shows_the_balance_before_anything_is_given(received, year, bureau, other_town_officer, sign_in):
    client, url = sign_in(bureau), reverse("assessment:distribute")
    chosen = {"methods": [DOCUMENTS, SITE], "inspectors": [bureau.pk, other_town_officer.pk]}
    page = client.get(url, {**chosen, "year": "2012"}).content.decode()
    assert "共2项检查" in page
    assert not Inspection.objects.exists()
    assert client.post(url, chosen).status_code == 302
    assert sorted(Inspection.objects.values_list("inspector__name", flat=True)) == ["区办王主任", "牛塘赵科员"]


def test_the_plan_is_what_is_given(town, year, bureau, other_town_officer):
    for _ in range(5):
        make_assessment(community=make_community(town=town), campaign_year=year, state=State.RECEIVED)
    people = [bureau, other_town_officer]
    planned = plan(campaign_year=year, methods=BOTH, inspectors=people)
    distribute(campaign_year=year, methods=BOTH, inspectors=people, by=bureau)
    given = {(one.assessment_id, one.method): one.inspector_id for one in Inspection.objects.all()}
    assert given == {(task.assessment, task.method): who.user_id for task, who in planned.given.items()}


# --- evenly: pure arithmetic -----------------------------------------------------------------------------------------
TOWNS = st.lists(st.integers(0, 3), max_size=7)


def dealt(tasks: list[int], checkers: list[int], before: list[int]) -> list[int]:
    """Loads after dealing units of the towns `tasks` to checkers; a checker of town 0 is the bureau's."""
    answer = balanced(
        list(enumerate(tasks)),
        list(enumerate(checkers)),
        may=lambda checker, task: checker[1] == 0 or checker[1] != task[1],
        loads=dict(zip(enumerate(checkers), before, strict=False)),
    )
    assert all(checker[1] == 0 or checker[1] != task[1] for task, checker in answer.items())
    return [before[number] + list(answer.values()).count((number, home)) for number, home in enumerate(checkers)]


def evenest(tasks: list[int], checkers: list[int], before: list[int]) -> int:
    """The smallest sum of squares of all ways of dealing."""
    able = [[n for n, home in enumerate(checkers) if home == 0 or home != task] for task in tasks]
    ways = product(*[choice for choice in able if choice])
    return min(sum((before[n] + way.count(n)) ** 2 for n in range(len(checkers))) for way in ways)


@settings(deadline=None, max_examples=150)
@given(TOWNS, st.lists(st.integers(0, 3), min_size=1, max_size=3), st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_no_other_way_of_dealing_is_more_even(tasks, checkers, before):
    loads = dealt(tasks, checkers, before)
    assert sum(load**2 for load in loads) == evenest(tasks, checkers, before[: len(checkers)])


@given(st.integers(0, 40), st.integers(1, 9))
def test_where_everybody_may_check_everything_loads_differ_by_at_most_one(units, people):
    loads = dealt([1] * units, [0] * people, [0] * people)
    assert sum(loads) == units
    assert max(loads) - min(loads) <= 1


def test_a_person_who_left_is_not_taken(received, bureau, other_town):
    gone = make_person(role=Role.TOWN_OFFICER, town=other_town)
    Appointment.objects.filter(pk=gone.pk).update(until="2012-10-01")
    gone.refresh_from_db()
    with pytest.raises(Refused, match="已离任"):
        give(received, gone, bureau)
