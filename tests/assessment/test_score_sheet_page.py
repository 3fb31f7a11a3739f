"""The whole sheet on one page: begun, saved at once without JavaScript, its gaps, its speed (R29, R68-R70)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.assessing import Entry, open_assessment, save_scores
from assessment.models import Assessment, Evidence
from assessment.workflow import Refused
from communities.models import Appointment
from tests.assessment.scored import FULL, item_url, stored, typed
from tests.factories import make_assessment, make_community, make_file, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def sheet_url(assessment) -> str:
    return assessment.get_absolute_url()


# --- beginning -----------------------------------------------------------------------------------------------------


def test_an_assessment_is_begun_once_with_the_current_standard(community, open_year, client, town_officer):
    """自愿申报: nothing exists until somebody asks (R68)."""
    old, current = make_standard(), make_standard()
    url = reverse("assessment:begin", args=[community.code])
    first, second = client.post(url), client.post(url)
    assessment = Assessment.objects.get()
    assert first.url == second.url == assessment.get_absolute_url()
    assert (assessment.standard, assessment.state, assessment.self_sheet.total) == (current, "draft", 0)
    assert old != current
    assert AuditEvent.objects.about(assessment).get().action == "开始自评"


def test_without_a_standard_the_page_says_whom_to_ask(community, open_year, client):
    page = client.post(reverse("assessment:begin", args=[community.code]), follow=True).content.decode()
    assert "还没有发布城镇社区考评标准，请联系区社区办导入。" in page
    assert Assessment.objects.count() == 0


def test_without_a_campaign_the_page_says_whom_to_ask(community, client):
    page = client.post(reverse("assessment:begin", args=[community.code]), follow=True).content.decode()
    assert "本区还没有设置创建活动年度，请联系区社区办。" in page


def test_beginning_is_refused_to_a_service_without_standard(community, open_year, town_officer):
    with pytest.raises(Refused, match="还没有发布"):
        open_assessment(community=community, campaign_year=open_year, by=town_officer)


# --- 暂存 of the whole sheet, without JavaScript -------------------------------------------------------------------


def test_the_whole_sheet_is_saved_at_once(assessment, items, client, sheet_url):
    page = client.post(sheet_url, typed(items, a=("12.5", "", 0), b=("１０", "缺公示", 0)), follow=True)
    assert "已保存" in page.content.decode()
    assert stored(assessment) == {"1.1": (Decimal("12.5"), "", 1), "2.1": (Decimal(10), "缺公示", 1)}
    assert AuditEvent.objects.filter(action="自评打分").count() == 1


def test_a_sheet_with_an_error_writes_nothing_and_keeps_what_was_typed(assessment, items, client, sheet_url):
    answer = client.post(sheet_url, typed(items, a=("12", "缺章", 0), b=("13", "缺公示<", 0)))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "得分13超出范围，请填写0到12.5之间的数字" in page
    for kept in ('value="12"', 'value="13"', ">缺章<", ">缺公示&lt;<"):
        assert kept in page
    assert stored(assessment) == {}


def test_a_sheet_that_meets_a_newer_score_keeps_both_and_saves_the_rest(
    assessment, items, client, sheet_url, town_officer
):
    save_scores(assessment, [Entry(items[0], Decimal(11), "他人的原因", 0)], by=town_officer)
    answer = client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("10", "缺公示", 0)))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "他人刚刚保存了：<b>11</b> 他人的原因" in page
    assert ">我的原因<" in page
    assert stored(assessment) == {"1.1": (Decimal(11), "他人的原因", 1), "2.1": (Decimal(10), "缺公示", 1)}
    again = typed(items, a=("9", "我的原因", 1), b=("10", "缺公示", 1))
    assert f'name="revision-{items[0].pk}" value="1"' in page
    assert client.post(sheet_url, again).status_code == 302
    assert stored(assessment)["1.1"] == (Decimal(9), "我的原因", 2)


def test_an_error_beside_it_hides_no_conflict(assessment, items, client, sheet_url, town_officer):
    """The page with the error still carries the revisions that were read, so the next save meets the newer score."""
    save_scores(assessment, [Entry(items[0], Decimal(11), "他人的原因", 0)], by=town_officer)
    page = client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("99", "", 0))).content.decode()
    assert f'name="revision-{items[0].pk}" value="0"' in page
    assert client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("10", "缺", 0))).status_code == 409
    assert stored(assessment)["1.1"] == (Decimal(11), "他人的原因", 1)


def test_an_unchanged_sheet_writes_nothing(assessment, items, client, sheet_url):
    data = typed(items, a=("12", "缺", 0))
    client.post(sheet_url, data)
    events = AuditEvent.objects.count()
    client.post(sheet_url, typed(items, a=("12.0", "缺", 1)))
    assert stored(assessment) == {"1.1": (Decimal(12), "缺", 1)}
    assert AuditEvent.objects.count() == events


# --- who -----------------------------------------------------------------------------------------------------------


def test_a_worker_drafts_for_the_own_community(assessment, items, sign_in, community_worker):
    client = sign_in(community_worker)
    page = client.get(assessment.get_absolute_url()).content.decode()
    assert f'name="points-{items[0].pk}"' in page
    assert "核对并申报" not in page
    answer = client.post(item_url(assessment, items[0]), {"points": "12.5", "reason": "", "revision": "0"})
    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["bureau", "leader"])
def test_the_district_reads_but_cannot_save(role, assessment, items, sign_in, request):
    client = sign_in(request.getfixturevalue(role))
    page = client.get(assessment.get_absolute_url()).content.decode()
    assert "社区组织体系健全" in page
    assert 'name="points-' not in page
    assert "autosave.js" not in page
    for url in (item_url(assessment, items[0]), assessment.get_absolute_url()):
        assert client.post(url, {"points": "1", "revision": "0"}).status_code == 403
    assert stored(assessment) == {}


# --- 缺什么补什么 --------------------------------------------------------------------------------------------------


def test_the_gap_list_names_every_item_that_lost_points_or_has_none(assessment, items, client, town_officer):
    """R29, R70: below 90 stays with its gap list."""
    entries = [Entry(items[0], Decimal("12.5"), "", 0), Entry(items[1], Decimal(10), "缺公示栏", 0)]
    save_scores(assessment, entries, by=town_officer)
    page = client.get(reverse("assessment:gaps", args=[assessment.pk])).content.decode()
    assert "目前自评总分<b>22.5</b>分，合格线90分，还差" in page
    assert '<b class="short">67.5</b>' in page
    assert "#item-1.1" not in page
    assert "#item-2.1" in page
    assert "−2.5" in page
    assert "缺公示栏" in page
    assert page.count("未评分") == 6


def test_a_full_sheet_has_no_gaps(community, open_year, client):
    full = make_assessment(community=community, campaign_year=open_year, scores=FULL)
    page = client.get(reverse("assessment:gaps", args=[full.pk])).content.decode()
    assert "没有失分条目。" in page
    assert "已达到" in page


# --- speed ---------------------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_sheet_of_49_items_makes_the_queries_of_one_of_8(town, open_year, client, town_officer: Appointment):
    """House rule 8, with scores, reasons and files on every item."""
    found = {}
    for number in (8, 49):
        rows = [{"part": n % 8 + 1, "code": f"{n % 8 + 1}.{n}", "points": Decimal(2)} for n in range(number)]
        standard = make_standard(items=rows)
        community = make_community(town=town, profile={})
        scores = {row["code"]: "1" for row in rows}
        assessment = make_assessment(community=community, campaign_year=open_year, standard=standard, scores=scores)
        for item in standard.items.all():
            Evidence.objects.create(assessment=assessment, item=item, file=make_file(owner=community))
        for name in ("sheet", "gaps", "check"):
            url = reverse(f"assessment:{name}", args=[assessment.pk])
            client.get(url)
            found.setdefault(name, []).append(queries(client, url))
    for counts in found.values():
        assert counts[0] == counts[1]


def test_a_whole_sheet_is_saved_in_the_same_number_of_queries_as_one_item(assessment, items, town_officer):
    counts = []
    for entries in ([Entry(items[0], Decimal(1), "缺", 0)], [Entry(item, Decimal(2), "缺", 0) for item in items[1:]]):
        with CaptureQueriesContext(connection) as captured:
            save_scores(assessment, entries, by=town_officer)
        counts.append(len(captured))
    assert counts[0] == counts[1]
