"""延期 (R71; hostile cases 34 and 44): who may file later, until when, and the mark that stays."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import AuditEvent
from assessment.deadlines import ExceptionRefused
from assessment.models import Assessment, CampaignYear, DeadlineException, State
from assessment.workflow import Refused
from tests.assessment.steps import DURING, SHANGHAI
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
MILLISECOND = timedelta(milliseconds=1)
LIST = "/deadline-exceptions/?year=2012"
ADD = "/deadline-exceptions/add/?year=2012"
END = datetime(2012, 11, 21, tzinfo=SHANGHAI)
"""24:00 of 20 November in Shanghai."""


# --- the last day ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("whole_town", [True, False])
def test_with_an_exception_filing_ends_at_24_00_of_its_day_in_shanghai(whole_town, make_case, grant, community):
    case = make_case()
    grant(until=date(2012, 11, 20), community=None if whole_town else community)
    for too_late in (END, END + MILLISECOND, END.astimezone(ZoneInfo("UTC"))):
        with pytest.raises(Refused, match="11月20日24:00截止"):
            case.take("submit", now=too_late)
    change = case.take("submit", now=(END - MILLISECOND).astimezone(ZoneInfo("UTC")))
    assert case.assessment.is_late
    assert change.reason == "逾期申报：延期至2012年11月20日，李区长批准，汛情"


def test_an_exception_of_another_unit_or_year_changes_nothing(make_case, grant, campaign, other_town):
    case = make_case()
    neighbour = make_community(town=case.assessment.community.town)
    grant(until=date(2012, 11, 20), community=neighbour)
    grant(until=date(2012, 11, 20), town=other_town, community=None)
    grant(until=date(2013, 11, 20), campaign_year=campaign.years.get(year=2013))
    assert case.assessment.last_day == date(2012, 11, 15)


def test_a_leap_day_can_be_the_day(make_case, grant, year):
    year.deadline = date(2012, 2, 20)
    year.save()
    case = make_case()
    grant(until=date(2012, 2, 29), now=datetime(2012, 2, 29, 23, 59, tzinfo=SHANGHAI))
    end = datetime(2012, 3, 1, tzinfo=SHANGHAI)
    with pytest.raises(Refused):
        case.take("submit", now=end)
    assert case.take("submit", now=end - MILLISECOND)


@given(
    deadline=st.dates(date(2012, 1, 1), date(2012, 12, 31)),
    resubmit_by=st.none() | st.dates(date(2012, 1, 1), date(2013, 12, 31)),
    until=st.none() | st.dates(date(2012, 1, 1), date(2013, 12, 31)),
)
def test_an_exception_never_shortens(deadline, resubmit_by, until):
    found = Assessment(campaign_year=CampaignYear(deadline=deadline), resubmit_by=resubmit_by)
    found.extended_until = until
    base = resubmit_by or deadline
    assert found.last_day == max(base, until or base)


def test_the_list_and_the_single_one_agree(make_case, grant, django_assert_num_queries):
    case = make_case(state=State.RETURNED, resubmit_by=date(2012, 11, 18))
    for until in (date(2012, 11, 25), date(2012, 11, 20)):
        grant(until=until)
    with django_assert_num_queries(1):
        listed = Assessment.objects.with_extension().select_related("campaign_year").get()
        assert listed.last_day == date(2012, 11, 25)
    assert case.assessment.last_day == date(2012, 11, 25)


def test_a_recheck_has_no_exceptions(make_case, grant):
    recheck = make_case(kind=Assessment.Kind.RECHECK, state=State.RECTIFYING, resubmit_by=date(2012, 11, 18)).assessment
    grant(until=date(2012, 11, 25))
    assert recheck.last_day == date(2012, 11, 18)


# --- the mark -------------------------------------------------------------------------------------------------------
def test_a_filing_within_the_years_deadline_is_not_late_whatever_was_granted(make_case, grant):
    grant(until=date(2012, 11, 20))
    case = make_case()
    change = case.take("submit", now=datetime(2012, 11, 16, tzinfo=SHANGHAI) - MILLISECOND, reason="")
    assert (case.assessment.is_late, change.reason) == (False, "")


def test_a_filing_after_a_return_is_late_by_the_return(make_case):
    case = make_case(state=State.RETURNED, resubmit_by=date(2012, 11, 20))
    change = case.take("submit", now=datetime(2012, 11, 19, 9, tzinfo=SHANGHAI))
    assert case.assessment.is_late
    assert change.reason == "逾期申报：退回后重新申报，期限2012年11月20日"


def test_the_mark_stays_after_a_return_and_shows_everywhere(make_case, grant, sign_in, town_officer):
    grant(until=date(2012, 11, 20))
    case = make_case()
    case.take("submit", now=END - MILLISECOND)
    case.take("return", now=END, last_day=date(2999, 1, 1))
    assert Assessment.objects.get().is_late
    case.take("submit", now=END + timedelta(days=1))
    assert Assessment.objects.get().is_late
    client, pk = sign_in(town_officer), case.assessment.pk
    for name in ("sheet", "receipt", "history"):
        page = client.get(reverse(f"assessment:{name}", args=[pk])).content.decode()
        assert "逾期申报" in page, name
    history = client.get(reverse("assessment:history", args=[pk])).content.decode()
    assert "延期至2012年11月20日，李区长批准，汛情" in history
    table = client.get("/assessments/?year=2012&filed=late").context["table"]
    assert [row.get_cell("remarks") for row in table.rows] == ["回执2012-0002，逾期申报"]
    make_community(town=case.assessment.community.town)
    assert len(client.get("/assessments/?year=2012&filed=late").context["table"].rows) == 1


def test_a_withdrawn_filing_is_no_filing_and_has_no_mark(make_case, grant):
    grant(until=date(2012, 11, 20))
    case = make_case()
    case.take("submit", now=END - MILLISECOND)
    case.take("withdraw", now=END - MILLISECOND)
    assert not Assessment.objects.get().is_late


# --- granting -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"until": date(2012, 11, 15)}, "应晚于2012年度申报截止日期（2012年11月15日）"),
        ({"until": date(2012, 11, 20), "now": END}, "已经过去"),
    ],
)
def test_an_exception_that_gives_no_day_is_refused(fields, message, grant):
    with pytest.raises(ExceptionRefused, match=message):
        grant(**fields)
    assert not DeadlineException.objects.exists()


def test_a_community_of_another_town_is_refused(grant, other_town):
    with pytest.raises(ExceptionRefused, match="不属于牛塘镇"):
        grant(until=date(2012, 11, 20), town=other_town)


def test_granting_is_in_the_audit_trail(grant, community, bureau):
    grant(until=date(2012, 11, 20))
    event = AuditEvent.objects.about(community).first()
    assert (event.action, event.user, event.after["延期至"]) == ("登记延期", bureau.user, "2012年11月20日")


def test_there_is_no_way_to_change_or_delete_one(grant, sign_in, bureau):
    one = grant(until=date(2012, 11, 20))
    names = [
        name
        for name in get_resolver().namespace_dict["assessment"][1].reverse_dict
        if isinstance(name, str) and "exception" in name
    ]
    assert sorted(names) == ["deadline_exception_add", "deadline_exceptions", "deadline_exceptions_xlsx"]
    for name in names:
        with pytest.raises(NoReverseMatch):
            reverse(f"assessment:{name}", args=[one.pk])
    sign_in(bureau).post(LIST)
    assert DeadlineException.objects.get() == one


# --- the pages ------------------------------------------------------------------------------------------------------
def typed(unit, **fields):
    told = {"until": "2099-01-01", "approver": "李区长", "reason": "汛情"}
    return {"town": unit.town_id, "community": unit.name, **told, **fields}


def test_the_bureau_grants_one_and_the_town_sees_it_for_ever(year, community, bureau, town_officer, sign_in):
    assert sign_in(bureau).post(ADD, typed(community)).status_code == 302
    page = sign_in(town_officer).get(LIST).content.decode()
    assert "聚湖社区" in page
    assert "李区长" in page
    assert ADD.split("?", maxsplit=1)[0] not in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"community": "没有社区"}, "没有名称或代码为“没有社区”的社区（村）"),
        ({"until": "2012-11-15"}, "应晚于2012年度申报截止日期"),
        ({"until": "2012-11-20"}, "已经过去"),
        ({"until": "9999-12-31"}, "日期不能晚于"),
        ({"reason": ""}, "这个字段是必填项"),
        ({"approver": ""}, "这个字段是必填项"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(*, fields, message, year, community, bureau, sign_in):
    page = sign_in(bureau).post(ADD, typed(community, **fields)).content.decode()
    assert message in page
    assert "李区长" in page or "approver" in fields
    assert not DeadlineException.objects.exists()


def test_each_sees_what_concerns_their_unit(
    *, year, grant, community, other_town, bureau, town_officer, other_town_officer, community_worker, sign_in
):
    neighbour = make_community(town=community.town, name="花园社区")
    for fields in ({}, {"community": neighbour}, {"community": None}, {"town": other_town, "community": None}):
        grant(until=date(2012, 11, 20), **fields)
    seen = {
        person: len(sign_in(person).get(LIST).context["statement"].rows)
        for person in (bureau, town_officer, other_town_officer, community_worker)
    }
    assert seen == {bureau: 4, town_officer: 3, other_town_officer: 1, community_worker: 2}


def test_the_export_is_what_is_shown(*, year, grant, community, other_town, bureau, sign_in):
    grant(until=date(2012, 11, 20), reason="=1+1")
    grant(until=date(2012, 11, 21), town=other_town, community=None)
    answer = sign_in(bureau).get(
        reverse("assessment:deadline_exceptions_xlsx") + f"?town={community.town_id}&year=2012"
    )
    page = load_workbook(io.BytesIO(answer.getvalue())).active
    assert [cell.value for cell in page[1]][-1] == "备注（延期原因）"
    assert page.max_row == 2
    assert page["H2"].data_type == "s"


def test_the_list_takes_the_same_queries_for_one_and_three(year, grant, bureau, sign_in):
    client, counts = sign_in(bureau), []
    for number in (1, 2):
        for _again in range(number):
            grant(until=date(2012, 11, 20))
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_sheet_says_until_when(grant, sign_in, town_officer, year, community):
    draft = make_assessment(community=community, campaign_year=year, standard=make_standard())
    grant(until=date(2012, 11, 20), now=DURING)
    page = sign_in(town_officer).get(draft.get_absolute_url()).content.decode()
    assert "2012年11月20日24:00（延期）" in page


def test_without_a_year_nothing_can_be_granted(bureau, sign_in):
    assert sign_in(bureau).get("/deadline-exceptions/add/").url == "/deadline-exceptions/"
