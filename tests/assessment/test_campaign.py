"""The campaign of the speech, set up by command and changed by the bureau with history (R40-R43, R71-R72)."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AuditEvent
from assessment.campaigns import CampaignRefusedError, create_campaign, deadline_notes, terms_of
from assessment.models import Campaign, CampaignYear, Standard
from assessment.models.campaigns import needed
from communities.models import District
from communities.revisions import Conflict, revise
from tests.factories import make_community, make_district

pytestmark = pytest.mark.django_db


def test_the_campaign_of_the_speech_is_set_up_with_its_standards():
    campaign = create_campaign(district_name="武进区", first_year=2012)
    years = list(campaign.years.values_list("year", "deadline", "urban_target", "rural_target"))
    assert years == [
        (2012, date(2012, 11, 15), 75, 71),
        (2013, date(2013, 9, 30), 83, 81),
        (2014, date(2014, 9, 30), 98, 95),
    ]
    assert campaign.pass_mark == 90
    assert campaign.district.code == "320412"
    assert Standard.objects.count() == 2
    assert AuditEvent.objects.about(campaign).get().actor == "命令行"


def test_a_district_that_exists_is_used_and_standards_are_not_loaded_twice(district):
    create_campaign(district_name="甲区", first_year=2012, code="320411")
    campaign = create_campaign(district_name=district.name, first_year=2020)
    assert campaign.district == district
    assert Standard.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"district_name": "武进区", "first_year": 1912}, "不在2000至2099之间"),
        ({"district_name": "", "first_year": 2012}, "区名应为1至40个字"),
        ({"district_name": "甲区", "first_year": 2012, "code": "32041"}, "应为6位数字"),
        ({"district_name": "外区", "first_year": 2012, "code": "999999"}, "与999999不符"),
        ({"district_name": "甲区", "first_year": 2012, "code": "320499"}, "已属于外区"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_and_nothing_is_left(facts, message):
    make_district(name="外区")
    District.objects.filter(name="外区").update(code="320499")
    with pytest.raises(CampaignRefusedError, match=message):
        create_campaign(**facts)
    assert Campaign.objects.count() == 0
    assert District.objects.count() == 1


def test_the_command_prints_json_and_refuses_a_second_campaign():
    out = StringIO()
    call_command("create_campaign", district="武进区", first_year=2012, stdout=out)
    made = json.loads(out.getvalue())
    assert [year["deadline"] for year in made["years"]] == ["2012-11-15", "2013-09-30", "2014-09-30"]
    assert made["pass_mark"] == 90
    assert len(made["standards"]) == 2
    with pytest.raises(CommandError, match="武进区已有创建活动") as refused:
        call_command("create_campaign", district="武进区", first_year=2013)
    assert refused.value.returncode == 1


@pytest.mark.parametrize(("percent", "units"), [("75", 90), ("83", 100), ("98", 118), ("0", 0), ("100", 120)])
def test_needed_units_are_rounded_up(percent, units):
    """Decision 12: of 120 units 90, 100 and 118 are needed."""
    assert needed(120, Decimal(percent)) == units


def test_terms_count_the_districts_communities(campaign, town):
    for _ in range(3):
        make_community(town=town)
    urban, rural = terms_of(campaign)[0].targets
    assert (urban.total, urban.needed) == (3, 3)
    assert (rural.total, rural.needed) == (0, 0)


@pytest.mark.parametrize(
    ("year", "deadline", "fragments"),
    [
        (2012, date(2012, 11, 15), ["只有15天"]),
        (2013, date(2013, 9, 30), []),
        (2012, date(2012, 9, 30), ["2012年9月30日是星期日"]),
        (2012, date(2012, 11, 17), ["是星期六", "只有13天"]),
        (2012, date(2013, 9, 30), ["不在2012年内"]),
    ],
)
def test_the_calendar_warns(year, deadline, fragments):
    """Decisions 10 and 11: the first-year squeeze, and deadlines on days off."""
    notes = deadline_notes(CampaignYear(year=year, deadline=deadline))
    assert len(notes) == len(fragments)
    assert all(fragment in note for fragment, note in zip(fragments, notes, strict=True))


def test_a_change_is_written_with_before_and_after(campaign, bureau):
    year = campaign.years.get(year=2012)
    revise(year, {"urban_target": Decimal(80)}, revision=1, by=bureau, action="修改年度目标和期限")
    event = AuditEvent.objects.about(year).get()
    assert (event.before, event.after) == ({"城镇社区目标（%）": "75"}, {"城镇社区目标（%）": "80"})
    assert campaign.years.get(year=2012).urban_target == 80


def test_a_second_change_of_the_same_state_is_a_conflict(campaign, bureau):
    revise(campaign, {"pass_mark": Decimal(85)}, revision=1, by=bureau, action="修改创建活动")
    with pytest.raises(Conflict):
        revise(campaign, {"pass_mark": Decimal(95)}, revision=1, by=bureau, action="修改创建活动")
    assert Campaign.objects.get().pass_mark == 85


TERMS = {"deadline": "2012-11-20", "urban_target": "76", "rural_target": "71", "milestone": "", "revision": "1"}


def test_the_bureau_changes_a_year_and_the_page_shows_it_with_its_history(campaign, bureau, sign_in):
    client = sign_in(bureau)
    assert client.post(reverse("assessment:campaign_year", args=[2012]), TERMS).status_code == 302
    page = client.get(reverse("assessment:campaign")).content.decode()
    assert "2012年11月20日" in page
    assert "2012年11月15日 → 2012年11月20日" in page
    assert "76%" in page


def test_whoever_comes_second_gets_both_values_and_keeps_the_text(campaign, bureau, sign_in):
    """Hostile case 32."""
    client, address = sign_in(bureau), reverse("assessment:campaign_year", args=[2012])
    client.post(address, {**TERMS, "milestone": "先保存的说明"})
    second = client.post(address, {**TERMS, "milestone": "后填写的说明"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "先保存的说明" in page
    assert 'value="后填写的说明"' in page
    assert client.post(address, {**TERMS, "milestone": "后填写的说明", "revision": "2"}).status_code == 302
    assert campaign.years.get(year=2012).milestone == "后填写的说明"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("urban_target", "84"), "目标是累计数，不能高于2013年度的83%。"),
        (("rural_target", "-1"), "0"),
        (("deadline", "2012-13-01"), "有效的日期"),
    ],
)
def test_terms_that_cannot_be_are_explained_at_the_field(campaign, bureau, sign_in, wrong, message):
    field, value = wrong
    page = sign_in(bureau).post(reverse("assessment:campaign_year", args=[2012]), {**TERMS, field: value})
    assert page.status_code == 200
    assert any(message in error for error in page.context["form"].errors[field])
    assert campaign.years.get(year=2012).revision == 1


def test_pass_mark_and_decisions_are_changed_by_the_bureau(campaign, bureau, sign_in):
    client = sign_in(bureau)
    client.post(reverse("assessment:campaign_edit"), {"name": campaign.name, "pass_mark": "92.5", "revision": "1"})
    decided = {"staffing_rounding": "ceil", "staffing_households": "resident", "revision": "1"}
    client.post(reverse("assessment:decisions"), decided)
    page = client.get(reverse("assessment:campaign")).content.decode()
    assert "92.5分" in page
    assert "每满250户增配1人 → 不足250户按250户计" in page


EDITS = [("campaign_edit", []), ("decisions", []), ("campaign_year", [2012])]


@pytest.mark.parametrize("role", ["leader", "town_officer", "community_worker"])
def test_all_at_work_read_the_terms_and_only_the_bureau_changes_them(campaign, role, request, sign_in):
    client = sign_in(request.getfixturevalue(role))
    page = client.get(reverse("assessment:campaign"))
    assert page.status_code == 200
    assert reverse("assessment:campaign_edit") not in page.content.decode()
    assert {client.get(reverse(f"assessment:{name}", args=args)).status_code for name, args in EDITS} == {403}


def test_another_district_sees_only_its_own_campaign(campaign, foreign_bureau, sign_in):
    client = sign_in(foreign_bureau)
    assert "还没有建立创建活动" in client.get(reverse("assessment:campaign")).content.decode()
    assert client.get(reverse("assessment:campaign_year", args=[2012])).status_code == 404
