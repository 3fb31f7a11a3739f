"""一次采集、多方共享, seen by the people who do it: a fact is typed once, and everybody sees what follows (R23)."""

import pytest
from playwright.sync_api import expect

from assessment.models import Standard
from assessment.standards.publishing import load_initial_standards
from communities.models import Category, CommunityWorker, YearProfile
from tests.factories import make_assessment, make_record

pytestmark = pytest.mark.browser


@pytest.fixture
def assessment(community, open_year):
    load_initial_standards()
    standard = Standard.objects.get(category=Category.URBAN)
    return make_assessment(community=community, campaign_year=open_year, standard=standard)


def test_a_worker_typed_once_is_counted_suggested_and_confirmed(
    page_as, community_worker, town_officer, community, assessment
):
    page = page_as(community_worker)
    page.goto("/registers/workers/")
    page.get_by_role("link", name="新增").click()
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("岗位").select_option("便民服务")
    page.get_by_label("进入方式").select_option("公开招聘")
    page.get_by_label("社工证书").select_option("社会工作师")
    page.get_by_label("联系电话").fill("13812345678")
    page.get_by_role("button", name="保存", exact=True).click()
    row = page.get_by_role("row", name="王芳")
    expect(row).to_contain_text("138****5678")
    page.goto(assessment.get_absolute_url())
    expect(page.locator('tr[id="item-1.5"]')).to_contain_text("持证率100.0%，达到80%，建议得2分")
    page = page_as(town_officer)
    page.goto(f"/registers/workers/?community={community.code}")
    page.get_by_role("button", name="核对无误").click()
    expect(page.get_by_text("镇已核对")).to_be_visible()
    page.get_by_role("link", name="王芳").click()
    page.get_by_label("社工证书").select_option("无")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("请填写更正原因。")
    expect(page.get_by_label("社工证书")).to_have_value("none")
    page.get_by_label("更正原因").fill("证书已过期")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("row", name="王芳")).to_be_visible()
    profile = YearProfile.objects.get(community=community, year=2012)
    assert (profile.workers, profile.certified_workers) == (1, 0)


def test_several_records_are_changed_alike(page_as, bureau, community, open_year):
    for name in ("甲", "乙", "丙"):
        make_record("workers", community=community, name=name)
    page = page_as(bureau)
    page.goto("/registers/workers/")
    for name in ("甲", "乙"):
        page.get_by_label(f"选择{name}").check()
    page.get_by_role("button", name="批量修改勾选的记录").click()
    page.get_by_label("修改在岗情况").check()
    page.get_by_label("在岗情况", exact=True).select_option("借调")
    page.get_by_role("button", name="全部修改").click()
    expect(page.get_by_text("已修改2条记录。")).to_be_visible()
    assert CommunityWorker.objects.filter(duty="seconded").count() == 2
