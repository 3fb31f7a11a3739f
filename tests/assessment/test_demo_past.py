"""What the demonstration says had been reorganised, on a district as small as that needs."""

from datetime import UTC, datetime

import pytest

from assessment.demo.past import record_past
from communities.models import Category, Community, Reorganisation
from tests.factories import make_community, make_town

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def units(district, bureau) -> None:
    """The units of the past, as the office's file names them today."""
    towns = {name: make_town(district=district, name=name) for name in ("湖塘镇", "南夏墅街道", "高新区", "牛塘镇")}
    make_community(town=towns["湖塘镇"], name="和庄村", category=Category.RURAL)
    make_community(town=towns["高新区"], name="荣柏城村", category=Category.RURAL)
    make_community(town=towns["牛塘镇"], name="永安社区")


@pytest.mark.parametrize("first_year", [2012, 2026, 2030])
def test_whatever_the_first_year_nothing_took_effect_in_the_future(first_year, units, district):
    before = list(Community.objects.order_by("pk").values("name", "town", "category"))
    record_past(district, first_year, now=NOW)
    assert list(Community.objects.order_by("pk").values("name", "town", "category")) == before
    assert Reorganisation.objects.count() == 3
    assert all(act.effective_on <= NOW.date() for act in Reorganisation.objects.all())
