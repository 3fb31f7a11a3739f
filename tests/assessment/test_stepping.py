"""批量办理: a step for all that are ready; who is not says why, and one that is refused hinders no other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessment.models import Assessment, Stage, State
from assessment.stepping import TAKEN_FOR_MANY, candidates, steps_for_many, take_for_many
from assessment.transitions import TRANSITIONS
from assessment.workflow import obstacles
from tests.assessment.ready import draw, inspect, ready_for
from tests.assessment.scored import FULL
from tests.assessment.steps import STEPS, Case
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
PAGE = reverse("assessment:steps")


@pytest.fixture
def make_cases(town, year, people):
    standard = make_standard()

    def cases(number: int, state: State) -> list[Case]:
        return [
            Case(
                make_assessment(
                    community=make_community(town=town),
                    campaign_year=year,
                    standard=standard,
                    scores=FULL,
                    state=state,
                ),
                people,
            )
            for _each in range(number)
        ]

    return cases


def states() -> list[str]:
    return list(Assessment.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("step", TAKEN_FOR_MANY)
def test_each_step_is_taken_for_all_that_are_ready(step, make_cases, bureau, sign_in):
    source = State(next(iter(STEPS[step][1])))
    ready, other, waiting = make_cases(3, source)
    ready_for(step, ready)
    if step == "conclude":
        ready_for(step, other)
    if step in {"pass_city", "recognise"}:
        inspect(waiting.assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 12})
    client = sign_in(bureau)
    page = client.get(PAGE, {"step": step, "year": 2012})
    ticked = [one.assessment.pk for one in page.context["ready"]]
    assert ready.assessment.pk in ticked
    answer = client.post(f"{PAGE}?step={step}", {"units": ticked}, follow=True)
    assert f"已办理{len(ticked)}个单位" in answer.content.decode()
    expected = [STEPS[step][2] if one.assessment.pk in ticked else source for one in (ready, other, waiting)]
    assert states() == expected


def test_the_facts_of_many_are_those_of_each(make_cases, bureau):
    """A batch never offers what the step itself would refuse."""
    cases = make_cases(3, State.LISTED)
    inspect(cases[0].assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 4})
    inspect(cases[1].assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 12})
    draw(cases[0].assessment, Stage.CITY, by=bureau)
    now, transition = timezone.now(), TRANSITIONS["pass_city"]
    year = cases[0].assessment.campaign_year
    for one in candidates(transition, campaign_year=year, by=bureau, now=now):
        assert one.obstacles == obstacles(one.assessment, transition, now=now)


def test_who_is_not_ready_says_why_and_cannot_be_ticked(make_cases, bureau, sign_in):
    (case,) = make_cases(1, State.RECEIVED)
    page = sign_in(bureau).get(PAGE, {"step": "conclude", "year": 2012}).content.decode()
    assert "区预查的现场检查还没有安排检查人员" in page
    assert f'value="{case.assessment.pk}"' not in page


def test_one_that_is_refused_is_told_apart_and_hinders_no_other(make_cases, bureau, sign_in):
    """Forced by a POST past the tick box, or changed by somebody meanwhile: that one stays, the others are done."""
    cases = make_cases(3, State.SUBMITTED)
    cases[1].take("return")
    units = [case.assessment.pk for case in cases]
    answer = sign_in(bureau).post(f"{PAGE}?step=receive&year=2012", {"units": units})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "有1个单位没有办理，其余已办理" in page
    assert "状态已变化，请刷新后再操作" in page
    assert states() == ["received", "returned", "received"]


def test_a_stale_reading_takes_nothing_twice(make_cases, bureau):
    cases = make_cases(2, State.SUBMITTED)
    stale = [Assessment.objects.get(pk=case.assessment.pk) for case in cases]
    now, transition = timezone.now(), TRANSITIONS["receive"]
    assert len(take_for_many(transition, stale, by=bureau, now=now).done) == 2
    again = [Assessment.objects.get(pk=case.assessment.pk) for case in cases]
    assert len(take_for_many(transition, again, by=bureau, now=now).refused) == 2


@pytest.mark.parametrize(
    ("person", "steps"),
    [
        ("bureau", list(TAKEN_FOR_MANY)),
        ("city_inspector", ["pass_city"]),
        ("province_inspector", ["recognise"]),
        ("leader", []),
        ("town_officer", []),
    ],
)
def test_everybody_has_their_own_steps(person, steps, request):
    assert [row.name for row in steps_for_many(request.getfixturevalue(person))] == steps


@pytest.mark.parametrize("step", ["recognise", "name", "decline", "submit", "nonsense"])
def test_a_step_that_is_not_ones_own_is_not_found(step, make_cases, city_inspector, sign_in):
    make_cases(1, State.CITY_PASSED)
    for method in ("get", "post"):
        assert getattr(sign_in(city_inspector), method)(f"{PAGE}?step={step}").status_code == 404


@pytest.mark.parametrize("units", [[], ["abc"], ["9" * 40], ["-1"], ["0"]])
def test_a_post_of_nothing_does_nothing(units, make_cases, bureau, sign_in):
    make_cases(1, State.SUBMITTED)
    answer = sign_in(bureau).post(f"{PAGE}?step=receive&year=2012", {"units": units}, follow=True)
    assert "请先勾选要办理的单位" in answer.content.decode()
    assert states() == ["submitted"]


def test_units_of_another_district_are_not_touched(make_cases, foreign_bureau, sign_in):
    (case,) = make_cases(1, State.SUBMITTED)
    sign_in(foreign_bureau).post(f"{PAGE}?step=receive", {"units": [case.assessment.pk]})
    assert states() == ["submitted"]


@pytest.mark.parametrize("step", TAKEN_FOR_MANY)
def test_the_page_asks_as_often_for_one_unit_as_for_three(step, make_cases, bureau, sign_in):
    source = State(next(iter(STEPS[step][1])))
    client, counts = sign_in(bureau), []
    for number in (1, 2):
        for case in make_cases(number, source):
            inspect(case.assessment, Stage.DISTRICT, by=bureau)
        client.get(PAGE, {"step": step, "year": 2012})
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE, {"step": step, "year": 2012})
        counts.append(len(queries))
    assert counts[0] == counts[1]
