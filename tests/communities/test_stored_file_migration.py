"""The stored file comes down from assessment with its table and rows: forward, back, forward (hostile case 41)."""

from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assessment.models import Assessment, Evidence
from communities.models import Community, RecordFile, StoredFile
from tests.factories import make_assessment, make_community, make_file

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = ["pk", "community", "file", "name", "kind", "size", "sha256", "uploaded_by", "uploaded_at"]


def move_to(targets: list[tuple[str, str]]) -> Apps:
    """Migrate, and answer with the models of that time."""
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets)
    connection.check_constraints()
    return state.apps


def before() -> list[tuple[str, str]]:
    """What stood in both apps before the file moved, whatever number the migrations have."""
    nodes = MigrationExecutor(connection).loader.graph.node_map
    moves = [key for key in nodes if key[1].endswith("_stored_file")]
    return [parent.key for app, name in moves for parent in nodes[app, name].parents if parent.key[0] == app]


def head() -> list[tuple[str, str]]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.fixture
def _forward_again() -> Iterator[None]:
    """Whatever happens, the next test finds the database as it should be."""
    yield
    move_to(head())


@pytest.fixture
def assessment(community, open_year) -> Assessment:
    return make_assessment(community=community, campaign_year=open_year)


def put_forward(assessment: Assessment, file: StoredFile) -> Evidence:
    return Evidence.objects.create(assessment=assessment, item=assessment.standard.items.first(), file=file)


def table_of_file() -> str:
    """Which table the foreign key of an evidence leads to."""
    with connection.cursor() as cursor:
        return connection.introspection.get_relations(cursor, "assessment_evidence")["file_id"][1]


def facts_of(model: type) -> list[tuple]:
    return list(model.objects.filter(community__isnull=False).order_by("pk").values_list(*FACTS))


@pytest.mark.usefixtures("_forward_again")
def test_every_file_and_its_use_is_there_forward_back_and_forward(assessment, community_worker, other_town):
    community = assessment.community
    used = make_file(owner=community, uploaded_by=community_worker.user)
    evidence = put_forward(assessment, used)
    make_file(owner=make_community(town=other_town), sha256=used.sha256)
    kept = facts_of(StoredFile)
    assert table_of_file() == "communities_storedfile"

    older = move_to(before())
    old_file, old_evidence = older.get_model("assessment", "EvidenceFile"), older.get_model("assessment", "Evidence")
    assert facts_of(old_file) == kept
    assert old_evidence.objects.get().file == old_file.objects.get(pk=used.pk)
    assert table_of_file() == "assessment_evidencefile"
    older_upload = old_file.objects.create(
        community_id=community.pk, file="y.pdf", name="旧.pdf", kind="application/pdf", size=3, sha256="y"
    )

    move_to(head())
    assert facts_of(StoredFile)[:-1] == kept
    assert Evidence.objects.get(pk=evidence.pk).file == used
    assert table_of_file() == "communities_storedfile"
    for file in StoredFile.objects.select_related("community__town"):
        assert (file.town, file.district_id) == (file.community.town, file.community.town.district_id)
    newest = make_file(owner=community)
    assert newest.pk > older_upload.pk
    assert put_forward(assessment, newest).file == newest


@pytest.mark.usefixtures("_forward_again")
def test_on_the_way_back_only_what_the_older_tables_cannot_hold_goes(community: Community):
    kept = make_file(owner=community)
    for owner in (community.town, community.town.district):
        RecordFile.objects.create(file=make_file(owner=owner), record_type="communities.town", record_id=1)
    older = move_to(before())
    assert list(older.get_model("assessment", "EvidenceFile").objects.values_list("pk", flat=True)) == [kept.pk]
    move_to(head())
    assert list(StoredFile.objects.all()) == [kept]
    assert RecordFile.objects.count() == 0
