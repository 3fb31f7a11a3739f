"""What a checker writes (R73, R78): nobody else writes or sees it unfinished, nothing is closed with a gap."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from assessment.entries import Entry
from assessment.inspecting.scoring import finish, save_scores, take_up_again
from assessment.models import (
    Inspection,
    InspectionScore,
    ItemScore,
    Method,
    ScoreSheet,
    Signature,
    Stage,
    State,
)
from assessment.workflow import Refused
from communities.models import Appointment
from tests.assessment.scored import FULL
from tests.assessment.steps import Case
from tests.factories import make_assessment, make_standard
from tests.inspection_rows import make_inspection

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def received(community, open_year):
    """Every item is checked by both methods of the district."""
    full = {"points": Decimal("12.5"), "method": "材料审核、现场检查"}
    rows = [{"part": part, "code": f"{part}.1", **full} for part in range(1, 9)]
    return make_assessment(
        community=community,
        campaign_year=open_year,
        standard=make_standard(items=rows),
        scores={**FULL, "2.1": "10"},
        state=State.RECEIVED,
    )


@pytest.fixture
def site(received, other_town_officer) -> Inspection:
    return make_inspection(received, other_town_officer, method=Method.SITE)


@pytest.fixture
def fresh(received, other_town_officer) -> Inspection:
    return make_inspection(received, other_town_officer, method=Method.DOCUMENTS, scored=False)


@pytest.fixture
def items(received):
    return list(received.standard.items.all())


@pytest.fixture
def client(other_town_officer, sign_in):
    return sign_in(other_town_officer)


def save_url(inspection, item) -> str:
    return reverse("assessment:inspection_save_item", args=[inspection.pk, item.pk])


# --- scores --------------------------------------------------------------------------------------------------------


def test_an_autosave_writes_one_item_and_its_event(fresh, items, client, other_town_officer):
    answer = client.post(save_url(fresh, items[0]), {"points": "１１.5", "reason": "缺一季度公开", "revision": "0"})
    assert answer.json()["revision"] == 1
    score = InspectionScore.objects.get()
    assert (score.item, score.points, score.reason) == (items[0], Decimal("11.5"), "缺一季度公开")
    event = AuditEvent.objects.about(fresh).get()
    assert (event.action, event.user) == ("检查打分", other_town_officer.user)


@pytest.mark.parametrize(("points", "why"), [("12.6", "超出范围"), ("九分", "不是数字"), ("1.005", "小数位太多")])
def test_an_impossible_score_is_refused_with_what_to_type(points, why, fresh, items, client):
    answer = client.post(save_url(fresh, items[0]), {"points": points, "reason": "", "revision": "0"})
    assert answer.status_code == 422
    assert why in answer.json()["errors"][0]


def test_the_second_tab_gets_the_first_ones_score_and_overwrites_nothing(fresh, items, client):
    """Hostile case 32."""
    url = save_url(fresh, items[0])
    client.post(url, {"points": "11", "reason": "电脑上写的", "revision": "0"})
    answer = client.post(url, {"points": "9", "reason": "手机上写的", "revision": "0"})
    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert (theirs["points"], theirs["reason"], theirs["revision"]) == ("11", "电脑上写的", 1)
    assert InspectionScore.objects.get().points == 11
    assert client.post(url, {"points": "9", "reason": "手机上写的", "revision": "1"}).status_code == 200


def test_the_page_without_javascript_keeps_the_text_of_the_second(fresh, items, client):
    first = items[0].pk
    client.post(save_url(fresh, items[0]), {"points": "11", "reason": "先写的", "revision": "0"})
    posted = {f"points-{first}": "9", f"reason-{first}": "后写的", f"revision-{first}": "0", "revision": "1"}
    answer = client.post(reverse("assessment:inspection", args=[fresh.pk]), posted)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert ">后写的<" in page
    assert "先写的" in page
    assert InspectionScore.objects.get().reason == "先写的"


def test_facts_that_met_newer_ones_are_answered_with_both(fresh, client):
    url = reverse("assessment:inspection_save_visit", args=[fresh.pk])
    assert client.post(url, {"place": "服务中心", "revision": "1"}).json()["revision"] == 2
    answer = client.post(url, {"place": "活动室", "revision": "1"})
    assert answer.status_code == 409
    assert answer.json()["theirs"]["place"] == "服务中心"
    assert client.post(url, {"place": "服务中心", "revision": "1"}).status_code == 200, "the same sent twice"
    fresh.refresh_from_db()
    assert fresh.place == "服务中心"


def test_fields_that_the_form_does_not_have_are_ignored(fresh, items, client, town_officer):
    """Hostile case 8."""
    url = reverse("assessment:inspection_save_visit", args=[fresh.pk])
    client.post(
        url,
        {
            "place": "A",
            "revision": "1",
            "finished_at": "2012-11-05",
            "inspector": town_officer.user_id,
            "stage": "city",
        },
    )
    fresh.refresh_from_db()
    assert (fresh.place, fresh.finished_at, fresh.stage) == ("A", None, "district")
    assert fresh.inspector != town_officer.user


@pytest.mark.parametrize(
    ("posted", "why"),
    [
        ({"satisfaction_asked": "30", "satisfied": "31"}, "不能多于满意度访问人数"),
        ({"aware": "3"}, "请先填写知晓率访问人数"),
        ({"inspected_on": str(date.today() + timedelta(days=2))}, "检查日期不能晚于今天"),  # noqa: DTZ011  any later day
    ],
)
def test_counts_and_dates_that_cannot_be_are_refused(posted, why, received, province_inspector, sign_in):
    received.state = State.CITY_PASSED  # in memory: the form asks nothing of it
    talk = make_inspection(received, province_inspector, method=Method.INTERVIEW, stage=Stage.PROVINCE, scored=False)
    url = reverse("assessment:inspection_save_visit", args=[talk.pk])
    answer = sign_in(province_inspector).post(url, {**posted, "revision": "1"})
    assert answer.status_code == 422
    assert why in "".join(answer.json()["errors"])


# --- whose it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bureau", "leader", "town_officer", "community_worker", "city_inspector"])
def test_a_colleague_sees_and_writes_nothing_unfinished(who, fresh, items, sign_in, request):
    InspectionScore.objects.create(inspection=fresh, item=items[0], points=Decimal("3.75"), reason="机密原因")
    other = sign_in(request.getfixturevalue(who))
    for name in ("assessment:inspection", "reporting:visit_record", "reporting:visit_record_pdf"):
        assert other.get(reverse(name, args=[fresh.pk])).status_code == 404
    pages = [reverse("assessment:inspections", args=[fresh.assessment_id]), reverse("assessment:inspection_list")]
    for address in [*pages, reverse("assessment:inspection_list_xlsx"), reverse("assessment:my_inspections")]:
        answer = other.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert "机密原因" not in body.decode(errors="replace")
        assert "3.75" not in body.decode(errors="replace")
    assert other.post(save_url(fresh, items[0]), {"points": "1", "revision": "1"}).status_code in {403, 404}
    assert InspectionScore.objects.get().points == Decimal("3.75")


def test_finished_it_is_open_to_those_who_see_the_community(site, sign_in, leader, other_town_officer):
    explain(site)
    finish(site, by=other_town_officer, now=NOW)
    assert sign_in(leader).get(reverse("assessment:inspection", args=[site.pk])).status_code == 200


def test_a_checker_who_moves_to_the_units_town_writes_no_more(site, items, other_town_officer, town):
    """Hostile case 6, by a change of office instead of a form."""
    Appointment.objects.filter(pk=other_town_officer.pk).update(town=town)
    moved = Appointment.objects.get(pk=other_town_officer.pk)
    with pytest.raises(Refused, match="交叉检查"):
        save_scores(site, [Entry(items[0], Decimal(12), "", 1)], by=moved)
    with pytest.raises(Refused, match="交叉检查"):
        finish(site, by=moved, now=NOW)


def test_an_item_that_the_method_does_not_check_is_refused(community, open_year, other_town_officer, client):
    """Hostile case 5."""
    documents = make_assessment(community=community, campaign_year=open_year, state=State.RECEIVED)
    site = make_inspection(documents, other_town_officer, method=Method.SITE, scored=False)
    answer = client.post(save_url(site, documents.standard.items.first()), {"points": "1", "revision": "0"})
    assert answer.status_code == 423
    assert "1.1不由现场检查评分" in answer.json()["errors"][0]


def test_the_checker_sees_the_evidence_of_the_unit_only_through_the_inspection(
    fresh, received, other_town_officer, sign_in
):
    from_elsewhere = sign_in(other_town_officer)
    assert from_elsewhere.get(received.get_absolute_url()).status_code == 404
    page = from_elsewhere.get(reverse("assessment:inspection", args=[fresh.pk])).content.decode()
    assert "湖塘镇聚湖社区" in page
    assert from_elsewhere.get(reverse("reporting:visit_pack", args=[received.pk])).status_code == 200


# --- finishing -----------------------------------------------------------------------------------------------------


def test_neither_method_is_closed_with_a_gap(received, bureau, other_town_officer, items):
    """R73: item by item, in sentences."""
    for method, by in ((Method.DOCUMENTS, bureau), (Method.SITE, other_town_officer)):
        work = make_inspection(received, by, method=method)
        InspectionScore.objects.filter(inspection=work, item=items[2]).update(points=None)
        InspectionScore.objects.filter(inspection=work, item=items[3]).update(points=12)
        InspectionScore.objects.filter(inspection=work, item=items[0]).delete()
        Inspection.objects.filter(pk=work.pk).update(inspected_on=None)
        Signature.objects.filter(inspection=work, side="unit").delete()
        with pytest.raises(Refused) as refused:
            finish(work, by=by, now=NOW)
        told = [obstacle.message for obstacle in refused.value.obstacles]
        expected = [
            *("1.1 尚未评分。", "2.1 得分与自评分不同，请说明原因。", "3.1 尚未评分。"),
            *("4.1 有扣分，请填写扣分原因。", "请填写检查日期。"),
        ]
        signatures = ["社区（村）代表还没有签字。"] if method == Method.SITE else []
        assert told == [*expected, *signatures]
        assert not Inspection.objects.finished().exists()


def test_a_talk_is_finished_with_a_record_even_where_it_scores_nothing(received, province_inspector):
    """R78: complete only when every method has a record."""
    received.state = State.CITY_PASSED
    type(received).objects.filter(pk=received.pk).update(state=State.CITY_PASSED)
    talk = make_inspection(received, province_inspector, method=Method.BRIEFING, stage=Stage.PROVINCE, scored=False)
    Inspection.objects.filter(pk=talk.pk).update(inspected_on=date(2012, 11, 5))
    with pytest.raises(Refused, match="请填写听取汇报的情况记录"):
        finish(talk, by=province_inspector, now=NOW)
    Inspection.objects.filter(pk=talk.pk).update(record="汇报全面")
    finish(talk, by=province_inspector, now=NOW)


def explain(inspection: Inspection) -> None:
    """Give the reason that the difference from the unit's own score asks for."""
    InspectionScore.objects.filter(inspection=inspection, item__code="2.1").update(reason="核实后从宽")


