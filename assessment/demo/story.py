"""The demonstration district, loaded into an empty database: register, people, registers' records, and the chain."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assessment.campaigns import LATER_DEADLINE, create_campaign
from assessment.checks import Obstacle
from assessment.demo.chain import tell_chain
from assessment.demo.past import record_past
from assessment.demo.people import DISTRICT, Person, make_people
from assessment.demo.registers.filling import fill_registers
from assessment.demo.registers.towns import found_offices
from assessment.workflow import Refused
from communities.departments import load_departments
from communities.importing.apply import import_register
from communities.importing.register import read_register
from communities.importing.workbooks import read_workbook
from communities.models import District

REGISTER = Path(settings.BASE_DIR) / "communities/initial/register.xlsx"


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
    load_departments(campaign.district, by=None)
    people = make_people(campaign.district, today=today)
    record_past(campaign.district, campaign.first_year, now=now)
    fill_registers(campaign.district, years=years, now=now)
    tell_chain(campaign.district, now=now)
    return people


def demonstration_deadline(today: date) -> date:
    """Until when the running year is open: its 30 September, or from October on its last day, as a bureau could
    prolong it.

    So the year before lies behind and this one is under way whatever today is, and its registers have days to speak of.
    """
    usual = date(today.year, *LATER_DEADLINE)
    return usual if today <= usual else date(today.year, 12, 31)
