"""Self-assessment (R23, R69): what is typed is kept, sums agree, and two people never overwrite each other silently."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment.assessing import Entry, open_assessment, save_scores
from assessment.forms import REASON_LENGTH, read_points, read_reason
from assessment.models import Assessment, Evidence, EvidenceFile, Item, ItemScore, ScoreSheet, State
from assessment.models.assessments import PART_FIELDS
from assessment.workflow import Refused
from communities.models import Appointment
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
FULL = {f"{part}.1": "12.5" for part in range(1, 9)}
CENTS = st.integers(min_value=0, max_value=1250).map(lambda cents: Decimal(cents) / 100)


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year)


@pytest.fixture
def items(assessment) -> list[Item]:
    return list(assessment.standard.items.all())


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def sheet_url(assessment) -> str:
    return assessment.get_absolute_url()


def item_url(assessment: Assessment, item: Item) -> str:
    return reverse("assessment:save_item", args=[assessment.pk, item.pk])


def stored(assessment: Assessment) -> dict[str, tuple[Decimal | None, str, int]]:
    scores = ItemScore.objects.filter(sheet__assessment=assessment).select_related("item")
    return {score.item.code: (score.points, score.reason, score.revision) for score in scores}


def typed(items: list[Item], **rows: tuple[str, str, int]) -> dict[str, str]:
    """The posted form of the whole sheet: `a=(points, reason, revision)` for the first item, b for the second."""
    values = dict(zip("abcdefgh", items, strict=False))
    posted = {}
    for letter, item in values.items():
        points, reason, revision = rows.get(letter, ("", "", 0))
        posted |= {
            f"points-{item.pk}": points,
            f"reason-{item.pk}": reason,
            f"revision-{item.pk}": str(revision),
        }
    return posted


# --- sums ----------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sums_are_those_of_the_items_in_whatever_order_they_are_typed(data, assessment, items, town_officer):
    """Hostile case 43: the stored part sums, total and count are what one adds up by hand, in exact decimals."""
    for _ in range(data.draw(st.integers(1, 4))):
        chosen = data.draw(st.lists(st.sampled_from(items), unique=True, min_size=1))
        revisions = dict(ItemScore.objects.filter(sheet__assessment=assessment).values_list("item_id", "revision"))
        entries = [Entry(item, data.draw(CENTS | st.none()), "原因", revisions.get(item.pk, 0)) for item in chosen]
        outcome = save_scores(assessment, entries, by=town_officer)
        assert outcome.conflicts == []
    points = {code: row[0] for code, row in stored(assessment).items() if row[0] is not None}
    sheet = ScoreSheet.objects.get(assessment=assessment)
    for part, name in PART_FIELDS.items():
        expected = sum((value for code, value in points.items() if code.startswith(f"{part.value}.")), Decimal(0))
        assert getattr(sheet, name) == expected
    assert (sheet.total, sheet.scored_items) == (sum(points.values(), Decimal(0)), len(points))


def test_a_score_stays_a_decimal_all_the_way(assessment, items, client, town_officer):
    """0.1 + 0.2 is 0.3."""
    for item, points in zip(items, ["0.1", "0.2"], strict=False):
        client.post(item_url(assessment, item), {"points": points, "reason": "扣分", "revision": "0"})
    sheet = assessment.self_sheet
    assert isinstance(sheet.total, Decimal)
    assert sheet.total == Decimal("0.3")
    assert f'<b id="total">{"0.3"}</b>' in client.get(assessment.get_absolute_url()).content.decode()


# --- what may be typed ---------------------------------------------------------------------------------------------

READ = {
    "12.5": "12.50",
    "0": "0.00",
    "１２．５": "12.50",
    " 7 ": "7.00",
    ".5": "0.50",
    "3.": "3.00",
    "007": "7.00",
    "12.500": "12.50",
    "": None,
    "　": None,
}
REFUSED = {
    "12.51": "超出范围",
    "-0.01": "超出范围",
    "1000000000000000000000000000000000000": "超出范围",
    "1.005": "小数位太多",
    "九分": "不是数字",
    "1e1": "不是数字",
    "1_0": "不是数字",
    "1,2": "不是数字",
    "1 2": "不是数字",
    "NaN": "不是数字",
    "Infinity": "不是数字",
    "=1+1": "不是数字",
    "3\x00": "不是数字",
    "٣": "不是数字",
}


@pytest.mark.parametrize(("text", "points"), READ.items())
def test_a_score_is_read_as_people_type_it(text, points, items):
    assert read_points(text, items[0]) == (None if points is None else Decimal(points))


@given(points=CENTS)
@settings(deadline=None)
def test_every_score_from_0_to_the_points_of_the_item_is_read_exactly(points):
    assert read_points(str(points), Item(points=Decimal("12.5"))) == points


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_anything_else_is_refused_with_what_to_type(text, why, assessment, items, client):
    answer = client.post(item_url(assessment, items[0]), {"points": text, "reason": "", "revision": "0"})
    assert answer.status_code == 422
    assert why in answer.json()["errors"][0]
    assert "请填写0到12.5之间的数字，最多两位小数。" in answer.json()["errors"][0]
    assert stored(assessment) == {}


def test_a_reason_too_long_is_refused_with_its_length(assessment, items, client):
    data = {"points": "10", "reason": "长" * (REASON_LENGTH + 1), "revision": "0"}
    answer = client.post(item_url(assessment, items[0]), data)
    assert answer.status_code == 422
    assert answer.json()["errors"] == ["扣分原因有501字，请控制在500字以内。"]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85"])
def test_control_characters_in_a_reason_are_refused(character, assessment, items, client):
    """Hostile case 29: they cannot be printed, and no spreadsheet takes them."""
    data = {"points": "10", "reason": f"缺{character}记录", "revision": "0"}
    answer = client.post(item_url(assessment, items[0]), data)
    assert answer.status_code == 422
    assert "控制字符" in answer.json()["errors"][0]
    assert stored(assessment) == {}


def test_a_reason_may_have_lines_and_rare_characters():
    """Hostile case 45: characters of the extensions A and B are names of places too."""
    assert read_reason("第一行\r\n㐂𠀋村缺记录 ") == "第一行\n㐂𠀋村缺记录"


def test_a_reason_is_shown_as_text_whatever_it_contains(assessment, items, client):
    """Hostile case 30."""
    client.post(item_url(assessment, items[0]), {"points": "1", "reason": "<script>alert(1)</script>", "revision": "0"})
    for name in ("sheet", "gaps"):
        page = client.get(reverse(f"assessment:{name}", args=[assessment.pk])).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


# --- autosave of one item ------------------------------------------------------------------------------------------


def test_an_autosave_answers_with_the_new_revision_and_sums(assessment, items, client, town_officer):
    answer = client.post(item_url(assessment, items[2]), {"points": "10.5", "reason": "缺公示", "revision": "0"})
    assert answer.status_code == 200
    found = answer.json()
    assert found.pop("saved_at")
    assert found == {"revision": 1, "part": 3, "part_sum": "10.5", "total": "10.5", "scored": 1}
    assert stored(assessment) == {"3.1": (Decimal("10.50"), "缺公示", 1)}
    event = AuditEvent.objects.about(assessment).get()
    assert (event.action, event.user) == ("自评打分", town_officer.user)
    assert event.changes == [("3.1", "未评分", "10.50分（缺公示）")]


def test_a_score_can_be_taken_back(assessment, items, client):
    url = item_url(assessment, items[0])
    client.post(url, {"points": "10", "reason": "缺", "revision": "0"})
    assert client.post(url, {"points": "", "reason": "", "revision": "1"}).json()["scored"] == 0
    assert stored(assessment) == {"1.1": (None, "", 2)}
    assert assessment.self_sheet.total == 0


def test_the_second_person_on_an_item_gets_the_first_ones_score_and_overwrites_nothing(
    assessment, items, client, sign_in, community_worker
):
    """Hostile case 32."""
    url = item_url(assessment, items[0])
    assert sign_in(community_worker).post(url, {"points": "11", "reason": "缺照片", "revision": "0"}).status_code == 200
    answer = client.post(url, {"points": "9", "reason": "缺台账", "revision": "0"})
    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert theirs.pop("at")
    assert theirs == {"points": "11", "reason": "缺照片", "revision": 1, "scorer": "聚湖陈书记"}
    assert stored(assessment) == {"1.1": (Decimal(11), "缺照片", 1)}
    assert client.post(url, {"points": "9", "reason": "缺台账", "revision": "1"}).status_code == 200
    assert stored(assessment) == {"1.1": (Decimal(9), "缺台账", 2)}


def test_the_same_save_sent_twice_is_no_conflict_and_one_event(assessment, items, client):
    """A lost answer is sent again: the network's fault, not a second person."""
    data = {"points": "11", "reason": "缺照片", "revision": "0"}
    answers = [client.post(item_url(assessment, items[0]), data) for _ in range(2)]
    assert [(answer.status_code, answer.json()["revision"]) for answer in answers] == [(200, 1), (200, 1)]
    assert AuditEvent.objects.about(assessment).count() == 1


