"""命名单位, their documents and a unit's history: each day right, nothing of another unit (R68, R81)."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessment.models import Assessment, Designation, State, TitleDecision, TitleDocument
from communities.models import Category, Reorganisation
from tests.assessment.ready import of_kind
from tests.assessment.title_cases import NAMED_ON, NOW, make_document, rechecked, recognised
from tests.factories import make_assessment, make_community, make_designation, make_town
from tests.tiny_files import HTML, PDF, upload_of

pytestmark = pytest.mark.django_db
TITLES = reverse("assessment:titles")
ADD = reverse("assessment:title_document_add")


@pytest.fixture
def titles(community, village, other_town, year, bureau) -> dict[str, Designation]:
    """One in force, one revoked by document, one of another town."""
    far = make_community(town=other_town, name="南塘社区")
    found = {
        one.name: make_designation(community=one, campaign_year=year, named_on=NAMED_ON)
        for one in (community, village, far)
    }
    revocation = TitleDocument.objects.create(
        campaign_year=year, kind="revocation", number="苏民基〔2013〕40号", dated=date(2013, 12, 3)
    )
    Designation.objects.filter(community=village).update(revoked_on=revocation.dated, revocation=revocation)
    return found


def text_of(client, address: str, **query) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def rows_of(client, **query) -> list[list[str]]:
    """The exported list, without its head."""
    content = b"".join(client.get(reverse("assessment:titles_xlsx"), query).streaming_content)
    return [list(row) for row in load_workbook(BytesIO(content)).active.iter_rows(min_row=2, values_only=True)]


# --- the list of a day --------------------------------------------------------------------------------------------
def test_the_list_stands_for_the_day_that_is_asked_for(titles, sign_in, bureau):
    client = sign_in(bureau)
    assert "聚湖社区" not in text_of(client, TITLES, on="2012-12-09")
    assert {row[2]: row[4] for row in rows_of(client, on="2012-12-10")} == {
        "聚湖社区": "有效",
        "银荡村": "有效",
        "南塘社区": "有效",
    }
    assert {row[2]: row[4] for row in rows_of(client, on="2013-12-03")} == {
        "聚湖社区": "有效",
        "银荡村": "已撤销",
        "南塘社区": "有效",
    }
    page = text_of(client, TITLES, on="2013-12-03")
    assert "截至2013年12月3日" in page
    assert "2013年12月3日已撤销（苏民基〔2013〕40号）" in page
    assert 'status=held&amp;on=2013-12-03"><b>0</b>' in page, "no village holds the title any more"


def test_towns_in_administrative_order_numbers_as_numbers_dates_as_dates(titles, sign_in, bureau):
    first, second, third = rows_of(sign_in(bureau), on="2012-12-31")
    assert [row[2] for row in (first, second, third)] == ["聚湖社区", "银荡村", "南塘社区"]
    assert first[0] == 1
    assert first[5].date() == NAMED_ON
    assert [row[8] for row in (first, second)] == ["省级和谐社区建设示范社区", "省级和谐社区建设示范村"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": Category.RURAL}, ["银荡村"]),
        ({"status": "revoked"}, ["银荡村"]),
        ({"status": "in_force"}, ["聚湖社区", "南塘社区"]),
        ({"status": "inherited"}, []),
        ({"status": "held"}, ["聚湖社区", "南塘社区"]),
        ({"q": "聚湖"}, ["聚湖社区"]),
    ],
)
def test_the_filters_of_the_list(query, expected, titles, sign_in, bureau):
    assert [row[2] for row in rows_of(sign_in(bureau), on="2014-01-01", **query)] == expected


def test_by_town_and_by_year(titles, other_town, campaign, sign_in, bureau):
    client, on = sign_in(bureau), "2014-01-01"
    assert [row[2] for row in rows_of(client, on=on, town=other_town.pk)] == ["南塘社区"]
    later = campaign.years.get(year=2013)
    assert rows_of(client, on=on, named_year=later.pk) == []


def test_a_title_that_was_passed_on_says_so(*, titles, community, town, year, bureau, sign_in):
    heir = make_community(town=town, name="新湖社区")
    old = titles["聚湖社区"]
    act = Reorganisation.objects.create(
        district=town.district, kind="merger", effective_on=date(2013, 5, 1), reason="合并", actor="区", at=NOW
    )
    TitleDecision.objects.create(
        reorganisation=act, community=community, successor=heir, designation=old, outcome="pass_on"
    )
    Designation.objects.filter(pk=old.pk).update(revoked_on=act.effective_on)
    make_designation(community=heir, campaign_year=year, named_on=NAMED_ON, inherited_on=act.effective_on)
    found = {row[2]: row[4] for row in rows_of(sign_in(bureau), on="2013-05-01")}
    assert (found["聚湖社区"], found["新湖社区"]) == ("已由新单位承继", "有效（承继）")
    assert "新湖社区" not in {row[2] for row in rows_of(sign_in(bureau), on="2013-04-30")}


@pytest.mark.parametrize("bad", ["2013-02-30", "abc", "99999-01-01", "", "'"])
def test_a_day_that_is_none_is_the_usual_day(bad, titles, sign_in, bureau):
    assert "截至2012年12月31日" in text_of(sign_in(bureau), TITLES, year=2012, on=bad)


def test_a_town_sees_its_own_titles_only(titles, sign_in, other_town_officer, town_officer, community_worker):
    assert "聚湖社区" not in text_of(sign_in(other_town_officer), TITLES)
    assert "南塘社区" not in text_of(sign_in(town_officer), TITLES)
    page = text_of(sign_in(community_worker), TITLES)
    assert "聚湖社区" in page
    assert "银荡村" not in page


def test_the_home_page_of_a_past_day_shows_the_share_of_that_day(titles, sign_in, bureau):
    client = sign_in(bureau)
    before = text_of(client, "/", year=2013, on="2013-12-02")
    after = text_of(client, "/", year=2013, on="2013-12-03")
    assert "截至2013年12月2日" in before
    assert before.count("100.0%") > after.count("100.0%")
    assert "on=2013-12-03" in after, "the lists behind the numbers stand for the same day"


# --- documents ----------------------------------------------------------------------------------------------------
def naming(unit: Assessment, **changes) -> dict:
    return {"number": "苏民基〔2012〕38号", "dated": "2012-12-10", "units": [unit.pk], **changes}


def test_a_naming_document_is_entered_on_its_page(community, village, year, sign_in, bureau):
    unit, other = recognised(community, year, by=bureau), recognised(village, year, by=bureau)
    client = sign_in(bureau)
    page = text_of(client, ADD, kind="naming", year=2012)
    assert page.count(" checked") == 2, "all that are recognised are ticked"
    assert "1／1，100.0%" in page, "what the document does to the targets"
    data = naming(unit, units=[unit.pk, other.pk], file=upload_of(PDF, "命名文件.pdf"))
    response = client.post(f"{ADD}?kind=naming&year=2012", data, follow=True)
    page = response.content.decode()
    assert "命名文件苏民基〔2012〕38号已登记，共2个单位" in page
    document = TitleDocument.objects.get()
    assert document.file.name == "命名文件.pdf"
    assert {"聚湖社区", "银荡村", "省级和谐社区建设示范村", "命名文件.pdf"} <= set(page.replace("<", ">").split(">"))
    listed = text_of(client, reverse("assessment:title_documents"))
    assert f'<a href="{document.get_absolute_url()}">2</a>' in listed


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(community, year, sign_in, bureau):
    unit = recognised(community, year, by=bureau)
    client, address = sign_in(bureau), f"{ADD}?kind=naming&year=2012"
    page = client.post(address, naming(unit, dated="2999-01-01")).content.decode()
    assert "成文日期不能晚于今天" in page
    assert 'value="苏民基〔2012〕38号"' in page
    assert " checked" in page
    held = make_designation(community=community, campaign_year=year, named_on=date(2012, 6, 1))
    page = client.post(address, naming(unit)).content.decode()
    assert page.count("不能再授予一个") == 2, "at the top and beside the unit"
    held.delete()
    page = client.post(address, naming(unit, units=[])).content.decode()
    assert "请至少选择一个单位" in page
    assert 'value="2012-12-10"' in page
    page = client.post(address, naming(unit, file=upload_of(HTML, "a.pdf"))).content.decode()
    assert "无法识别的文件内容" in page
    assert not Designation.objects.exists()


@pytest.mark.parametrize(("kind", "state"), [("revocation", State.REVOCATION_PROPOSED), ("restoration", State.REVOKED)])
def test_the_other_kinds_offer_the_units_that_stand_before_them(*, kind, state, community, campaign, sign_in, bureau):
    recheck = rechecked(community, campaign.years.get(year=2013), state=state)
    page = text_of(sign_in(bureau), ADD, kind=kind, year=2013)
    assert f'value="{recheck.pk}"' in page
    assert " checked" not in page, "nobody loses or regains a title by an oversight"
    assert f'value="{recheck.pk}"' not in text_of(sign_in(bureau), ADD, kind="naming", year=2013)


def test_an_unknown_kind_and_a_foreign_unit_are_not_found(community, year, foreign_bureau, bureau, sign_in):
    unit = recognised(community, year, by=bureau)
    assert sign_in(bureau).get(ADD, {"kind": "promotion"}).status_code == 404
    foreign_unit = recognised(make_community(town=make_town(district=foreign_bureau.district)), year, by=bureau)
    page = sign_in(bureau).post(f"{ADD}?kind=naming&year=2012", naming(unit, units=[foreign_unit.pk])).content.decode()
    assert "所选单位已不能列入" in page
    assert not TitleDocument.objects.exists()
    document = make_document(year, [])
    assert sign_in(foreign_bureau).get(document.get_absolute_url()).status_code == 404


def test_the_file_of_a_document_opens_for_its_district_only(
    *, community, year, sign_in, bureau, town_officer, foreign_bureau
):
    unit = recognised(community, year, by=bureau)
    sign_in(bureau).post(f"{ADD}?kind=naming&year=2012", naming(unit, file=upload_of(PDF, "命名文件.pdf")))
    address = reverse("communities:file", args=[TitleDocument.objects.get().file_id])
    assert sign_in(town_officer).get(address).status_code == 200
    assert sign_in(foreign_bureau).get(address).status_code == 404


@pytest.mark.parametrize(
    ("step", "state"), [("name", State.RECOGNISED), ("revoke", State.REVOCATION_PROPOSED), ("restore", State.REVOKED)]
)
def test_no_title_is_given_or_taken_by_a_post_to_the_step(*, step, state, community, year, sign_in, bureau):
    """Hostile case 7: the document has a page of its own."""
    assessment = make_assessment(community=community, campaign_year=year, **of_kind(state))
    address = reverse("assessment:step", args=[assessment.pk, step])
    for method in ("get", "post"):
        assert getattr(sign_in(bureau), method)(address, {"document": "1号"}).status_code == 404
    assessment.refresh_from_db()
    assert assessment.state == state


# --- one unit's history -------------------------------------------------------------------------------------------
def test_the_life_of_a_unit_is_told_year_by_year(*, community, year, campaign, sign_in, community_worker, bureau):
    recognised(community, year, by=bureau)
    rechecked(community, campaign.years.get(year=2013), state=State.KEPT)
    page = text_of(sign_in(community_worker), reverse("assessment:community_titles", args=[community.code]))
    for told in ("创建申报", "动态复核", "复核保留", "省级和谐社区建设示范社区", "2012年12月10日", "认定达标"):
        assert told in page


# --- queries ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [TITLES, reverse("assessment:title_documents"), f"{ADD}?kind=naming"])
def test_the_pages_ask_as_often_for_one_row_as_for_three(address, town, year, sign_in, bureau):
    client, counts = sign_in(bureau), []
    for number in (1, 2):
        for _each in range(number):
            one = make_community(town=town)
            title = make_designation(community=one, campaign_year=year, named_on=NAMED_ON)
            make_document(year, [title], number=f"{one.pk}号")
            recognised(make_community(town=town), year, by=bureau)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
