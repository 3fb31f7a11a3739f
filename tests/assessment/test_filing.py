"""申报 (R70, R71): what must hold before a community may be filed, and until when."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from assessment.models import ItemScore, State
from assessment.workflow import TRANSITIONS, Refused, obstacles
from tests.assessment.scored import FULL
from tests.assessment.steps import SHANGHAI, Case
from tests.factories import make_assessment, make_community, make_standard

pytestmark = pytest.mark.django_db
MILLISECOND = timedelta(milliseconds=1)


# --- the deadline (34, 44) -----------------------------------------------------------------------------------------

DEADLINES = {
    "the first year's": (date(2012, 11, 15), datetime(2012, 11, 16, tzinfo=SHANGHAI)),
    "a holiday, which moves nothing": (date(2012, 9, 30), datetime(2012, 10, 1, tzinfo=SHANGHAI)),
    "leap day": (date(2012, 2, 29), datetime(2012, 3, 1, tzinfo=SHANGHAI)),
    "28 February without a leap day": (date(2013, 2, 28), datetime(2013, 3, 1, tzinfo=SHANGHAI)),
    "year end": (date(2012, 12, 31), datetime(2013, 1, 1, tzinfo=SHANGHAI)),
}


@pytest.mark.parametrize(("deadline", "end"), DEADLINES.values(), ids=DEADLINES)
def test_filing_ends_at_24_00_of_the_last_day_in_shanghai(deadline, end, make_case, year):
    year.deadline = deadline
    year.save()
    case = make_case()
    before = case.snapshot()
    for too_late in (end, end + MILLISECOND, end.astimezone(ZoneInfo("UTC")) + MILLISECOND):
        with pytest.raises(Refused, match=f"{deadline.month}月{deadline.day}日24:00截止"):
            case.take("submit", now=too_late)
    assert case.snapshot() == before
    assert case.take("submit", now=(end - MILLISECOND).astimezone(ZoneInfo("UTC"))).at == end - MILLISECOND


def test_a_filing_is_withdrawn_only_until_the_deadline(make_case):
    case = make_case(state=State.SUBMITTED)
    end = datetime(2012, 11, 16, tzinfo=SHANGHAI)
    with pytest.raises(Refused, match="截止"):
        case.take("withdraw", now=end)
    assert case.take("withdraw", now=end - MILLISECOND).target == State.DRAFT


def test_the_bureau_receives_and_returns_after_the_deadline_too(make_case):
    case = make_case(state=State.SUBMITTED)
    late = datetime(2012, 12, 24, tzinfo=SHANGHAI)
    case.take("receive", now=late)
    assert case.take("return", now=late).target == State.RETURNED


# --- what must hold (43) -------------------------------------------------------------------------------------------


def with_total(total: str) -> dict[str, str]:
    """Eight items that add up to `total`, all but the last one full."""
    return {**FULL, "8.1": str(Decimal(total) - Decimal("87.5"))}


@pytest.mark.parametrize("total", ["89.95", "89.99", "87.5"])
def test_less_than_90_is_not_90(total, make_case):
    case = make_case(scores=with_total(total))
    with pytest.raises(Refused, match="比合格线90分少"):
        case.take("submit")


@pytest.mark.parametrize("total", ["90", "90.00", "90.01", "100"])
def test_90_and_more_may_be_filed(total, make_case):
    assert make_case(scores=with_total(total)).take("submit").total == Decimal(total)


def test_the_pass_mark_is_the_campaigns_own(make_case, campaign):
    campaign.pass_mark = Decimal("85.5")
    campaign.save()
    case = make_case(scores=with_total("87.5"))
    case.assessment.refresh_from_db()
    assert case.take("submit").total == Decimal("87.5")


def test_every_obstacle_is_named_at_once_with_its_item(make_case):
    case = make_case(scores={"1.1": "12.5", "2.1": "11"})
    ItemScore.objects.update(reason="")
    found = obstacles(case.assessment, TRANSITIONS["submit"], now=datetime(2013, 1, 1, tzinfo=SHANGHAI))
    codes = [obstacle.item_code for obstacle in found]
    assert codes == ["", "3.1", "4.1", "5.1", "6.1", "7.1", "8.1", "2.1", ""]
    messages = [obstacle.message for obstacle in found]
    assert messages[0].startswith("申报已于2012年11月15日24:00截止")
    assert messages[1] == "3.1 尚未评分。"
    assert messages[-2] == "2.1 有扣分，请填写扣分原因。"
    assert messages[-1].startswith("自评总分23.5分，比合格线90分少66.5分")


def test_a_reason_of_blanks_is_no_reason(make_case):
    case = make_case(scores=with_total("95"))
    ItemScore.objects.filter(item__code="8.1").update(reason=" \n ")
    with pytest.raises(Refused, match=r"8\.1 有扣分"):
        case.take("submit")


def test_a_reason_without_a_score_is_not_a_score(make_case):
    case = make_case()
    ItemScore.objects.filter(item__code="8.1").update(points=None)
    with pytest.raises(Refused, match=r"8\.1 尚未评分"):
        case.take("submit")


def test_a_score_other_than_the_suggested_one_needs_a_reason(year, people, town):
    """320㎡ suggest 95 points; whoever claims all 100 explains it, although no point is lost."""
    standard = make_standard(
        items=[
            {
                "part": 2,
                "code": "2.1",
                "points": Decimal(100),
                "metric": "premises_area_sqm",
                "operator": ">=",
                "threshold": "400",
                "note": "steps=400:100/300:95/0:0",
            }
        ]
    )
    community = make_community(town=town, profile={"premises_area_sqm": Decimal(320)})
    scores = {"2.1": "100"}
    case = Case(make_assessment(community=community, campaign_year=year, standard=standard, scores=scores), people)
    with pytest.raises(Refused, match=r"2\.1 得分与建议分不同，请说明原因"):
        case.take("submit")
    ItemScore.objects.update(reason="新用房已投入使用")
    assert case.take("submit").total == 100


def test_the_check_page_lists_every_obstacle_as_a_link_to_its_row(make_case, sign_in, town_officer):
    case = make_case(scores={"1.1": "12.5"})
    client = sign_in(town_officer)
    url = reverse("assessment:check", args=[case.assessment.pk])
    page = client.get(url).content.decode()
    assert "还有9处需要处理" in page
    for part in range(2, 9):
        assert f'<a href="{case.assessment.get_absolute_url()}#item-{part}.1">{part}.1 尚未评分。</a>' in page
    assert '<button class="btn btn-primary" disabled' in page
    refused = client.post(url)
    assert refused.status_code == 409
    assert "还有9处需要处理" in refused.content.decode()
    assert case.snapshot()[0]["state"] == "draft"


def test_a_superseded_standard_stays_with_the_assessment_begun_under_it(make_case, sign_in, town_officer):
    """Hostile case 36: a new version of other items changes nothing for a running assessment."""
    case = make_case()
    make_standard(items=[{"part": 1, "code": "9.9", "points": Decimal(100)}])
    page = sign_in(town_officer).get(case.assessment.get_absolute_url()).content.decode()
    assert 'id="item-1.1"' in page
    assert 'id="item-9.9"' not in page
    assert case.take("submit").total == 100
