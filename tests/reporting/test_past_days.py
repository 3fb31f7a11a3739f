"""Past days keep their own numbers whatever is reorganised later; every list agrees with its figure (decision 14)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from assessment.models import Assessment, CampaignYear, Designation, State
from assessment.models.campaigns import end_of_day
from assessment.reorganising import Choice, Choices, reorganise, running
from communities.lineage.plans import Plan, Terms, Unit, merging, renaming, splitting, transferring, unit_of, urbanising
from communities.models import Appointment, Category, Community, Town
from reporting.figures import figures
from tests.assessment.scored import FULL
from tests.factories import make_assessment, make_community, make_designation

pytestmark = pytest.mark.django_db
DAY = date(2012, 11, 20)
BEFORE = date(2012, 11, 19)
KEEP, PASS_ON, END = Choice("keep"), Choice("pass_on"), Choice("end")
FACTS = {"workers": 5, "certified_workers": 2, "registered_households": 1500, "premises_area_sqm": 380}


@dataclass
class Year:
    """2012 with three communities of one town: one has filed, the two others are named; a second town."""

    year: CampaignYear
    bureau: Appointment
    filed: Community
    named: Community
    village: Community
    town: Town
    other_town: Town

    def do(self, plan: Plan, choice: Callable[[Community], Choice], *, day: date = DAY) -> None:
        """Carry out a plan that takes effect on `day`, with the same way of deciding everything."""
        titles = Designation.objects.filter(community__in=[one.pk for one in plan.sources], revoked_on=None)
        choices = Choices(
            {one.pk: choice(one.community) for one in running(plan.sources, day)},
            {one.pk: choice(one.community) for one in titles},
        )
        reorganise(plan, Terms(day, "调整"), choices, by=self.bureau, now=datetime(2013, 6, 1, tzinfo=UTC))

    def found(self, day: date) -> dict[str, Any]:
        return {figure.key: figure.value for figure in figures(self.year, day)}


@pytest.fixture
def it(campaign, community, village, other_town, bureau) -> Year:
    year = campaign.years.select_related("campaign__district").get(year=2012)
    named = make_community(town=community.town, name="花园社区")
    for one in (community, village, named):
        one.profiles.create(year=2012, **FACTS)
    for one in (named, village):
        make_designation(community=one, campaign_year=year, named_on=date(2012, 5, 1))
    at = end_of_day(date(2012, 11, 1))
    make_assessment(community=community, campaign_year=year, scores=FULL, state=State.SUBMITTED, submitted_at=at)
    return Year(year, bureau, community, named, village, community.town, other_town)


ACTS: dict[str, Callable[[Year], Plan]] = {
    "村改居": lambda it: urbanising(it.village),
    "调整隶属": lambda it: transferring(it.filed, town=it.other_town),
    "更名": lambda it: renaming(it.filed, name="湖滨社区"),
    "合并设立新单位": lambda it: merging([it.filed, it.named], into=Unit("湖园社区", it.town, Category.URBAN)),
    "并入其中一个": lambda it: merging([it.filed, it.named], into=unit_of(it.named)),
    "拆分": lambda it: splitting(it.filed, into=[Unit("东湖社区", it.town, Category.URBAN)], lives_on=True),
}


@pytest.mark.parametrize("ending", [False, True], ids=["carried on", "ended"])
@pytest.mark.parametrize("act", ACTS)
def test_no_figure_of_a_day_before_changes(act, ending, it):
    """Every figure of the district and of each town: places, titles, filings, scores, staff, rooms."""
    plan = ACTS[act](it)
    before = figures(it.year, BEFORE)
    it.do(plan, lambda community: END if ending else KEEP if plan.lives_on(community) else PASS_ON)
    assert figures(it.year, BEFORE) == before


def test_a_village_counts_as_urban_from_its_day_on(it):
    it.do(urbanising(it.village), lambda _community: KEEP)
    before, after = it.found(BEFORE), it.found(DAY)
    assert (before["communities.urban"], before["communities.rural"]) == (2, 1)
    assert (after["communities.urban"], after["communities.rural"]) == (3, 0)
    assert (before["recognised_share.rural"], after["recognised_share.rural"]) == (100, None)


def test_a_transferred_unit_counts_in_its_new_town_from_its_day_on(it):
    it.do(transferring(it.filed, town=it.other_town), lambda _community: KEEP)
    before, after = it.found(BEFORE), it.found(DAY)
    assert "submitted.urban@牛塘镇" not in before
    assert (before["submitted.urban@湖塘镇"], after["submitted.urban@湖塘镇"]) == (1, 0)
    assert after["submitted.urban@牛塘镇"] == 1
    assert before["premises_below.urban"] == after["premises_below.urban"] == 2


def test_a_merged_unit_counts_once_from_its_day_on(it):
    it.do(ACTS["合并设立新单位"](it), lambda _community: PASS_ON)
    before, after = it.found(BEFORE), it.found(DAY)
    assert (before["communities.urban"], after["communities.urban"]) == (2, 1)
    assert (before["submitted.urban"], after["submitted.urban"]) == (1, 1)
    assert (before["recognised_share.urban"], after["recognised_share.urban"]) == (50, 100)


def test_an_assessment_that_goes_on_twice_counts_once_on_every_day(it, campaign):
    """First into 花园社区, which then merges with another: each day has it under whoever had it."""
    it.do(merging([it.filed, it.named], into=unit_of(it.filed)), lambda one: KEEP if one == it.filed else END)
    third = make_community(town=it.town, name="云园社区")
    later = date(2012, 12, 1)
    into = Unit("湖园社区", it.town, Category.URBAN)
    it.do(merging([it.filed, third], into=into), lambda _community: PASS_ON, day=later)
    fourth = make_community(town=it.town, name="阳湖社区")
    last = Assessment.objects.get().community
    it.do(merging([last, fourth], into=unit_of(fourth)), lambda _community: PASS_ON, day=date(2012, 12, 10))
    assert Assessment.objects.get().community == fourth
    for day in (BEFORE, DAY, later, date(2012, 12, 10), date(2012, 12, 31)):
        assert (day, it.found(day)["submitted.urban"]) == (day, 1)


@pytest.mark.parametrize("act", [None, *ACTS])
def test_figures_take_four_queries_whatever_happened(act, it, django_assert_num_queries):
    if act:
        it.do(ACTS[act](it), lambda _community: END)
    for day in (BEFORE, DAY):
        with django_assert_num_queries(4):
            figures(it.year, day)


@pytest.mark.parametrize("act", ACTS)
def test_every_number_of_the_home_page_is_the_length_of_its_list(act, it, sign_in):
    """After the act, on the page of the round that is over and on that of the one the act fell into."""
    it.do(ACTS[act](it), lambda _community: END, day=date(2013, 2, 1))
    client = sign_in(it.bureau)
    for year in (2012, 2013):
        page = client.get(f"/?year={year}").context
        cells = [cell for row in page["states"] for cell in row.cells]
        cells += [row.recognised for row in page["targets"]]
        links = [(cell.url, cell.text) for cell in cells]
        links += [link for row in page["towns"] for link in totals_of(row.cells)]
        assert {url: lines(client, url) for url, _text in links} == {url: int(text or 0) for url, text in links}


def totals_of(cells: str) -> list[tuple[str, str]]:
    """(address, number) of 总数, 已命名 and 已申报 of both categories in a row of the table by town."""
    found = [re.search('href="(.*?)">(.*?)</a>', cell) for cell in cells.split("</td>")[:-1]]
    links = [(link[1].replace("&amp;", "&"), link[2]) if link else None for link in found]
    wanted = [links[number] for start in (0, 7) for number in (start, start + 1, start + 5)]
    return [link for link in wanted if link]  # a town without units of a category has nothing to list


def lines(client: Client, url: str) -> int:
    return client.get(url).context["table"].paginator.count
