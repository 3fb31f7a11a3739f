"""退回修改 with reasons by item: beside the item until the town files again, in the history for ever (R69)."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.models import ReturnReason, State
from assessment.returning import give_back, standing_reasons
from assessment.workflow import Refused
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING
from tests.factories import make_assessment

pytestmark = pytest.mark.django_db
REASON = "花名册与工资册对不上"
BESIDE = "<b>退回原因：</b>"


@pytest.fixture
def filed(community, open_year):
    scores = {**FULL, "3.1": "11"}
    return make_assessment(community=community, campaign_year=open_year, scores=scores, state=State.SUBMITTED)


@pytest.fixture
def first(filed):
    return filed.standard.items.first()


def page(client, assessment, name="assessment:sheet") -> str:
    return client.get(reverse(name, args=[assessment.pk])).content.decode()


def send(client, assessment, **posted):
    given = {"reason": "请逐条核对", "last_day": "2999-01-01", **posted}
    return client.post(reverse("assessment:step", args=[assessment.pk, "return"]), given)


def test_a_reason_stands_beside_its_item_until_the_town_files_again(filed, first, people, sign_in):
    bureau, town_officer = people["bureau_officer"], people["town_officer"]
    assert send(sign_in(bureau), filed, **{f"item-{first.pk}": REASON}).status_code == 302
    for person in (town_officer, people["community_worker"]):
        text = page(sign_in(person), filed)
        assert f"{BESIDE}{REASON}" in text
        assert f'<a href="#item-{first.code}">{first.code}</a>' in text
        assert text.count(BESIDE) == 1
    assert sign_in(town_officer).post(reverse("assessment:check", args=[filed.pk])).status_code == 302
    assert BESIDE not in page(sign_in(town_officer), filed)
    assert f"{first.code}：{REASON}" in page(sign_in(town_officer), filed, "assessment:history")
    assert AuditEvent.objects.get(action="退回的条目").after == {first.code: REASON}


def test_only_the_latest_return_speaks(filed, first, bureau, town_officer, sign_in):
    send(sign_in(bureau), filed, **{f"item-{first.pk}": REASON})
    sign_in(town_officer).post(reverse("assessment:check", args=[filed.pk]))
    send(sign_in(bureau), filed)
    filed.refresh_from_db()
    assert filed.state == State.RETURNED
    assert standing_reasons(filed) == []


def test_items_that_lost_points_come_first(filed, bureau, sign_in):
    text = sign_in(bureau).get(reverse("assessment:step", args=[filed.pk, "return"])).content.decode()
    places = [text.index(f"<b>{code}</b>") for code in ("3.1", "1.1", "2.1", "4.1")]
    assert places == sorted(places)
    assert "自评满分的条目（7条）" in text
    assert "自评11／12.5" in text


def test_what_was_typed_stays_where_the_form_has_an_error(filed, first, bureau, sign_in):
    response = send(sign_in(bureau), filed, reason="", **{f"item-{first.pk}": REASON})
    assert response.status_code == 200
    assert REASON in response.content.decode()
    assert "<details open>" in response.content.decode()
    assert not ReturnReason.objects.exists()


def test_a_return_that_is_refused_leaves_no_reason(filed, first, bureau, town_officer):
    given = {"now": DURING, "last_day": date(2999, 1, 1), "items": {first: REASON}}
    with pytest.raises(Refused):
        give_back(filed, by=town_officer, reason="请核对", **given)
    with pytest.raises(Refused):
        give_back(filed, by=bureau, reason=" ", **given)
    assert not ReturnReason.objects.exists()


def test_an_item_of_another_standard_is_not_taken(filed, bureau, sign_in):
    assert send(sign_in(bureau), filed, **{"item-999999": REASON}).status_code == 302
    assert not ReturnReason.objects.exists()