@pytest.mark.parametrize("revision", ["", "x", "-1", "１", "99999999999999999999", "7"])
def test_a_revision_nobody_gave_out_never_overwrites(revision, assessment, items, client):
    url = item_url(assessment, items[0])
    client.post(url, {"points": "11", "reason": "缺照片", "revision": "0"})
    assert client.post(url, {"points": "1", "reason": "改", "revision": revision}).status_code == 409
    assert stored(assessment) == {"1.1": (Decimal(11), "缺照片", 1)}


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RECEIVED])
def test_a_filed_sheet_is_closed(state, community, open_year, client):
    filed = make_assessment(community=community, campaign_year=open_year, scores=FULL, state=state)
    item = filed.standard.items.first()
    answer = client.post(item_url(filed, item), {"points": "1", "reason": "改", "revision": "1"})
    assert answer.status_code == 423
    assert "不能再修改" in answer.json()["errors"][0]
    page = client.post(filed.get_absolute_url(), {f"points-{item.pk}": "1"}, follow=True).content.decode()
    assert "不能再修改" in page
    assert 'name="points-' not in page
    assert filed.self_sheet.total == 100


def test_an_item_of_another_standard_is_not_found(assessment, client, village, open_year):
    """Hostile case 5: a foreign item id inside one's own form."""
    foreign = make_assessment(community=village, campaign_year=open_year).standard.items.first()
    data = {"points": "1", "reason": "改", "revision": "0"}
    assert client.post(item_url(assessment, foreign), data).status_code == 404
    client.post(assessment.get_absolute_url(), {f"points-{foreign.pk}": "1", f"reason-{foreign.pk}": "改"})
    assert ItemScore.objects.count() == 0