def test_the_last_one_finished_forms_the_sheet_and_taking_up_again_withdraws_it(
    received, site, bureau, other_town_officer, items
):
    documents = make_inspection(received, bureau, method=Method.DOCUMENTS)
    InspectionScore.objects.filter(inspection=documents, item=items[0]).update(points=10, reason="缺记录")
    explain(site)
    explain(documents)
    finish(site, by=other_town_officer, now=NOW)
    assert not ScoreSheet.objects.filter(stage=Stage.DISTRICT).exists()
    finish(documents, by=bureau, now=NOW)
    sheet = ScoreSheet.objects.get(assessment=received, stage=Stage.DISTRICT)
    assert (sheet.total, sheet.part_1) == (Decimal("97.5"), Decimal(10))
    with pytest.raises(Refused, match="已经办结"):
        save_scores(site, [Entry(items[0], Decimal(1), "改", 1)], by=other_town_officer)
    with pytest.raises(Refused, match="必须填写原因"):
        take_up_again(site, by=other_town_officer, reason=" ")
    take_up_again(site, by=other_town_officer, reason="漏看公示栏")
    assert not ScoreSheet.objects.filter(assessment=received, stage=Stage.DISTRICT).exists()
    assert not ItemScore.objects.filter(sheet__stage=Stage.DISTRICT).exists()
    assert not Signature.objects.filter(inspection=site).exists(), "they signed what was found then"
    assert InspectionScore.objects.filter(inspection=site).count() == 8


@pytest.mark.parametrize("step", ["return", "reopen"])
def test_a_step_back_takes_the_districts_work_up_again(step, received, bureau, other_town_officer, people):
    people["bureau_officer"] = bureau
    for by, method in ((bureau, Method.DOCUMENTS), (other_town_officer, Method.SITE)):
        work = make_inspection(received, by, method=method)
        explain(work)
        finish(work, by=by, now=NOW)
    case = Case(received, people)
    if step == "reopen":
        case.take("conclude")
    change = case.take(step)
    assert not Inspection.objects.finished().exists()
    assert (change.stage, change.total) == (Stage.SELF, Decimal("97.5"))
    with pytest.raises(Refused):
        Case(received, people).take("conclude")


def test_a_returned_unit_is_not_scored_until_it_is_received_again(site, received, items, people, other_town_officer):
    Case(received, people).take("return")
    with pytest.raises(Refused, match="不在“区已接收”"):
        save_scores(site, [Entry(items[0], Decimal(1), "改", 1)], by=other_town_officer)
