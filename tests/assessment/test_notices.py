"""通知、催办、到期提醒、交接: who is told what, and how often."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from assessment.models import Notice, Stage, State
from assessment.notices import notices_of, unread_count
from assessment.urging import UrgeRefused, owed, urge, urgings
from communities.models import Role
from tests.assessment.ready import consult, inspect
from tests.assessment.steps import SHANGHAI
from tests.factories import make_assessment, make_community, make_notice, make_person, make_standard, make_town

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def draft(community, year):
    return make_assessment(community=community, campaign_year=year)


def texts(person) -> list[str]:
    return [notice.text for notice in notices_of(person.user)]


# --- the page -------------------------------------------------------------------------------------------------------
def test_the_unread_come_first_and_the_bell_counts_them(year, town_officer, sign_in):
    read = make_notice(user=town_officer.user, text="已读", read_at=timezone.now())
    for text in ("甲", "乙"):
        make_notice(user=town_officer.user, text=text)
    assert texts(town_officer) == ["乙", "甲", read.text]
    client = sign_in(town_officer)
    bar = client.get("/counts/").content.decode()
    assert 'aria-label="未读通知2条"' in bar
    assert 'aria-label="待办0件"' in bar


def test_opening_one_marks_it_read_and_goes_where_it_leads(town_officer, sign_in):
    one = make_notice(user=town_officer.user, url="/assessments/")
    other = make_notice(user=town_officer.user)
    client = sign_in(town_officer)
    assert client.post(reverse("assessment:notice_read", args=[one.pk])).url == "/assessments/"
    assert client.post(reverse("assessment:notice_read", args=[other.pk])).url == "/notices/"
    assert unread_count(town_officer.user) == 0


def test_all_of_ones_own_are_marked_read_and_nobody_elses(town_officer, bureau, sign_in):
    for person in (town_officer, town_officer, bureau):
        make_notice(user=person.user)
    sign_in(town_officer).post("/notices/read/")
    assert (unread_count(town_officer.user), unread_count(bureau.user)) == (0, 1)


def test_the_notices_take_the_same_queries_for_one_and_three(town_officer, sign_in):
    client, counts = sign_in(town_officer), []
    for number in (1, 2):
        for _again in range(number):
            make_notice(user=town_officer.user)
        client.get("/notices/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- 催办 -----------------------------------------------------------------------------------------------------------
def test_a_unit_is_pressed_once_a_day_for_the_same_thing(town, town_officer, bureau):
    second = make_person(role=Role.TOWN_OFFICER, town=town)
    given = {"to": town, "about": "drafts", "text": "请抓紧", "by": bureau}
    noon = at(date(2012, 11, 1), 12)
    assert urge(**given, now=noon) == 2
    with pytest.raises(UrgeRefused, match="今天已就此事催办过湖塘镇"):
        urge(**given, now=at(date(2012, 11, 1), 23))
    assert urge(**{**given, "about": "returned"}, now=noon) == 2
    assert urge(**given, now=at(date(2012, 11, 2), 0)) == 2
    assert texts(second) == ["请抓紧"] * 3
    assert AuditEvent.objects.filter(action="催办").count() == 3


def test_a_unit_for_which_nobody_acts_cannot_be_pressed(town, town_officer, bureau):
    town_officer.user.is_active = False
    town_officer.user.save()
    with pytest.raises(UrgeRefused, match="目前没有在任人员"):
        urge(to=town, about="drafts", text="请抓紧", by=bureau, now=timezone.now())


def test_what_is_owed_stands_by_unit_and_each_presses_ones_own(
    *, draft, year, town, other_town, bureau, town_officer, community, department, other_town_officer
):
    standard = make_standard()
    for name, state in [("甲", State.DRAFT), ("乙", State.RETURNED)]:
        unit = make_community(town=other_town, name=name)
        make_assessment(community=unit, campaign_year=year, standard=standard, state=state)
    received = make_assessment(
        community=make_community(town=town), campaign_year=year, standard=standard, state=State.RECEIVED
    )
    inspect(received, Stage.DISTRICT, by=other_town_officer, finished=False)
    consult(received, by=bureau, answer="", closed=False)
    day = date(2012, 11, 1)
    assert {(one.task.name, one.name, one.count) for one in owed(bureau, year, day)} == {
        ("drafts", town.name, 1),
        ("drafts", other_town.name, 1),
        ("returned", other_town.name, 1),
        ("inspections", other_town_officer.user.name, 2),
        ("opinions", department.name, 1),
    }
    assert [(one.task.name, one.unit) for one in owed(town_officer, year, day)] == [("drafts", community)]


def test_a_press_on_the_page_tells_the_unit_and_shows_in_the_history(draft, bureau, town_officer, sign_in, town):
    client = sign_in(bureau)
    row = {"task": "drafts", "kind": "town", "unit": town.pk}
    client.get("/urging/?year=2012")
    client.post("/urging/press/", row)
    [text] = texts(town_officer)
    assert text.startswith("武进区催办（2012年度）：自评中，待完成并申报，共1件，期限2012年11月15日")
    page = client.get("/urging/?year=2012").content.decode()
    assert "今天已催办" in page
    assert text[:20] in page
    client.post("/urging/press/", row)
    assert len(texts(town_officer)) == 1


def test_what_is_not_owed_cannot_be_pressed_for(*, draft, bureau, other_town, town_officer, sign_in, town, community):
    client = sign_in(bureau)
    client.get("/urging/?year=2012")
    for row in ({"unit": other_town.pk}, {"task": "opinions"}, {"kind": "community", "unit": community.pk}, {}):
        data = {"task": "drafts", "kind": "town", "unit": town.pk, **row} if row else {}
        assert client.post("/urging/press/", data).status_code == 404
    assert not Notice.objects.exists()


def test_the_lag_list_presses_the_town_and_the_town_its_community(
    *, community, year, bureau, town_officer, community_worker, other_town_officer, sign_in
):
    for person, told in [(bureau, town_officer), (town_officer, community_worker)]:
        client = sign_in(person)
        client.get("/?year=2012")
        client.post("/urging/press/", {"community": community.code})
        assert len(texts(told)) == 1
    foreign = sign_in(other_town_officer).post("/urging/press/", {"community": community.code})
    assert foreign.status_code == 404


def test_each_sees_the_history_of_ones_own_unit(
    *, town, town_officer, community, community_worker, bureau, foreign_bureau
):
    given = {"about": "drafts", "text": "请抓紧", "now": timezone.now()}
    urge(to=town, by=bureau, **given)
    urge(to=community, by=town_officer, **given)
    assert [urgings(person).count() for person in (bureau, town_officer, foreign_bureau)] == [2, 1, 0]


def test_urging_takes_the_same_queries_for_one_and_three_towns(district, year, bureau, sign_in):
    client, standard, counts = sign_in(bureau), make_standard(), []
    for number in (1, 2):
        for _again in range(number):
            person = make_person(role=Role.TOWN_OFFICER, town=make_town_with_draft(district, year, standard))
            make_notice(user=person.user, kind=Notice.Kind.URGING, sent_by=bureau.user)
        client.get("/urging/?year=2012")
        with CaptureQueriesContext(connection) as queries:
            client.get("/urging/?year=2012")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def make_town_with_draft(district, year, standard):
    town = make_town(district=district)
    make_assessment(community=make_community(town=town), campaign_year=year, standard=standard)
    return town


# --- addresses ------------------------------------------------------------------------------------------------------
def test_a_person_sets_their_own_address_and_the_administrator_anyones(town_officer, administrator, sign_in):
    sign_in(town_officer).post("/accounts/email/", {"email": "zhang@example.cn"})
    town_officer.user.refresh_from_db()
    assert town_officer.user.email == "zhang@example.cn"
    url = reverse("communities:person_email", args=[town_officer.user_id])
    page = sign_in(administrator).post(url, {"email": "不是邮箱"})
    assert page.status_code == 422
    assert "不是邮箱" in page.content.decode()
    sign_in(administrator).post(url, {"email": ""})
    town_officer.user.refresh_from_db()
    assert town_officer.user.email == ""
    assert AuditEvent.objects.filter(action="修改邮箱").count() == 2
