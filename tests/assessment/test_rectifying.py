"""整改: from lost points to 销号, and who may say what on the way (R29, R47; F7, F8)."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEvent
from assessment.models import (
    Inspection,
    InspectionPhoto,
    Method,
    Rectification,
    RectificationNotice,
    Stage,
    State,
)
from assessment.rectifying.ordering import Fault, amend, order, propose, proposed_number
from assessment.rectifying.settling import recheck, remove_photo, report, sign_for
from assessment.workflow import Refused
from communities.files import UnfitFile
from communities.revisions import Conflict
from tests.assessment.ready import inspect
from tests.assessment.rectified import DUE, NUMBER, make_rectification
from tests.assessment.scored import FULL
from tests.assessment.steps import DURING
from tests.factories import make_assessment, make_community, make_file
from tests.tiny_files import JPEG, SVG, files_on_disk, upload_of

pytestmark = pytest.mark.django_db
LOST = {**FULL, "1.1": "10", "7.1": "12"}
LATER = DURING + timedelta(days=4)


@pytest.fixture
def assessment(community, year):
    return make_assessment(community=community, campaign_year=year, scores=LOST)


@pytest.fixture
def ordered(assessment, item, bureau) -> Rectification:
    return make_rectification(assessment, item, by=bureau)


def fresh(rectification: Rectification) -> Rectification:
    return Rectification.objects.get(pk=rectification.pk)


def say(rectification: Rectification, measure: str = "已补齐", *, by, photo: bytes = JPEG, **more) -> None:
    now, revision = more.pop("now", DURING), more.pop("revision", rectification.revision)
    after = more.pop("after", [upload_of(photo)])
    report(rectification, measure, by=by, now=now, revision=revision, after=after, **more)


def judge(rectification: Rectification, *, by, passed: bool, verdict: str = "", **more) -> None:
    more = {"now": LATER, "revision": rectification.revision, **more}
    recheck(rectification, passed=passed, verdict=verdict, by=by, **more)


# --- ordering ------------------------------------------------------------------------------------------------------
def test_what_lost_points_is_proposed_with_its_reason_until_it_is_ordered(assessment, item, bureau):
    proposals = propose(assessment, Stage.SELF)
    assert [(one.item.code, str(one.lost), one.problem) for one in proposals] == [
        ("1.1", "2.50", "测试原因"),
        ("7.1", "0.50", "测试原因"),
    ]
    make_rectification(assessment, item, by=bureau)
    assert [one.item.code for one in propose(assessment, Stage.SELF)] == ["7.1"]


def test_each_stage_proposes_from_its_own_sheet(assessment, bureau):
    inspect(assessment, Stage.DISTRICT, by=bureau, lost={"3.1": 2})
    (proposal,) = propose(assessment, Stage.DISTRICT)
    assert (proposal.item.code, proposal.problem) == ("3.1", "现场不符")


def test_what_a_checker_photographed_is_the_picture_before(assessment, item, bureau, community):
    inspect(assessment, Stage.DISTRICT, by=bureau, lost={"1.1": 2})
    file = make_file(owner=community, file=SimpleUploadedFile("a.jpg", JPEG), name="现场.jpg")
    inspection = Inspection.objects.filter(assessment=assessment).first()
    InspectionPhoto.objects.create(inspection=inspection, item=item, file=file)
    made = make_rectification(assessment, item, by=bureau, stage=Stage.DISTRICT)
    assert [(photo.moment, photo.file) for photo in made.photos.all()] == [("before", file)]


def test_a_number_is_given_once_a_year_in_the_district(assessment, item, bureau, town, year):
    make_rectification(assessment, item, by=bureau)
    other = make_assessment(
        community=make_community(town=town, name="花园社区"), campaign_year=year, standard=assessment.standard
    )
    with pytest.raises(Refused, match=r"编号武社区整〔2012〕1号在.*已经使用，可改用武社区整〔2012〕2号"):
        make_rectification(other, item, by=bureau)
    assert proposed_number(year) == "武社区整〔2012〕2号"
    assert Rectification.objects.count() == RectificationNotice.objects.count() == 1
    next_year = make_assessment(
        community=other.community, campaign_year=year.campaign.years.get(year=2013), standard=assessment.standard
    )
    assert make_rectification(next_year, item, by=bureau).notice.number == NUMBER


def test_an_item_is_ordered_once_a_stage(ordered, assessment, item, bureau, town_officer):
    with pytest.raises(Refused, match=r"1\.1 .*已有整改事项"):
        make_rectification(assessment, item, by=bureau, number="武社区整〔2012〕2号")
    with pytest.raises(Refused, match="已有整改事项"):
        make_rectification(assessment, item, by=town_officer, number="")
    assert RectificationNotice.objects.count() == 1


def test_a_town_orders_out_of_its_own_sheet_without_a_notice(assessment, item, town_officer):
    """“缺什么补什么” before filing (R69)."""
    made = make_rectification(assessment, item, by=town_officer, number="")
    assert (made.notice, made.owner, made.due_on) == (None, "陈书记", DUE)
    with pytest.raises(Refused, match="不能就区预查的问题下达整改"):
        make_rectification(assessment, item, by=town_officer, number="", stage=Stage.DISTRICT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": " "}, "请填写整改通知单编号"),
        ({"due_on": date(2012, 10, 31)}, "整改时限不能早于今天"),
        ({"owner": ""}, "存在问题和责任人"),
        ({"problem": " "}, "存在问题和责任人"),
    ],
)
def test_an_order_that_lacks_something_writes_nothing(change, message, assessment, item, bureau):
    with pytest.raises(Refused, match=message):
        make_rectification(assessment, item, by=bureau, **change)
    assert not Rectification.objects.exists()
    assert not RectificationNotice.objects.exists()


def test_nobody_else_orders_and_nothing_is_ordered_for_nothing(assessment, item, bureau, people):
    with pytest.raises(Refused, match="至少勾选一项"):
        order(assessment=assessment, stage=Stage.SELF, rows=[], due_on=DUE, by=bureau, now=DURING, number=NUMBER)
    for role in set(people) - {"bureau_officer", "town_officer"}:
        with pytest.raises(Refused, match="不能就自评的问题下达整改"):
            make_rectification(assessment, item, by=people[role])


def test_what_has_ended_is_not_rectified(community, year, bureau):
    ended = make_assessment(community=community, campaign_year=year, state=State.CLOSED)
    with pytest.raises(Refused, match="已终止"):
        make_rectification(ended, ended.standard.items.first(), by=bureau)


def test_a_fault_may_belong_to_no_item(assessment, bureau):
    fault = Fault(item=None, category="other", problem="居民反映停车难", requirement="", owner="陈书记")
    rows = [fault, fault]
    made = order(assessment=assessment, stage=Stage.SELF, rows=rows, due_on=DUE, by=bureau, now=DURING, number=NUMBER)
    assert [one.item for one in made] == [None, None]


def test_what_was_ordered_is_put_right_by_whoever_ordered_it(ordered, bureau, town_officer):
    with pytest.raises(Refused, match="不由您下达"):
        amend(ordered, {"owner": "王主任"}, revision=1, by=town_officer)
    amend(ordered, {"owner": "王主任"}, revision=1, by=bureau)
    assert fresh(ordered).owner == "王主任"
    with pytest.raises(Conflict):
        amend(ordered, {"owner": "李主任"}, revision=1, by=bureau)


# --- the whole way -------------------------------------------------------------------------------------------------
def test_a_fault_from_the_order_to_its_end(ordered, bureau, community_worker, assessment):
    """Ordered, signed for, reported with a photograph, sent back, reported again, closed."""
    sign_for(ordered.notice, "陈书记", by=community_worker, now=DURING)
    say(ordered, by=community_worker, before=[upload_of(b"\xff\xd8" + JPEG[2:], "前.jpg")])
    judge(fresh(ordered), by=bureau, passed=False, verdict="第三季度仍缺")
    back = fresh(ordered)
    assert (back.progress, back.verdict, back.measure) == ("open", "第三季度仍缺", "已补齐")
    say(back, "第三季度也已补齐", by=community_worker, after=[])
    judge(fresh(ordered), by=bureau, passed=True)
    closed = fresh(ordered)
    assert (closed.progress, closed.rechecked_by, closed.rechecked_at) == ("closed", bureau.user, LATER)
    assert sorted(closed.photos.values_list("moment", flat=True)) == ["after", "before"]
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert [action for action in actions if action != "上传整改照片"] == [
        *("下达整改", "签收整改通知单", "反馈整改", "退回继续整改", "反馈整改", "销号"),
    ]
    assessment.refresh_from_db()
    assert assessment.state == State.DRAFT  # after the last 销号 nothing else moves by itself


def test_a_notice_is_signed_for_once_and_by_the_units_side(ordered, bureau, community_worker, town_officer):
    with pytest.raises(Refused, match="由社区（村）或镇"):
        sign_for(ordered.notice, "王主任", by=bureau, now=DURING)
    with pytest.raises(Refused, match="签收人姓名"):
        sign_for(ordered.notice, " ", by=community_worker, now=DURING)
    sign_for(ordered.notice, "陈书记", by=community_worker, now=DURING)
    with pytest.raises(Refused, match="已经签收"):
        sign_for(ordered.notice, "张科员", by=town_officer, now=DURING)
    assert RectificationNotice.objects.get().signed_for_by == "陈书记"


# --- who may -------------------------------------------------------------------------------------------------------
def test_the_community_cannot_close_its_own(ordered, community_worker):
    say(ordered, by=community_worker)
    with pytest.raises(Refused, match="不能复查"):
        judge(fresh(ordered), by=community_worker, passed=True)
    assert fresh(ordered).progress == "reported"


def test_a_town_closes_what_it_found_itself_but_not_what_it_reported(assessment, item, town_officer, community_worker):
    made = make_rectification(assessment, item, by=town_officer, number="")
    say(made, by=town_officer)
    with pytest.raises(Refused, match="不能是同一个人"):
        judge(fresh(made), by=town_officer, passed=True)
    say(fresh(made), by=community_worker)
    judge(fresh(made), by=town_officer, passed=True)
    assert fresh(made).progress == "closed"


def test_a_town_does_not_close_what_the_bureau_ordered(ordered, town_officer, community_worker):
    say(ordered, by=community_worker)
    with pytest.raises(Refused, match="不能复查"):
        judge(fresh(ordered), by=town_officer, passed=True)


def test_an_inspector_rechecks_the_units_they_were_given(ordered, assessment, community_worker, city_inspector):
    say(ordered, by=community_worker)
    with pytest.raises(Refused, match="市考评人员不能复查"):
        judge(fresh(ordered), by=city_inspector, passed=True)
    Inspection.objects.create(
        assessment=assessment, stage=Stage.CITY, method=Method.SITE, inspector=city_inspector.user
    )
    judge(fresh(ordered), by=city_inspector, passed=True)
    assert fresh(ordered).progress == "closed"


# --- in order ------------------------------------------------------------------------------------------------------
def test_only_what_was_reported_is_rechecked_and_nothing_once_closed(ordered, bureau, community_worker):
    with pytest.raises(Refused, match="只有已反馈的才能复查"):
        judge(ordered, by=bureau, passed=True)
    say(ordered, by=community_worker)
    judge(fresh(ordered), by=bureau, passed=True)
    with pytest.raises(Refused, match="已销号，不能再反馈"):
        say(fresh(ordered), by=community_worker)
    with pytest.raises(Refused, match="照片不能再移除"):
        remove_photo(ordered.photos.first(), by=community_worker)


def test_a_report_has_words_and_a_proof(ordered, community_worker):
    with pytest.raises(Refused, match="整改措施"):
        say(ordered, " ", by=community_worker)
    with pytest.raises(Refused, match="整改后的照片"):
        say(ordered, by=community_worker, after=[])
    assert (fresh(ordered).progress, fresh(ordered).measure, fresh(ordered).revision) == ("open", "", 1)


def test_a_file_that_is_not_taken_leaves_nothing_of_the_report(ordered, community_worker):
    with pytest.raises(UnfitFile):
        say(ordered, by=community_worker, after=[upload_of(JPEG), upload_of(SVG)])
    assert fresh(ordered).progress == "open"
    assert not ordered.photos.exists()


def test_the_last_proof_of_a_report_stays(ordered, community_worker):
    say(ordered, by=community_worker, before=[upload_of(JPEG, "前.jpg")])
    before, after = ordered.photos.order_by("-moment")
    with pytest.raises(Refused, match="至少要有一份整改后的照片"):
        remove_photo(after, by=community_worker)
    remove_photo(before, by=community_worker)
    assert [photo.moment for photo in ordered.photos.all()] == ["after"]
    assert len(files_on_disk()) == 1


def test_sending_back_needs_a_verdict(ordered, bureau, community_worker):
    say(ordered, by=community_worker)
    with pytest.raises(Refused, match="必须写明复查意见"):
        judge(fresh(ordered), by=bureau, passed=False)


# --- two people ----------------------------------------------------------------------------------------------------
def test_of_two_reports_the_second_is_a_conflict(ordered, community_worker, town_officer):
    first, second = fresh(ordered), fresh(ordered)
    say(first, "社区说", by=community_worker)
    with pytest.raises(Conflict):
        say(second, "镇里说", by=town_officer)
    assert fresh(ordered).measure == "社区说"


def test_a_report_amended_meanwhile_is_not_closed_unread(ordered, bureau, community_worker):
    say(ordered, by=community_worker)
    read = fresh(ordered)
    say(fresh(ordered), "更正：只补了一半", by=community_worker)
    with pytest.raises(Conflict):
        judge(read, by=bureau, passed=True)
    assert fresh(ordered).progress == "reported"
