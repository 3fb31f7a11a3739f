"""The cast: one district with two towns, a second district, and everybody who works there."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client

from assessment.models import Campaign, CampaignYear
from communities.models import Appointment, Category, Community, Department, District, Role, Town
from tests.factories import make_campaign, make_community, make_district, make_person, make_town


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file, as it is served: the one in memory locks whole tables between threads of a live server."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _plain_static_and_private_storage(settings, tmp_path):
    """Tests need no collected static files and write files to a folder of their own."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.EXPORT_ROOT = tmp_path / "exports"
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": settings.EVIDENCE_ROOT},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def district(db) -> District:
    return make_district(name="武进区")


@pytest.fixture
def town(district) -> Town:
    return make_town(district=district, name="湖塘镇")


@pytest.fixture
def other_town(district, town) -> Town:
    return make_town(district=district, name="牛塘镇")


@pytest.fixture
def community(town) -> Community:
    return make_community(town=town, name="聚湖社区")


@pytest.fixture
def village(town) -> Community:
    return make_community(town=town, name="银荡村", category=Category.RURAL)


@pytest.fixture
def campaign(district) -> Campaign:
    return make_campaign(district=district, first_year=2012)


@pytest.fixture
def open_year(campaign) -> CampaignYear:
    """The campaign's first year, its deadline moved so far that any test day is before it."""
    year = campaign.years.get(year=2012)
    year.deadline = date(2999, 12, 31)
    year.save()
    return year


@pytest.fixture
def bureau(district) -> Appointment:
    return make_person(role=Role.BUREAU_OFFICER, district=district, name="区办王主任")


@pytest.fixture
def leader(district) -> Appointment:
    return make_person(role=Role.BUREAU_LEADER, district=district, name="李区长")


@pytest.fixture
def town_officer(town) -> Appointment:
    return make_person(role=Role.TOWN_OFFICER, town=town, name="湖塘张科员")


@pytest.fixture
def other_town_officer(other_town) -> Appointment:
    return make_person(role=Role.TOWN_OFFICER, town=other_town, name="牛塘赵科员")


@pytest.fixture
def community_worker(community) -> Appointment:
    return make_person(role=Role.COMMUNITY_WORKER, community=community, name="聚湖陈书记")


@pytest.fixture
def department(district) -> Department:
    return Department.objects.create(district=district, name="公安局", sort_order=1)


@pytest.fixture
def liaison(department) -> Appointment:
    return make_person(role=Role.LIAISON, department=department, name="公安吴联络")


@pytest.fixture
def city_inspector(district) -> Appointment:
    return make_person(role=Role.CITY_INSPECTOR, district=district, name="市局周处长")


@pytest.fixture
def province_inspector(district) -> Appointment:
    return make_person(role=Role.PROVINCE_INSPECTOR, district=district, name="省厅郑处长")


@pytest.fixture
def administrator(district) -> Appointment:
    return make_person(role=Role.SYSTEM_ADMINISTRATOR, district=district, name="系统管理员")


@pytest.fixture
def foreign_bureau(db) -> Appointment:
    """The bureau officer of another district."""
    return make_person(role=Role.BUREAU_OFFICER, district=make_district(name="外区"), name="外区孙科员")


@pytest.fixture
def sign_in() -> Callable[[Appointment], Client]:
    """A test client signed in as that person."""

    def client_of(person: Appointment) -> Client:
        client = Client()
        client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of
