"""On site with a phone: scored, photographed, cut off from the network, and all of it arrives exactly once (R73)."""

import re
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from assessment.models import Inspection, InspectionPhoto, InspectionScore, Method, State
from tests.factories import make_assessment, make_standard
from tests.inspection_rows import make_inspection

pytestmark = pytest.mark.browser

FULL = {f"{part}.1": "12.5" for part in range(1, 9)}
LOSE_THE_FIRST_ANSWER = """() => {
    const real = window.fetch;
    let lost = false;
    window.fetch = (...given) => real(...given).then((answer) => {
        if (lost) { return answer; }
        lost = true;
        throw new TypeError("the answer got lost");
    });
}"""
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def inspection(community, open_year, other_town_officer) -> Inspection:
    rows = [
        {"part": part, "code": f"{part}.1", "points": Decimal("12.5"), "method": "现场检查"} for part in range(1, 9)
    ]
    assessment = make_assessment(
        community=community,
        campaign_year=open_year,
        standard=make_standard(items=rows),
        scores=FULL,
        state=State.RECEIVED,
    )
    return make_inspection(assessment, other_town_officer, method=Method.SITE, scored=False)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "公示栏.jpg"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path


def on_site(page: Page, inspection: Inspection) -> Page:
    page.set_viewport_size(PHONE)
    page.goto(f"/inspections/{inspection.pk}/")
    return page


def points(page: Page, code: str):
    return page.get_by_label(re.compile(rf"^{re.escape(code)}得分"))


def card(page: Page, code: str):
    return page.get_by_role("article", name=code, exact=True)


def test_what_was_scored_and_photographed_without_a_network_arrives_exactly_once(
    page_as, other_town_officer, inspection, photo
):
    page = on_site(page_as(other_town_officer), inspection)
    page.context.set_offline(True)
    points(page, "1.1").fill("11")
    page.get_by_label("1.1扣分原因").fill("公示栏缺第三季度")
    card(page, "1.1").get_by_label("1.1选照片").set_input_files(photo)
    page.get_by_label("地点").fill("党群服务中心")
    status = page.locator("#device-status")
    expect(status).to_contain_text("离线，已存在本机 3 项，恢复后自动补传")
    expect(card(page, "1.1").get_by_alt_text(re.compile("未上传的照片"))).to_be_visible()
    assert not InspectionScore.objects.exists()
    page.context.set_offline(False)
    expect(status).to_be_hidden()
    expect(card(page, "1.1").get_by_alt_text("现场照片1：公示栏.jpg")).to_be_visible()
    expect(card(page, "1.1").get_by_alt_text(re.compile("未上传的照片"))).to_have_count(0)
    score = InspectionScore.objects.get()
    assert (score.item.code, score.points, score.reason) == ("1.1", Decimal(11), "公示栏缺第三季度")
    assert [shot.item.code for shot in InspectionPhoto.objects.all()] == ["1.1"]
    inspection.refresh_from_db()
    assert inspection.place == "党群服务中心"


def test_a_photograph_taken_offline_is_sent_when_the_page_is_opened_again(
    page_as, other_town_officer, inspection, photo
):
    page = on_site(page_as(other_town_officer), inspection)
    page.context.set_offline(True)
    points(page, "2.1").fill("12.5")
    card(page, "2.1").get_by_label("2.1拍照").set_input_files(photo)
    expect(page.locator("#device-status")).to_contain_text("已存在本机 2 项")
    page.close()
    page = page_as(other_town_officer)
    page.context.set_offline(False)
    on_site(page, inspection)
    expect(card(page, "2.1").get_by_alt_text("现场照片1：公示栏.jpg")).to_be_visible()
    expect(points(page, "2.1")).to_have_value("12.5")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    assert InspectionPhoto.objects.count() == 1
    assert InspectionScore.objects.get().points == Decimal("12.5")


def test_an_answer_that_got_lost_is_no_second_photograph(page_as, other_town_officer, inspection, photo):
    """The server has it, the phone never heard: it is sent again with the same key."""
    page = on_site(page_as(other_town_officer), inspection)
    page.evaluate(LOSE_THE_FIRST_ANSWER)
    card(page, "3.1").get_by_label("3.1选照片").set_input_files(photo)
    expect(page.locator("#device-status")).to_contain_text("已存在本机 1 项")
    assert InspectionPhoto.objects.count() == 1
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(card(page, "3.1").get_by_alt_text("现场照片1：公示栏.jpg")).to_be_visible()
    assert InspectionPhoto.objects.count() == 1


def test_a_checker_finishes_on_the_phone(page_as, other_town_officer, inspection):
    page = on_site(page_as(other_town_officer), inspection)
    for part in range(1, 9):
        card(page, f"{part}.1").get_by_role("button", name="同自评").click()
    expect(page.locator("#total")).to_have_text("100")
    page.get_by_label("检查日期").fill("2012-11-05")
    page.get_by_label("检查人员签字").fill("赵科员")
    expect(page.locator("#save-status")).to_contain_text("已保存")
    page.get_by_role("link", name="核对并办结").last.click()
    expect(page.get_by_role("button", name="办结")).to_be_disabled()
    page.get_by_role("link", name="社区（村）代表还没有签字。").click()
    page.get_by_label("社区（村）代表签字").fill("陈书记")
    page.get_by_label("社区（村）代表签字").press("Tab")
    expect(page.locator("#visit .save-state")).to_contain_text("已保存")
    page.get_by_role("link", name="核对并办结").last.click()
    page.get_by_role("button", name="办结").click()
    expect(page.locator(".badge", has_text="已办结")).to_be_visible()
    inspection.refresh_from_db()
    assert inspection.finished_at


def test_evidence_opens_beside_its_item(page_as, other_town_officer, inspection, photo):
    page = page_as(other_town_officer)
    on_site(page, inspection)
    card(page, "4.1").get_by_label("4.1选照片").set_input_files(photo)
    page.set_viewport_size({"width": 1366, "height": 768})
    card(page, "4.1").get_by_role("link").last.click()
    viewer = page.get_by_role("complementary", name="查看材料")
    expect(viewer.get_by_role("img")).to_have_js_property("naturalWidth", 640)
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_without_javascript_the_whole_page_is_saved_at_once(
    browser, live_server, other_town_officer, inspection, sign_in
):
    client = sign_in(other_town_officer)
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = on_site(context.new_page(), inspection)
    points(page, "1.1").fill("12")
    page.get_by_label("1.1扣分原因").fill("缺项")
    page.get_by_label("检查日期").fill("2012-11-05")
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    context.close()
    assert InspectionScore.objects.get(item__code="1.1").points == Decimal(12)
    inspection.refresh_from_db()
    assert str(inspection.inspected_on) == "2012-11-05"
