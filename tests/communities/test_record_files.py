"""附件: files beside the records of any register. A town and a district stand for the registers here (R69)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.models import AuditEvent
from communities.files import UnfitFile
from communities.models import Community, District, RecordFile, StoredFile, Town
from communities.record_files import attach, detach, detach_all, files_of
from tests.factories import make_community, make_file, make_town
from tests.tiny_files import HTML, JPEG, PDF, files_on_disk, picture, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def put(town, bureau):
    """Put a file of the town beside a record, the town itself where none is given."""

    def put_file(content: bytes = JPEG, name: str = "照片.jpg", record=town, limit: int | None = None) -> RecordFile:
        return attach(record, upload_of(content, name), district=town.district, town=town, by=bureau, limit=limit)

    return put_file


def put_rows(records: list[Town | Community | District], count: int) -> None:
    for record in records:
        for _n in range(count):
            RecordFile.objects.create(
                file=make_file(owner=record), record_type=record._meta.label_lower, record_id=record.pk
            )


def test_a_file_stands_beside_its_record_and_belongs_to_the_unit(put, town, bureau):
    record_file = put()
    assert (record_file.record_type, record_file.record_id) == ("communities.town", town.pk)
    file = record_file.file
    assert (file.district, file.town, file.community) == (town.district, town, None)
    event = AuditEvent.objects.about(town).get()
    assert (event.action, event.user) == ("上传附件", bureau.user)
    assert event.after == {"附件": "照片.jpg", "SHA-256": file.sha256}


def test_the_same_content_is_kept_once_and_linked_where_it_serves(put, district):
    """Hostile case 27."""
    first, again, elsewhere = put(), put(name="换个名.jpg"), put(record=district)
    assert again == first
    assert elsewhere.file == first.file
    assert (StoredFile.objects.count(), RecordFile.objects.count(), len(files_on_disk())) == (1, 2, 1)
    assert AuditEvent.objects.filter(action="上传附件").count() == 2


def test_a_record_takes_no_more_than_its_limit(put, settings):
    settings.EVIDENCE_MAX_FILES_PER_ITEM = 2
    put(picture(colour="red"))
    with pytest.raises(UnfitFile, match="每条记录最多1个附件，请先移除不需要的。"):
        put(PDF, limit=1)
    put(picture(colour="green"))
    with pytest.raises(UnfitFile, match="每条记录最多2个附件"):
        put(PDF)
    put(PDF, limit=3)
    assert RecordFile.objects.count() == len(files_on_disk()) == 3


def test_an_unfit_file_leaves_nothing(put):
    with pytest.raises(UnfitFile, match="无法识别的文件内容"):
        put(HTML)
    assert RecordFile.objects.count() == AuditEvent.objects.count() == len(files_on_disk()) == 0


def test_a_file_whose_link_was_not_kept_is_taken_away_again(put, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        put()
    assert StoredFile.objects.count() == RecordFile.objects.count() == len(files_on_disk()) == 0


def test_a_record_that_somebody_removed_meanwhile_takes_no_file(put, district):
    record = make_town(district=district)
    Town.objects.filter(pk=record.pk).delete()
    with pytest.raises(UnfitFile, match="这条记录已被删除"):
        put(record=record)
    assert StoredFile.objects.count() == len(files_on_disk()) == 0


# --- taken off -----------------------------------------------------------------------------------------------------


def test_taking_a_file_off_keeps_the_file(put, town, bureau):
    record_file = put()
    detach(record_file, by=bureau)
    assert (RecordFile.objects.count(), StoredFile.objects.count(), len(files_on_disk())) == (0, 1, 1)
    event = AuditEvent.objects.about(town).get(action="移除附件")
    assert (event.user, event.before) == (bureau.user, {"附件": "照片.jpg"})


def test_a_double_click_takes_off_once(put, bureau):
    record_file = put()
    twin = RecordFile.objects.get(pk=record_file.pk)
    detach(record_file, by=bureau)
    detach(twin, by=bureau)
    assert AuditEvent.objects.filter(action="移除附件").count() == 1


def test_a_record_that_is_removed_loses_all_its_files_and_no_other(put, town, district, bureau):
    put()
    put(PDF, "制度.pdf")
    other = put(record=district)
    detach_all(town, by=bureau)
    detach_all(town, by=bureau)
    assert list(RecordFile.objects.all()) == [other]
    assert AuditEvent.objects.get(action="移除附件").before == {"附件": "照片.jpg、制度.pdf"}


def test_nothing_is_taken_off_that_the_trail_does_not_know(put, town, bureau, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the trail cannot be written")

    record_file = put()
    monkeypatch.setattr(audit, "record", broken)
    for take_off in (lambda: detach(record_file, by=bureau), lambda: detach_all(town, by=bureau)):
        with pytest.raises(RuntimeError):
            take_off()
    assert list(RecordFile.objects.all()) == [record_file]


# --- found again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_files_of_a_page_of_records_come_in_one_query(count, town):
    records = [make_community(town=town) for _n in range(count)]
    put_rows(records, 2)
    with CaptureQueriesContext(connection) as captured:
        found = files_of(records)
        names = [record_file.file.name for files in found.values() for record_file in files]
    assert len(captured) == 1
    assert list(found) == [record.pk for record in records]
    assert len(names) == 2 * count


def test_records_of_two_registers_with_the_same_key_are_not_mixed_up(town, district):
    Town.objects.filter(pk=town.pk).update(id=district.pk)
    town = Town.objects.get(pk=district.pk)
    put_rows([town, district], 1)
    assert [record_file.record_type for record_file in files_of([town])[town.pk]] == ["communities.town"]
    with pytest.raises(ValueError, match="too many values"):
        files_of([town, district])


def test_records_without_files_have_an_empty_entry(town):
    assert files_of([town]) == {town.pk: []}
    assert files_of([]) == {}
