"""填报工作簿 there and back: download, fill without a network, upload, decide, confirm (R23, R70)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.models import ItemScore, State
from assessment.workflow import advance
from tests.assessment.filled import (
    PREVIEW,
    REASON,
    SCORE,
    TOWN,
    UPLOAD,
    confirmed,
    downloaded,
    fill,
    message_of,
    problems,
    score,
    sent,
    totals,
)
from tests.assessment.scored import FULL, stored
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def client(sign_in, town_officer):
    return sign_in(town_officer)


@pytest.fixture
def standard():
    return make_standard()


@pytest.fixture
def assessment(community, open_year, standard):
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


@pytest.fixture
def second(town, open_year, standard):
    community = make_community(town=town, name="花园社区")
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


# --- there and back ----------------------------------------------------------------------------------------------


def test_what_is_filled_in_comes_back_as_it_was_typed(client, assessment):
    book = downloaded(client, assessment)
    reasons = {"2.1": "缺一块室外场地", "3.1": "=1+1\n第二行", "4.1": "<b>与&amp;"}
    fill(book["聚湖社区"], {**FULL, "2.1": 11.25, "3.1": 0, "4.1": 12}, reasons)
    page = sent(client, book)
    assert not stored(assessment)
    assert not problems(page)
    assert "导入后总分" in page.content.decode()
    (unit,) = page.context["plan"].touched
    assert (unit.total, unit.after) == (0, Decimal("85.75"))
    assert "写入1个社区（村）的8条自评" in confirmed(client, page).content.decode()
    found = stored(assessment)
    assert {code: points for code, (points, _reason, _revision) in found.items()} == {
        **{code: Decimal("12.5") for code in FULL},
        "2.1": Decimal("11.25"),
        "3.1": Decimal(0),
        "4.1": Decimal(12),
    }
    assert {code: reason for code, (_points, reason, _revision) in found.items() if reason} == reasons
    assert totals(assessment) == [Decimal("85.75")]


def test_a_workbook_that_says_what_the_system_says_changes_nothing(client, community, open_year, standard):
    assessment = make_assessment(community=community, campaign_year=open_year, standard=standard, scores=FULL)
    ItemScore.objects.filter(item__code="1.1").update(reason="+号开头\n_x000D_零宽\u200b")
    page = sent(client, downloaded(client, assessment))
    assert not page.context["plan"].units[0].differences
    assert "无需导入" in page.content.decode()


def test_only_the_two_columns_can_be_filled_and_the_identity_is_out_of_sight(client, assessment):
    book = downloaded(client, assessment)
    page = book["聚湖社区"]
    assert page.protection.sheet
    assert not page.protection.password
    assert book["标识"].sheet_state == "veryHidden"
    assert page.freeze_panes == "B5"
    open_cells = {found.column for row in page.iter_rows() for found in row if not found.protection.locked}
    titles = {page.cell(4, number).value for number in open_cells}
    assert titles == {SCORE, REASON}
    rules = {
        str(rule.sqref): (rule.type, rule.formula1, rule.formula2) for rule in page.data_validations.dataValidation
    }
    assert rules == {"H5:H12": ("decimal", "0", "$E5"), "I5:I12": ("textLength", "500", None)}


def test_nothing_a_person_wrote_is_a_formula(client, assessment, item, town_officer):
    """Hostile case 28; only the sums that the sheet adds up itself are."""
    score(assessment, "1.1", 5, town_officer, reason="=cmd|'/c calc'!A1")
    page = downloaded(client, assessment)["聚湖社区"]
    formulas = [found.value for row in page.iter_rows() for found in row if found.data_type == "f"]
    assert formulas == ["=SUM(E5:E12)", "=SUM(H5:H12)"]


def test_a_whole_town_in_one_workbook(client, assessment, second, town_officer):
    book = downloaded(client)
    assert book.sheetnames == ["聚湖社区", "花园社区", "标识"]
    fill(book["聚湖社区"], {"1.1": 10})
    fill(book["花园社区"], FULL)
    confirmed(client, sent(client, book))
    assert totals(assessment, second) == [10, 100]
    acts = AuditEvent.objects.filter(user=town_officer.user).order_by("id").values_list("action", "object_label")
    written = [("自评打分", str(assessment)), ("自评打分", str(second)), ("导入填报工作簿", "湖塘镇")]
    assert list(acts)[-3:] == written


def test_the_filters_of_the_list_choose_what_is_downloaded_and_a_filed_one_is_left_out(
    client, assessment, second, village, town_officer
):
    year = assessment.campaign_year
    make_assessment(community=village, campaign_year=year)
    filed = make_assessment(
        community=make_community(town=village.town, name="申报社区"), campaign_year=year, scores=FULL
    )
    advance(filed, "submit", by=town_officer, now=DURING)
    assert downloaded(client).sheetnames == ["聚湖社区", "花园社区", "银荡村", "标识"]
    assert downloaded(client, query="?category=rural").sheetnames == ["银荡村", "标识"]
    response = client.get(reverse("assessment:workbook", args=[filed.pk]), follow=True)
    assert "不能再填报" in response.content.decode()


def test_a_community_worker_fills_their_own(sign_in, community_worker, assessment, second):
    client = sign_in(community_worker)
    book = downloaded(client)
    assert book.sheetnames == ["聚湖社区", "标识"]
    fill(book["聚湖社区"], {"1.1": 3})
    confirmed(client, sent(client, book))
    assert totals(assessment, second) == [3, 0]


def test_with_nothing_to_fill_there_is_no_workbook(client, open_year):
    assert "没有可填报的自评" in client.get(TOWN, follow=True).content.decode()


def test_more_communities_than_a_workbook_can_hold_are_told_to_be_divided(client, assessment, second, monkeypatch):
    monkeypatch.setattr("assessment.views.workbooks.MOST_SHEETS", 1)
    assert "有2个社区（村），一个工作簿最多1个" in client.get(TOWN, follow=True).content.decode()


def test_the_pages_lead_to_it(client, assessment, sign_in, bureau):
    listing, sheet = reverse("assessment:list"), reverse("assessment:sheet", args=[assessment.pk])
    for address in (listing, sheet):
        assert UPLOAD in client.get(address).content.decode()
        assert UPLOAD not in sign_in(bureau).get(address).content.decode()
    assert TOWN + "?category=urban" in client.get(listing + "?category=urban").content.decode()


# --- what is not ours, or not any more ---------------------------------------------------------------------------


def test_another_towns_workbook_is_refused_and_tells_nothing(
    client, sign_in, assessment, other_town_officer, open_year
):
    book = downloaded(client, assessment)
    book["聚湖社区"].title = "表"
    fill(book["表"], {"1.1": 1})
    page = sent(sign_in(other_town_officer), book)
    assert "不属于您的单位" in message_of(page)
    assert "聚湖" not in page.content.decode().replace("".join(problems(page)[0]), "")
    assert not stored(assessment)


def test_a_forged_identity_opens_nothing(client, assessment, other_town, open_year):
    """Hostile case 5: the id of a foreign assessment in one's own file."""
    foreign = make_assessment(community=make_community(town=other_town), campaign_year=open_year)
    book = downloaded(client, assessment)
    book["标识"]["C2"] = str(foreign.pk)
    fill(book["聚湖社区"], {"1.1": 1})
    assert "不属于您的单位" in message_of(sent(client, book))
    book["标识"]["C2"] = "1" * 40
    assert "不能确定" in message_of(sent(client, book))


