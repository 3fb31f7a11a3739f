"""年度日程 (R71, R72, R77; decisions 10 and 11): defaults from the deadline, days off, and what cannot work."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessment.calendar import SHARES, Kind, by_month, calendar_of, days_of, default_spans, set_date, warnings
from assessment.holidays import is_arranged, is_day_off, why_off, working_days
from assessment.models import CampaignDate
from communities.revisions import Conflict

URL = "/calendar/?year=2012"


# --- days off (44) --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2012, 9, 30), "星期日（中秋放假）"),
        (date(2012, 9, 29), ""),  # a Saturday that was worked
        (date(2012, 10, 3), "星期三（国庆节放假）"),
        (date(2012, 11, 17), "星期六"),
        (date(2012, 2, 29), ""),
        (date(2098, 9, 30), ""),  # a Tuesday of a year not arranged yet
        (date(2098, 10, 4), "星期六"),
        (date(1999, 1, 1), ""),
    ],
)
def test_why_nobody_works_on_a_day(day, why):
    assert why_off(day) == why
    assert is_day_off(day) == bool(why)


def test_a_year_the_library_does_not_know_has_its_weekends_only():
    assert is_arranged(2012)
    assert not is_arranged(2098)
    assert working_days(date(2098, 9, 29), date(2098, 10, 5)) == 5
    assert working_days(date(2012, 9, 29), date(2012, 10, 8)) == 2


# --- defaults -------------------------------------------------------------------------------------------------------
def test_the_first_year_is_squeezed_into_the_second_half_of_november():
    """R72, decision 10."""
    spans = default_spans(2012, date(2012, 11, 15))
    november = {kind: (begins.day, ends.day) for kind, (begins, ends) in spans.items() if begins.month == 11}
    assert november == {
        Kind.DOCUMENTS: (16, 18),
        Kind.SITE: (19, 21),
        Kind.CONSULTATION: (22, 23),
        Kind.CANDIDATES: (24, 24),
        Kind.CITY: (25, 26),
        Kind.REQUEST: (27, 27),
        Kind.PROVINCE: (28, 30),
    }
    assert spans[Kind.SELF_CHECK] == (date(2012, 1, 1), date(2012, 11, 15))
    assert spans[Kind.NAMING] == (date(2012, 12, 1), date(2012, 12, 31))


@given(deadline=st.dates(date(2011, 1, 1), date(9999, 12, 31)))
def test_whatever_the_deadline_every_entry_has_its_days_and_the_visit_ends_in_november(deadline):
    """R77."""
    spans = default_spans(2012, deadline)
    assert set(spans) == set(Kind)
    assert all(begins <= ends and begins.year == ends.year == 2012 for begins, ends in spans.values())
    assert spans[Kind.PROVINCE][1] == date(2012, 11, 30)
    begins = [spans[kind][0] for kind in SHARES]
    assert begins == sorted(begins)


@given(deadline=st.dates(date(2013, 1, 1), date(2013, 11, 15)))
def test_where_there_is_room_nothing_overlaps_and_no_day_is_lost(deadline):
    spans = [default_spans(2013, deadline)[kind] for kind in SHARES]
    assert spans[0][0] == deadline + timedelta(days=1)
    assert all(later[0] == earlier[1] + timedelta(days=1) for earlier, later in pairwise(spans))


@given(begins=st.dates(date(2010, 1, 1), date(2014, 1, 1)), days=st.integers(0, 700))
def test_a_bar_lies_within_its_year(begins, days):
    from_day, length = days_of(2012, type("Span", (), {"begins": begins, "ends": begins + timedelta(days=days)}))
    assert from_day >= 0
    assert from_day + length <= 366


# --- what to watch --------------------------------------------------------------------------------------------------
def warned(year, **spans) -> list[str]:
    for kind, (begins, ends) in spans.items():
        CampaignDate.objects.update_or_create(campaign_year=year, kind=kind, defaults={"begins": begins, "ends": ends})
    return warnings(year, calendar_of(year))


def test_the_squeeze_of_the_first_year_is_said_in_the_words_of_the_settings(year):
    assert warned(year) == [
        "省考评在11月30日前进行，截止后只有15天完成区预查、征求部门意见、市抽查和验收请示，请提前安排。",
        "“确定创建名单并上报”期间没有工作日，请调整。",
    ]


def test_an_order_that_cannot_work_and_an_overlap_are_said(campaign):
    year = campaign.years.get(year=2013)
    assert warned(year) == []
    assert warned(year, city=(date(2013, 10, 20), date(2013, 10, 25))) == [
        "“市抽查”须在“确定创建名单并上报”之后，现在的顺序无法办理，请调整。"
    ]
    spans = {"candidates": (date(2013, 11, 2), date(2013, 11, 5)), "city": (date(2013, 11, 4), date(2013, 11, 12))}
    assert warned(year, **spans)[0] == "“市抽查”开始时“确定创建名单并上报”尚未结束，重叠2天，请留意。"


def test_a_visit_after_november_is_said(campaign):
    """R77."""
    year = campaign.years.get(year=2013)
    found = warned(year, province=(date(2013, 11, 25), date(2013, 12, 5)))
    assert "省考评应在每年11月底前进行，现在排到2013年12月5日。" in found


def test_an_inspection_over_before_the_deadline_is_said(campaign):
    year = campaign.years.get(year=2013)
    found = warned(year, documents=(date(2013, 9, 1), date(2013, 9, 20)))
    assert any("在申报截止前就结束" in warning for warning in found)


def test_a_holiday_deadline_stays_and_is_said(year):
    year.deadline = date(2012, 9, 30)
    assert warned(year) == ["2012年9月30日是星期日（中秋放假），截止日期不顺延。"]
    assert next(entry for entry in calendar_of(year) if entry.kind is None).ends == date(2012, 9, 30)


def test_a_year_whose_holidays_are_not_known_yet_says_so(year):
    year.year, year.deadline = 2098, date(2098, 9, 30)
    assert warned(year) == ["2098年的放假安排系统尚未收录，只标出星期六、星期日；放假和调休以国务院办公厅公布的为准。"]


def test_a_leap_day_deadline_has_its_day(year):
    year.deadline = date(2012, 2, 29)
    spans = default_spans(2012, year.deadline)
    assert spans[Kind.DOCUMENTS][0] == date(2012, 3, 1)


# --- the page -------------------------------------------------------------------------------------------------------
def test_entries_stand_by_month_and_those_set_keep_their_dates_when_the_deadline_moves(year, bureau):
    set_date(year, Kind.CITY, {"begins": date(2012, 11, 20), "ends": date(2012, 11, 22)}, revision=1, by=bureau)
    year.deadline = date(2012, 9, 30)
    entries = {entry.kind: entry for entry in calendar_of(year)}
    assert (entries[Kind.CITY].begins, entries[Kind.CITY].is_set) == (date(2012, 11, 20), True)
    assert (entries[Kind.DOCUMENTS].begins, entries[Kind.DOCUMENTS].is_set) == (date(2012, 10, 1), False)
    assert [month.number for month in by_month(calendar_of(year))] == [1, 9, 10, 11, 12]


def test_the_bureau_sets_dates_and_whoever_comes_second_sees_both(year, bureau, sign_in):
    client, url = sign_in(bureau), reverse("assessment:calendar_edit", args=[2012, "city"])
    dates = {"begins": "2012-11-20", "ends": "2012-11-22", "note": "市局来函", "revision": "1"}
    assert client.post(url, dates).status_code == 302
    page = client.post(url, {**dates, "ends": "2012-11-23"})
    assert page.status_code == 409
    assert "2012-11-23" in page.content.decode()
    stored = CampaignDate.objects.get()
    assert (stored.ends, stored.note, stored.revision) == (date(2012, 11, 22), "市局来函", 2)
    with pytest.raises(Conflict):
        set_date(year, Kind.CITY, {"note": ""}, revision=1, by=bureau)
    assert "市局来函" in client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("begins", "ends", "message"),
    [
        ("2012-11-20", "2012-11-19", "结束日期不能早于开始日期"),
        ("2011-11-20", "2012-11-19", "日期应在2012年内"),
        ("2012-11-20", "2014-01-01", "日期应在2012年至2013年内"),
        ("", "2012-11-19", "这个字段是必填项"),
    ],
)
def test_dates_that_cannot_be_meant_are_refused_beside_the_field(*, begins, ends, message, year, bureau, sign_in):
    url = reverse("assessment:calendar_edit", args=[2012, "city"])
    page = sign_in(bureau).post(url, {"begins": begins, "ends": ends, "revision": "1"}).content.decode()
    assert message in page
    assert not CampaignDate.objects.exists()


def test_an_entry_or_a_year_that_is_none_is_not_found(year, bureau, sign_in):
    client = sign_in(bureau)
    for args in ([2012, "deadline"], [2031, "city"]):
        assert client.get(reverse("assessment:calendar_edit", args=args)).status_code == 404


def test_only_the_bureau_is_offered_to_change_it(year, bureau, liaison, sign_in):
    edit = reverse("assessment:calendar_edit", args=[2012, "city"])
    assert edit in sign_in(bureau).get(URL).content.decode()
    page = sign_in(liaison).get(URL).content.decode()
    assert edit not in page
    assert reverse("assessment:deadline_exceptions") not in page
    assert "11月16日至11月18日" in page


def test_the_calendar_takes_the_same_queries_however_much_is_set(year, bureau, sign_in):
    client, counts = sign_in(bureau), []
    for kind in (Kind.CITY, Kind.PROVINCE):
        CampaignDate.objects.create(campaign_year=year, kind=kind, begins=date(2012, 11, 20), ends=date(2012, 11, 22))
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_before_there_is_a_campaign_the_calendar_says_so(bureau, sign_in):
    assert "还没有建立创建活动" in sign_in(bureau).get("/calendar/").content.decode()
