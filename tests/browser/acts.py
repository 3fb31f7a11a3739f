"""The acts of a year on the way to the title, each as the person does it in the browser (R69-R81)."""

import re
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.desk import (
    choose_in_menu,
    fill,
    follow,
    go_home,
    is_told,
    press,
    row_of,
    stands_at,
    take_up,
)

LAKE, SHORE = "聚湖社区", "滨湖社区"
METHODS = ["听取汇报", "座谈走访", "材料审核", "现场检查"]
BY_DOCUMENTS, ON_SITE = ["1.1", "2.1", "3.1", "4.1"], ["5.1", "6.1", "7.1", "8.1"]
NAMING = "苏民基〔2012〕38号"


# --- the town ------------------------------
def town_checks_itself_and_files(page: Page, unit: str) -> None:
    choose_in_menu(page, "自评申报")
    row_of(page, unit).get_by_role("button", name="开始自评").click()
    page.get_by_label(re.compile(r"^1\.1自评分")).click()
    for _item in (*BY_DOCUMENTS, *ON_SITE):
        page.keyboard.type("12.5")
        page.keyboard.press("Enter")
    expect(page.locator("#total")).to_have_text("100")
    follow(page, "核对并申报")
    press(page, "提交申报")
    expect(page.get_by_role("heading", level=1)).to_have_text("申报回执")


# --- 区预查 ------------------------------
def bureau_receives(page: Page) -> None:
    """One on its own page, the other with all that are left."""
    take_up(page, "已申报，待接收或退回")
    follow(page, LAKE)
    press(page, "接收")
    stands_at(page, "区已接收")
    take_up(page, "已申报，待接收或退回")
    choose_in_menu(page, "批量办理")
    press(page, "对勾选的单位接收")
    is_told(page, "已办理1个单位")


def bureau_distributes(page: Page, method: str, *, to: str) -> None:
    take_up(page, "已接收，待安排预查人员")
    for other in {"材料审核", "现场检查"} - {method}:
        page.get_by_label(other).uncheck()
    page.get_by_label(re.compile(to)).check()
    press(page, "查看分派结果")
    press(page, "确认分派")
    is_told(page, "已分派2项检查")


def takes_up_inspection(page: Page, unit: str) -> None:
    take_up(page, "检查任务，待完成")
    row_of(page, unit).get_by_role("link").first.click()


def agrees_with_the_unit(page: Page, codes: list[str]) -> None:
    for code in codes:
        page.get_by_role("article", name=code, exact=True).get_by_role("button", name="同自评").click()


def finishes_inspection(page: Page, *, signs: str = "", record: str = "") -> None:
    """Date of today; on site both sides sign."""
    fill(page, {"检查日期": timezone.localdate().isoformat(), "地点": "党群服务中心"})
    if record:
        fill(page, {"情况记录": record})
    if signs:
        fill(page, {"检查人员签字": signs, "社区（村）代表签字": "陈书记"})
    follow(page, "核对并办结")
    press(page, "办结")
    stands_at(page, "已办结")


def bureau_checks_documents(page: Page, unit: str) -> None:
    takes_up_inspection(page, unit)
    agrees_with_the_unit(page, BY_DOCUMENTS)
    finishes_inspection(page)


