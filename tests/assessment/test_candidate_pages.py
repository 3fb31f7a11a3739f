"""The pages of 创建名单: who is ready and who is not and why, a version, its notice and its report (R74; F9)."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment.candidates import freeze
from assessment.models import Assessment, Candidate, CandidateList, NoticeObjection, State
from communities.models import Department
from tests.assessment.listed import agreed, ask, inspected
from tests.factories import make_community

pytestmark = pytest.mark.django_db
LISTS = "/candidate-lists/"
NEW = "/candidate-lists/new/"


@pytest.fixture
def client(bureau, sign_in) -> Client:
    return sign_in(bureau)


@pytest.fixture
def ready(community, open_year, department, bureau) -> Assessment:
    unit = inspected(community, campaign_year=open_year)
    agreed(unit, departments=[department], by=bureau)
    return unit


@pytest.fixture
def listed(ready, bureau) -> CandidateList:
    """Shown in public since today."""
    today = timezone.localdate()
    return freeze(
        campaign_year=ready.campaign_year,
        assessments=[ready],
        number="武社建办〔2012〕9号",
        dated=today,
        notice_from=today,
        notice_until=today + timedelta(days=7),
        by=bureau,
        now=timezone.now(),
    )


def terms(**fields) -> dict:
    return {"number": "武社建办〔2012〕9号", "dated": timezone.localdate(), **fields}


def test_no_step_leads_onto_the_list_or_off_it_but_the_list(ready, client):
    """Hostile case 7."""
    for name in ("enlist", "delist"):
        for method in (client.get, client.post):
            assert method(reverse("assessment:step", args=[ready.pk, name]), {"reason": "跳过"}).status_code == 404
    ready.refresh_from_db()
    assert ready.state == State.INSPECTED


def test_units_stand_in_three_groups_with_why_and_where_to_mend_it(
    *, ready, town, open_year, department, bureau, client
):
    below = inspected(make_community(town=town, name="低分社区"), campaign_year=open_year, total="89.95")
    agreed(below, departments=[department], by=bureau)
    waiting = inspected(make_community(town=town, name="在途社区"), campaign_year=open_year, state=State.RECEIVED)
    ask(waiting, departments=[department], by=bureau)
    answer = client.get(LISTS)
    groups = {
        group.label: [one.assessment.community.name for one in units] for group, units in answer.context["groups"]
    }
    assert groups == {"可以列入": ["聚湖社区"], "尚缺手续": ["在途社区"], "区预查未达合格线": ["低分社区"]}
    content = answer.content.decode()
    for text in ("区预查尚未办结。", "征求部门意见尚未办结。", "区预查总分89.95分，比合格线90分少0.05分。"):
        assert text in content
    assert reverse("assessment:unit_opinions", args=[waiting.pk]) in content


def test_where_many_stand_costs_what_one_costs(*, ready, town, open_year, department, client, bureau):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(LISTS)
        return len(queries)

    one = count()
    more = [inspected(make_community(town=town), campaign_year=open_year) for _number in range(2)]
    agreed(*more, departments=[department], by=bureau)
    assert count() == one


def test_the_list_is_fixed_with_every_ready_unit_ticked(ready, client):
    form = client.get(NEW).context["form"]
    assert form["add"].value() == [ready.pk]
    answer = client.post(NEW, terms(add=[ready.pk]), follow=True)
    content = answer.content.decode()
    fixed = CandidateList.objects.get()
    assert answer.redirect_chain == [(fixed.get_absolute_url(), 302)]
    for text in ("城镇社区1个、农村社区（村）0个，共1个", fixed.digest, "核对一致", "未公示", "聚湖社区"):
        assert text in content
    assert "已经确定，需要增减的请办理变更" in client.get(NEW, follow=True).content.decode()


def test_a_unit_that_is_no_longer_ready_is_told_by_name_and_nothing_is_lost(ready, department, bureau, client):
    ask(ready, departments=[department], by=bureau)
    answer = client.post(NEW, terms(add=[ready.pk]))
    content = answer.content.decode()
    assert "湖塘镇聚湖社区：第2轮征求部门意见尚未办结。" in content
    assert 'value="武社建办〔2012〕9号"' in content
    assert not CandidateList.objects.exists()


def test_a_unit_of_elsewhere_cannot_be_put_on_it(ready, foreign_bureau, client):
    answer = client.post(NEW, terms(add=[ready.pk + 1000]))
    assert answer.context["form"].errors["add"]
    assert not CandidateList.objects.exists()


def test_odd_values_are_answered_in_words(listed, client):
    revise = reverse("assessment:candidate_list_revise", args=[listed.pk])
    objection = reverse("assessment:objection_add", args=[listed.pk])
    for value in ["", "abc", "-1", "9" * 25, "None"]:
        fields = {"add": [value], "remove": [value], "dated": value, "notice_from": value, "reason": "增补"}
        assert client.post(revise, fields).status_code == 200
        assert client.post(objection, {"assessment": value, "received_on": value, "text": "无"}).status_code == 200
    assert CandidateList.objects.count() == 1
    assert not NoticeObjection.objects.exists()


def test_half_a_notice_is_refused_beside_its_field(ready, client):
    day = timezone.localdate()
    answer = client.post(NEW, terms(add=[ready.pk], notice_from=day))
    assert answer.context["form"].errors == {"notice_until": ["公示的开始和结束日期要么都填，要么都不填。"]}
    answer = client.post(NEW, terms(add=[ready.pk], notice_from=day, notice_until=day - timedelta(days=1)))
    assert answer.context["form"].errors == {"notice_until": ["公示结束日期不能早于开始日期。"]}


def test_the_notice_holds_the_report_up_and_so_does_an_objection(listed, ready, client):
    report = reverse("assessment:candidate_list_report", args=[listed.pk])
    assert "期满后再上报" in client.post(report, follow=True).content.decode()
    objection = {"assessment": ready.pk, "received_on": timezone.localdate(), "text": "用房不足"}
    add = reverse("assessment:objection_add", args=[listed.pk])
    assert "匿名" in client.post(add, objection, follow=True).content.decode()
    past = timezone.localdate() - timedelta(days=1)
    CandidateList.objects.update(notice_from=past, notice_until=past)
    assert "还有1条公示异议" in client.post(report, follow=True).content.decode()
    settle = reverse("assessment:objection_settle", args=[NoticeObjection.objects.get().pk])
    assert client.post(settle, {"outcome": "面积达标", "revision": "1"}).status_code == 302
    second = client.post(settle, {"outcome": "另一结论", "revision": "1"})
    assert second.status_code == 409
    assert "另一结论</textarea>" in second.content.decode()
    assert "已登记上报市民政局" in client.post(report, follow=True).content.decode()


def test_a_change_makes_a_new_version_that_is_compared_with_the_old_one(
    *, listed, town, open_year, department, bureau, client
):
    new = inspected(make_community(town=town, name="花园社区"), campaign_year=open_year)
    agreed(new, departments=[department], by=bureau)
    url = reverse("assessment:candidate_list_revise", args=[listed.pk])
    assert client.post(url, terms(add=[new.pk])).context["form"].errors.keys() == {"reason"}
    gone = listed.candidates.get().assessment_id
    content = client.post(url, terms(add=[new.pk], remove=[gone], reason="增补"), follow=True).content.decode()
    for text in ("增加：湖塘镇花园社区", "移出：湖塘镇聚湖社区", "第1版", "变更原因：增补"):
        assert text in content
    old = client.get(listed.get_absolute_url()).content.decode()
    assert "这一版已由" in old
    assert "聚湖社区" in old
    second = CandidateList.objects.get(version=2)
    assert client.get(url).url == second.get_absolute_url()
    late = client.post(url, terms(add=[], remove=[], reason="又增补"))
    assert late.context["form"].non_field_errors() == ["名单没有增减，不需要变更。"]


def test_a_version_that_was_tampered_with_says_so(listed, client):
    Candidate.objects.update(district_total=99)
    content = client.get(listed.get_absolute_url()).content.decode()
    assert "内容摘要不一致" in content


def test_the_file_is_the_list_with_its_count_line_and_digest(listed, client):
    answer = client.get(reverse("reporting:candidate_list_xlsx", args=[listed.pk]))
    assert "2012年度创建名单" in unquote(answer["Content-Disposition"])
    rows = list(load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert rows[0] == ("序号", "类别", "镇（开发区、街道）", "社区（村）", "代码", "自评总分", "区预查总分", "备注")
    assert rows[1][:4] == (1, "城镇社区", "湖塘镇", "聚湖社区")
    assert rows[2][0] == "城镇社区1个、农村社区（村）0个，共1个"
    assert listed.digest in rows[3][0]


def test_the_public_notice_shows_units_without_scores_and_only_where_there_is_one(listed, client):
    url = reverse("reporting:public_notice", args=[listed.pk])
    content = client.get(url).content.decode()
    assert "聚湖社区" in content
    assert "现予公示" in content
    assert "总分" not in content
    CandidateList.objects.update(notice_from=None, notice_until=None)
    assert client.get(url).status_code == 404
    assert client.get(reverse("reporting:public_notice_pdf", args=[listed.pk])).status_code == 404


def test_inspectors_read_the_list_and_change_nothing(listed, city_inspector, sign_in):
    content = sign_in(city_inspector).get(listed.get_absolute_url()).content.decode()
    assert "聚湖社区" in content
    for text in ("上报市民政局</button>", "变更名单", "登记异议"):
        assert text not in content


def test_departments_of_another_district_are_not_asked(foreign_bureau, open_year, community, client):
    Department.objects.create(district=foreign_bureau.district, name="外区公安局", sort_order=1)
    inspected(community, campaign_year=open_year)
    assert "外区公安局" not in client.get(reverse("assessment:consultation_new")).content.decode()
