"""现行得分 (decision 8): the latest stage that has scored counts, and the page says why no later one does."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Assessment, FrameUnit, Stage, State
from assessment.scores import Sampling, effective, effective_score, effective_scores
from tests.assessment.ready import draw, inspect
from tests.assessment.scored import FULL
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
C, P = Stage.CITY, Stage.PROVINCE
TOTALS = {Stage.SELF: Decimal(95), Stage.DISTRICT: Decimal("92.5"), C: Decimal(91), P: Decimal(93)}


def told(*stages: Stage, held=(), drawn=()) -> str:
    return effective({stage: TOTALS[stage] for stage in stages}, Sampling(frozenset(held), frozenset(drawn))).basis


@pytest.mark.parametrize(
    ("stages", "held", "drawn", "expected"),
    [
        ([Stage.SELF], [], [], "以自评分为准（区尚未预查）"),
        ([Stage.SELF, Stage.DISTRICT], [], [], "以区预查分为准（市尚未抽样）"),
        ([Stage.SELF, Stage.DISTRICT], [C], [], "以区预查分为准（市未抽中）"),
        ([Stage.SELF, Stage.DISTRICT], [C], [C], "以区预查分为准（市已抽中，尚未评分）"),
        ([Stage.SELF, Stage.DISTRICT], [C, P], [], "以区预查分为准（市、省未抽中）"),
        ([Stage.SELF, Stage.DISTRICT], [C, P], [P], "以区预查分为准（市未抽中；省已抽中，尚未评分）"),
        ([Stage.SELF, Stage.DISTRICT, C], [C], [C], "以市抽查分为准（省尚未抽样）"),
        ([Stage.SELF, Stage.DISTRICT, C], [C, P], [C], "以市抽查分为准（省未抽中）"),
        ([Stage.SELF, Stage.DISTRICT, C, P], [C, P], [C, P], "以省考评分为准"),
        ([P], [P], [P], "以省考评分为准"),
    ],
)
def test_which_score_counts_and_why(stages, held, drawn, expected):
    assert told(*stages, held=held, drawn=drawn) == expected


@given(st.dictionaries(st.sampled_from(list(Stage)), st.decimals(0, 100, places=2), min_size=1))
def test_no_earlier_stage_ever_counts(totals):
    found = effective(totals, Sampling(frozenset(), frozenset()))
    assert found.total == totals[found.stage]
    assert list(Stage).index(found.stage) == max(map(list(Stage).index, totals))


def test_the_page_of_an_assessment_says_which_score_counts(make_case, bureau, sign_in, leader):
    case = make_case(state=State.LISTED)
    inspect(case.assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 4})
    drawn = draw(case.assessment, C, by=bureau)
    client, address = sign_in(leader), case.assessment.get_absolute_url()
    assert "现行得分96分，以区预查分为准（市未抽中）" in client.get(address).content.decode()
    FrameUnit.objects.create(
        draw=drawn,
        community=case.assessment.community,
        assessment=case.assessment,
        position=1,
        category="urban",
        standing="new",
        drawn=True,
    )
    assert "市已抽中，尚未评分" in client.get(address).content.decode()
    assert "96（区预查）" in client.get(reverse("assessment:list"), {"year": 2012}).content.decode()


def test_an_assessment_that_nobody_scored_has_no_score(community, year):
    assert effective_score(make_assessment(community=community, campaign_year=year)) is None


def test_many_scores_are_read_together(town, year):
    standard, counts = make_standard(), []
    for _each in range(3):
        make_assessment(community=make_community(town=town), campaign_year=year, standard=standard, scores=FULL)
        with CaptureQueriesContext(connection) as queries:
            assert len(effective_scores(Assessment.objects.all())) == Assessment.objects.count()
        counts.append(len(queries))
    assert len(set(counts[1:])) == 1
