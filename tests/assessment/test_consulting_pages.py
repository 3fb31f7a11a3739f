"""The pages of 征求部门意见: the bureau's rounds and matrix, and the one entrance of a department (R1, R21, R74).

Long because both sides of a letter share one cast.
"""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment import consulting
from assessment.models import Assessment, Consultation, Opinion
from communities.models import Department, Role
from tests.assessment.listed import ask, inspected
from tests.factories import make_community, make_person

pytestmark = pytest.mark.django_db
Answer = Opinion.Answer
NO_ROWS = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}


@pytest.fixture
def units(community, village, open_year) -> list[Assessment]:
    return [inspected(one, campaign_year=open_year) for one in (community, village)]


@pytest.fixture
def health(district, department) -> Department:
    return Department.objects.create(district=district, name="卫生局", sort_order=2)


@pytest.fixture
def round_(units, department, health, bureau) -> Consultation:
    """Sent today, to be answered within ten days."""
    now = timezone.now()
    today = timezone.localdate(now)
    days = {"sent_on": today, "due_on": today + timedelta(days=10)}
    return ask(*units, departments=[department, health], by=bureau, now=now, **days)


@pytest.fixture
def opinion(round_, units, department) -> Opinion:
    return round_.opinions.get(assessment=units[0], department=department)