def test_the_workbook_of_another_year_says_which_year_to_choose(client, assessment):
    book = downloaded(client, assessment)
    sent(client, book)
    page = client.get(PREVIEW + "?year=2013")
    assert "这是2012年度的评分表，当前选择的是2013年度" in message_of(page)


def test_a_running_assessment_keeps_its_standard_and_a_file_of_another_is_old(client, assessment):
    """Hostile case 36."""
    make_standard()
    book = downloaded(client, assessment)
    fill(book["聚湖社区"], {"1.1": 1})
    assert not problems(sent(client, book))
    book["标识"]["F2"] = str(assessment.standard_id + 1)
    book["标识"]["G2"] = "测试考评标准 第9版"
    message = message_of(sent(client, book))
    assert "是按“测试考评标准 第9版”下载的，该自评现在用的是“测试考评标准 第1版”" in message


def test_a_workbook_that_is_not_ours_or_of_an_old_format_says_so(client, assessment):
    book = downloaded(client, assessment)
    book["标识"]["B1"] = "0"
    assert "旧版式" in message_of(sent(client, book))
    del book["标识"]
    assert "不是本系统下载的填报工作簿" in message_of(sent(client, book))


def test_a_filed_sheet_takes_no_change_but_does_not_stand_in_the_way(
    client, second, community, open_year, town_officer
):
    filed = make_assessment(community=community, campaign_year=open_year, scores=FULL)
    book = downloaded(client)
    advance(filed, "submit", by=town_officer, now=DURING)
    fill(book["花园社区"], {"1.1": 2})
    page = sent(client, book)
    assert not problems(page)
    fill(book["聚湖社区"], {"1.1": 2})
    assert "现为“已申报”，不能再修改" in message_of(sent(client, book))
    assert filed.state == State.SUBMITTED


# --- how much it asks the database --------------------------------------------------------------------------------


def queries(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_a_town_of_three_asks_no_more_than_one_of_one(client, assessment, town, open_year, standard):
    found = []
    for others in (0, 2):
        for _ in range(others):
            make_assessment(community=make_community(town=town), campaign_year=open_year, standard=standard)
        book = downloaded(client)
        for page in book.worksheets[:-1]:
            fill(page, {"1.1": 1})
        sent(client, book)
        found.append((queries(lambda: client.get(TOWN)), queries(lambda: client.get(PREVIEW))))
    assert found[0] == found[1]
