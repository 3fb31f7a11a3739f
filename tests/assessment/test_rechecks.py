"""动态管理 (R80, decision 9): a named unit drawn again has no self-assessment, and every way it can go has its page."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment.assessing import carry_over
from assessment.models import Assessment, Designation, Stage, State
from assessment.models.assessments import RECHECKED
from assessment.workflow import Refused
from tests.assessment.ready import inspect
from tests.assessment.scored import FULL
from tests.assessment.title_cases import rechecked, visited
from tests.factories import make_assessment, make_community

pytestmark = pytest.mark.django_db
LIST = reverse("assessment:rechecks")
LONG_AGO, FAR_AHEAD = "2000-01-01", "2999-01-01"


@pytest.fixture
def second_year(campaign):
    return campaign.years.get(year=2013)


@pytest.fixture
def recheck(community, second_year) -> Assessment:
    return rechecked(community, second_year)


def text_of(client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


# --- no self-assessment is pretended ------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [*RECHECKED, State.CLOSED])
def test_every_page_of_a_recheck_stands_in_every_state(state, *, community, second_year, sign_in, bureau, request):
    recheck = visited(rechecked(community, second_year, state=state), by=bureau, lost=4)
    for person in ("bureau", "leader", "town_officer", "community_worker", "city_inspector", "province_inspector"):
        client = sign_in(request.getfixturevalue(person))
        for name in ("sheet", "gaps", "history"):
            page = text_of(client, f"assessment:{name}", recheck.pk)
            assert "动态管理" in page
            assert "自评分" not in page
        assert "动态复核表" in text_of(client, "reporting:score_sheet", recheck.pk)
        assert client.get(f"/?year={second_year.year}").status_code in {200, 302}
    page = text_of(sign_in(bureau), "assessment:sheet", recheck.pk)
    assert all(reverse(f"assessment:{name}", args=[recheck.pk]) in page for name in ("inspections", "rectifications"))
    for told in ("省考评", "现场不符", State(state).label, "现行得分96分，以省考评分为准", "省级和谐社区建设示范社区"):
        assert told in page


def test_the_gap_list_of_a_recheck_is_what_the_latest_stage_took(recheck, sign_in, bureau, town_officer):
    client = sign_in(town_officer)
    assert "省考评尚未评分" in text_of(client, "assessment:gaps", recheck.pk)
    visited(recheck, by=bureau, lost=12)
    page = text_of(client, "assessment:gaps", recheck.pk)
    assert "目前省考评总分<b>88</b>分" in page
    assert "−12" in page
    visited(recheck, by=bureau, stage=Stage.REINSPECTION)
    assert "目前复查总分<b>100</b>分" in text_of(client, "assessment:gaps", recheck.pk)


def test_nothing_of_a_recheck_can_be_filled_in_as_a_self_assessment(recheck, sign_in, town_officer):
    client, page = sign_in(town_officer), recheck.get_absolute_url()
    item = recheck.standard.items.first()
    assert client.get(reverse("assessment:check", args=[recheck.pk])).url == page
    assert client.post(reverse("assessment:check", args=[recheck.pk])).url == page
    assert "不能再修改" in client.post(page, {f"points-{item.pk}": "1"}, follow=True).content.decode()
    saved = client.post(reverse("assessment:save_item", args=[recheck.pk, item.pk]), {"points": "1", "revision": "0"})
    assert saved.status_code == 423
    client.post(reverse("assessment:carry_over", args=[recheck.pk]))
    assert not recheck.sheets.exists()


def test_a_year_after_a_recheck_has_no_self_assessment_to_carry_over(recheck, campaign, town_officer):
    Designation.objects.update(revoked_on=date(2013, 12, 3))
    later = make_assessment(community=recheck.community, campaign_year=campaign.years.get(year=2014))
    with pytest.raises(Refused, match="上年度没有该社区（村）的自评"):
        carry_over(later, by=town_officer, now=timezone.now())


def test_the_home_of_the_community_shows_its_recheck(recheck, sign_in, community_worker, bureau):
    client = sign_in(community_worker)
    assert "本年度动态复核" in client.get("/?year=2013").content.decode()
    visited(recheck, by=bureau, lost=4)
    page = client.get("/?year=2013").content.decode()
    assert "96<small>分</small>" in page
    assert "现场不符" in page


# --- every way through, by its pages ------------------------------------------------------------------------------
def go(client, recheck: Assessment, step: str, **given) -> str:
    """Take a step through its page, and the state that comes of it."""
    address = reverse("assessment:step", args=[recheck.pk, step])
    answer = client.post(address, {"reason": "现场不符", "document": "苏民基〔2013〕31号", **given})
    assert answer.status_code == 302, answer.content.decode()
    return Assessment.objects.get(pk=recheck.pk).state


def enter(client, kind: str, recheck: Assessment, **given) -> str:
    data = {"number": f"{kind}1号", "dated": "2013-12-03", "units": [recheck.pk], **given}
    answer = client.post(f"{reverse('assessment:title_document_add')}?kind={kind}&year=2013", data)
    assert answer.status_code == 302, answer.content.decode()
    return Assessment.objects.get(pk=recheck.pk).state


def test_a_unit_that_passes_keeps_its_title(recheck, sign_in, province_inspector, bureau):
    visited(recheck, by=bureau)
    assert go(sign_in(province_inspector), recheck, "keep") == State.KEPT
    assert Designation.objects.get().revoked_on is None
    change = recheck.changes.get()
    assert (change.action, change.document, change.total) == ("复核合格，保留称号", "苏民基〔2013〕31号", 100)


def test_a_unit_that_mends_its_faults_keeps_its_title(recheck, *, sign_in, province_inspector, town_officer, bureau):
    province, town = sign_in(province_inspector), sign_in(town_officer)
    visited(recheck, by=bureau, lost=12)
    assert go(province, recheck, "order_rectification", last_day=FAR_AHEAD) == State.RECTIFYING
    assert go(town, recheck, "report_rectified") == State.REINSPECTING
    inspect(recheck, Stage.REINSPECTION, by=bureau)
    assert go(province, recheck, "keep_after_rectification") == State.KEPT
    page = text_of(province, "assessment:sheet", recheck.pk)
    assert "合格" in page
    assert "2999年1月1日" in page


def test_a_title_is_revoked_and_given_back_by_documents(recheck, *, sign_in, province_inspector, town_officer, bureau):
    province, office = sign_in(province_inspector), sign_in(bureau)
    visited(recheck, by=bureau, lost=12)
    assert go(province, recheck, "order_rectification", last_day=FAR_AHEAD) == State.RECTIFYING
    assert go(province, recheck, "propose_revocation") == State.REVOCATION_PROPOSED
    page = text_of(office, "assessment:sheet", recheck.pk)
    assert "kind=revocation" in page, "the next step is on the page, by its document"
    assert enter(office, "revocation", recheck) == State.REVOKED
    assert Designation.objects.get().revoked_on == date(2013, 12, 3)
    assert "kind=restoration" in text_of(office, "assessment:sheet", recheck.pk)
    assert enter(office, "restoration", recheck, dated="2014-03-05") == State.KEPT
    assert "建议撤销" in text_of(sign_in(town_officer), "assessment:sheet", recheck.pk), "what the recheck came to"


def test_a_proposal_may_end_in_keeping_the_title(community, second_year, sign_in, bureau):
    recheck = rechecked(community, second_year, state=State.REVOCATION_PROPOSED)
    assert go(sign_in(bureau), recheck, "retain") == State.KEPT
    assert Designation.objects.get().revoked_on is None


@pytest.mark.parametrize(
    ("step", "lost", "told"), [("keep", 12, "少2分"), ("order_rectification", 0, "达到合格线90分")]
)
def test_the_score_decides_which_way_is_open(step, lost, told, *, recheck, sign_in, province_inspector, bureau):
    visited(recheck, by=bureau, lost=lost)
    page = text_of(sign_in(province_inspector), "assessment:step", recheck.pk, step)
    assert f"目前还不能{'复核合格，保留称号' if step == 'keep' else '限期整改'}" in page
    assert told in page


# --- the list -----------------------------------------------------------------------------------------------------
@pytest.fixture
def many(town, other_town, second_year, bureau) -> dict[str, Assessment]:
    made = {
        "逾期社区": rechecked(
            make_community(town=town, name="逾期社区"), second_year, state=State.RECTIFYING, resubmit_by=LONG_AGO
        ),
        "整改社区": rechecked(
            make_community(town=town, name="整改社区"), second_year, state=State.RECTIFYING, resubmit_by=FAR_AHEAD
        ),
        "南塘社区": rechecked(make_community(town=other_town, name="南塘社区"), second_year, state=State.KEPT),
    }
    visited(made["整改社区"], by=bureau, lost=12)
    visited(made["整改社区"], by=bureau, stage=Stage.REINSPECTION, lost=1)
    return made


def rows_of(client, **query) -> dict[str, list]:
    answer = client.get(reverse("assessment:rechecks_xlsx"), {"year": 2013, **query})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    return {row[2]: list(row[4:]) for row in sheet.iter_rows(min_row=2, values_only=True)}


def test_the_list_tells_state_scores_last_day_and_result(many, sign_in, bureau):
    rows = rows_of(sign_in(bureau))
    assert rows["整改社区"][:3] == ["限期整改", "限期整改", 88]
    assert rows["整改社区"][4] == 99
    assert rows["逾期社区"][-1] == "限期整改已逾期"
    assert rows["南塘社区"][1] == "合格"
    page = text_of(sign_in(bureau), "assessment:rechecks", year=2013)
    assert page.count("已逾期</span>") == 1
    assert "操作" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "kept"}, {"南塘社区"}),
        ({"state": "rectifying"}, {"逾期社区", "整改社区"}),
        ({"overdue": "1"}, {"逾期社区"}),
        ({"q": "南塘"}, {"南塘社区"}),
        ({"state": "draft"}, {"逾期社区", "整改社区", "南塘社区"}),
    ],
)
def test_the_filters_of_the_list(query, expected, many, sign_in, bureau):
    assert set(rows_of(sign_in(bureau), **query)) == expected


def test_the_next_steps_are_offered_by_role(many, *, sign_in, bureau, province_inspector, town_officer, leader):
    def offered(person) -> list[str]:
        page = text_of(sign_in(person), "assessment:rechecks", year=2013)
        return [step for step in ("report_rectified", "propose_revocation") if f"/step/{step}/" in page]

    assert offered(town_officer) == ["report_rectified"]
    assert offered(bureau) == offered(province_inspector) == ["propose_revocation"]
    assert offered(leader) == []


def test_a_town_sees_its_own_rechecks_only(many, sign_in, other_town_officer, community_worker):
    assert set(rows_of(sign_in(other_town_officer))) == {"南塘社区"}
    assert rows_of(sign_in(community_worker)) == {}


def test_applications_are_not_in_the_list(community, second_year, sign_in, bureau):
    make_assessment(community=community, campaign_year=second_year, scores=FULL)
    assert rows_of(sign_in(bureau)) == {}


def test_the_list_asks_as_often_for_one_row_as_for_three(town, second_year, sign_in, bureau):
    client, counts = sign_in(bureau), []
    for number in (1, 2):
        for _each in range(number):
            rechecked(make_community(town=town), second_year, state=State.RECTIFYING, resubmit_by=LONG_AGO)
        client.get(LIST, {"year": 2013})
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST, {"year": 2013})
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- 验收请示 basis (R76) ---------------------------------------------------------------------------------------------
def test_only_units_that_passed_the_city_stand_on_the_list(town, village, year, *, sign_in, bureau):
    for number, state in enumerate((State.CITY_PASSED, State.NAMED, State.LISTED, State.FAILED)):
        one = make_community(town=town, name=f"{number}号社区")
        make_assessment(community=one, campaign_year=year, scores=FULL, state=state)
    passed = make_assessment(community=village, campaign_year=year, scores=FULL, state=State.CITY_PASSED)
    inspect(passed, Stage.DISTRICT, by=bureau, lost={"1.1": 2})
    page = text_of(sign_in(bureau), "assessment:acceptance", year=2012)
    assert "城镇社区2个、农村社区（村）1个，共3个。" in page
    assert "以区预查分为准" in page
    answer = sign_in(bureau).get(reverse("assessment:acceptance_xlsx"), {"year": 2012})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert [sheet.title for sheet in book] == ["市验收通过的城镇社区", "市验收通过的农村社区（村）"]
    assert [row[2] for row in book.worksheets[0].iter_rows(min_row=2, max_row=3, values_only=True)] == [
        "0号社区",
        "1号社区",
    ]
    assert book.worksheets[1]["E2"].value == 98
