"""The pages of 整改: what they list, whose turn it is, and what is kept of what was typed (R47; F7, F8)."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment.models import Inspection, Method, Rectification, RectificationNotice
from assessment.rectifying.settling import may_recheck, recheck, report
from tests.assessment.rectified import make_rectification
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community, make_person
from tests.inspection_rows import make_inspection
from tests.reporting.test_score_sheet_files import pdf_text
from tests.tiny_files import JPEG, SVG, upload_of

pytestmark = pytest.mark.django_db
LIST = "/rectifications/"


@pytest.fixture
def assessment(community, open_year):
    return make_assessment(community=community, campaign_year=open_year, scores={**FULL, "1.1": "10", "7.1": "12"})


@pytest.fixture
def ordered(assessment, item, bureau) -> Rectification:
    now = timezone.now()
    return make_rectification(assessment, item, by=bureau, now=now, due_on=timezone.localdate(now))


def text_of(response) -> str:
    return response.content.decode()


def url(name: str, rectification: Rectification, *more: int) -> str:
    return reverse(f"assessment:{name}", args=[rectification.pk, *more])


def order_data(assessment, **changes) -> dict[str, str]:
    """The form as it comes from the page: both items that lost points ticked."""
    items = {item.code: item.pk for item in assessment.standard.items.all()}
    data = {"number": "武社区整〔2012〕5号", "due_on": "2099-01-01", "owner": "陈书记", "requirement": ""}
    for code in ("1.1", "7.1"):
        row = f"row-{items[code]}"
        data |= {f"{row}-picked": "on", f"{row}-category": "records", f"{row}-problem": f"{code}的问题"}
    return {**data, "row-other-category": "other", **changes}


# --- ordering ------------------------------------------------------------------------------------------------------
def test_the_bureau_orders_from_the_page_and_the_notice_is_signed(assessment, bureau, community_worker, sign_in):
    address = reverse("assessment:rectifications", args=[assessment.pk])
    page = text_of(sign_in(bureau).get(address))
    assert "武社区整〔2012〕1号" in page
    assert page.count("测试原因") == 2
    assert sign_in(bureau).post(address, order_data(assessment)).status_code == 302
    assert [str(one.problem) for one in Rectification.objects.order_by("pk")] == ["1.1的问题", "7.1的问题"]
    notice = RectificationNotice.objects.get()
    sign = reverse("assessment:rectification_notice_sign", args=[notice.pk])
    assert f'action="{sign}"' in text_of(sign_in(community_worker).get(address))
    sign_in(community_worker).post(sign, {"name": "陈书记"})
    assert f'action="{sign}"' not in text_of(sign_in(community_worker).get(address))
    notice.refresh_from_db()
    assert notice.signed_for_by == "陈书记"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_on": "2012-01-01"}, "整改时限不能早于今天。"),
        ({"due_on": "9999-01-01"}, "日期应在1949年至2099年之间"),
        ({"owner": ""}, "这个字段是必填项。"),
        ({"row-other-picked": "on"}, "请写明存在问题，或取消勾选。"),
        ({"number": ""}, "这个字段是必填项。"),
    ],
)
def test_a_faulty_order_says_where_and_keeps_what_was_typed(changes, message, assessment, bureau, sign_in):
    response = sign_in(bureau).post(
        reverse("assessment:rectifications", args=[assessment.pk]), order_data(assessment, **changes)
    )
    assert response.status_code == 200
    assert message in text_of(response)
    assert "7.1的问题" in text_of(response)
    assert not Rectification.objects.exists()


def test_a_number_in_use_is_said_and_the_next_offered(ordered, assessment, bureau, sign_in):
    data = order_data(assessment, number=ordered.notice.number)
    response = sign_in(bureau).post(reverse("assessment:rectifications", args=[assessment.pk]), data)
    assert "已经使用，可改用武社区整〔2012〕2号" in text_of(response)


def test_a_town_needs_no_number(assessment, town_officer, sign_in):
    address = reverse("assessment:rectifications", args=[assessment.pk])
    assert "整改通知单编号" not in text_of(sign_in(town_officer).get(address))
    sign_in(town_officer).post(address, order_data(assessment))
    assert set(Rectification.objects.values_list("notice", flat=True)) == {None}


# --- one fault -----------------------------------------------------------------------------------------------------
def test_the_whole_way_on_the_pages(ordered, bureau, community_worker, sign_in):
    worker, judge = sign_in(community_worker), sign_in(bureau)
    posted = {"measure": "已补齐", "revision": "1", "after": [upload_of(JPEG)], "before": []}
    assert worker.post(url("rectification_report", ordered), posted).status_code == 302
    page = text_of(judge.get(ordered.get_absolute_url()))
    assert "已补齐" in page
    assert url("rectification_photo", ordered, ordered.photos.get().pk) in page
    back = {"passed": "0", "verdict": "还缺一个月", "revision": "2"}
    assert judge.post(url("rectification_recheck", ordered), back).status_code == 302
    assert "还缺一个月" in text_of(worker.get(ordered.get_absolute_url()))
    assert worker.post(url("rectification_report", ordered), {"measure": "齐了", "revision": "3"}).status_code == 302
    judge.post(url("rectification_recheck", ordered), {"passed": "1", "verdict": "", "revision": "4"})
    page = text_of(worker.get(ordered.get_absolute_url()))
    assert "已销号" in page
    assert "整改反馈</h2>" not in page


def test_the_community_is_shown_no_way_to_close_its_own(ordered, community_worker, sign_in):
    client = sign_in(community_worker)
    client.post(url("rectification_report", ordered), {"measure": "好", "revision": "1", "after": [upload_of(JPEG)]})
    assert "复查结论" not in text_of(client.get(ordered.get_absolute_url()))
    answer = client.post(url("rectification_recheck", ordered), {"passed": "1", "revision": "2"})
    assert answer.status_code == 403


def test_a_foreign_town_finds_nothing(ordered, other_town_officer, sign_in):
    client = sign_in(other_town_officer)
    assert client.get(ordered.get_absolute_url()).status_code == 404
    assert "台账记录不全" not in text_of(client.get(LIST))


def test_whoever_comes_second_sees_both_and_keeps_their_text(ordered, community_worker, town_officer, sign_in):
    posted = {"revision": "1", "after": [upload_of(JPEG)]}
    sign_in(community_worker).post(url("rectification_report", ordered), {"measure": "社区说", **posted})
    posted = {"revision": "1", "after": [upload_of(JPEG)]}
    response = sign_in(town_officer).post(url("rectification_report", ordered), {"measure": "镇里说", **posted})
    assert response.status_code == 409
    assert "社区说" in text_of(response)
    assert "镇里说" in text_of(response)
    ordered.refresh_from_db()
    assert ordered.measure == "社区说"


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ({"measure": "", "after": [upload_of(JPEG)]}, "这个字段是必填项。"),
        ({"measure": "已补齐"}, "请上传整改后的照片或证明材料。"),
        ({"measure": "已补齐", "after": [upload_of(SVG, "图.jpg")]}, "图.jpg：无法识别的文件内容"),
        ({"measure": "已补齐", "before": [upload_of(b"", "空.jpg")]}, "空"),
    ],
)
def test_a_report_that_lacks_something_is_kept_on_the_page(posted, message, ordered, community_worker, sign_in):
    for files in (posted.get("after", []), posted.get("before", [])):
        for file in files:
            file.seek(0)
    response = sign_in(community_worker).post(url("rectification_report", ordered), {"revision": "1", **posted})
    assert response.status_code == 200
    assert message in text_of(response)
    assert posted["measure"] in text_of(response)
    ordered.refresh_from_db()
    assert ordered.progress == "open"


def test_a_verdict_is_asked_for_where_it_goes_back(ordered, bureau, community_worker, sign_in):
    report(ordered, "好", by=community_worker, now=timezone.now(), revision=1, after=[upload_of(JPEG)])
    response = sign_in(bureau).post(url("rectification_recheck", ordered), {"passed": "0", "revision": "2"})
    assert "退回继续整改必须写明复查意见。" in text_of(response)


def test_what_was_ordered_is_put_right_on_its_page(ordered, bureau, sign_in):
    data = {"category": "rooms", "problem": "改过的问题", "requirement": "", "owner": "王主任", "due_on": "2012-12-01"}
    assert sign_in(bureau).post(url("rectification_amend", ordered), {**data, "revision": "1"}).status_code == 302
    ordered.refresh_from_db()
    assert (ordered.problem, ordered.category, ordered.due_on) == ("改过的问题", "rooms", date(2012, 12, 1))
    late = {**data, "problem": "别人改的问题", "revision": "1"}
    response = sign_in(bureau).post(url("rectification_amend", ordered), late)
    assert response.status_code == 409
    assert "别人改的问题" in text_of(response)


# --- the list ------------------------------------------------------------------------------------------------------
@pytest.fixture
def three(assessment, open_year, bureau, other_town) -> list[Rectification]:
    """One overdue, one for later, one closed in two days, in two towns."""
    items = {item.code: item for item in assessment.standard.items.all()}
    late = make_rectification(assessment, items["1.1"], by=bureau, problem="过期的")
    later = make_rectification(
        assessment, items["7.1"], by=bureau, problem="来得及的", due_on=date(2999, 1, 1), category="rooms", number="2号"
    )
    elsewhere = make_community(town=other_town, name="牛塘社区")
    other = make_assessment(community=elsewhere, campaign_year=open_year, standard=assessment.standard)
    closed = make_rectification(other, items["1.1"], by=bureau, problem="销号的", number="3号")
    worker = make_person(role="community_worker", community=elsewhere)
    report(closed, "好", by=worker, now=DURING, revision=1, after=[upload_of(JPEG)])
    closed.refresh_from_db()
    recheck(closed, passed=True, verdict="", by=bureau, now=DURING + timedelta(days=2), revision=2)
    return [late, later, closed]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"过期的", "来得及的", "销号的"}),
        ("?overdue=1", {"过期的"}),
        ("?progress=closed", {"销号的"}),
        ("?category=rooms", {"来得及的"}),
        ("?stage=district", set()),
        ("?q=牛塘", {"销号的"}),
    ],
)
def test_the_list_and_its_export_show_what_was_asked_for(query, shown, three, bureau, sign_in):
    page = text_of(sign_in(bureau).get(LIST + query))
    assert {one.problem for one in three if one.problem in page} == shown
    content = sign_in(bureau).get(f"/rectifications.xlsx{query}").getvalue()
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
    assert {row[5] for row in rows if row[5]} == shown


def test_each_category_has_its_rate_and_its_days(three, bureau, sign_in):
    page = text_of(sign_in(bureau).get(LIST))
    assert "50.0%" in page  # 台账资料: one of two
    assert "33.3%" in page  # of all
    assert '<td class="number">2.0</td>' in page
    assert 'href="/rectifications/?category=records&amp;overdue=1"' in page
    assert "牛塘" in page


def test_a_town_sees_its_own(three, town_officer, sign_in):
    page = text_of(sign_in(town_officer).get(LIST))
    assert "过期的" in page
    assert "销号的" not in page


def test_the_list_makes_as_many_queries_for_three_as_for_one(three, bureau, sign_in):
    client, counts = sign_in(bureau), []
    for query in ("?overdue=1", ""):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(LIST + query)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- 交叉检查 ------------------------------------------------------------------------------------------------------
@pytest.fixture
def checked(ordered, other_town_officer) -> Inspection:
    """The unit was given to an officer of another town."""
    return make_inspection(ordered.assessment, other_town_officer, method=Method.SITE, finished=True, scored=False)


def fed_back(ordered: Rectification, by) -> Rectification:
    report(ordered, "已补齐", by=by, now=DURING, revision=1, after=[upload_of(JPEG)])
    ordered.refresh_from_db()
    return ordered


def test_whoever_checked_a_unit_rechecks_what_it_mended(
    ordered, checked, community_worker, other_town_officer, sign_in
):
    """R73: an officer of another town, through the own inspection and nothing else."""
    client = sign_in(other_town_officer)
    assert ordered.get_absolute_url() in text_of(client.get(reverse("assessment:inspection", args=[checked.pk])))
    fed_back(ordered, community_worker)
    page = text_of(client.get(ordered.get_absolute_url()))
    assert reverse("assessment:rectification_recheck", args=[ordered.pk]) in page
    assert client.get(url("rectification_photo", ordered, ordered.photos.get().pk)).status_code == 200
    posted = {"passed": "1", "verdict": "属实", "revision": "2"}
    assert client.post(url("rectification_recheck", ordered), posted).status_code == 302
    ordered.refresh_from_db()
    assert (ordered.progress, ordered.rechecked_by) == ("closed", other_town_officer.user)


def test_a_checker_of_another_town_gets_nothing_but_the_recheck(
    ordered, checked, community_worker, other_town_officer, sign_in
):
    fed_back(ordered, community_worker)
    client, photo = sign_in(other_town_officer), ordered.photos.get()
    page = text_of(client.get(ordered.get_absolute_url()))
    for name in ("rectification_report", "rectification_amend"):
        assert url(name, ordered) not in page
        assert client.post(url(name, ordered), {"measure": "x", "revision": "2"}).status_code == 404
    assert client.post(url("rectification_photo_remove", ordered, photo.pk)).status_code == 404
    assert ordered.assessment.get_absolute_url() not in page
    assert ordered.problem not in text_of(client.get(LIST))


def test_without_an_inspection_another_town_sees_nothing_and_the_own_town_rechecks_no_order_of_the_bureau(
    ordered, community_worker, town_officer, other_town_officer, sign_in
):
    fed_back(ordered, community_worker)
    assert sign_in(other_town_officer).get(ordered.get_absolute_url()).status_code == 404
    posted = {"passed": "1", "revision": "2"}
    assert sign_in(other_town_officer).post(url("rectification_recheck", ordered), posted).status_code == 404
    assert sign_in(town_officer).post(url("rectification_recheck", ordered), posted).status_code == 403


def test_a_checker_who_moves_into_the_units_town_rechecks_no_more(
    ordered, checked, town, community_worker, other_town_officer
):
    fed_back(ordered, community_worker)
    assert may_recheck(ordered, other_town_officer)
    other_town_officer.town = town
    other_town_officer.save()
    assert not may_recheck(ordered, other_town_officer)


# --- 整改清单 ------------------------------------------------------------------------------------------------------
def test_what_a_town_mends_without_a_notice_is_printed_as_a_list(ordered, assessment, town_officer, sign_in):
    own = make_rectification(
        assessment, assessment.standard.items.last(), by=town_officer, number="", problem="绿化缺株"
    )
    client, address = sign_in(town_officer), reverse("reporting:rectification_worklist", args=[assessment.pk])
    assert address in text_of(client.get(reverse("assessment:rectifications", args=[assessment.pk])))
    page = text_of(client.get(address))
    assert "整改清单（湖塘镇聚湖社区2012年度）" in page
    assert own.problem in page
    assert ordered.problem not in page
    pdf = client.get(reverse("reporting:rectification_worklist_pdf", args=[assessment.pk]))
    assert own.problem in pdf_text(pdf.content)


def test_without_such_faults_no_list_is_offered(ordered, bureau, sign_in):
    page = text_of(sign_in(bureau).get(reverse("assessment:rectifications", args=[ordered.assessment_id])))
    assert "打印整改清单" not in page
