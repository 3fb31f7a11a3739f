"""Scores (R69): read as people type them, saved one by one, added up exactly, never overwritten silently."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment.assessing import Entry, save_scores
from assessment.forms.scores import REASON_LENGTH, read_points, read_reason
from assessment.models import Item, ItemScore, ScoreSheet, State
from assessment.models.assessments import PART_FIELDS
from tests.assessment.scored import FULL, item_url, stored, typed
from tests.factories import make_assessment

pytestmark = pytest.mark.django_db
CENTS = st.integers(min_value=0, max_value=1250).map(lambda cents: Decimal(cents) / 100)


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


# --- sums ----------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sums_are_those_of_the_items_in_whatever_order_they_are_typed(data, assessment, items, town_officer):
    """Hostile case 43: the stored part sums, total and count are what one adds up by hand, in exact decimals."""
    for _ in range(data.draw(st.integers(1, 4))):
        chosen = data.draw(st.lists(st.sampled_from(items), unique=True, min_size=1))
        revisions = dict(ItemScore.objects.filter(sheet__assessment=assessment).values_list("item_id", "revision"))
        entries = [Entry(item, data.draw(CENTS | st.none()), "原因", revisions.get(item.pk, 0)) for item in chosen]
        outcome = save_scores(assessment, entries, by=town_officer)
        assert outcome.conflicts == []
    points = {code: row[0] for code, row in stored(assessment).items() if row[0] is not None}
    sheet = ScoreSheet.objects.get(assessment=assessment)
    for part, name in PART_FIELDS.items():
        expected = sum((value for code, value in points.items() if code.startswith(f"{part.value}.")), Decimal(0))
        assert getattr(sheet, name) == expected
    assert (sheet.total, sheet.scored_items) == (sum(points.values(), Decimal(0)), len(points))


def test_a_score_stays_a_decimal_all_the_way(assessment, items, client, town_officer):
    """0.1 + 0.2 is 0.3."""
    for item, points in zip(items, ["0.1", "0.2"], strict=False):
        client.post(item_url(assessment, item), {"points": points, "reason": "扣分", "revision": "0"})
    sheet = assessment.self_sheet
    assert isinstance(sheet.total, Decimal)
    assert sheet.total == Decimal("0.3")
    assert f'<b id="total">{"0.3"}</b>' in client.get(assessment.get_absolute_url()).content.decode()


# --- what may be typed ---------------------------------------------------------------------------------------------

READ = {
    "12.5": "12.50",
    "0": "0.00",
    "１２．５": "12.50",
    " 7 ": "7.00",
    ".5": "0.50",
    "3.": "3.00",
    "007": "7.00",
    "12.500": "12.50",
    "": None,
    "　": None,
}
REFUSED = {
    "12.51": "超出范围",
    "-0.01": "超出范围",
    "1000000000000000000000000000000000000": "超出范围",
    "1.005": "小数位太多",
    "九分": "不是数字",
    "1e1": "不是数字",
    "1_0": "不是数字",
    "1,2": "不是数字",
    "1 2": "不是数字",
    "NaN": "不是数字",
    "Infinity": "不是数字",
    "=1+1": "不是数字",
    "3\x00": "不是数字",
    "٣": "不是数字",
}


@pytest.mark.parametrize(("text", "points"), READ.items())
def test_a_score_is_read_as_people_type_it(text, points, items):
    assert read_points(text, items[0]) == (None if points is None else Decimal(points))


@given(points=CENTS)
@settings(deadline=None)
def test_every_score_from_0_to_the_points_of_the_item_is_read_exactly(points):
    assert read_points(str(points), Item(points=Decimal("12.5"))) == points


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_anything_else_is_refused_with_what_to_type(text, why, assessment, items, client):
    answer = client.post(item_url(assessment, items[0]), {"points": text, "reason": "", "revision": "0"})
    assert answer.status_code == 422
    assert why in answer.json()["errors"][0]
    assert "请填写0到12.5之间的数字，最多两位小数。" in answer.json()["errors"][0]
    assert stored(assessment) == {}


def test_a_reason_too_long_is_refused_with_its_length(assessment, items, client):
    data = {"points": "10", "reason": "长" * (REASON_LENGTH + 1), "revision": "0"}
    answer = client.post(item_url(assessment, items[0]), data)
    assert answer.status_code == 422
    assert answer.json()["errors"] == ["扣分原因有501字，请控制在500字以内。"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85"])
def test_control_characters_in_a_reason_are_refused(character, assessment, items, client):
    """Hostile case 29: they cannot be printed, and no spreadsheet takes them."""
    data = {"points": "10", "reason": f"缺{character}记录", "revision": "0"}
    answer = client.post(item_url(assessment, items[0]), data)
    assert answer.status_code == 422
    assert "控制字符" in answer.json()["errors"][0]
    assert stored(assessment) == {}


def test_a_reason_may_have_lines_and_rare_characters():
    """Hostile case 45: characters of the extensions A and B are names of places too."""
    assert read_reason("第一行\r\n㐂𠀋村缺记录 ") == "第一行\n㐂𠀋村缺记录"


def test_a_reason_is_shown_as_text_whatever_it_contains(assessment, items, client):
    """Hostile case 30."""
    client.post(item_url(assessment, items[0]), {"points": "1", "reason": "<script>alert(1)</script>", "revision": "0"})
    for name in ("sheet", "gaps"):
        page = client.get(reverse(f"assessment:{name}", args=[assessment.pk])).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


# --- autosave of one item ------------------------------------------------------------------------------------------


def test_an_autosave_answers_with_the_new_revision_and_sums(assessment, items, client, town_officer):
    answer = client.post(item_url(assessment, items[2]), {"points": "10.5", "reason": "缺公示", "revision": "0"})
    assert answer.status_code == 200
    found = answer.json()
    assert found.pop("saved_at")
    assert found == {"revision": 1, "part": 3, "part_sum": "10.5", "total": "10.5", "scored": 1}
    assert stored(assessment) == {"3.1": (Decimal("10.50"), "缺公示", 1)}
    event = AuditEvent.objects.about(assessment).get()
    assert (event.action, event.user) == ("自评打分", town_officer.user)
    assert event.changes == [("3.1", "未评分", "10.50分（缺公示）")]


def test_a_score_can_be_taken_back(assessment, items, client):
    url = item_url(assessment, items[0])
    client.post(url, {"points": "10", "reason": "缺", "revision": "0"})
    assert client.post(url, {"points": "", "reason": "", "revision": "1"}).json()["scored"] == 0
    assert stored(assessment) == {"1.1": (None, "", 2)}
    assert assessment.self_sheet.total == 0


def test_the_second_person_on_an_item_gets_the_first_ones_score_and_overwrites_nothing(
    assessment, items, client, sign_in, community_worker
):
    """Hostile case 32."""
    url = item_url(assessment, items[0])
    assert sign_in(community_worker).post(url, {"points": "11", "reason": "缺照片", "revision": "0"}).status_code == 200
    answer = client.post(url, {"points": "9", "reason": "缺台账", "revision": "0"})
    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert theirs.pop("at")
    assert theirs == {"points": "11", "reason": "缺照片", "revision": 1, "scorer": "聚湖陈书记"}
    assert stored(assessment) == {"1.1": (Decimal(11), "缺照片", 1)}
    assert client.post(url, {"points": "9", "reason": "缺台账", "revision": "1"}).status_code == 200
    assert stored(assessment) == {"1.1": (Decimal(9), "缺台账", 2)}


def test_the_same_save_sent_twice_is_no_conflict_and_one_event(assessment, items, client):
    """A lost answer is sent again: the network's fault, not a second person."""
    data = {"points": "11", "reason": "缺照片", "revision": "0"}
    answers = [client.post(item_url(assessment, items[0]), data) for _ in range(2)]
    assert [(answer.status_code, answer.json()["revision"]) for answer in answers] == [(200, 1), (200, 1)]
    assert AuditEvent.objects.about(assessment).count() == 1


