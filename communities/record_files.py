"""附件: files beside the records of any register. How a file itself is taken: `communities.files`."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import F

from accounts import audit
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment, Community, District, RecordFile, StoredFile, Town


def attach(
    record: models.Model,
    upload: UploadedFile,
    *,
    district: District,
    town: Town | None = None,
    community: Community | None = None,
    by: Appointment,
    limit: int | None = None,
    reason: str = "",
) -> RecordFile:
    """Put an uploaded file beside a record. `district`, `town`, `community` name the unit that owns the file and so
    who may open it; `limit` is how many files a record takes, else the setting; `reason` is that of a correction.
    Raises UnfitFile.

    The same content is kept once per unit and only linked again.
    """
    most = settings.EVIDENCE_MAX_FILES_PER_ITEM if limit is None else limit
    with taking(upload, district=district, town=town, community=community, by=by) as file:
        return put_beside(record, file, most=most, by=by, reason=reason)


def put_beside(record: models.Model, file: StoredFile, *, most: int, by: Appointment, reason: str = "") -> RecordFile:
    """Link a record to `file`, or to what its owner already keeps of the same content."""
    if not hold(record):
        raise UnfitFile("这条记录已被删除，不能再添加附件。请刷新页面查看最新内容。")
    if RecordFile.objects.about(record).count() >= most:
        raise UnfitFile(f"每条记录最多{most}个附件，请先移除不需要的。")
    record_file, created = RecordFile.objects.get_or_create(
        record_type=record._meta.label_lower, record_id=record.pk, file=keep(file)
    )
    if created:
        after = {"附件": record_file.file.name, "SHA-256": file.sha256, **_because(reason)}
        audit.record("上传附件", record, by=by.user, after=after)
    return record_file


def hold(record: models.Model) -> bool:
    """Hold the record's row to the end of the transaction; False when it is gone.

    An UPDATE that changes nothing is a lock that works on both engines: neither the limit nor a removal is overtaken.
    """
    key = record._meta.pk.name
    return bool(type(record)._base_manager.filter(pk=record.pk).update(**{key: F(key)}))


@transaction.atomic
def detach(record_file: RecordFile, *, by: Appointment, reason: str = "") -> None:
    """Take a file off its record; the file itself stays, other records may use it. Nothing happens twice."""
    removed, _each = RecordFile.objects.filter(pk=record_file.pk).delete()
    if removed:
        before = {"附件": record_file.file.name}
        audit.record("移除附件", record_of(record_file), by=by.user, before=before, after=_because(reason))


def _because(reason: str) -> dict[str, str]:
    return {"更正原因": reason.strip()} if reason.strip() else {}


@transaction.atomic
def detach_all(record: models.Model, *, by: Appointment) -> None:
    """Take every file off a record that is about to be removed: call it in the transaction that removes the record."""
    hold(record)
    files = RecordFile.objects.about(record)
    names = [record_file.file.name for record_file in files.select_related("file")]
    if names:
        audit.record("移除附件", record, by=by.user, before={"附件": "、".join(names)})
        files.delete()


def record_of(record_file: RecordFile) -> models.Model:
    """The record that a file stands beside."""
    model = apps.get_model(record_file.record_type)
    return model._base_manager.get(pk=record_file.record_id)


def files_of(records: Iterable[models.Model]) -> dict[int, list[RecordFile]]:
    """The files of several records of one register by the record's key, in one query; every record has an entry."""
    listed = list(records)
    found: dict[int, list[RecordFile]] = {record.pk: [] for record in listed}
    if listed:
        (record_type,) = {record._meta.label_lower for record in listed}  # keys of two registers would be mixed up
        files = RecordFile.objects.filter(record_type=record_type, record_id__in=found)
        for record_file in files.select_related("file"):
            found[record_file.record_id].append(record_file)
    return found
