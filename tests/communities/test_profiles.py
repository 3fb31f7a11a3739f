"""年度台账: a year's facts are edited without losing anybody's (R23)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from communities.models import Community, YearProfile
from communities.models.profiles import OFFICE_FACTS
from tests.factories import make_community, make_district

pytestmark = pytest.mark.django_db
LIST = "/communities/"


@pytest.fixture
def client(bureau, open_year, sign_in) -> Client:
    return sign_in(bureau)


@pytest.fixture
def officer(town_officer, open_year, sign_in) -> Client:
    return sign_in(town_officer)


@pytest.fixture
def url(community) -> str:
    return reverse("communities:profile", args=[community.code, 2012])


@pytest.fixture
def profile_of(community) -> Callable[..., YearProfile]:
    return lambda **facts: YearProfile.objects.create(community=community, year=2012, **facts)


def facts_of(community: Community) -> dict[str, Any]:
    return {
        name: value
        for name, value in YearProfile.objects.filter(community=community, year=2012)
        .values(*OFFICE_FACTS)
        .get()
        .items()
        if value not in (None, "")
    }


def test_facts_are_saved_as_typed_and_blank_stays_unknown(officer, url, community):
    typed = {
        "revision": "0",
        "registered_households": "1200",
        "premises_area_sqm": "380.5",
        "has_party_committee": "true",
        "has_service_station": "false",
        "grid_divided_on": "2012-05-01",
        "workers": "0",
        "remarks": "新建",
    }
    assert officer.post(url, typed).url == community.get_absolute_url()
    assert facts_of(community) == {
        "registered_households": 1200,
        "premises_area_sqm": Decimal("380.50"),
        "has_party_committee": True,
        "has_service_station": False,
        "grid_divided_on": date(2012, 5, 1),
        "workers": 0,
        "remarks": "新建",
    }
    page = officer.get(community.get_absolute_url()).content.decode()
    for text in ("380.5", "2012年5月1日", "新建", "√", "×"):
        assert text in page


WRONG = {
    "workers": ("x", "输入整数"),
    "registered_households": ("-1", "大于或等于0"),
    "premises_area_sqm": ("约400", "输入一个数"),
    "outdoor_area_sqm": ("-0.5", "大于或等于0"),
    "grid_divided_on": ("2012-02-30", "有效的日期"),
    "remarks": ("长" * 201, "200"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_chinese_and_what_was_typed_is_kept(name, officer, url):
    value, why = WRONG[name]
    page = officer.post(url, {"revision": "0", "resident_households": "777", name: value}).content.decode()
    assert "请先改正以下问题，已填写的内容没有丢失" in page
    assert why in page
    assert f'value="{value}"' in page
    assert 'value="777"' in page
    assert YearProfile.objects.count() == 0


def test_more_certificates_than_workers_is_refused_in_a_sentence(officer, url):
    page = officer.post(url, {"revision": "0", "workers": "3", "certified_workers": "4"}).content.decode()
    assert "持证人数不能多于专职工作者人数。" in page
    assert YearProfile.objects.count() == 0


def test_last_years_value_stands_beside_the_field(officer, community, campaign):
    YearProfile.objects.create(community=community, year=2012, workers=6)
    page = officer.get(reverse("communities:profile", args=[community.code, 2013])).content.decode()
    assert "上年：6" in page


def test_fields_that_the_form_does_not_have_are_ignored(officer, url, community, other_town, village):
    """Hostile case 8."""
    extra = {"town": other_town.pk, "community": village.pk, "year": "2013", "id": "1", "updated_at": "2000-01-01"}
    officer.post(url, {"revision": "0", "workers": "6", **extra})
    profile = YearProfile.objects.get()
    assert (profile.community, profile.year, profile.workers, profile.revision) == (community, 2012, 6, 1)
    assert profile.community.town.name == "湖塘镇"


def test_the_second_of_two_editors_sees_both_values_and_loses_nothing(officer, url, community, bureau, sign_in):
    """Hostile case 32."""
    YearProfile.objects.create(community=community, year=2012, workers=5, remarks="原")
    revision = officer.get(url).context["form"]["revision"].value()
    sign_in(bureau).post(url, {"revision": str(revision), "workers": "7", "remarks": "原"})
    answer = officer.post(url, {"revision": str(revision), "workers": "8", "remarks": "我的备注"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "<td>7</td><td>8</td>" in page
    assert 'value="8"' in page
    assert 'value="我的备注"' in page
    assert facts_of(community) == {"workers": 7, "remarks": "原"}
    again = {"revision": answer.context["form"]["revision"].value(), "workers": "8", "remarks": "我的备注"}
    assert officer.post(url, again).status_code == 302
    assert facts_of(community) == {"workers": 8, "remarks": "我的备注"}


def test_two_who_both_saw_no_profile_yet_meet_too(officer, url, community, bureau, sign_in):
    sign_in(bureau).post(url, {"revision": "0", "workers": "7"})
    assert officer.post(url, {"revision": "0", "workers": "8"}).status_code == 409
    assert facts_of(community) == {"workers": 7}


def test_a_double_click_is_no_conflict(officer, url, community):
    answers = [officer.post(url, {"revision": "0", "workers": "7"}).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert AuditEvent.objects.about(YearProfile.objects.get()).count() == 1


@pytest.mark.parametrize("revision", ["", "x", "-1", "99"])
def test_a_revision_nobody_gave_out_overwrites_nothing(revision, officer, url, community, profile_of):
    profile_of(workers=5)
    officer.post(url, {"revision": revision, "workers": "8"})
    assert facts_of(community) == {"workers": 5}


def test_a_change_is_kept_with_who_before_and_after(officer, url, town_officer, profile_of, community):
    profile = profile_of(workers=5, premises_area_sqm=Decimal(380), remarks="不变")
    before = profile.updated_at
    officer.post(url, {"revision": "1", "workers": "6", "premises_area_sqm": "", "remarks": "不变"})
    event = AuditEvent.objects.about(profile).get()
    assert (event.action, event.user) == ("修改年度台账", town_officer.user)
    assert sorted(event.changes) == [("专职工作者（人）", "5", "6"), ("用房面积（㎡）", "380", "")]
    profile.refresh_from_db()
    assert profile.revision == 2
    assert profile.updated_at > before
    page = officer.get(community.get_absolute_url()).content.decode()
    assert "专职工作者（人）：5 → 6" in page


def test_a_worker_edits_the_own_community_only(community_worker, village, open_year, sign_in, url):
    client = sign_in(community_worker)
    assert client.post(url, {"revision": "0", "workers": "5"}).status_code == 302
    other = reverse("communities:profile", args=[village.code, 2012])
    assert client.get(other).status_code == 404
    assert client.post(other, {"revision": "0", "workers": "5"}).status_code == 404
    assert YearProfile.objects.count() == 1


def test_a_year_outside_the_campaign_has_no_form(officer, community, sign_in, bureau):
    assert officer.get(reverse("communities:profile", args=[community.code, 1999])).status_code == 404


def test_before_there_is_a_campaign_the_register_is_readable_and_empty(town_officer, community, sign_in):
    client = sign_in(town_officer)
    assert client.get(LIST).status_code == 200
    assert client.get(community.get_absolute_url()).status_code == 200
    assert client.get(reverse("communities:profile", args=[community.code, 2012])).status_code == 404


def test_a_community_of_another_district_does_not_exist(client, url):
    from_elsewhere = make_community(
        town=make_district(name="邻区").towns.create(name="邻镇", kind="town", sort_order=1)
    )
    assert client.get(from_elsewhere.get_absolute_url()).status_code == 404
    assert from_elsewhere.name not in client.get(LIST).content.decode()
