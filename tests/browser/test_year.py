"""A whole year on the way to the title, walked by everybody who has a part in it, each in a browser of their own.

Two urban communities of a town apply; the third unit of the district, a village, does not. The city and the province
each draw one of the two and visit it, the other goes on with the score it has (decision 8).
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent
from assessment.models import CampaignYear
from communities.models import Appointment
from tests.browser import acts
from tests.browser.acts import BY_DOCUMENTS, LAKE, NAMING, ON_SITE, SHORE
from tests.browser.desk import choose_in_menu, follow, go_home, row_of, sign_in
from tests.factories import make_campaign, make_community, make_standard

pytestmark = pytest.mark.browser

ITEMS = [
    {"part": int(code[0]), "code": code, "points": Decimal("12.5"), "method": method}
    for codes, method in [(BY_DOCUMENTS, "材料审核"), (ON_SITE, "现场检查")]
    for code in codes
]
STEPS = ["提交申报", "接收", "预查办结", "列入创建名单", "市验收通过", "认定达标", "命名"]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def open_year(district) -> CampaignYear:
    """This year is the campaign's first, and its deadline is far off."""
    year = make_campaign(district=district, first_year=timezone.localdate().year).years.first()
    year.deadline = date(2999, 12, 31)
    year.save()
    return year


@pytest.fixture
def units(community, village, open_year) -> None:
    """The two that apply, and the village that does not."""
    make_standard(items=ITEMS, is_template=True)
    make_community(town=community.town, name=SHORE)


@pytest.fixture
def desk(new_context) -> Callable[[Appointment], Page]:
    """`desk(person)`: the home page of a person who has signed in, in a browser of their own."""
    return lambda person: sign_in(new_context().new_page(), person.user.username)


@pytest.fixture
def photo(tmp_path) -> Path:
    path = tmp_path / "网格公示栏.jpg"
    Image.new("RGB", (640, 480), "teal").save(path)
    return path


def test_two_communities_go_all_the_way_from_self_check_to_title(
    *,
    desk,
    units,
    photo,
    open_year,
    town_officer,
    bureau,
    other_town_officer,
    liaison,
    city_inspector,
    province_inspector,
    leader,
):
    head = desk(leader)
    leader_reads_progress(head, named=0, share="0.0%", reached="未达到")

    town = desk(town_officer)
    for unit in (LAKE, SHORE):
        acts.town_checks_itself_and_files(town, unit)

    office = desk(bureau)
    acts.bureau_receives(office)
    acts.bureau_distributes(office, "材料审核", to=bureau.user.name)
    acts.bureau_distributes(office, "现场检查", to=other_town_officer.user.name)
    for unit in (LAKE, SHORE):
        acts.bureau_checks_documents(office, unit)

    checker = desk(other_town_officer)
    checker.set_viewport_size(PHONE)
    for unit in (LAKE, SHORE):
        acts.cross_checker_checks_on_site(checker, unit, photo)
    acts.bureau_concludes(office)

    acts.bureau_consults(office)
    acts.liaison_answers(desk(liaison))
    acts.bureau_settles_and_closes(office)
    acts.bureau_fixes_the_list(office)

    city = desk(city_inspector)
    acts.bureau_freezes_on_behalf_of_the_city(office)
    acts.inspector_draws_what_is_frozen(city)
    acts.inspector_visits(city, city_inspector.user.name)
    acts.inspector_passes_all(city, "市抽查单位均已考评", "市验收通过")

    province = desk(province_inspector)
    acts.inspector_freezes_and_draws(province)
    acts.inspector_visits(province, province_inspector.user.name)
    acts.inspector_passes_all(province, "省考评单位均已考评", "认定达标")

    acts.bureau_names(office)
    leader_reads_progress(head, named=2, share="100.0%", reached="已达到")
    title_stands(town)
    history_shows_every_step(town, LAKE)
    nothing_is_left_to_do(office, town, checker, city, province)
    draws_are_right(open_year)
    acts_are_in_the_trail(town_officer, bureau, other_town_officer, liaison, city_inspector, province_inspector)


def leader_reads_progress(page: Page, *, named: int, share: str, reached: str) -> None:
    go_home(page)
    cells = page.locator("tr.current-year", has_text="城镇社区").get_by_role("cell")
    expect(cells).to_have_text([re.compile("年"), "75.0%", "2", str(named), share, str(2 - named), reached])


def title_stands(page: Page) -> None:
    choose_in_menu(page, "命名单位")
    for unit in (LAKE, SHORE):
        expect(row_of(page, unit)).to_contain_text(NAMING)


def history_shows_every_step(page: Page, unit: str) -> None:
    choose_in_menu(page, "自评申报")
    follow(page, unit)
    page.get_by_text("更多", exact=True).click()
    follow(page, "办理过程")
    steps = page.get_by_role("region", name="办理过程").locator("tbody td:nth-child(3)")
    expect(steps).to_have_text(STEPS[::-1])


def nothing_is_left_to_do(*pages: Page) -> None:
    for page in pages:
        go_home(page)
        expect(page.get_by_role("link", name="待办0件")).to_be_visible()


def draws_are_right(year: CampaignYear) -> None:
    for stage in ("city", "province"):
        said = StringIO()
        call_command("verify_draw", year.year, stage, stdout=said)
        assert "复核通过" in said.getvalue()


TRAIL = [
    {"提交申报"},
    {"接收", "分派检查", "完成检查", "预查办结", "发出征求部门意见", "确定创建名单", "冻结抽样框", "登记命名文件"},
    {"上传现场照片", "完成检查"},
    {"回复征求意见", "其余均同意"},
    {"抽样", "分派检查", "完成检查", "市验收通过"},
    {"冻结抽样框", "抽样", "分派检查", "完成检查", "认定达标"},
]


def acts_are_in_the_trail(*people: Appointment) -> None:
    for person, expected in zip(people, TRAIL, strict=True):
        done = set(AuditEvent.objects.filter(user=person.user).values_list("action", flat=True))
        assert expected <= done, person
