"""不申报 and 目标分解: who does not apply and why, what each town plans (R68, R82, decision 15)."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.models import NonApplication, State, TownTarget
from assessment.non_applying import explain
from assessment.town_targets import Entry, TargetsChanged, matrix, save_targets
from assessment.workflow import Refused
from communities.models import Category
from communities.revisions import Conflict
from tests.factories import make_assessment, make_community, make_designation, make_standard, make_town

pytestmark = pytest.mark.django_db
TODAY = date(2012, 10, 1)
LIST = "/non-applications/"
TARGETS = "/town-targets/"


# --- 不申报 -------------------------------------------------------------------------------------------------------
@pytest.fixture
def why(community, open_year, town_officer):
    """Write why 聚湖社区 does not apply."""

    def write(reason="村级换届，明年申报", *, revision=0, by=town_officer) -> None:
        explain(community, open_year, reason, revision=revision, by=by, today=TODAY)

    return write


def names(response) -> list[str]:
    return [cells[1].text for _number, cells in response.context["statement"].printed_rows]


def test_those_without_title_and_without_assessment_are_listed(sign_in, bureau, open_year, town, community):
    """自愿申报: nobody is enrolled, and nobody is forgotten."""
    named, begun = make_community(town=town, name="花园社区"), make_community(town=town, name="阳湖社区")
    make_designation(community=named, campaign_year=open_year, named_on=date(2012, 1, 1))
    make_assessment(community=begun, campaign_year=open_year)
    response = sign_in(bureau).get(LIST)
    assert names(response) == ["聚湖社区"]
    assert "未说明" in response.content.decode()


def test_a_reason_is_kept_with_who_gave_it_and_can_be_filtered_by(sign_in, bureau, community, village, why):
    why()
    client = sign_in(bureau)
    assert names(client.get(f"{LIST}?told=1")) == ["聚湖社区"]
    assert names(client.get(f"{LIST}?told=0")) == ["银荡村"]
    page = client.get(LIST).content.decode()
    assert "村级换届，明年申报" in page
    assert "湖塘张科员" in page
    assert AuditEvent.objects.get(action="登记不申报原因").changes == [("不申报原因", "", "村级换届，明年申报")]


def test_a_community_gives_its_own_reason_by_the_page(sign_in, community_worker, community, open_year):
    client = sign_in(community_worker)
    url = reverse("assessment:non_application", args=[community.code])
    assert client.post(url, {"reason": "", "revision": "0"}).status_code == 200
    assert not NonApplication.objects.exists()
    assert client.post(url, {"reason": "拆迁过渡", "revision": "0"}).url == LIST
    assert NonApplication.objects.get().reason == "拆迁过渡"


def test_two_people_do_not_overwrite_each_other(sign_in, community_worker, community, why):
    why()
    with pytest.raises(Conflict):
        why("用房不达标")
    url = reverse("assessment:non_application", args=[community.code])
    response = sign_in(community_worker).post(url, {"reason": "用房不达标", "revision": "0"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "村级换届，明年申报" in page
    assert "用房不达标" in page
    assert NonApplication.objects.get().reason == "村级换届，明年申报"


def test_who_begins_to_apply_leaves_the_list_and_the_reason_stays(sign_in, bureau, community, open_year, why):
    why()
    make_assessment(community=community, campaign_year=open_year)
    assert names(sign_in(bureau).get(LIST)) == []
    assert NonApplication.objects.get().reason == "村级换届，明年申报"
    with pytest.raises(Refused, match="已开始自评"):
        why("又不申报", revision=1)


def test_a_named_community_has_nothing_to_explain(community, open_year, why):
    make_designation(community=community, campaign_year=open_year, named_on=date(2012, 1, 1))
    with pytest.raises(Refused, match="已命名"):
        why()
    assert not NonApplication.objects.exists()


def test_the_export_says_what_the_page_says(sign_in, bureau, community, village, why):
    why()
    client = sign_in(bureau)
    book = openpyxl.load_workbook(BytesIO(client.get("/non-applications.xlsx?told=1").getvalue()))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert [row[1:5] for row in rows] == [["湖塘镇", "聚湖社区", "城镇社区", "村级换届，明年申报"]]


def test_the_list_makes_the_same_number_of_queries_however_long(sign_in, bureau, open_year, town):
    client, counts = sign_in(bureau), []
    for number in (1, 2):
        for _ in range(number):
            make_community(town=town)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- 目标分解 -----------------------------------------------------------------------------------------------------
@pytest.fixture
def towns(district, town, other_town, open_year):
    """湖塘镇 with three urban communities, one of them named, and a village; 牛塘镇 with one urban community."""
    for name in ("聚湖社区", "花园社区", "阳湖社区"):
        named = make_community(town=town, name=name)
    make_community(town=town, name="银荡村", category=Category.RURAL)
    make_community(town=other_town, name="永安社区")
    make_designation(community=named, campaign_year=open_year, named_on=date(2012, 1, 1))
    return town, other_town


def posted(found, **planned) -> dict[str, str]:
    """The form as the browser sends it; `planned` by key like urban1 for the first town."""
    data = {}
    for number, (_town, targets) in enumerate(found.rows, start=1):
        for target in targets:
            data[f"planned_{target.key}"] = planned.get(f"{target.category}{number}", "")
            data[f"revision_{target.key}"] = str(target.revision)
    return data


def test_the_bureau_plans_and_sees_whether_it_suffices(sign_in, bureau, towns, open_year):
    """R82: 75 % of four is three; sum(town) >= need is said in words with the difference."""
    client = sign_in(bureau)
    found = matrix(open_year, TODAY, bureau)
    assert client.post(TARGETS, posted(found, urban1="2", urban2="0")).url == TARGETS
    page = client.get(TARGETS).content.decode()
    assert "城镇社区：各镇计划合计2个，全区应达3个，还差1个，请调整各镇计划。" in page
    found = matrix(open_year, TODAY, bureau)
    client.post(TARGETS, posted(found, urban1="3", urban2="1"))
    found = matrix(open_year, TODAY, bureau)
    assert [balance.in_words for balance in found.balances] == [
        "城镇社区：各镇计划合计4个，全区应达3个，多1个，满足目标。",
        "农村社区（村）：各镇计划合计0个，全区应达1个，还差1个，请调整各镇计划。",
    ]
    target = found.rows[0][1][0]
    assert (target.communities, target.named, target.planned, target.missing) == (3, 1, 3, 2)
    assert AuditEvent.objects.filter(action="修改目标分解").count() == 4


def test_the_proposal_is_shown_and_not_saved(sign_in, bureau, towns, open_year):
    response = sign_in(bureau).get(f"{TARGETS}?propose=1")
    form = response.context["form"]
    assert [form.initial[f"planned_{target.key}"] for target in form.found.targets] == [2, 1, 1, 0]
    assert "尚未保存" in response.content.decode()
    assert not TownTarget.objects.exists()


def test_a_plan_beyond_what_there_is_is_refused_beside_its_field_and_nothing_is_lost(sign_in, bureau, towns, open_year):
    found = matrix(open_year, TODAY, bureau)
    response = sign_in(bureau).post(TARGETS, posted(found, urban1="4", urban2="1", rural1="一个"))
    page = response.content.decode()
    assert "湖塘镇只有3个城镇社区，计划数不能更大。" in page
    assert "请填写整数。" in page
    assert 'value="一个"' in page
    assert not TownTarget.objects.exists()


def test_what_was_planned_cannot_be_left_blank(sign_in, bureau, towns, open_year):
    client = sign_in(bureau)
    client.post(TARGETS, posted(matrix(open_year, TODAY, bureau), urban1="2"))
    response = client.post(TARGETS, posted(matrix(open_year, TODAY, bureau)))
    assert "不计划命名的填0" in response.content.decode()
    assert TownTarget.objects.get().planned == 2


def test_whoever_comes_second_sees_both_numbers_and_writes_nothing(sign_in, bureau, towns, open_year):
    town, other_town = towns
    before = matrix(open_year, TODAY, bureau)
    save_targets(open_year, [Entry(town, Category.URBAN, 3, 0)], by=bureau)
    client = sign_in(bureau)
    response = client.post(TARGETS, posted(before, urban1="2", urban2="1"))
    assert response.status_code == 409
    assert response.context["both"] == [("湖塘镇城镇社区", "3", "2")]
    assert TownTarget.objects.filter(town=other_town).count() == 0
    form = response.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert client.post(TARGETS, again).url == TARGETS
    assert TownTarget.objects.get(town=town).planned == 2
    assert TownTarget.objects.get(town=other_town).planned == 1


def test_all_or_nothing_is_written(towns, bureau, open_year):
    town, other_town = towns
    save_targets(open_year, [Entry(town, Category.URBAN, 3, 0)], by=bureau)
    with pytest.raises(TargetsChanged):
        save_targets(open_year, [Entry(other_town, Category.URBAN, 1, 0), Entry(town, Category.URBAN, 2, 0)], by=bureau)
    assert TownTarget.objects.get().planned == 3


def test_a_town_sees_its_own_row_only(sign_in, town_officer, bureau, towns, open_year):
    town, other_town = towns
    save_targets(open_year, [Entry(town, Category.URBAN, 3, 0), Entry(other_town, Category.URBAN, 1, 0)], by=bureau)
    response = sign_in(town_officer).get(TARGETS)
    rows = [[cell.text for cell in cells] for _number, cells in response.context["statement"].printed_rows]
    assert rows == [["湖塘镇", "3", "3", "1", "2", "1", "", "0", ""]]
    assert "牛塘" not in response.content.decode()
    assert 'name="planned' not in response.content.decode()


def test_the_export_has_every_town_and_the_check(sign_in, bureau, towns, open_year):
    save_targets(open_year, [Entry(towns[0], Category.URBAN, 3, 0)], by=bureau)
    sheet = openpyxl.load_workbook(BytesIO(sign_in(bureau).get("/town-targets.xlsx").getvalue())).active
    assert [cell.value for cell in sheet[2]][1:6] == ["湖塘镇", 3, 3, 1, 2]
    notes = [row[0].value for row in sheet.iter_rows(min_row=5)]
    assert "城镇社区：各镇计划合计3个，全区应达3个，正好相等。" in notes


def test_the_matrix_takes_three_queries_however_many_towns(bureau, district, open_year, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            make_community(town=make_town(district=district))
        with django_assert_num_queries(3):
            assert matrix(open_year, TODAY, bureau).balances


def test_a_plan_is_of_its_own_year(towns, bureau, campaign, open_year):
    save_targets(open_year, [Entry(towns[0], Category.URBAN, 3, 0)], by=bureau)
    other = campaign.years.get(year=2013)
    assert [target.planned for target in matrix(other, TODAY, bureau).targets] == [None] * 4


def test_states_of_a_closed_application_do_not_bring_a_community_back(sign_in, bureau, community, open_year):
    """It had applied: what became of it is in its history."""
    make_assessment(community=community, campaign_year=open_year, standard=make_standard(), state=State.CLOSED)
    assert names(sign_in(bureau).get(LIST)) == []
