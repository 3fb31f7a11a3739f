"""Every migration back to the beginning and forward again, on data in every register (hostile case 41).

Back there, nobody knew of registers: what the older tables can hold is there again afterwards, the rest is gone
without a trace that would stand in the way of new records.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from assessment.models import Assessment, ItemScore
from communities import locks
from communities.carrying import carry_over
from communities.models import Appointment, Community, CommunityVersion, RecordFile, Town, YearProfile
from communities.models.records import REGISTERS
from tests.communities.registers.steps import known, profile_of, written
from tests.factories import make_assessment, make_file, make_record

pytestmark = pytest.mark.django_db(transaction=True)
BEGINNING = [("assessment", "0001_initial"), ("communities", "0001_initial")]
KEPT = (Town, Community, Appointment, YearProfile, Assessment, ItemScore)


def migrated(targets: list[tuple[str, str]]) -> Apps:
    """Migrate, and answer with the models of that time."""
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets)
    connection.check_constraints()
    return state.apps


def head() -> list[tuple[str, str]]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.fixture
def _forward_again() -> Iterator[None]:
    """Whatever happens, the next test finds the database as it should be."""
    yield
    migrated(head())


@pytest.fixture
def filled(community, open_year, bureau) -> Community:
    """A record in every register, a file, a score, a confirmation, a closed year."""
    YearProfile.objects.create(community=community, year=2012, registered_households=1200, volunteers=40)
    for slug, register in REGISTERS.items():
        if register.counts:
            written(slug, community, by=bureau)
        else:
            make_record(register, community=community)
    room = REGISTERS["rooms"].records.get()
    RecordFile.objects.create(file=make_file(owner=community), record_type=room._meta.label_lower, record_id=room.pk)
    make_assessment(community=community, campaign_year=open_year, scores={"1.1": "12.5"})
    locks.confirm(REGISTERS["rooms"], community, 2012, by=bureau, now=timezone.now())
    locks.close_year(2011, by=bureau, now=timezone.now())
    return community


def columns_of(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def rows_of(model: Any, names: list[str]) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values(*names))


@pytest.mark.usefixtures("_forward_again")
def test_back_to_the_beginning_and_forward_again_on_a_filled_district(filled, bureau):
    now = {model: rows_of(model, columns_of(model)) for model in KEPT}
    older = migrated(BEGINNING)
    both = {model: columns_in_both(model, older) for model in KEPT}
    expected = {model: [{name: row[name] for name in both[model]} for row in rows] for model, rows in now.items()}
    for model in KEPT:
        assert rows_of(older.get_model(model._meta.label), both[model]) == expected[model], model

    migrated(head())
    for model in KEPT:
        assert rows_of(model, both[model]) == expected[model], model
    assert profile_of(filled).counted == []
    assert Community.objects.get(pk=filled.pk).search_key == filled.search_key
    assert CommunityVersion.objects.get(community=filled).name == filled.name
    assert RecordFile.objects.count() == 0
    assert_every_register_takes_records_and_counts_them(filled, bureau)


def columns_in_both(model: Any, older: Apps) -> list[str]:
    return [name for name in columns_of(older.get_model(model._meta.label)) if name in columns_of(model)]


def assert_every_register_takes_records_and_counts_them(community: Community, by: Appointment) -> None:
    for slug, register in REGISTERS.items():
        assert slug == "profiles" or not register.records.exists(), slug
    for slug, register in REGISTERS.items():
        if register.counts:
            written(slug, community, by=by)
        else:
            make_record(register, community=community)
    profile = profile_of(community)
    assert profile.counted == sorted(name for found in REGISTERS.values() for name in known(found, profile))
    assert carry_over(2013, by=by)
