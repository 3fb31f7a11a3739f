"""命名、撤销、恢复 (R81, decisions 9 and 16): by document, all or nothing, right on every day around each."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessment import designating
from assessment.assessing import open_assessment
from assessment.designating import TitleRefused, name_units, restore, revoke
from assessment.models import Assessment, Designation, State, StateChange, TitleDocument
from assessment.titles import Progress, progress
from assessment.workflow import Refused, advance
from communities.models import Category, StoredFile
from reporting.tallies import district_scope, tally
from tests.assessment.steps import SHANGHAI
from tests.assessment.title_cases import NAMED_ON, NOW, RECOGNISED_ON, rechecked, recognised
from tests.factories import make_assessment, make_community, make_designation
from tests.tiny_files import JPEG, PDF, files_on_disk, upload_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAMING = {"number": "苏民基〔2012〕38号", "dated": NAMED_ON, "now": NOW}
REVOKED_ON, RESTORED_ON = date(2013, 12, 3), date(2014, 3, 5)
REVOCATION = {"number": "苏民基〔2013〕40号", "dated": REVOKED_ON, "now": NOW}
RESTORATION = {"number": "苏民基〔2014〕5号", "dated": RESTORED_ON, "now": NOW}


@pytest.fixture
def second_year(campaign):
    return campaign.years.get(year=2013)


@pytest.fixture
def unit(community, year, bureau) -> Assessment:
    return recognised(community, year, by=bureau)


def snapshot() -> tuple:
    """Everything that a document could write."""
    return (
        list(TitleDocument.objects.values()),
        list(Designation.objects.values()),
        list(Assessment.objects.order_by("pk").values("pk", "state", "revision")),
        StateChange.objects.count(),
        AuditEvent.objects.count(),
        StoredFile.objects.count(),
        files_on_disk(),
    )


def named_shares(year, bureau, *days: date) -> list[tuple[int, int]]:
    """(urban, rural) units that hold the title on each day; the page's count and the figures' are the same."""
    found = []
    for day in days:
        own = tuple(row.named for row in progress(year, day, bureau))
        counted = tally(year, day, district_scope(bureau.district)).whole
        assert own == tuple(group.counts["recognised"] for group in counted), day
        found.append(own)
    return found


# --- naming -------------------------------------------------------------------------------------------------------
def test_a_document_names_every_unit_on_it_from_its_date(unit, village, year, bureau):
    other = recognised(village, year, by=bureau)
    document = name_units(campaign_year=year, assessments=[unit, other], file=upload_of(PDF), by=bureau, **NAMING)
    titles = Designation.objects.order_by("community__category")
    assert {(one.community, one.named_on, one.document, one.document_number) for one in titles} == {
        (unit.community, NAMED_ON, document, "苏民基〔2012〕38号"),
        (village, NAMED_ON, document, "苏民基〔2012〕38号"),
    }
    assert set(Assessment.objects.values_list("state", flat=True)) == {State.NAMED}
    assert set(StateChange.objects.filter(target=State.NAMED).values_list("document", flat=True)) == {document.number}
    assert (document.file.district, document.file.town, document.entered_by) == (bureau.district, None, bureau.user)
    event = AuditEvent.objects.about(document).get()
    assert (event.action, event.after["单位数"], event.user) == ("登记命名文件", 2, bureau.user)
    assert "湖塘镇聚湖社区" in event.after["单位"]


def test_the_title_of_a_village_is_worded_apart(unit, village, year, bureau):
    other = recognised(village, year, by=bureau)
    name_units(campaign_year=year, assessments=[unit, other], by=bureau, **NAMING)
    titles = {one.community.name: one.title for one in Designation.objects.all()}
    assert titles == {"聚湖社区": "省级和谐社区建设示范社区", "银荡村": "省级和谐社区建设示范村"}


def test_nothing_happens_when_one_unit_of_a_document_fails(unit, town, year, bureau):
    """Every refusal is told at once, each beside its unit; the file is taken away again."""
    late = make_assessment(
        community=make_community(town=town, name="花园社区"), campaign_year=year, state=State.CITY_PASSED
    )
    holder = make_community(town=town, name="府前社区")
    make_designation(community=holder, campaign_year=year, named_on=date(2012, 6, 1))
    twice = recognised(holder, year, by=bureau)
    before = snapshot()
    units = [unit, late, twice]
    with pytest.raises(TitleRefused) as refused:
        name_units(campaign_year=year, assessments=units, file=upload_of(PDF), by=bureau, **NAMING)
    assert [(fault.field, fault.assessment_id) for fault in refused.value.faults] == [
        ("units", late.pk),
        ("units", twice.pk),
    ]
    assert "湖塘镇花园社区：该考评刚刚已由他人处理或状态已变化" in str(refused.value)
    assert "湖塘镇府前社区：已持有称号（苏民基〔2012〕1号）" in str(refused.value)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"dated": date(2014, 6, 2)}, "dated", "成文日期不能晚于今天"),
        ({"dated": date(2011, 12, 31)}, "dated", "成文日期不能早于2012年1月1日"),
        ({"number": "  "}, "number", "请填写文号"),
        ({"assessments": []}, "units", "请至少选择一个单位"),
        ({"file": upload_of(b"MZ", "a.pdf")}, "file", "无法识别的文件内容"),
    ],
)
def test_what_a_document_must_say(*, changed, field, message, unit, year, bureau):
    before = snapshot()
    with pytest.raises(TitleRefused, match=message) as refused:
        name_units(**{"campaign_year": year, "assessments": [unit], "by": bureau, **NAMING, **changed})
    assert refused.value.faults[0].field == field
    assert snapshot() == before


@pytest.mark.parametrize("dated", [date(2012, 1, 1), RECOGNISED_ON - DAY, RECOGNISED_ON])
def test_a_document_may_be_dated_before_the_recognition_was_entered(dated, unit, year, bureau):
    """The bureau enters both afterwards; only the year has to fit, and the day has to have come (R81)."""
    now = datetime(2012, 12, 1, 23, 59, tzinfo=SHANGHAI)
    name_units(campaign_year=year, assessments=[unit], number="1号", dated=dated, by=bureau, now=now)
    assert Designation.objects.get().named_on == dated


def test_of_two_people_who_enter_the_same_document_one_does(unit, year, bureau, monkeypatch):
    """The second is told, also where both looked before either wrote."""
    stale = Assessment.objects.get(pk=unit.pk)
    name_units(campaign_year=year, assessments=[unit], by=bureau, **NAMING)
    before = snapshot()
    with pytest.raises(TitleRefused, match="已经登记过"):
        name_units(campaign_year=year, assessments=[stale], by=bureau, **NAMING)
    monkeypatch.setattr(designating, "faults_of_paper", lambda *_args: [])
    with pytest.raises(TitleRefused, match="已经登记过"):
        name_units(campaign_year=year, assessments=[stale], by=bureau, **NAMING)
    with pytest.raises(TitleRefused, match="已由他人处理或状态已变化"):
        name_units(campaign_year=year, assessments=[stale], by=bureau, **{**NAMING, "number": "另一文号"})
    assert snapshot() == before


def test_a_unit_of_another_year_is_not_named_with_this_one(unit, second_year, bureau):
    told = {**NAMING, "dated": date(2013, 12, 10)}
    with pytest.raises(TitleRefused, match="不是2013年度的考评"):
        name_units(campaign_year=second_year, assessments=[unit], by=bureau, **told)


@pytest.mark.parametrize("role", ["leader", "town_officer", "city_inspector", "province_inspector"])
def test_only_the_bureau_enters_documents(role, unit, year, request):
    with pytest.raises(TitleRefused, match="不能命名"):
        name_units(campaign_year=year, assessments=[unit], by=request.getfixturevalue(role), **NAMING)
    assert not TitleDocument.objects.exists()


def test_the_same_file_serves_two_documents(unit, town, year, bureau):
    other = recognised(make_community(town=town), year, by=bureau)
    name_units(campaign_year=year, assessments=[unit], file=upload_of(JPEG), by=bureau, **NAMING)
    again = {**NAMING, "number": "苏民基〔2012〕39号"}
    name_units(campaign_year=year, assessments=[other], file=upload_of(JPEG), by=bureau, **again)
    assert (StoredFile.objects.count(), len(files_on_disk())) == (1, 1)


# --- revoked and given back ---------------------------------------------------------------------------------------
def test_the_share_is_right_on_each_day_around_each_document(unit, village, year, second_year, bureau):
    """Before, on and after naming, revocation and restoration; a restored unit counts once."""
    name_units(campaign_year=year, assessments=[unit], by=bureau, **NAMING)
    assert named_shares(year, bureau, NAMED_ON - DAY, NAMED_ON, NAMED_ON + DAY) == [(0, 0), (1, 0), (1, 0)]
    recheck = rechecked(unit.community, second_year, state=State.REVOCATION_PROPOSED)
    revoke(assessments=[recheck], by=bureau, **REVOCATION)
    days = (REVOKED_ON - DAY, REVOKED_ON, REVOKED_ON + DAY)
    assert named_shares(second_year, bureau, *days) == [(1, 0), (0, 0), (0, 0)]
    recheck.refresh_from_db()
    restore(assessments=[recheck], by=bureau, **RESTORATION)
    days = (NAMED_ON, REVOKED_ON, RESTORED_ON - DAY, RESTORED_ON, RESTORED_ON + DAY)
    assert named_shares(second_year, bureau, *days) == [(1, 0), (0, 0), (0, 0), (1, 0), (1, 0)]
    old, new = Designation.objects.order_by("pk")
    assert (old.revoked_on, old.revocation.number) == (REVOKED_ON, "苏民基〔2013〕40号")
    assert (new.named_on, new.campaign_year, new.document_number) == (RESTORED_ON, year, "苏民基〔2014〕5号")
    assert new.document.kind == "restoration"
    assert Assessment.objects.get(pk=recheck.pk).state == State.KEPT


def test_a_title_given_back_on_the_day_it_was_taken_counts_once(unit, year, second_year, bureau):
    name_units(campaign_year=year, assessments=[unit], by=bureau, **NAMING)
    recheck = rechecked(unit.community, second_year, state=State.REVOCATION_PROPOSED)
    revoke(assessments=[recheck], by=bureau, **REVOCATION)
    recheck.refresh_from_db()
    restore(assessments=[recheck], by=bureau, **{**RESTORATION, "dated": REVOKED_ON})
    assert named_shares(second_year, bureau, REVOKED_ON - DAY, REVOKED_ON) == [(1, 0), (1, 0)]


@pytest.mark.parametrize(
    ("act", "state", "told", "message"),
    [
        (revoke, State.REVOCATION_PROPOSED, {**REVOCATION, "dated": NAMED_ON - DAY}, "不能早于2013年1月1日"),
        (revoke, State.RECTIFYING, REVOCATION, "状态已变化"),
        (restore, State.REVOKED, RESTORATION, "已持有称号"),
        (revoke, State.REVOCATION_PROPOSED, {**REVOCATION, "dated": date(2014, 6, 2)}, "不能晚于今天"),
    ],
)
def test_what_stands_against_taking_and_giving_back(*, act, state, told, message, community, second_year, bureau):
    recheck = rechecked(community, second_year, state=state)
    before = snapshot()
    with pytest.raises(TitleRefused, match=message):
        act(assessments=[recheck], by=bureau, **told)
    assert snapshot() == before


def test_a_title_is_not_taken_before_it_was_given(community, second_year, bureau):
    recheck = rechecked(community, second_year, state=State.REVOCATION_PROPOSED, named_on=date(2013, 2, 1))
    with pytest.raises(TitleRefused, match="称号自2013年2月1日起持有，撤销日期不能早于这一天"):
        revoke(assessments=[recheck], by=bureau, **{**REVOCATION, "dated": date(2013, 1, 31)})


def test_a_title_is_not_given_back_before_it_was_taken(community, second_year, bureau):
    recheck = rechecked(community, second_year, state=State.REVOCATION_PROPOSED)
    revoke(assessments=[recheck], by=bureau, **REVOCATION)
    recheck.refresh_from_db()
    with pytest.raises(TitleRefused, match="于2013年12月3日撤销，恢复日期不能早于这一天"):
        restore(assessments=[recheck], by=bureau, **{**RESTORATION, "dated": REVOKED_ON - DAY})


def test_a_revocation_without_units_is_refused(bureau):
    for act, told in ((revoke, REVOCATION), (restore, RESTORATION)):
        with pytest.raises(TitleRefused, match="至少选择一个单位"):
            act(assessments=[], by=bureau, **told)


def test_a_step_of_a_document_leaves_no_title_behind_when_taken_alone(unit, bureau):
    """`advance` moves the state; only a document makes the title."""
    advance(unit, "name", by=bureau, now=NOW, document="1号")
    assert not Designation.objects.exists()


# --- a named unit does not apply again (decision 16) --------------------------------------------------------------
def test_a_named_unit_does_not_apply_again(community, year, second_year, town_officer):
    make_designation(community=community, campaign_year=year, named_on=NAMED_ON)
    with pytest.raises(Refused, match="聚湖社区已获命名（苏民基〔2012〕1号），不再重复申报"):
        open_assessment(community=community, campaign_year=second_year, by=town_officer)
    assert not Assessment.objects.exists()


# --- arithmetic ---------------------------------------------------------------------------------------------------
@given(total=st.integers(1, 500), named=st.integers(0, 500), target=st.integers(1, 100))
def test_the_target_is_reached_exactly_when_the_share_is(total, named, target):
    """以上 includes the number itself (R41): whole units, never rounded down."""
    row = Progress(Category.URBAN, total, min(named, total), Decimal(target))
    assert (row.missing == 0) == (row.share >= target)
