"""The demonstration district: something on every page, a year behind, a year open, nobody with a default password."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from assessment.demo.story import demonstration_years, load_demonstration
from assessment.models import Assessment, Campaign, Designation, ItemScore, State
from communities.models import Category, Community, Reorganisation, Role
from reporting.figures import figures
from tests.communities.workbook_files import REGISTER

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def people(db):
    return load_demonstration(now=NOW)


@given(st.dates(min_value=date(2010, 1, 1), max_value=date(2090, 12, 31)))
def test_whatever_today_is_one_year_lies_behind_and_the_next_is_open(today):
    first_year, changed_deadline = demonstration_years(today)
    behind = changed_deadline or date(first_year, 11, 15)
    assert behind < today <= date(first_year + 1, 9, 30)


def test_the_demonstration_fills_a_year_behind_and_a_year_under_way(people):
    first, second, _third = Campaign.objects.get().years.all()
    assert (Community.objects.count(), first.year) == (384, 2026)
    assert {assessment.state for assessment in first.assessments.all()} == {State.RECEIVED}
    assert {assessment.state for assessment in second.assessments.all()} == set(State.values) - {State.CLOSED}
    assert not second.assessments.filter(community__designations__isnull=False).exists()
    assert Designation.objects.filter(community__category=Category.URBAN).count() == 91
    for assessment in Assessment.objects.exclude(state=State.DRAFT):
        assert assessment.self_sheet.total >= 90
    assert not ItemScore.objects.filter(points__lt=0).exists()


def test_the_past_leads_to_exactly_what_the_offices_file_says(people, capsys):
    """Three reorganisations, and importing the file again changes nothing; only days before them count otherwise."""
    first = Campaign.objects.get().years.select_related("campaign__district").first()
    assert set(Reorganisation.objects.values_list("kind", flat=True)) == {"renaming", "transfer", "urbanisation"}
    call_command("import_communities", str(REGISTER), year=first.year)
    counts = json.loads(capsys.readouterr().out)
    assert (counts["created"], counts["changed"], counts["unchanged"], counts["errors"]) == (0, 0, 384, [])

    def numbers(day: date) -> list:
        found = {figure.key: figure.value for figure in figures(first, day)}
        keys = ("communities.urban", "communities.rural", "communities.rural@高新区", "grid_complete.urban")
        return [found[key] for key in (*keys, "grid_complete.rural")]

    assert numbers(date(first.year, 12, 31)) == [120, 264, 4, 105, 117]
    assert numbers(date(first.year - 1, 12, 31))[:3] == [119, 265, 3]
    order = Community.objects.values_list("town__name", "name")
    assert [name for town, name in order if town == "高新区"][-1] == "荣柏城村"


def test_whatever_the_first_year_nothing_took_effect_in_the_future(db):
    load_demonstration(now=NOW, first_year=2030)
    assert all(act.effective_on <= NOW.date() for act in Reorganisation.objects.all())


def test_every_role_has_somebody_and_every_password_is_its_own(people):
    passwords = [password for _person, password in people]
    assert {person.role for person, _password in people} == set(Role)
    assert len(set(passwords)) == len(passwords) == User.objects.count()
    for person, password in people[:3]:
        assert User.objects.get(username=person.username).check_password(password)


def test_new_passwords_end_the_old_ones(people):
    out = StringIO()
    call_command("demo_passwords", stdout=out)
    lines = [line.split("\t") for line in out.getvalue().splitlines()]
    assert len(lines) == len(people)
    for (_role, _unit, username, password), (person, old) in zip(lines[:2], people[:2], strict=True):
        user = User.objects.get(username=username)
        assert person.username == username
        assert user.check_password(password)
        assert not user.check_password(old)


def test_the_demonstration_goes_only_into_an_empty_database(district):
    with pytest.raises(CommandError, match="已有区"):
        call_command("load_demo", stdout=StringIO())
    assert User.objects.count() == 0