def test_fields_that_the_form_does_not_have_are_ignored(assessment, items, client, other_town):
    """Hostile case 8."""
    extra = {
        "state": "received",
        "total": "100",
        "town": other_town.pk,
        "item": items[1].pk,
        "scorer": "1",
        "part_1": "99",
    }
    data = {"points": "5", "reason": "缺", "revision": "0", **extra}
    assert client.post(item_url(assessment, items[0]), data).json()["total"] == "5"
    client.post(assessment.get_absolute_url(), typed(items, a=("6", "缺", 1)) | extra)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.community.town.name) == ("draft", "湖塘镇")
    assert stored(assessment) == {"1.1": (Decimal(6), "缺", 2)}
    assert assessment.self_sheet.total == 6


# --- 暂存 of the whole sheet, without JavaScript -------------------------------------------------------------------


def test_the_whole_sheet_is_saved_at_once(assessment, items, client, sheet_url):
    page = client.post(sheet_url, typed(items, a=("12.5", "", 0), b=("１０", "缺公示", 0)), follow=True)
    assert "已保存" in page.content.decode()
    assert stored(assessment) == {"1.1": (Decimal("12.5"), "", 1), "2.1": (Decimal(10), "缺公示", 1)}
    assert AuditEvent.objects.filter(action="自评打分").count() == 1


