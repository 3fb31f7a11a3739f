"""A file of a unit: kept once, never without its row nor the row without it, opened by those who may (19-27, 39)."""

import os
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from communities.files import UnfitFile, keep, sweep, taking
from communities.models import Appointment, Community, District, Role, StoredFile, Town
from communities.models.files import StoredFileQuerySet
from tests.factories import make_community, make_file, make_person
from tests.tiny_files import HTML, JPEG, PDF, files_on_disk, office, upload_of

pytestmark = pytest.mark.django_db
Kind = StoredFile.Kind


@pytest.fixture
def client(town_officer, sign_in) -> Client:
    return sign_in(town_officer)


def store(
    owner: District | Town | Community,
    by: Appointment,
    content: bytes = JPEG,
    name: str = "照片.jpg",
    fails: type[BaseException] | None = None,
) -> StoredFile:
    """Keep a file for a unit, as a service does that links it to nothing, and that may fail after keeping it."""
    community = owner if isinstance(owner, Community) else None
    town = community.town if community else owner if isinstance(owner, Town) else None
    district = town.district if town else owner
    with taking(upload_of(content, name), district=district, town=town, community=community, by=by) as file:
        kept = keep(file)
        if fails:
            raise fails
    return kept


def fetch(client: Client, file: StoredFile) -> HttpResponse:
    return client.get(reverse("communities:file", args=[file.pk]))


# --- kept once per unit (24, 27) -----------------------------------------------------------------------------------


def test_a_file_is_kept_with_its_facts_under_a_random_name(community, town_officer):
    file = store(community, town_officer, PDF, "../../../会议.exe")
    file.refresh_from_db()
    assert (file.community, file.town, file.district) == (community, community.town, community.town.district)
    assert (file.name, file.kind, file.size, file.uploaded_by) == ("会议.pdf", Kind.PDF, len(PDF), town_officer.user)
    assert file.file.read() == PDF
    (path,) = files_on_disk()
    assert len(path.stem) == 32
    assert path.suffix == ".pdf"


def test_each_unit_keeps_the_same_content_once_and_its_own(community, village, other_town, bureau):
    """Whether somebody else already has a file is nobody's business."""
    owners = [community, village, community.town, other_town, bureau.district]
    first = [store(owner, bureau) for owner in owners]
    again = [store(owner, bureau, name="换个名.jpg") for owner in owners]
    assert first == again
    assert StoredFile.objects.count() == len(files_on_disk()) == len(owners)


def test_the_database_keeps_the_same_content_once_per_unit(community, town, district):
    for owner in (community, town, district):
        file = make_file(owner=owner)
        with pytest.raises(IntegrityError), transaction.atomic():
            make_file(owner=owner, sha256=file.sha256)


def test_a_community_without_its_town_owns_nothing(community, district):
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(district=district, community=community, size=1)


def test_of_two_who_keep_the_same_content_at_once_the_second_gets_the_first_ones(community, bureau, monkeypatch):
    """The look before the insert saw nothing yet; the constraint then says that somebody was faster."""
    first = store(community, bureau)
    look = StoredFileQuerySet.first
    blind = iter([True])
    monkeypatch.setattr(StoredFileQuerySet, "first", lambda query: None if next(blind, False) else look(query))
    assert store(community, bureau) == first
    assert StoredFile.objects.count() == len(files_on_disk()) == 1


# --- all or nothing (26, 39) ---------------------------------------------------------------------------------------


def test_an_unfit_file_leaves_nothing(community, bureau):
    with pytest.raises(UnfitFile):
        store(community, bureau, HTML)
    assert StoredFile.objects.count() == len(files_on_disk()) == 0


