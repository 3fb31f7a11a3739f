"""验收请示, 征求意见函, 申报表, 自查报告, 申报汇总表: page, PDF and Word of one object, and what is in it (F1-F13)."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.models import AuditEvent
from assessment.models import Campaign, CandidateList, Stage, State
from communities.models import Honour, YearProfile
from communities.models.organisation import UnitKind
from reporting.letters.narrative import LONGEST, overview, shortened
from tests.assessment.listed import asked_and_listed, inspected
from tests.assessment.rectified import make_rectified
from tests.assessment.title_cases import make_document, recognised
from tests.factories import make_assessment, make_community, make_designation, make_file, make_record
from tests.reporting.papers import page_of, pdf_words, squeezed, word_words

PROFILE = {
    "registered_households": 1470,
    "resident_population": 6288,
    "premises_area_sqm": Decimal(1165),
    "outdoor_area_sqm": Decimal(520),
    "workers": 5,
    "certified_workers": 4,
    "has_party_committee": True,
    "satisfaction_sample": 50,
    "satisfied": 48,
}
TYPED = {
    "city": "常州市",
    "province": "江苏省",
    "number": "武民发[2012]8号",
    "signer": "王局长",
    "dated": "2012-11-20",
    "contact": "李科员",
    "phone": "0519-86310000",
}


@pytest.fixture
def listed(community, open_year, department, bureau) -> CandidateList:
    unit = inspected(community, campaign_year=open_year, state=State.LISTED)
    made = asked_and_listed(unit, unit.standard.items.first(), department=department, by=bureau)
    return CandidateList.objects.get(pk=made["candidate_list"])


@pytest.fixture
def application(community, open_year):
    """96 of 100 points: 2 lost in part 1 and 2 in part 5."""
    scores = {f"{part}.1": "12.5" for part in range(1, 9)} | {"1.1": "10.5", "5.1": "10.5"}
    YearProfile.objects.create(community=community, year=2012, **PROFILE)
    return make_assessment(community=community, campaign_year=open_year, scores=scores, state=State.SUBMITTED)


def three(client, name: str, *args: int, **query: str) -> tuple[str, str, str]:
    """The words of the page's paper, of the PDF and of the .docx."""
    page, pdf, docx = (
        client.get(reverse(f"reporting:{name}{file}", args=args, query=query)) for file in ("", "_pdf", "_docx")
    )
    return page_of(page), pdf_words(pdf.content), word_words(docx.content)


# --- 验收请示 --------------------------------------------------------------------------------------------------------
def test_page_pdf_and_word_of_the_request_say_the_same(sign_in, bureau, listed):
    for words in three(sign_in(bureau), "district_request", listed.pk, mode="red", **TYPED):
        for told in (
            *("常州市武进区民政局文件", "武民发〔2012〕8号", "签发人：王局长", "常州市民政局：", "2012年11月20日"),
            *("自查申报1个单位", "征求了公安局意见", "确定湖塘镇聚湖社区1个城镇社区为正式创建单位"),
            *("区预查得分均在90分以上", "妥否，请批示。", "（联系人：李科员，联系电话：0519-86310000）"),
            *("附件：1.2012年度省级和谐社区建设示范社区（村）创建名单", "2.考核评分汇总表"),
            "城镇社区1个、农村社区（村）0个，共1个。",
        ):
            assert told in words


def test_page_pdf_and_word_hold_the_same_figures(sign_in, bureau, listed):
    numbers = [
        sorted(re.findall(r"\d+(?:\.\d+)?", words)) for words in three(sign_in(bureau), "district_request", listed.pk)
    ]
    assert numbers[0]
    assert set(numbers[0]) == set(numbers[2])
    assert set(numbers[1]) - {"1", "2", "3", "4"} == set(numbers[0]) - {"1", "2", "3", "4"}  # page numbers


def test_the_request_rests_on_the_frozen_scores(sign_in, bureau, listed):
    """R74: whatever happens to the assessment afterwards."""
    unit = listed.candidates.get().assessment
    unit.sheets.filter(stage=Stage.DISTRICT).update(total=Decimal("12.5"))
    unit.community.name = "改名社区"
    unit.community.save()
    for words in three(sign_in(bureau), "district_request", listed.pk):
        assert "湖塘镇聚湖社区" in words
        assert "改名社区" not in words
        assert "9695" in words


def test_a_score_below_the_mark_is_not_said_to_have_reached_it(sign_in, bureau, listed):
    Campaign.objects.update(pass_mark=96)
    page, *_files = three(sign_in(bureau), "district_request", listed.pk)
    assert "得分均在" not in page


