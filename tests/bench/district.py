"""The measured district: the product's own register and standards, half of the communities under assessment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from assessment.assessing import Entry, open_assessment, save_scores
from assessment.models import Assessment, CampaignYear, Item
from communities.models import Appointment, Category, Community, District, Role
from tests.factories import make_person

REGISTER = Path(settings.BASE_DIR) / "communities/initial/register.xlsx"
YEAR = 2012


@dataclass(frozen=True)
class Place:
    """A bureau officer, and a town officer with an assessment that has points and a reason on each of its items."""

    bureau: Appointment
    town_officer: Appointment
    assessment: Assessment


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database that is gone afterwards: a file of our own, or test_<name> beside the one configured."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def quietly(command: str, *arguments: str, **options: object) -> None:
    call_command(command, *arguments, stdout=StringIO(), stderr=StringIO(), **options)


def import_register() -> None:
    quietly("import_communities", str(REGISTER), year=YEAR)


def build_campaign() -> None:
    """An empty district with its campaign and both standards, ready for the register."""
    quietly("create_campaign", district="武进区", first_year=YEAR)
    for category in Category:
        file = Path(settings.BASE_DIR) / f"assessment/standards/initial/standard_{category}.csv"
        quietly("import_standard", str(file), category=category.value)


def build_place() -> Place:
    import_register()
    bureau = make_person(role=Role.BUREAU_OFFICER, district=District.objects.get())
    communities = list(Community.objects.select_related("town"))[::2]
    for community in communities:
        open_assessment(community=community, campaign_year=CampaignYear.objects.get(year=YEAR), by=bureau)
    measured = next(community for community in communities if community.category == Category.URBAN)
    officer = make_person(role=Role.TOWN_OFFICER, town=measured.town)
    assessment = Assessment.objects.get(community=measured)
    items = Item.objects.filter(standard=assessment.standard_id)
    save_scores(assessment, [Entry(item, item.points / 2, "资料不全，正在补充。", 0) for item in items], by=officer)
    return Place(bureau, officer, assessment)
