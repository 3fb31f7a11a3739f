"""Who works in the demonstration district; every password is generated when it is loaded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from communities.models import Community, Department, District, Role, Town
from communities.people import appoint, reset_password

DISTRICT = "武进区"


@dataclass(frozen=True)
class Person:
    """An account of the demonstration: `username` is what one signs in with."""

    username: str
    name: str
    role: Role
    town: Town | None = None
    community: Community | None = None
    department: Department | None = None


def people_of(district: District) -> Iterator[Person]:
    """One person in each role of the district, an officer in every town, a liaison in every department, a worker in the
    first community."""
    yield Person("qushequban", "王建国", Role.BUREAU_OFFICER)
    yield Person("quld", "李卫东", Role.BUREAU_LEADER)
    yield Person("shikaoping", "周国平", Role.CITY_INSPECTOR)
    yield Person("shengkaoping", "郑为民", Role.PROVINCE_INSPECTOR)
    yield Person("admin", "陈立新", Role.SYSTEM_ADMINISTRATOR)
    towns = district.towns.all()
    for number, town in enumerate(towns, start=1):
        yield Person(f"zhen{number:02d}", f"{town.name}经办人", Role.TOWN_OFFICER, town=town)
    for number, department in enumerate(district.departments.all(), start=1):
        yield Person(f"bumen{number:02d}", f"{department}联络员", Role.LIAISON, department=department)
    first = Community.objects.filter(town=towns[0]).order_by("sort_order").select_related("town").first()
    yield Person("shequ01", f"{first}工作者", Role.COMMUNITY_WORKER, town=towns[0], community=first)


def make_people(district: District, *, today: date) -> list[tuple[Person, str]]:
    """Give everybody an account; answers with each person and the freshly generated password."""
    return [
        (
            person,
            appoint(
                username=person.username,
                name=person.name,
                role=person.role,
                district=district,
                town=person.town,
                community=person.community,
                department=person.department,
                today=today,
                by=None,
            )[1],
        )
        for person in people_of(district)
    ]


def renew_passwords() -> list[tuple[Person, str]]:
    """New passwords for everybody of the demonstration district; the old ones end at once."""
    district = District.objects.get(name=DISTRICT)
    users = User.objects.filter(appointments__district=district).in_bulk(field_name="username")
    return [
        (person, reset_password(user=users[person.username], by=None))
        for person in people_of(district)
        if person.username in users
    ]
