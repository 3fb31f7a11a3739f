"""现场照片: taken on site, perhaps sent twice, kept once (F5)."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts import audit
from assessment.inspecting.assigning import refuse
from assessment.inspecting.scoring import hold, items_of
from assessment.models import Inspection, InspectionPhoto, Item
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment


def add_photo(
    inspection: Inspection, item: Item, upload: UploadedFile, *, key: str, by: Appointment
) -> InspectionPhoto:
    """Put a photograph on an item; one that came before, by its `key` or its content, is answered with.

    Raises UnfitFile, or workflow.Refused where the inspection is closed or not the caller's.
    """
    if item not in items_of(inspection):
        raise refuse(f"{item.code}不由{inspection.get_method_display()}评分。")
    sent = sent_before(inspection, key)
    if sent:
        return sent
    own = InspectionPhoto.objects.filter(inspection=inspection, item=item)
    community = inspection.assessment.community
    town = community.town
    with taking(upload, district=town.district, town=town, community=community, restricted=True, by=by) as file:
        hold(inspection, by=by)
        sent = sent_before(inspection, key)  # perhaps while this one waited for the row
        if sent:
            return sent
        if not file.is_image:
            raise UnfitFile("现场照片只能是jpg、png图片。")
        if own.count() >= settings.EVIDENCE_MAX_FILES_PER_ITEM:
            raise UnfitFile(f"每个条目最多{settings.EVIDENCE_MAX_FILES_PER_ITEM}张照片，请先移除不需要的。")
        photo, created = InspectionPhoto.objects.get_or_create(
            inspection=inspection, item=item, file=keep(file), defaults={"key": key}
        )
        if created:
            audit.record("上传现场照片", inspection, by=by.user, after={item.code: photo.file.name})
        return photo


def sent_before(inspection: Inspection, key: str) -> InspectionPhoto | None:
    """The photograph that a device has sent by this key already."""
    return InspectionPhoto.objects.filter(inspection=inspection, key=key).first() if key else None


@transaction.atomic
def remove_photo(photo: InspectionPhoto, *, by: Appointment) -> None:
    """Take a photograph back from its item; the file itself stays. Raises workflow.Refused."""
    hold(photo.inspection, by=by)
    audit.record("移除现场照片", photo.inspection, by=by.user, before={photo.item.code: photo.file.name})
    photo.delete()


def photos_of(inspection: Inspection) -> dict[int, list[InspectionPhoto]]:
    """The photographs of an inspection by item id, in one query."""
    found: dict[int, list[InspectionPhoto]] = {}
    for photo in InspectionPhoto.objects.filter(inspection=inspection).select_related("file"):
        found.setdefault(photo.item_id, []).append(photo)
    return found