def test_a_sheet_with_an_error_writes_nothing_and_keeps_what_was_typed(assessment, items, client, sheet_url):
    answer = client.post(sheet_url, typed(items, a=("12", "缺章", 0), b=("13", "缺公示<", 0)))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "得分13超出范围，请填写0到12.5之间的数字" in page
    for kept in ('value="12"', 'value="13"', ">缺章<", ">缺公示&lt;<"):
        assert kept in page
    assert stored(assessment) == {}


def test_a_sheet_that_meets_a_newer_score_keeps_both_and_saves_the_rest(
    assessment, items, client, sheet_url, town_officer
):
    save_scores(assessment, [Entry(items[0], Decimal(11), "他人的原因", 0)], by=town_officer)
    answer = client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("10", "缺公示", 0)))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "他人刚刚保存了：<b>11</b> 他人的原因" in page
    assert ">我的原因<" in page
    assert stored(assessment) == {"1.1": (Decimal(11), "他人的原因", 1), "2.1": (Decimal(10), "缺公示", 1)}
    again = typed(items, a=("9", "我的原因", 1), b=("10", "缺公示", 1))
    assert f'name="revision-{items[0].pk}" value="1"' in page
    assert client.post(sheet_url, again).status_code == 302
    assert stored(assessment)["1.1"] == (Decimal(9), "我的原因", 2)


def test_an_error_beside_it_hides_no_conflict(assessment, items, client, sheet_url, town_officer):
    """The page with the error still carries the revisions that were read, so the next save meets the newer score."""
    save_scores(assessment, [Entry(items[0], Decimal(11), "他人的原因", 0)], by=town_officer)
    page = client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("99", "", 0))).content.decode()
    assert f'name="revision-{items[0].pk}" value="0"' in page
    assert client.post(sheet_url, typed(items, a=("9", "我的原因", 0), b=("10", "缺", 0))).status_code == 409
    assert stored(assessment)["1.1"] == (Decimal(11), "他人的原因", 1)


def test_an_unchanged_sheet_writes_nothing(assessment, items, client, sheet_url):
    data = typed(items, a=("12", "缺", 0))
    client.post(sheet_url, data)
    events = AuditEvent.objects.count()
    client.post(sheet_url, typed(items, a=("12.0", "缺", 1)))
    assert stored(assessment) == {"1.1": (Decimal(12), "缺", 1)}
    assert AuditEvent.objects.count() == events


# --- who -----------------------------------------------------------------------------------------------------------


def test_a_worker_drafts_for_the_own_community(assessment, items, sign_in, community_worker):
    client = sign_in(community_worker)
    page = client.get(assessment.get_absolute_url()).content.decode()
    assert f'name="points-{items[0].pk}"' in page
    assert "核对并申报" not in page
    answer = client.post(item_url(assessment, items[0]), {"points": "12.5", "reason": "", "revision": "0"})
    assert answer.status_code == 200


@pytest.mark.parametrize("role", ["bureau", "leader"])
def test_the_district_reads_but_cannot_save(role, assessment, items, sign_in, request):
    client = sign_in(request.getfixturevalue(role))
    page = client.get(assessment.get_absolute_url()).content.decode()
    assert "社区组织体系健全" in page
    assert 'name="points-' not in page
    assert "autosave.js" not in page
    for url in (item_url(assessment, items[0]), assessment.get_absolute_url()):
        assert client.post(url, {"points": "1", "revision": "0"}).status_code == 403
    assert stored(assessment) == {}


