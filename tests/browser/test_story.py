"""The main line, driven by the people who walk it: town officer, community worker, bureau, leader (R69-R74)."""

import re
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from assessment.models import Assessment, Evidence, ItemScore, State
from tests.factories import make_assessment, make_standard

pytestmark = pytest.mark.browser

FULL = {f"{part}.1": "12.5" for part in range(1, 9)}


@pytest.fixture
def standard(db):
    return make_standard(is_template=True)


@pytest.fixture
def assessment(community, open_year, standard) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


def points(page: Page, code: str):
    return page.get_by_label(re.compile(rf"^{re.escape(code)}自评分"))


def reason(page: Page, code: str):
    return page.get_by_label(f"{code}扣分原因")


def row(page: Page, code: str):
    return page.locator(f'tr[id="item-{code}"]')


def open_sheet(page: Page, assessment: Assessment) -> Page:
    page.goto(assessment.get_absolute_url())
    return page


def test_a_town_officer_scores_by_keyboard_files_and_gets_a_receipt(
    page_as, town_officer, community, open_year, standard
):
    page = page_as(town_officer)
    page.goto("/assessments/")
    page.get_by_role("row", name=re.compile(community.name)).get_by_role("button", name="开始自评").click()
    points(page, "1.1").click()
    for number in range(8):
        page.keyboard.type("12.5" if number else "１２")
        page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("99.5")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    page.get_by_role("link", name="核对并申报").click()
    expect(page.get_by_role("button", name="提交申报")).to_be_disabled()
    page.get_by_role("link", name="1.1 有扣分，请填写扣分原因。").click()
    reason(page, "1.1").fill("班子缺员1人")
    expect(row(page, "1.1").get_by_text(re.compile("^已保存"))).to_be_visible()
    page.get_by_role("link", name="核对并申报").click()
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申报回执")
    expect(page.get_by_text("2012-0001")).to_be_visible()
    assert Assessment.objects.get().state == State.SUBMITTED


def test_the_bureau_sees_it_arrive_receives_it_and_can_send_it_back(page_as, bureau, community, open_year, standard):
    assessment = make_assessment(
        community=community, campaign_year=open_year, standard=standard, scores=FULL, state=State.SUBMITTED
    )
    page = page_as(bureau)
    page.goto("/")
    page.get_by_role("link", name="待办1件").click()
    page.goto("/assessments/?state=submitted")
    page.get_by_role("link", name=community.name).click()
    page.get_by_role("button", name="接收").click()
    expect(page.get_by_text("区已接收").first).to_be_visible()
    page.get_by_role("link", name="退回修改").click()
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_label("退回修改的原因").fill("4.3网格划分图缺失")
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator(".badge", has_text="退回修改")).to_be_visible()
    assessment.refresh_from_db()
    assert assessment.state == State.RETURNED


def test_two_people_on_one_item_both_keep_their_text(page_as, town_officer, community_worker, assessment):
    """Hostile case 32: the second is shown the first one's score and decides."""
    first = open_sheet(page_as(town_officer), assessment)
    second = open_sheet(page_as(community_worker), assessment)
    second.get_by_role("heading", level=1).wait_for()
    points(second, "1.1").fill("12")
    reason(second, "1.1").fill("社区填写")
    expect(row(second, "1.1").get_by_text(re.compile("^已保存"))).to_be_visible()
    points(first, "1.1").fill("11")
    reason(first, "1.1").fill("镇里填写")
    conflict = row(first, "1.1").get_by_role("alert")
    expect(conflict).to_contain_text("12分，社区填写")
    expect(reason(first, "1.1")).to_have_value("镇里填写")
    conflict.get_by_role("button", name="保留我的").click()
    expect(row(first, "1.1").get_by_text(re.compile("^已保存"))).to_be_visible()
    score = ItemScore.objects.get()
    assert (score.points, score.reason) == (Decimal(11), "镇里填写")


def test_what_was_typed_without_a_network_is_there_after_closing_the_page(page_as, town_officer, assessment):
    page = open_sheet(page_as(town_officer), assessment)
    page.context.set_offline(True)
    points(page, "2.1").fill("12.5")
    expect(page.locator("#save-status")).to_contain_text("网络中断")
    page.close()
    page = page_as(town_officer)
    page.context.set_offline(False)
    open_sheet(page, assessment)
    expect(points(page, "2.1")).to_have_value("12.5")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    assert ItemScore.objects.get().points == Decimal("12.5")


def test_an_expired_session_keeps_the_text_and_saves_it_after_signing_in_again(page_as, town_officer, assessment):
    page = open_sheet(page_as(town_officer), assessment)
    page.context.clear_cookies()
    reason(page, "3.1").fill("会话过期时填写")
    expect(page.locator("#save-status")).to_contain_text("登录已过期")
    again = open_sheet(page_as(town_officer), assessment)
    expect(reason(again, "3.1")).to_have_value("会话过期时填写")
    expect(again.locator("#save-status")).to_contain_text("已保存")
    assert ItemScore.objects.get().reason == "会话过期时填写"


def test_an_impossible_score_is_refused_beside_its_field(page_as, town_officer, assessment):
    page = open_sheet(page_as(town_officer), assessment)
    points(page, "1.1").fill("99")
    expect(row(page, "1.1").get_by_text("请填写0到12.5之间的数字")).to_be_visible()
    expect(points(page, "1.1")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#total")).to_have_text("0")
    assert not ItemScore.objects.exists()


def test_a_photo_lands_on_its_item_and_can_be_taken_back(page_as, town_officer, assessment, tmp_path):
    photo = tmp_path / "公开栏.jpg"
    Image.new("RGB", (40, 30), "navy").save(photo)
    page = open_sheet(page_as(town_officer), assessment)
    row(page, "1.1").locator("input[type=file]").set_input_files(photo)
    expect(row(page, "1.1").get_by_role("link", name="公开栏.jpg")).to_be_visible()
    row(page, "2.1").locator("input[type=file]").set_input_files(photo)
    expect(row(page, "2.1").get_by_role("link", name="公开栏.jpg")).to_be_visible()
    row(page, "1.1").get_by_role("button", name="移除公开栏.jpg").click()
    expect(row(page, "1.1").get_by_role("link", name="公开栏.jpg")).to_have_count(0)
    assert [evidence.item.code for evidence in Evidence.objects.all()] == ["2.1"]


def test_without_javascript_the_whole_sheet_is_saved_at_once(browser, live_server, town_officer, assessment, sign_in):
    client = sign_in(town_officer)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = open_sheet(context.new_page(), assessment)
    points(page, "1.1").fill("12.5")
    points(page, "8.1").fill("10")
    reason(page, "8.1").fill("缺项")
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    context.close()
    assessment.refresh_from_db()
    assert assessment.self_sheet.total == Decimal("22.5")
