"""更正命名文件: number, date and file put right, its titles with it; never deleted, never against other days (R81)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.designating import TitleRefused, name_units, restore, revoke
from assessment.models import Assessment, Designation, State, TitleDocument
from assessment.title_corrections import correct
from communities.revisions import Conflict
from tests.assessment.title_cases import NAMED_ON, NOW, rechecked, recognised
from tests.factories import make_community, make_designation
from tests.tiny_files import HTML, PDF, files_on_disk, upload_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
RIGHT = {"number": "苏民基〔2012〕83号", "dated": date(2012, 12, 20)}
REVOKED_ON, RESTORED_ON = date(2013, 12, 3), date(2014, 3, 5)


@pytest.fixture
def naming(community, village, year, bureau) -> TitleDocument:
    """A document of two units, its number and date mistyped."""
    units = [recognised(one, year, by=bureau) for one in (community, village)]
    told = {"number": "苏民基〔2012〕38号", "dated": NAMED_ON, "file": upload_of(PDF, "误.pdf")}
    return name_units(campaign_year=year, assessments=units, by=bureau, now=NOW, **told)


@pytest.fixture
def recheck(naming, community, campaign) -> Assessment:
    return rechecked(community, campaign.years.get(year=2013), state=State.REVOCATION_PROPOSED)


@pytest.fixture
def taken(recheck, bureau) -> TitleDocument:
    return revoke(assessments=[recheck], number="撤1号", dated=REVOKED_ON, by=bureau, now=NOW)


def mend(document: TitleDocument, by, **changes) -> None:
    said = {"number": document.number, "dated": document.dated, "reason": "登记时看错", "revision": 1, **changes}
    correct(document, by=by, now=NOW, **said)


def snapshot() -> tuple:
    return (
        list(TitleDocument.objects.order_by("pk").values()),
        list(Designation.objects.order_by("pk").values()),
        AuditEvent.objects.count(),
        files_on_disk(),
    )


def test_a_corrected_document_dates_its_titles_anew_and_says_what_it_was(naming, bureau):
    mend(naming, bureau, **RIGHT, file=upload_of(PDF + b"%", "正.pdf"))
    naming.refresh_from_db()
    assert (naming.number, naming.dated, naming.file.name, naming.revision) == (*RIGHT.values(), "正.pdf", 2)
    titles = Designation.objects.values_list("document_number", "named_on", "document")
    assert list(titles) == [(*RIGHT.values(), naming.pk)] * 2
    event = AuditEvent.objects.about(naming).first()
    assert (event.action, event.user, event.after["更正原因"]) == ("更正命名文件", bureau.user, "登记时看错")
    assert event.before == {"文号": "苏民基〔2012〕38号", "成文日期": "2012年12月10日", "文件": "误.pdf"}


def test_without_another_file_the_one_there_stays(naming, bureau):
    mend(naming, bureau, **RIGHT)
    naming.refresh_from_db()
    assert naming.file.name == "误.pdf"


def test_a_corrected_revocation_ends_the_titles_anew(taken, bureau):
    mend(taken, bureau, dated=REVOKED_ON - DAY)
    held = Designation.objects.exclude(revoked_on=None).get()
    assert (held.revoked_on, held.named_on) == (REVOKED_ON - DAY, NAMED_ON)


def test_an_inherited_title_follows_the_document_too(naming, community, town, year, bureau):
    old = naming.given.get(community=community)
    old.revoked_on = date(2013, 3, 1)
    old.save()
    inherited = {"document": naming, "named_on": NAMED_ON, "inherited_on": old.revoked_on}
    make_designation(community=make_community(town=town, name="新社区"), campaign_year=year, **inherited)
    mend(naming, bureau, **RIGHT)
    assert set(Designation.objects.values_list("named_on", flat=True)) == {RIGHT["dated"]}
    naming.refresh_from_db()
    with pytest.raises(TitleRefused, match="湖塘镇新社区于2013年3月1日承继称号，命名日期不能晚于这一天"):
        mend(naming, bureau, dated=date(2013, 3, 2), revision=2)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"number": " "}, "number", "请填写文号"),
        ({"dated": date(2014, 6, 2)}, "dated", "不能晚于今天"),
        ({"dated": date(2011, 12, 31)}, "dated", "不能早于2012年1月1日"),
        ({"reason": " "}, "reason", "请写明更正原因"),
        ({"file": upload_of(HTML, "a.pdf")}, "file", "无法识别的文件内容"),
        ({"dated": REVOKED_ON + DAY}, "dated", "湖塘镇聚湖社区的称号自2013年12月4日起持有，至2013年12月3日终止"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(*, changes, field, message, naming, taken, bureau):
    before = snapshot()
    with pytest.raises(TitleRefused, match=message) as refused:
        mend(naming, bureau, **changes)
    assert refused.value.faults[0].field == field
    assert snapshot() == before


def test_a_title_given_back_stays_behind_its_revocation(taken, recheck, bureau):
    recheck.refresh_from_db()
    back = restore(assessments=[recheck], number="恢1号", dated=RESTORED_ON, by=bureau, now=NOW)
    with pytest.raises(TitleRefused, match="2014年3月5日还持有另一个称号"):
        mend(taken, bureau, dated=RESTORED_ON + DAY)
    with pytest.raises(TitleRefused, match="2013年12月2日还持有另一个称号"):
        mend(back, bureau, dated=REVOKED_ON - DAY)
    mend(back, bureau, dated=REVOKED_ON)
    assert Designation.objects.get(document=back).named_on == REVOKED_ON


def test_a_number_that_another_document_has_is_refused(naming, town, year, bureau):
    TitleDocument.objects.create(campaign_year=year, kind="naming", number=RIGHT["number"], dated=NAMED_ON)
    with pytest.raises(TitleRefused, match="已经登记过"):
        mend(naming, bureau, **RIGHT)


def test_of_two_who_correct_the_second_sees_what_the_first_wrote(naming, bureau, sign_in):
    mend(naming, bureau, **RIGHT)
    before = snapshot()
    with pytest.raises(Conflict):
        mend(naming, bureau, dated=NAMED_ON + DAY)
    assert snapshot() == before
    data = {"number": "苏民基〔2012〕38号", "dated": "2012-12-11", "reason": "看错", "revision": "1"}
    address = reverse("assessment:title_document_correct", args=[naming.pk])
    response = sign_in(bureau).post(address, data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "苏民基〔2012〕83号" in page
    assert 'value="苏民基〔2012〕38号"' in page


def test_the_bureau_corrects_on_a_page_of_its_own(naming, bureau, sign_in):
    client, address = sign_in(bureau), reverse("assessment:title_document_correct", args=[naming.pk])
    assert address in client.get(naming.get_absolute_url()).content.decode()
    data = {"number": RIGHT["number"], "dated": "2012-12-20", "reason": "", "revision": "1"}
    page = client.post(address, data).content.decode()
    assert f'value="{RIGHT["number"]}"' in page, "nothing typed is lost"
    page = client.post(address, {**data, "dated": "2099-12-31", "reason": "看错"}).content.decode()
    assert "成文日期不能晚于今天" in page
    page = client.post(address, {**data, "reason": "看错"}, follow=True).content.decode()
    assert "命名文件苏民基〔2012〕83号已更正" in page
    assert "2012年12月10日 → 2012年12月20日" in page


def test_others_read_the_document_without_its_history(naming, town_officer, leader, sign_in):
    page = sign_in(town_officer).get(naming.get_absolute_url()).content.decode()
    assert "办理过程" not in page
    assert "更正" not in page
    assert "登记命名文件" in sign_in(leader).get(naming.get_absolute_url()).content.decode()