# --- beginning -----------------------------------------------------------------------------------------------------


def test_an_assessment_is_begun_once_with_the_current_standard(community, open_year, client, town_officer):
    """自愿申报: nothing exists until somebody asks (R68)."""
    old, current = make_standard(), make_standard()
    url = reverse("assessment:begin", args=[community.code])
    first, second = client.post(url), client.post(url)
    assessment = Assessment.objects.get()
    assert first.url == second.url == assessment.get_absolute_url()
    assert (assessment.standard, assessment.state, assessment.self_sheet.total) == (current, "draft", 0)
    assert old != current
    assert AuditEvent.objects.about(assessment).get().action == "开始自评"


def test_without_a_standard_the_page_says_whom_to_ask(community, open_year, client):
    page = client.post(reverse("assessment:begin", args=[community.code]), follow=True).content.decode()
    assert "还没有发布城镇社区考评标准，请联系区社区办导入。" in page
    assert Assessment.objects.count() == 0


def test_without_a_campaign_the_page_says_whom_to_ask(community, client):
    page = client.post(reverse("assessment:begin", args=[community.code]), follow=True).content.decode()
    assert "本区还没有设置创建活动年度，请联系区社区办。" in page


def test_beginning_is_refused_to_a_service_without_standard(community, open_year, town_officer):
    with pytest.raises(Refused, match="还没有发布"):
        open_assessment(community=community, campaign_year=open_year, by=town_officer)


# --- last year -----------------------------------------------------------------------------------------------------


@pytest.fixture
def last_year(community, campaign, assessment) -> Assessment:
    """The self-assessment of 2012, all full but 2.1, with a file on 1.1; `this_year` follows it."""
    item = assessment.standard.items.get(code="1.1")
    sheet = assessment.self_sheet
    for code, points in {**FULL, "2.1": "10"}.items():
        reason = "" if points == "12.5" else "去年的原因"
        ItemScore.objects.create(
            sheet=sheet, item=assessment.standard.items.get(code=code), points=Decimal(points), reason=reason
        )
    file = EvidenceFile.objects.create(
        community=community, file="x.jpg", name="证书.jpg", kind="image/jpeg", size=1, sha256="0" * 64
    )
    Evidence.objects.create(assessment=assessment, item=item, file=file)
    return assessment


@pytest.fixture
def this_year(last_year, campaign, community) -> Assessment:
    return make_assessment(
        community=community, campaign_year=campaign.years.get(year=2013), standard=last_year.standard
    )


def carry_over(client: Client, assessment: Assessment) -> str:
    return client.post(reverse("assessment:carry_over", args=[assessment.pk]), follow=True).content.decode()


def test_last_years_scores_reasons_and_files_are_carried_over(this_year, last_year, client):
    assert "已沿用上年自评8个条目及其佐证材料，请逐条核对后再申报。" in carry_over(client, this_year)
    assert stored(this_year) == stored(last_year)
    assert this_year.self_sheet.total == Decimal("97.5")
    assert list(this_year.evidence.values_list("item__code", "file")) == list(
        last_year.evidence.values_list("item__code", "file")
    )
    assert EvidenceFile.objects.count() == 1


def test_carrying_over_fills_only_what_is_empty_and_only_once(this_year, last_year, client, town_officer):
    own = Entry(this_year.standard.items.get(code="1.1"), Decimal(5), "今年的原因", 0)
    save_scores(this_year, [own], by=town_officer)
    assert "已沿用上年自评7个条目" in carry_over(client, this_year)
    assert "已沿用上年自评0个条目" in carry_over(client, this_year)
    assert stored(this_year)["1.1"] == (Decimal(5), "今年的原因", 1)
    assert this_year.evidence.count() == 0, "the file belonged to an item that is judged anew"
    assert this_year.self_sheet.total == Decimal(90)


