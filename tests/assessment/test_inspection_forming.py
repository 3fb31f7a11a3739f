"""The stage's sheet from its checkers (R73): the lowest score counts whoever comes first, rulings override it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment.inspecting.forming import form_sheet, lowest
from assessment.inspecting.ruling import rule
from assessment.models import (
    Inspection,
    InspectionScore,
    ItemScore,
    Method,
    Ruling,
    ScoreSheet,
    Stage,
    State,
)
from assessment.workflow import Refused
from tests.assessment.ready import inspect
from tests.factories import make_assessment
from tests.inspection_rows import make_inspection

pytestmark = pytest.mark.django_db
CENTS = st.integers(min_value=0, max_value=1250).map(lambda cents: Decimal(cents) / 100)
GIVEN = st.lists(st.tuples(st.integers(1, 4), CENTS | st.none(), st.sampled_from(["", "缺", "旧"])), max_size=12)


@pytest.fixture
def received(community, year):
    return make_assessment(community=community, campaign_year=year, state=State.RECEIVED)


@pytest.fixture
def item(received):
    return received.standard.items.first()


def scores(rows):
    return [InspectionScore(item_id=item, points=points, reason=reason) for item, points, reason in rows]


@given(GIVEN, st.randoms())
def test_the_order_of_the_checkers_does_not_matter(rows, random):
    """The points are the same; of the reasons, each is there once."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = lowest(scores(rows)), lowest(scores(shuffled))
    assert {item: found.points for item, found in first.items()} == {
        item: found.points for item, found in second.items()
    }
    for item, found in first.items():
        assert found.points == min(points for one, points, _reason in rows if one == item and points is not None)
        assert sorted(found.reason.split("；")) == sorted(second[item].reason.split("；"))


@given(GIVEN, st.dictionaries(st.integers(1, 4), CENTS))
def test_what_was_ruled_counts_whatever_was_found(rows, ruled):
    found = lowest(scores(rows), [Ruling(item_id=item, points=points, reason="从宽") for item, points in ruled.items()])
    for item, points in ruled.items():
        assert found[item].points == points
        assert found[item].reason == "裁定：从宽"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_total_is_the_sum_of_the_lowest(data, received, bureau, other_town_officer):
    """Hostile case 43: exact, in decimals, with part sums that agree."""
    InspectionScore.objects.all().delete()
    Inspection.objects.all().delete()
    given_points: dict[int, list[Decimal]] = {}
    for checker, method in ((bureau, Method.DOCUMENTS), (bureau, Method.SITE), (other_town_officer, Method.DOCUMENTS)):
        work = make_inspection(received, checker, method=method, finished=True, scored=False)
        for one in received.standard.items.all():
            points = data.draw(CENTS)
            InspectionScore.objects.create(inspection=work, item=one, points=points)
            given_points.setdefault(one.pk, []).append(points)
    sheet = form_sheet(received, Stage.DISTRICT)
    assert sheet.total == sum(min(points) for points in given_points.values())
    assert sheet.total == sum((sheet.part_sum(part) for part in range(1, 9)), Decimal(0))
    assert sheet.scored_items == 8


# --- rulings -------------------------------------------------------------------------------------------------------


def settle(received, item, by, **given):
    return rule(
        assessment=received, stage=Stage.DISTRICT, item=item, by=by, **{"reason": "以现场为准", "seen": None, **given}
    )


def test_a_ruling_forms_the_sheet_anew_and_can_be_taken_back(received, item, bureau):
    inspect(received, Stage.DISTRICT, by=bureau, lost={"1.1": 5})
    settle(received, item, bureau, points=Decimal(11))
    sheet = ScoreSheet.objects.get(assessment=received, stage=Stage.DISTRICT)
    assert (sheet.total, sheet.part_1) == (Decimal("98.5"), Decimal(11))
    assert ItemScore.objects.get(sheet=sheet, item=item).reason == "裁定：以现场为准"
    assert AuditEvent.objects.about(received).first().action == "区预查裁定"
    settle(received, item, bureau, points=None, seen=Decimal(11))
    sheet.refresh_from_db()
    assert sheet.total == Decimal(95)


def test_of_two_who_rule_at_once_the_second_is_told(received, item, bureau):
    inspect(received, Stage.DISTRICT, by=bureau)
    settle(received, item, bureau, points=Decimal(11))
    with pytest.raises(Refused, match="刚刚已由区办王主任裁定为11分"):
        settle(received, item, bureau, points=Decimal(9))


@pytest.mark.parametrize("who", ["town_officer", "leader", "city_inspector", "other_town_officer"])
def test_only_the_bureau_rules_over_its_stage(who, received, item, bureau, request):
    inspect(received, Stage.DISTRICT, by=bureau)
    with pytest.raises(Refused, match="不能裁定"):
        settle(received, item, request.getfixturevalue(who), points=Decimal(9))


def test_the_bureau_does_not_rule_over_what_the_province_found(community, year, bureau, province_inspector):
    passed = make_assessment(community=community, campaign_year=year, state=State.CITY_PASSED)
    inspect(passed, Stage.PROVINCE, by=province_inspector)
    given_by = {"assessment": passed, "stage": Stage.PROVINCE, "item": passed.standard.items.first(), "seen": None}
    with pytest.raises(Refused, match="不能裁定"):
        rule(**given_by, points=Decimal(9), reason="从严", by=bureau)
    rule(**given_by, points=Decimal(9), reason="从严", by=province_inspector)
    Ruling.objects.all().delete()
    Inspection.objects.update(on_behalf=True)
    rule(**given_by, points=Decimal(8), reason="省考评组意见", by=bureau)


def test_nothing_is_ruled_before_all_have_finished(received, item, bureau):
    inspect(received, Stage.DISTRICT, by=bureau, finished=False)
    with pytest.raises(Refused, match="全部完成以后才能裁定"):
        settle(received, item, bureau, points=Decimal(9))


def test_a_ruling_on_the_page_keeps_what_was_typed(received, item, bureau, sign_in):
    inspect(received, Stage.DISTRICT, by=bureau)
    client, url = sign_in(bureau), reverse("assessment:ruling", args=[received.pk, "district", item.pk])
    answer = client.post(url, {"points": "13", "reason": "偏高<"}).content.decode()
    assert "得分13超出范围" in answer
    assert "偏高&lt;" in answer
    assert client.post(url, {"points": "12", "reason": "偏高"}).status_code == 302
    page = client.get(reverse("assessment:inspections", args=[received.pk])).content.decode()
    assert "12分：偏高" in page
