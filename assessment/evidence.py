"""佐证材料: files put forward for the items of an assessment. How a file itself is taken: `communities.files`."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts import audit
from assessment.assessing import hold_open
from assessment.models import Assessment, Evidence, Item
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment, StoredFile


def add_evidence(*, assessment: Assessment, item: Item, upload: UploadedFile, by: Appointment) -> Evidence:
    """Put an uploaded file forward for an item. Raises UnfitFile, or workflow.Refused when the sheet is closed.

    The same content is kept once per community and only linked again.
    """
    community = assessment.community
    town = community.town
    with taking(upload, district=town.district, town=town, community=community, by=by) as file:
        return put_forward(assessment, item, file, by=by)


def put_forward(assessment: Assessment, item: Item, file: StoredFile, *, by: Appointment) -> Evidence:
    """Link an item to `file`, or to what the community already keeps of the same content."""
    hold_open(assessment)
    if Evidence.objects.filter(assessment=assessment, item=item).count() >= settings.EVIDENCE_MAX_FILES_PER_ITEM:
        raise UnfitFile(f"每个条目最多{settings.EVIDENCE_MAX_FILES_PER_ITEM}个文件，请先移除不需要的。")
    evidence, created = Evidence.objects.get_or_create(assessment=assessment, item=item, file=keep(file))
    if created:
        name = evidence.file.name
        audit.record("上传佐证材料", assessment, by=by.user, after={item.code: name, "SHA-256": file.sha256})
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: Appointment) -> None:
    """Take a file back from an item; the file itself stays, other items and years may use it."""
    hold_open(evidence.assessment)
    audit.record("移除佐证材料", evidence.assessment, by=by.user, before={evidence.item.code: evidence.file.name})
    evidence.delete()


def evidence_of(assessment: Assessment) -> dict[int, list[Evidence]]:
    """The files of an assessment by item id, in one query."""
    found: dict[int, list[Evidence]] = {}
    for evidence in Evidence.objects.filter(assessment=assessment).select_related("file"):
        found.setdefault(evidence.item_id, []).append(evidence)
    return found
