"""A report stands at once; the total, the foot and the rates come after it."""

import pytest

from tests.factories import make_community

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("open_year")]


def test_the_foot_and_the_total_follow_the_page(page_as, bureau, town):
    for area in (100, 150):
        make_community(town=town, profile={"premises_area_sqm": area, "workers": 10, "certified_workers": 4})
    page = page_as(bureau)
    for name, foot in (("premises", "合计 550"), ("certificates", "合计 8 16 8 20 40.0%")):
        page.goto(f"/shortfalls/{name}/")
        page.wait_for_selector("#foot td")
        assert page.inner_text("#foot").split() == foot.split()
        assert page.inner_text("#pages") == "共2条，第1页"
    assert page.inner_text("#rates").split()[1] == "40.0%（8／20）"


def test_without_scripts_a_link_shows_them(browser, live_server, page_as, bureau, town):
    make_community(town=town, profile={"premises_area_sqm": 100})
    cookies = page_as(bureau).context.cookies()
    with browser.new_context(java_script_enabled=False, base_url=live_server.url) as plain:
        plain.add_cookies(cookies)
        page = plain.new_page()
        page.goto("/shortfalls/premises/")
        assert page.inner_text("#pages") == "共1条，第1页（显示总数和合计）"
        page.click("text=显示总数和合计")
        assert page.inner_text("#foot").split() == ["合计", "300"]