def test_number_and_day_of_the_list_are_the_defaults_and_nothing_typed_is_stored(sign_in, bureau, listed):
    page, *_files = three(sign_in(bureau), "district_request", listed.pk)
    assert "武社建办〔2012〕9号" in page
    assert "2012年11月1日" in page
    assert "市民政局：" in page
    sign_in(bureau).get(reverse("reporting:district_request", args=[listed.pk], query=TYPED))
    again, *_files = three(sign_in(bureau), "district_request", listed.pk)
    assert again == page


@pytest.mark.parametrize(
    "typed", [{"dated": "2012-13-45"}, {"number": "号" * 61}, {"signer": "\x00"}, {"mode": "pink"}]
)
def test_what_cannot_be_understood_is_told_beside_its_field_and_exports_nothing(sign_in, bureau, listed, typed):
    client = sign_in(bureau)
    page = client.get(reverse("reporting:district_request", args=[listed.pk], query=typed))
    assert page.status_code == 200
    assert "请先改正以下问题" in page.content.decode()
    for file in ("pdf", "docx"):
        answer = client.get(reverse(f"reporting:district_request_{file}", args=[listed.pk], query=typed))
        assert answer.status_code == 302
    assert not AuditEvent.objects.filter(action="导出").exists()


def test_an_export_leaves_a_trace(sign_in, bureau, listed):
    sign_in(bureau).get(reverse("reporting:district_request_docx", args=[listed.pk], query=TYPED))
    event = AuditEvent.objects.about(listed).get(action="导出")
    assert (event.after["格式"], event.after["发文字号"]) == ("Word", "武民发〔2012〕8号")


def test_the_page_says_which_fonts_were_used(sign_in, bureau, listed):
    page = sign_in(bureau).get(reverse("reporting:district_request", args=[listed.pk])).content.decode()
    assert re.search("PDF实际使用[A-Za-z-]+", page)


def test_the_city_states_its_own_opinion_on_the_units_that_passed(sign_in, bureau, community, village, open_year):
    for unit in (community, village):
        passed = recognised(unit, open_year, by=bureau)
        passed.sheets.update(total=Decimal("96.5"))
    for words in three(sign_in(bureau), "province_request", **TYPED):
        assert "江苏省民政厅：" in words
        assert "市验收通过2个，其中抽查0个" in words
        assert "我局认为，湖塘镇聚湖社区1个城镇社区、湖塘镇银荡村1个农村社区（村）达到考评标准" in words
        assert "96.5" in words


def test_a_year_without_units_drafts_without_them(sign_in, bureau, open_year):
    for words in three(sign_in(bureau), "province_request"):
        assert "市验收通过0个" in words


# --- 征求意见 --------------------------------------------------------------------------------------------------------
def test_letter_and_reply_of_a_round_say_the_same_everywhere(sign_in, bureau, listed, department):
    consultation = listed.campaign_year.consultations.get()
    for words in three(sign_in(bureau), "consultation_letter", consultation.pk):
        assert "公安局：" in words
        assert "附件1所列1个申报单位（城镇社区1个、农村社区（村）0个）" in words
        assert "武进区社区建设领导小组办公室" in words
        assert "聚湖社区" in words
    for words in three(sign_in(bureau), "consultation_reply", consultation.pk, department.pk):
        assert "部门：武进区公安局" in words
        assert "1.1有意见：材料不齐" in words
        assert "经办人：" in words


# --- 申报表 ----------------------------------------------------------------------------------------------------------
def test_the_application_form_is_filled_from_the_registers(sign_in, town_officer, community, application):
    make_record("organisation-units", community=community, kind=UnitKind.PARTY_COMMITTEE, head="陈书记")
    make_record("organisation-units", community=community, kind=UnitKind.RESIDENTS_COMMITTEE, head="周主任")
    Honour.objects.create(district=community.town.district, community=community, name="文明社区", level="2")
    for words in three(sign_in(town_officer), "application_form", application.pk, phone="0519-1"):
        for told in (
            *("2012年度省级和谐社区建设示范社区创建申报表", "书记陈书记", "主任周主任", "联系电话0519-1"),
            *("户籍户数1470户", "用房面积1165㎡", "专职人数5人", "持证人数4人", "党组织√", "文明社区（省级）"),
            *("自评总分96分", "对照考评标准自评96分。", "访问50户，满意率96.0%", "省民政厅意见"),
        ):
            assert told in words
        assert words.count("（盖章）年月日") == 5


def test_what_is_unknown_stays_blank(sign_in, town_officer, community, open_year):
    made = make_assessment(community=community, campaign_year=open_year)
    for words in three(sign_in(town_officer), "application_form", made.pk):
        assert "户籍户数常住户数" in words
        assert "0户" not in words


def test_the_story_of_a_community_has_at_most_800_characters_and_whole_sentences():
    told = shortened(["一" * 300 + "。"] * 5, "自评96分。")
    assert len(told) <= LONGEST
    assert told.count("。") == 3
    assert told.endswith("自评96分。")