def test_an_item_that_reads_otherwise_this_year_is_judged_anew(last_year, campaign, community, client):
    rows = [{"part": part, "code": f"{part}.1", "points": Decimal("12.5")} for part in range(1, 9)]
    rows[0]["content"] = "改写后的考评内容"
    rows[1]["points"] = Decimal(10)
    standard = make_standard(items=rows)
    year = campaign.years.get(year=2013)
    assessment = make_assessment(community=community, campaign_year=year, standard=standard)
    assert "已沿用上年自评6个条目" in carry_over(client, assessment)
    assert sorted(stored(assessment)) == ["3.1", "4.1", "5.1", "6.1", "7.1", "8.1"]


def test_without_last_year_there_is_nothing_to_carry(assessment, client):
    assert "沿用上年自评</button>" not in client.get(assessment.get_absolute_url()).content.decode()
    assert "上年度没有该社区（村）的自评，无法沿用。" in carry_over(client, assessment)


def test_a_filed_sheet_carries_nothing(last_year, campaign, community, client):
    year = campaign.years.get(year=2013)
    filed = make_assessment(community=community, campaign_year=year, standard=last_year.standard, state=State.SUBMITTED)
    assert "不能再修改" in carry_over(client, filed)
    assert stored(filed) == {}


# --- 缺什么补什么 --------------------------------------------------------------------------------------------------


def test_the_gap_list_names_every_item_that_lost_points_or_has_none(assessment, items, client, town_officer):
    """R29, R70: below 90 stays with its gap list."""
    entries = [Entry(items[0], Decimal("12.5"), "", 0), Entry(items[1], Decimal(10), "缺公示栏", 0)]
    save_scores(assessment, entries, by=town_officer)
    page = client.get(reverse("assessment:gaps", args=[assessment.pk])).content.decode()
    assert "目前自评总分<b>22.5</b>分，合格线90分，还差" in page
    assert '<b class="short">67.5</b>' in page
    assert "#item-1.1" not in page
    assert "#item-2.1" in page
    assert "−2.5" in page
    assert "缺公示栏" in page
    assert page.count("未评分") == 6


def test_a_full_sheet_has_no_gaps(community, open_year, client):
    full = make_assessment(community=community, campaign_year=open_year, scores=FULL)
    page = client.get(reverse("assessment:gaps", args=[full.pk])).content.decode()
    assert "没有失分条目。" in page
    assert "已达到" in page


# --- speed ---------------------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_sheet_of_49_items_makes_the_queries_of_one_of_8(town, open_year, client, town_officer: Appointment):
    """House rule 8, with scores, reasons and files on every item."""
    found = {}
    for number in (8, 49):
        rows = [{"part": n % 8 + 1, "code": f"{n % 8 + 1}.{n}", "points": Decimal(2)} for n in range(number)]
        standard = make_standard(items=rows)
        community = make_community(town=town, profile={})
        scores = {row["code"]: "1" for row in rows}
        assessment = make_assessment(community=community, campaign_year=open_year, standard=standard, scores=scores)
        for n, item in enumerate(standard.items.all()):
            file = EvidenceFile.objects.create(
                community=community, file="x", name=f"{n}.jpg", kind="image/jpeg", size=1, sha256=f"{n:064d}"
            )
            Evidence.objects.create(assessment=assessment, item=item, file=file)
        for name in ("sheet", "gaps", "check"):
            url = reverse(f"assessment:{name}", args=[assessment.pk])
            client.get(url)
            found.setdefault(name, []).append(queries(client, url))
    for counts in found.values():
        assert counts[0] == counts[1]


def test_a_whole_sheet_is_saved_in_the_same_number_of_queries_as_one_item(assessment, items, town_officer):
    counts = []
    for entries in ([Entry(items[0], Decimal(1), "缺", 0)], [Entry(item, Decimal(2), "缺", 0) for item in items[1:]]):
        with CaptureQueriesContext(connection) as captured:
            save_scores(assessment, entries, by=town_officer)
        counts.append(len(captured))
    assert counts[0] == counts[1]