def page(client: Client, name: str, *args: int, **query: str) -> str:
    answer = client.get(reverse(f"assessment:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def answer_url(opinion: Opinion) -> str:
    return reverse("assessment:opinion", args=[opinion.pk])


# --- 区社区办 --------------------------------------------------------------------------------------------------------


def test_a_round_is_sent_with_all_units_and_departments_ticked_but_for_what_is_left_out(
    units, department, health, bureau, sign_in
):
    client = sign_in(bureau)
    form = client.get(reverse("assessment:consultation_new")).context["form"]
    assert form["assessments"].value() == [unit.pk for unit in units]
    assert form["departments"].value() == [department.pk, health.pk]
    today = timezone.localdate()
    letter = {
        "assessments": form["assessments"].value(),
        "departments": form["departments"].value(),
        "number": "武社建办函〔2012〕3号",
        "sent_on": today,
        "due_on": today,
        "note": "请核查",
        "left_out": [f"{health.pk}-{units[1].pk}"],
    }
    answer = client.post(reverse("assessment:consultation_new"), letter, follow=True)
    assert "已发出" in answer.content.decode()
    assert Opinion.objects.count() == 3
    again = client.get(reverse("assessment:consultation_new")).context["form"]
    assert again["assessments"].value() == []
    assert "第1轮已征求" in str(again["assessments"])


def test_what_is_wrong_with_a_letter_is_said_and_nothing_typed_is_lost(units, department, bureau, sign_in):
    today = timezone.localdate()
    letter = {"assessments": [units[0].pk], "departments": [department.pk], "note": "请核查"}
    letter |= {"sent_on": today, "due_on": today - timedelta(days=1), "left_out": ["1-2"]}
    answer = sign_in(bureau).post(reverse("assessment:consultation_new"), letter)
    content = answer.content.decode()
    assert "请核查</textarea>" in content
    assert not Consultation.objects.exists()
    del letter["left_out"]
    content = sign_in(bureau).post(reverse("assessment:consultation_new"), letter).content.decode()
    assert "回复期限不能早于发出日期。" in content


def test_without_departments_or_units_the_page_says_what_to_do_first(open_year, bureau, sign_in):
    content = page(sign_in(bureau), "consultation_new")
    assert "还没有可以征求意见的部门" in content
    assert "还没有可以征求意见的单位" in content


def test_the_round_shows_answers_in_words_and_why_it_cannot_be_closed(round_, opinion, bureau, liaison, sign_in):
    now = timezone.now()
    consulting.answer(opinion, answer=Answer.OBJECT, text="发生案件", by=liaison, now=now, revision=1)
    client = sign_in(bureau)
    content = page(client, "consultation", round_.pk)
    for text in ("不同意", "尚未回复", "发生案件", "回复期限未到，还不能办结", "公安局1个单位", "卫生局2个单位"):
        assert text in content
    closed = client.post(reverse("assessment:consultation_close", args=[round_.pk]), follow=True)
    assert "尚未回复，不能办结" in closed.content.decode()
    Consultation.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    closed = client.post(reverse("assessment:consultation_close", args=[round_.pk]), follow=True)
    assert "逾期未回复" in closed.content.decode()


def test_the_matrix_is_filtered_by_town_and_answer(*, round_, opinion, units, other_town, bureau, liaison, sign_in):
    consulting.answer(
        opinion, answer=Answer.REMARK, text="台账不全", by=liaison, now=timezone.now(), revision=opinion.revision
    )
    client = sign_in(bureau)

    def shown(**query: str) -> list[str]:
        answer = client.get(reverse("assessment:consultation", args=[round_.pk]), query)
        return [row.unit.community.name for row in answer.context["rows"]]

    assert shown() == ["聚湖社区", "银荡村"]
    assert shown(answer="open") == shown(answer="remark") == ["聚湖社区"]
    assert shown(answer="none") == ["聚湖社区", "银荡村"]
    assert shown(town=str(other_town.pk)) == []


def test_a_matrix_of_three_units_and_departments_costs_what_one_of_one_costs(
    *, community, town, district, department, open_year, bureau, sign_in
):
    client = sign_in(bureau)
    rounds = []
    for number in (1, 3):
        offices = [
            Department.objects.create(district=district, name=f"部门{number}{one}", sort_order=9)
            for one in range(number)
        ]
        found = [inspected(make_community(town=town), campaign_year=open_year) for _one in range(number)]
        round_ = ask(*found, departments=offices, by=bureau)
        for opinion in round_.opinions.all():
            consulting.answer(opinion, answer=Answer.REMARK, text="不全", by=bureau, now=timezone.now(), revision=1)
        rounds.append(round_)
    for name in ("consultation", "opinions"):
        counts = []
        for round_ in rounds:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page(client, name, round_.pk)
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_an_objection_is_settled_on_its_page_and_the_second_sees_the_first(round_, opinion, bureau, liaison, sign_in):
    consulting.answer(opinion, answer=Answer.OBJECT, text="发生案件", by=liaison, now=timezone.now(), revision=1)
    client = sign_in(bureau)
    url = reverse("assessment:opinion_settle", args=[opinion.pk])
    settled = {"resolution": "overruled", "reason": "不在本社区", "revision": "2"}
    assert "必填" in client.post(url, {**settled, "reason": ""}).content.decode()
    assert client.post(url, settled).status_code == 302
    second = client.post(url, {**settled, "reason": "另一理由"})
    content = second.content.decode()
    assert second.status_code == 409
    assert "不予采纳：不在本社区" in content
    assert "另一理由</textarea>" in content
    assert 'value="3"' in content
    assert "不予采纳" in page(client, "unit_opinions", opinion.assessment_id)


def test_a_town_sees_what_is_said_about_its_own_units_only(round_, opinion, town_officer, other_town_officer, sign_in):
    for person, count in ((town_officer, 2), (other_town_officer, 0)):
        client = sign_in(person)
        content = page(client, "consultation", round_.pk)
        assert content.count("湖塘镇") >= count
        assert ("聚湖社区" in content) is bool(count)
        assert ("银荡村" in page(client, "opinions", round_.pk)) is bool(count)
    assert (
        sign_in(other_town_officer).get(reverse("assessment:unit_opinions", args=[opinion.assessment_id])).status_code
        == 404
    )


def test_the_export_is_the_list_that_is_shown(round_, opinion, bureau, liaison, sign_in):
    text = "=1+1"
    consulting.answer(opinion, answer=Answer.OBJECT, text=text, by=liaison, now=timezone.now(), revision=1)
    answer = sign_in(bureau).get(reverse("reporting:opinions_xlsx", args=[round_.pk]), {"answer": "objecting"})
    rows = list(load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert rows[0][:6] == ("序号", "镇（开发区、街道）", "社区（村）", "部门", "条目", "意见")
    assert [row[1:7] for row in rows[1:]] == [("湖塘镇", "聚湖社区", "公安局", None, "不同意", text)]


# --- 部门 ------------------------------------------------------------------------------------------------------------


def test_a_liaison_comes_in_by_one_entrance_and_sees_nothing_else(round_, liaison, sign_in):
    client = sign_in(liaison)
    home = client.get("/", follow=True)
    assert home.redirect_chain == [(reverse("assessment:my_consultations"), 302)]
    content = home.content.decode()
    assert [link.label for _heading, links in home.context["menu"] for link in links] == ["部门意见回复", "年度日程"]
    assert "还有10天" in content
    assert "查询社区（村）" not in content
    for elsewhere in ("/communities/", "/assessments/", "/consultations/", "/candidate-lists/", "/departments/"):
        assert client.get(elsewhere).status_code == 403


def test_a_liaison_of_another_department_finds_nothing(round_, opinion, health, department, sign_in):
    client = sign_in(make_person(role=Role.LIAISON, department=health))
    assert client.get(answer_url(opinion)).status_code == 404
    assert client.post(answer_url(opinion), {"answer": "agree", "revision": "1", **NO_ROWS}).status_code == 404
    for name in ("department_units", "agree_to_rest"):
        url = reverse(f"assessment:{name}", args=[round_.pk, department.pk])
        assert client.post(url).status_code in {404, 405}
        assert client.get(url).status_code in {404, 405}
    assert not Opinion.objects.exclude(answer="").exists()


def test_a_department_not_asked_in_a_round_does_not_see_it(round_, district, sign_in):
    unasked = Department.objects.create(district=district, name="司法局", sort_order=9)
    client = sign_in(make_person(role=Role.LIAISON, department=unasked))
    assert "目前没有需要司法局回复的征求意见" in page(client, "my_consultations")
    assert client.get(reverse("reporting:consultation_letter", args=[round_.pk])).status_code == 404


def test_answers_are_filled_in_one_after_another(*, round_, opinion, units, liaison, department, sign_in):
    client = sign_in(liaison)
    content = page(client, "department_units", round_.pk, department.pk)
    for text in ("湖塘镇聚湖社区", "城镇社区", "自评96分", "其余均同意（2个）"):
        assert text in content
    item = units[0].standard.items.first()
    said = {"answer": "object", "text": "发生案件", "revision": "1", "next": ""}
    rows = {"items-TOTAL_FORMS": "2", "items-INITIAL_FORMS": "0", "items-0-item": item.pk}
    rows |= {"items-0-answer": "remark", "items-0-text": "监控不足", "items-1-text": ""}
    answer = client.post(answer_url(opinion), {**said, **rows})
    following = round_.opinions.get(assessment=units[1], department=department)
    assert answer.url == answer_url(following)
    last = client.post(answer_url(following), {"answer": "agree", "revision": "1", "next": "", **NO_ROWS})
    assert last.url == reverse("assessment:department_units", args=[round_.pk, department.pk])
    kept = Opinion.objects.exclude(item=None).get()
    assert (kept.item, kept.text) == (item, "监控不足")
    content = client.get(answer_url(opinion)).content.decode()
    assert "监控不足</textarea>" in content


def test_odd_values_are_answered_in_words(round_, opinion, bureau, liaison, sign_in):
    huge, odd = "9" * 25, ["", "abc", "-1", "9" * 25, "None"]
    for value in odd:
        letter = {"assessments": [value], "departments": [value], "left_out": [f"{huge}-{huge}"], "due_on": value}
        assert sign_in(bureau).post(reverse("assessment:consultation_new"), letter).status_code == 200
        rows = {"items-TOTAL_FORMS": value, "items-INITIAL_FORMS": value, "items-0-item": value, "revision": value}
        answer = sign_in(liaison).post(answer_url(opinion), {"answer": value, **rows})
        assert answer.status_code == 200
    assert Consultation.objects.count() == 1
    assert not Opinion.objects.exclude(answer="").exists()


def test_an_answer_without_words_is_refused_beside_its_field_and_keeps_what_was_typed(opinion, units, liaison, sign_in):
    item = units[0].standard.items.first()
    rows = {"items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-item": item.pk, "items-0-text": "监控不足"}
    answer = sign_in(liaison).post(answer_url(opinion), {"answer": "remark", "text": "", "revision": "1", **rows})
    content = answer.content.decode()
    assert answer.context["form"].errors == {"text": ["请写明具体意见。"]}
    assert answer.context["rows"].errors == [{"answer": ["请选择意见。"]}]
    assert "监控不足</textarea>" in content
    assert not Opinion.objects.exclude(answer="").exists()


def test_of_two_who_answer_the_second_keeps_the_text_and_may_go_on(opinion, liaison, bureau, sign_in):
    consulting.answer(opinion, answer=Answer.AGREE, by=bureau, now=timezone.now(), revision=1)
    client = sign_in(liaison)
    said = {"answer": "object", "text": "发生案件", "revision": "1", **NO_ROWS}
    second = client.post(answer_url(opinion), said)
    content = second.content.decode()
    assert second.status_code == 409
    assert "区办王主任" in content
    assert "发生案件</textarea>" in content
    assert client.post(answer_url(opinion), {**said, "revision": "2"}).status_code == 302


def test_the_rest_is_agreed_to_in_one_press(round_, liaison, department, sign_in):
    url = reverse("assessment:agree_to_rest", args=[round_.pk, department.pk])
    content = sign_in(liaison).post(url, follow=True).content.decode()
    assert "已对其余2个单位回复“同意”" in content
    assert "都已回复" in content


def test_a_closed_round_is_read_and_not_answered(round_, opinion, liaison, bureau, sign_in):
    Consultation.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    consulting.close(Consultation.objects.get(), by=bureau, now=timezone.now())
    client = sign_in(liaison)
    content = client.get(answer_url(opinion)).content.decode()
    assert "已经办结，不能再修改" in content
    assert "逾期未回复" in content
    refused = client.post(answer_url(opinion), {"answer": "agree", "revision": "2", **NO_ROWS})
    assert Opinion.objects.get(pk=opinion.pk).answer == Answer.SILENT
    assert refused.status_code == 200


def test_the_letter_of_a_liaison_names_the_own_units_only(*, units, department, health, bureau, liaison, sign_in):
    round_ = ask(*units, departments=[department, health], by=bureau, left_out={(department.pk, units[1].pk)})
    url = reverse("reporting:consultation_letter", args=[round_.pk])
    own = sign_in(liaison).get(url).content.decode()
    assert "聚湖社区" in own
    assert "银荡村" not in own
    assert "卫生局" not in own
    whole = sign_in(bureau).get(url).content.decode()
    assert "公安局、卫生局：" in whole
    assert "2个申报单位（城镇社区1个、农村社区（村）1个）" in whole
    assert "不征求：公安局" in whole


def test_a_reply_slip_says_what_was_answered(round_, opinion, liaison, department, sign_in):
    consulting.answer(opinion, answer=Answer.OBJECT, text="发生案件", by=liaison, now=timezone.now(), revision=1)
    content = page_of_reply = (
        sign_in(liaison).get(reverse("reporting:consultation_reply", args=[round_.pk, department.pk])).content.decode()
    )
    assert "发生案件" in content
    assert page_of_reply.count("√</td>") == 1
    pdf = sign_in(liaison).get(reverse("reporting:consultation_reply_pdf", args=[round_.pk, department.pk]))
    assert pdf.content.startswith(b"%PDF")