def test_a_row_is_never_without_its_file(community, bureau, monkeypatch):
    """Hostile case 26: the disk is full."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    with pytest.raises(OSError, match="No space left"):
        store(community, bureau)
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize("failure", [RuntimeError, SystemExit])
def test_a_file_is_never_left_without_its_row(failure, community, bureau):
    """Whatever happens after it was written: an error, or the server that ends a worker."""
    with pytest.raises(failure):
        store(community, bureau, fails=failure)
    assert StoredFile.objects.count() == len(files_on_disk()) == 0


def test_a_failure_never_takes_the_file_that_was_there_before(community, bureau):
    kept = store(community, bureau)
    with pytest.raises(RuntimeError):
        store(community, bureau, fails=RuntimeError)
    assert kept.file.read() == JPEG


def age(days: float) -> None:
    """Make every file on disk that old."""
    then = (timezone.now() - timedelta(days=days)).timestamp()
    for path in files_on_disk():
        os.utime(path, (then, then))


def test_a_file_whose_row_was_never_written_is_swept_the_next_day(community, bureau, settings):
    """Hostile case 39. What has a row, is of today, or has a name that is not ours, stays."""
    kept, orphan = store(community, bureau), store(community, bureau, PDF)
    StoredFile.objects.filter(pk=orphan.pk).delete()
    (settings.EVIDENCE_ROOT / "说明.txt").write_text("put here by hand")
    now = timezone.now()
    assert sweep(now=now) == []
    age(days=1.1)
    assert sweep(now=now) == [orphan.file.name]
    assert sweep(now=now) == []
    assert {path.name for path in files_on_disk()} == {kept.file.name, "说明.txt"}


def test_the_command_says_what_it_swept(community, bureau):
    orphan = store(community, bureau)
    StoredFile.objects.all().delete()
    age(days=2)
    out = StringIO()
    call_command("sweep_files", stdout=out)
    assert out.getvalue() == f"{orphan.file.name}\n"
    assert files_on_disk() == []
    call_command("sweep_files", stdout=out)
    event = AuditEvent.objects.get(action="清理无主文件")
    assert (event.actor, event.before) == ("命令行", {"文件": orphan.file.name})


def test_an_empty_place_has_nothing_to_sweep(db):
    assert sweep(now=timezone.now()) == []


# --- who sees it ---------------------------------------------------------------------------------------------------


@pytest.fixture
def owned(community, village, other_town, foreign_bureau) -> dict[str, StoredFile]:
    """A file of each unit by the unit's name."""
    communities = [community, village, make_community(town=other_town, name="竹林村")]
    above = [community.town, other_town, other_town.district, foreign_bureau.district]
    return {str(owner): make_file(owner=owner) for owner in [*communities, *above]}


EVERYTHING = {"聚湖社区", "银荡村", "湖塘镇", "牛塘镇", "竹林村", "武进区"}
SEEN = {
    "bureau": EVERYTHING,
    "leader": EVERYTHING,
    "town_officer": {"聚湖社区", "银荡村", "湖塘镇", "武进区"},
    "other_town_officer": {"竹林村", "牛塘镇", "武进区"},
    "community_worker": {"聚湖社区", "湖塘镇", "武进区"},
    "administrator": set(),
    "foreign_bureau": {"外区"},
}


@pytest.mark.parametrize("name", SEEN)
def test_a_file_is_seen_by_the_people_of_its_unit_and_those_above(name, owned, request):
    person = request.getfixturevalue(name)
    seen = set(StoredFile.objects.visible_to(person))
    assert {unit for unit, file in owned.items() if file in seen} == SEEN[name]


def test_files_follow_a_community_that_changes_its_town(community, other_town, town_officer, other_town_officer, owned):
    community.town = other_town
    community.save()
    file = owned["聚湖社区"]
    assert file not in StoredFile.objects.visible_to(town_officer)
    assert file in StoredFile.objects.visible_to(other_town_officer)
    again = StoredFile(community=community, town=other_town, district=other_town.district, sha256=file.sha256)
    assert StoredFile.objects.same_content(again).get() == file


# --- served (2, 19, 20, 24) ----------------------------------------------------------------------------------------


def test_a_picture_opens_in_the_browser_as_a_picture_and_nothing_else(community, town_officer, client):
    """A JPEG that is also HTML is sent as image/jpeg, not to be sniffed, in a sandbox without scripts."""
    response = fetch(client, store(community, town_officer, JPEG + HTML))
    assert response.getvalue() == JPEG + HTML
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("inline")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("content", [PDF, office("word/document.xml"), office("xl/workbook.xml")])
def test_everything_else_is_a_download(content, community, town_officer, client):
    """A PDF may carry JavaScript; nothing of it runs inside the product."""
    response = fetch(client, store(community, town_officer, content))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize("name", ['会议"\r\nX-Evil: 1\r\n\u202e.pdf', "汉" * 251 + ".pdf"])
def test_a_hostile_name_reaches_no_header(name, community, town_officer, client):
    response = fetch(client, store(community, town_officer, PDF, name))
    assert response.status_code == 200
    assert "X-Evil" not in response.headers
    assert "\n" not in response["Content-Disposition"]


def test_a_file_of_another_unit_is_not_found_by_its_address(community, bureau, sign_in, other_town_officer):
    file = store(community, bureau)
    neighbour = make_person(role=Role.COMMUNITY_WORKER, community=make_community(town=community.town))
    for stranger in (other_town_officer, neighbour):
        assert fetch(sign_in(stranger), file).status_code == 404
    assert not AuditEvent.objects.filter(action="查看附件").exists()


def test_the_store_has_no_address_of_its_own(community, town_officer, client):
    file = store(community, town_officer)
    for prefix in ("/media/", "/static/", "/files/", "/evidence/"):
        assert client.get(f"{prefix}{file.file.name}").status_code == 404


def test_who_looked_at_a_file_is_recorded(community, bureau, client, town_officer):
    file = store(community, bureau)
    fetch(client, file)
    event = AuditEvent.objects.about(file).get()
    assert (event.action, event.user, event.after) == ("查看附件", town_officer.user, {"文件": "照片.jpg"})