def cross_checker_checks_on_site(page: Page, unit: str, photo: Path) -> None:
    """On the phone: a point off with its reason and a photograph, the rest as the unit said."""
    takes_up_inspection(page, unit)
    agrees_with_the_unit(page, ON_SITE[1:])
    found = page.get_by_role("article", name="5.1", exact=True)
    found.get_by_label(re.compile("得分")).fill("11.5")
    found.get_by_label("5.1扣分原因").fill("网格公示栏未更新")
    found.get_by_label("5.1选照片").set_input_files(photo)
    expect(found.get_by_alt_text(re.compile("现场照片1"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    finishes_inspection(page, signs="赵科员")


def bureau_concludes(page: Page) -> None:
    take_up(page, "检查已完成，待预查办结")
    press(page, "对勾选的单位预查办结")
    is_told(page, "已办理2个单位")


# --- 征求部门意见、创建名单 ------------------------------
def bureau_consults(page: Page) -> None:
    """From the page of a unit of which no department has been asked."""
    choose_in_menu(page, "自评申报")
    follow(page, LAKE)
    follow(page, "征求部门意见")
    follow(page, "发出新一轮征求意见")
    fill(page, {"发文字号": "武社区办〔2012〕8号"})
    press(page, "发出征求意见")
    is_told(page, "已发出")


def liaison_answers(page: Page) -> None:
    """Home is the letter: a remark on one unit, consent to the other."""
    follow(page, "开始回复")
    page.get_by_role("link", name=re.compile(SHORE)).click()
    page.get_by_label("有意见", exact=True).first.check()
    page.get_by_label("具体意见", exact=True).fill("警务室挂牌不规范")
    press(page, "保存")
    is_told(page, "意见已保存")
    press(page, "其余均同意（1个）")
    is_told(page, "已对其余1个单位回复")


def bureau_settles_and_closes(page: Page) -> None:
    take_up(page, "部门意见，待处理")
    follow(page, "第1轮")
    page.get_by_role("link", name=re.compile("^处理")).click()
    page.get_by_label("已解决").check()
    fill(page, {"处理说明": "已重新挂牌，派出所复核同意"})
    press(page, "保存")
    press(page, "办结本轮")
    stands_at(page, "已办结")


def bureau_fixes_the_list(page: Page) -> None:
    take_up(page, "预查办结，待确定创建名单")
    follow(page, "确定名单")
    fill(page, {"文号": "武社区办〔2012〕9号"})
    press(page, "确定名单")
    is_told(page, "城镇社区2个")
    press(page, "上报市民政局")
    is_told(page, "已登记上报市民政局")


# --- 抽样、市抽查、省考评 ------------------------------
def freezes_the_frame(page: Page, level: str) -> None:
    """From the list of draws, which the page is on."""
    page.locator("section", has_text=level).get_by_role("link", name="冻结抽样框").click()
    fill(page, {"抽样比例（%）": "50"})

    if level == "省考评":
        fill(page, {"没有已命名单位的说明": "创建第一年，还没有已命名单位"})
    press(page, "冻结")
    is_told(page, "抽样框已冻结")


def draws(page: Page) -> None:
    """On the page of the frozen frame, in front of a witness."""
    follow(page, "抽样")
    fill(page, {"种子": "6 2 9 4 1 7", "抽样地点": "区民政局会议室", "主持人": "周处长", "见证人": "区纪委 吴某"})
    page.get_by_label(re.compile("^已当众核对")).check()
    press(page, "确认抽样")
    is_told(page, "已完成")


def bureau_freezes_on_behalf_of_the_city(page: Page) -> None:
    take_up(page, "已列入名单，待市抽查抽样")
    freezes_the_frame(page, "市抽查")


def inspector_draws_what_is_frozen(page: Page) -> None:
    go_home(page)
    follow(page, "去抽样")
    draws(page)


def inspector_freezes_and_draws(page: Page) -> None:
    go_home(page)
    follow(page, "抽样")
    freezes_the_frame(page, "省考评")
    draws(page)


def inspector_visits(page: Page, name: str) -> None:
    """All four methods of the unit that was drawn."""
    go_home(page)
    page.locator(".visits").get_by_role("link").click()
    follow(page, "检查情况")
    for method in METHODS:
        press(page, "分派")
        is_told(page, f"{method}已分派给{name}")
    for method in METHODS:
        visits_by(page, method)


def visits_by(page: Page, method: str) -> None:
    take_up(page, "检查任务，待完成")
    row_of(page, method).get_by_role("link").first.click()
    if method in {"听取汇报", "座谈走访"}:
        finishes_inspection(page, record="听取汇报，走访居民12户，反映良好。")
        return
    agrees_with_the_unit(page, BY_DOCUMENTS if method == "材料审核" else ON_SITE)
    finishes_inspection(page, signs="考评组" if method == "现场检查" else "")


def inspector_passes_all(page: Page, task: str, step: str) -> None:
    """The one that was visited and the one that was not."""
    take_up(page, task)
    press(page, f"对勾选的单位{step}")
    is_told(page, "已办理2个单位")


# --- 命名 ------------------------------
def bureau_names(page: Page) -> None:
    take_up(page, "省级达标，待登记命名文件")
    follow(page, LAKE)
    follow(page, "登记命名文件")
    fill(page, {"文号": NAMING, "成文日期": timezone.localdate().isoformat()})
    for unit in (LAKE, SHORE):
        page.get_by_label(re.compile(f"^选择.*{unit}")).check()
    press(page, "登记并命名")
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAMING)