@pytest.mark.parametrize("revision", ["", "x", "-1", "１", "99999999999999999999", "7"])
def test_a_revision_nobody_gave_out_never_overwrites(revision, assessment, items, client):
    url = item_url(assessment, items[0])
    client.post(url, {"points": "11", "reason": "缺照片", "revision": "0"})
    assert client.post(url, {"points": "1", "reason": "改", "revision": revision}).status_code == 409
    assert stored(assessment) == {"1.1": (Decimal(11), "缺照片", 1)}


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RECEIVED])
def test_a_filed_sheet_is_closed(state, community, open_year, client):
    filed = make_assessment(community=community, campaign_year=open_year, scores=FULL, state=state)
    item = filed.standard.items.first()
    answer = client.post(item_url(filed, item), {"points": "1", "reason": "改", "revision": "1"})
    assert answer.status_code == 423
    assert "不能再修改" in answer.json()["errors"][0]
    page = client.post(filed.get_absolute_url(), {f"points-{item.pk}": "1"}, follow=True).content.decode()
    assert "不能再修改" in page
    assert 'name="points-' not in page
    assert filed.self_sheet.total == 100


def test_an_item_of_another_standard_is_not_found(assessment, client, village, open_year):
    """Hostile case 5: a foreign item id inside one's own form."""
    foreign = make_assessment(community=village, campaign_year=open_year).standard.items.first()
    data = {"points": "1", "reason": "改", "revision": "0"}
    assert client.post(item_url(assessment, foreign), data).status_code == 404
    client.post(assessment.get_absolute_url(), {f"points-{foreign.pk}": "1", f"reason-{foreign.pk}": "改"})
    assert ItemScore.objects.count() == 0


def test_fields_that_the_form_does_not_have_are_ignored(assessment, items, client, other_town):
    """Hostile case 8."""
    extra = {
        "state": "received",
        "total": "100",
        "town": other_town.pk,
        "item": items[1].pk,
        "scorer": "1",
        "part_1": "99",
    }
    data = {"points": "5", "reason": "缺", "revision": "0", **extra}
    assert client.post(item_url(assessment, items[0]), data).json()["total"] == "5"
    client.post(assessment.get_absolute_url(), typed(items, a=("6", "缺", 1)) | extra)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.community.town.name) == ("draft", "湖塘镇")
    assert stored(assessment) == {"1.1": (Decimal(6), "缺", 2)}
    assert assessment.self_sheet.total == 6
