"""What happened in the demonstration district: which communities were named, and how far the open year has come."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessment.campaigns import LATER_DEADLINE, create_campaign
from assessment.checks import Obstacle
from assessment.demo.past import record_past
from assessment.demo.people import DISTRICT, Person, make_people
from assessment.demo.registers.filling import fill_registers
from assessment.demo.registers.towns import found_offices
from assessment.demo.sheets import YearWriter
from assessment.models import CampaignYear, Designation, State
from assessment.workflow import Refused
from communities.importing.apply import import_register
from communities.importing.register import read_register
from communities.importing.workbooks import read_workbook
from communities.models import Category, Community, District

REGISTER = Path(settings.BASE_DIR) / "communities/initial/register.xlsx"
SEED = 20120930
NAMED_SHARE = {Category.URBAN: Decimal("0.76"), Category.RURAL: Decimal("0.69")}
UNDERWAY = [State.RECEIVED, State.SUBMITTED, State.DRAFT, None, State.DRAFT, State.RETURNED, State.SUBMITTED, None]
"""States of the open year, dealt in turn to the communities without a title; None has not begun."""


@contextmanager
def no_collection() -> Iterator[None]:
    """Records made by the ten thousand are freed by their counts; looking for cycles among them takes a third of the
    time and finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@no_collection()
@transaction.atomic
def load_demonstration(*, now: datetime, first_year: int | None = None) -> list[tuple[Person, str]]:
    """Fill an empty database; answers with everybody and their freshly generated password.

    Without `first_year` last year lies behind and this year is open. Raises Refused when a
    district exists already.
    """
    if District.objects.exists():
        raise Refused([Obstacle("数据库中已有区，演示数据只能载入空数据库。")])
    today = timezone.localdate(now)
    campaign = create_campaign(district_name=DISTRICT, first_year=first_year or today.year - 1)
    if first_year is None:
        campaign.years.filter(year=today.year).update(deadline=demonstration_deadline(today))
    register = read_register(read_workbook(REGISTER.read_bytes(), REGISTER.name))
    years = [campaign_year.year for campaign_year in campaign.years.all()][:2]
    for year in years:
        import_register(register, district=campaign.district, year=year, town=None, by=None, previewed=None)
    found_offices(campaign.district, first_year=years[0])
    people = make_people(campaign.district, today=today)
    record_past(campaign.district, campaign.first_year, now=now)
    fill_registers(campaign.district, years=years, now=now)
    fill_district(campaign.district, now=now)
    return people


def demonstration_deadline(today: date) -> date:
    """Until when the running year is open: its 30 September, or from October on its last day, as a bureau could
    prolong it.

    So the year before lies behind and this one is under way whatever today is, and its registers have days to speak of.
    """
    usual = date(today.year, *LATER_DEADLINE)
    return usual if today <= usual else date(today.year, 12, 31)


@transaction.atomic
def fill_district(district: District, *, now: datetime) -> None:
    """Assessments, filings and titles of the first year, and a second year under way."""
    first, second, *_later = district.campaign.years.all()
    random = Random(SEED)  # noqa: S311  # a story that repeats, not a secret
    named: set[int] = set()
    for category in Category:
        writer = YearWriter(first, category, random)
        ranked = sorted(writer.communities, key=lambda community: (-writer.suggested_total(community), community.pk))
        chosen = ranked[: int(len(ranked) * NAMED_SHARE[Category(category)])]
        writer.write([(community, State.RECEIVED) for community in chosen], at=evening_of(first, now))
        name_units(chosen, first)
        named |= {community.pk for community in chosen}
    for category in Category:
        writer = YearWriter(second, category, random)
        rest = [community for community in writer.communities if community.pk not in named]
        dealt = [(community, UNDERWAY[number % len(UNDERWAY)]) for number, community in enumerate(rest)]
        begun = [(community, state) for community, state in dealt if state]
        writer.write(begun, at=evening_of(second, now))


def evening_of(campaign_year: CampaignYear, now: datetime) -> datetime:
    """Half past four on the day before the deadline, or two days ago while that is still to come."""
    usual = timezone.make_aware(datetime.combine(campaign_year.deadline - timedelta(days=1), time(16, 30)))
    return min(usual, now - timedelta(days=2))


def name_units(communities: list[Community], campaign_year: CampaignYear) -> None:
    Designation.objects.bulk_create(
        Designation(
            community=community,
            campaign_year=campaign_year,
            document_number=f"苏民基〔{campaign_year.year}〕38号",
            named_on=campaign_year.deadline + timedelta(days=5),
        )
        for community in communities
    )