def test_a_community_without_a_profile_has_a_first_sentence(community):
    assert overview(community, None) == ["湖塘镇聚湖社区属城镇社区。"]


# --- 自查报告 --------------------------------------------------------------------------------------------------------
def test_the_self_report_tells_scores_gaps_and_measures(sign_in, community_worker, application):
    for words in three(sign_in(community_worker), "self_report", application.pk):
        assert "总分96分（满分100分）" in words
        assert "（一）社区组织体系健全（扣2分）" in words
        assert "1.1考评内容，扣2分：测试原因。" in words
        assert "（二）社区社会秩序稳定（扣2分）" in words
        assert "对1.1、5.1共2条失分内容" in words


def test_the_faults_being_mended_are_the_measures(sign_in, community_worker, application, community):
    item = application.standard.items.first()
    make_rectified(application, item, make_file(owner=community))
    fault = application.rectifications.get()
    page, *_files = three(sign_in(community_worker), "self_report", application.pk)
    assert squeezed(f"1.{fault.problem.rstrip('。')}。") in page
    assert f"责任人{fault.owner}" in page


def test_items_without_a_score_are_counted(sign_in, town_officer, community, open_year):
    made = make_assessment(community=community, campaign_year=open_year, scores={"1.1": "12.5"})
    page, *_files = three(sign_in(town_officer), "self_report", made.pk)
    assert "尚有7条未评分。" in page


# --- 申报汇总表 ------------------------------------------------------------------------------------------------------
def test_the_summary_adds_up_what_a_town_has_filed(sign_in, town_officer, application, village, open_year):
    YearProfile.objects.create(community=village, year=2012, registered_households=530, workers=5, certified_workers=0)
    make_assessment(community=village, campaign_year=open_year, state=State.SUBMITTED, is_late=True)
    client = sign_in(town_officer)
    for words in three(client, "application_summary"):
        assert "填报单位（盖章）：湖塘镇" in words
        assert "合计2个2000116552010" in words
        assert "40.0%" in words
        assert "逾期申报" in words
    book = load_workbook(BytesIO(b"".join(client.get(reverse("reporting:application_summary_xlsx")).streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1][:8] == (1, "湖塘镇", "聚湖社区", "城镇社区", 1470, 1165, 520, 5)
    assert rows[3][1:6] == ("合计", "2个", None, 2000, 1165)


def test_a_draft_and_another_town_are_not_in_the_summary(sign_in, other_town_officer, bureau, application, village):
    make_assessment(community=village, campaign_year=application.campaign_year)
    whole, *_files = three(sign_in(bureau), "application_summary")
    assert "聚湖社区" in whole
    assert "银荡村" not in whole
    other, *_files = three(sign_in(other_town_officer), "application_summary")
    assert "聚湖社区" not in other


@pytest.mark.parametrize("units", [1, 3])
def test_the_summary_costs_the_same_for_one_unit_and_for_three(
    *, sign_in, bureau, town, open_year, units, django_assert_max_num_queries
):
    for _ in range(units):
        made = make_community(town=town, profile=PROFILE)
        make_assessment(community=made, campaign_year=open_year, state=State.SUBMITTED)
    client = sign_in(bureau)
    with django_assert_max_num_queries(16):
        client.get(reverse("reporting:application_summary"))


# --- 整改, 命名文件 --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["rectification_notice", "rectification_feedback"])
def test_a_rectification_paper_in_word_says_what_the_page_says(sign_in, town_officer, application, community, name):
    made = make_rectified(application, application.standard.items.first(), make_file(owner=community))
    client, fault = sign_in(town_officer), application.rectifications.get()
    page = client.get(reverse(f"reporting:{name}", args=[made["rectification_notice"]])).content.decode()
    words = word_words(client.get(reverse(f"reporting:{name}_docx", args=[made["rectification_notice"]])).content)
    for told in (fault.problem, fault.owner, "湖塘镇聚湖社区"):
        assert told in page
        assert squeezed(told) in words


def test_the_register_of_title_documents_is_exported(sign_in, bureau, community, open_year):
    """F13."""
    title = make_designation(community=community, campaign_year=open_year, named_on=date(2012, 12, 10))
    make_document(open_year, [title])
    answer = sign_in(bureau).get(reverse("assessment:title_documents_xlsx"))
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert rows[1][1:3] == ("命名", "苏民基〔2012〕38号")
    assert rows[1][5] == 1


def test_word_opens_and_names_its_maker(sign_in, bureau, listed):
    answer = sign_in(bureau).get(reverse("reporting:district_request_docx", args=[listed.pk], query=TYPED))
    assert Document(BytesIO(answer.content)).core_properties.author == "常州市武进区民政局"
