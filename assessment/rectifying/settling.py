"""整改 from 签收 to 销号: who may say what, and how two people do not overwrite each other (R47; F7, F8)."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F

from accounts import audit
from assessment.checks import Obstacle
from assessment.models import Inspection, Rectification, RectificationNotice, RectificationPhoto
from assessment.workflow import Refused
from communities.access import INSPECTORS, SCORERS
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment, Role
from communities.revisions import Conflict, revise

Progress, Moment = Rectification.Progress, RectificationPhoto.Moment


def may_report(by: Appointment) -> bool:
    """The unit's own people and its town."""
    return by.role in SCORERS


def may_recheck(rectification: Rectification, by: Appointment) -> bool:
    """The bureau; whoever was given the unit to check (交叉检查); of what a town found itself, also the town.

    Never the unit, and never its own town what the bureau ordered.
    """
    if by.role == Role.TOWN_OFFICER and by.town_id == rectification.assessment.community.town_id:
        return rectification.notice_id is None
    if by.role in {*INSPECTORS, Role.TOWN_OFFICER}:
        return Inspection.objects.filter(assessment=rectification.assessment_id, inspector=by.user_id).exists()
    return by.role == Role.BUREAU_OFFICER


@transaction.atomic
def report(
    rectification: Rectification,
    measure: str,
    *,
    by: Appointment,
    now: datetime,
    revision: int,
    before: Sequence[UploadedFile] = (),
    after: Sequence[UploadedFile] = (),
) -> None:
    """反馈: what was done, with photographs or other proof. Until it is re-checked it may be said anew.

    Raises Refused, revisions.Conflict or files.UnfitFile, and then nothing is written.
    """
    if not may_report(by):
        raise Refused([Obstacle(f"{by.get_role_display()}不能反馈整改。")])
    refuse_stale(rectification, revision)
    if rectification.progress == Progress.CLOSED:
        raise Refused([Obstacle("该整改事项已销号，不能再反馈。")])
    if not measure.strip():
        raise Refused([Obstacle("请填写整改措施和结果。")])
    said = {"progress": Progress.REPORTED, "measure": measure.strip(), "reported_at": now, "reported_by": by.user}
    revise(rectification, said, revision=revision, by=by, action="反馈整改")
    for moment, uploads in [(Moment.BEFORE, before), (Moment.AFTER, after)]:
        for upload in uploads:
            add_photo(rectification, moment, upload, by=by)
    if not rectification.photos.filter(moment=Moment.AFTER).exists():
        raise Refused([Obstacle("请上传整改后的照片或证明材料。")])


def add_photo(rectification: Rectification, moment: str, upload: UploadedFile, *, by: Appointment) -> None:
    """Keep a file for the community and put it beside the rectification. Raises UnfitFile."""
    community = rectification.assessment.community
    town = community.town
    with taking(upload, district=town.district, town=town, community=community, by=by) as file:
        most = settings.EVIDENCE_MAX_FILES_PER_ITEM
        if rectification.photos.filter(moment=moment).count() >= most:
            raise UnfitFile(f"{Moment(moment).label}最多{most}个文件，请先移除不需要的。")
        kept = keep(file)
        _photo, created = RectificationPhoto.objects.get_or_create(
            rectification=rectification, moment=moment, file=kept
        )
        if created:
            after = {Moment(moment).label: kept.name, "SHA-256": kept.sha256}
            audit.record("上传整改照片", rectification, by=by.user, after=after)


@transaction.atomic
def remove_photo(photo: RectificationPhoto, *, by: Appointment) -> None:
    """Take a file back; the file itself stays. Raises Refused once the fault is closed, or for the last proof."""
    rectification = photo.rectification
    held = Rectification.objects.unsettled().filter(pk=rectification.pk).update(revision=F("revision"))
    if not held:
        raise Refused([Obstacle("该整改事项已销号，照片不能再移除。")])
    rectification.refresh_from_db(fields=["progress"])
    others = rectification.photos.filter(moment=Moment.AFTER).exclude(pk=photo.pk)
    if photo.moment == Moment.AFTER and rectification.progress == Progress.REPORTED and not others.exists():
        raise Refused([Obstacle("已反馈的整改至少要有一份整改后的照片，请先上传新的。")])
    audit.record("移除整改照片", rectification, by=by.user, before={photo.get_moment_display(): photo.file.name})
    photo.delete()


@transaction.atomic
def recheck(
    rectification: Rectification, *, passed: bool, verdict: str, by: Appointment, now: datetime, revision: int
) -> None:
    """复查: 销号, or back to 待整改 with what is still wrong. Raises Refused or revisions.Conflict.

    After the last 销号 nothing else moves by itself: 报送复查 is a step of the chain.
    """
    if not may_recheck(rectification, by):
        raise Refused([Obstacle(f"{by.get_role_display()}不能复查该整改事项。")])
    refuse_stale(rectification, revision)
    if rectification.progress != Progress.REPORTED:
        raise Refused([Obstacle(f"该整改事项{rectification.get_progress_display()}，只有已反馈的才能复查。")])
    if rectification.reported_by_id == by.user_id:
        raise Refused([Obstacle("反馈和复查不能是同一个人，请由其他人复查。")])
    if not passed and not verdict.strip():
        raise Refused([Obstacle("退回继续整改必须写明复查意见。")])
    said = {
        "progress": Progress.CLOSED if passed else Progress.OPEN,
        "verdict": verdict.strip(),
        "rechecked_at": now,
        "rechecked_by": by.user,
    }
    revise(rectification, said, revision=revision, by=by, action="销号" if passed else "退回继续整改")


def refuse_stale(rectification: Rectification, revision: int) -> None:
    """Raise Conflict where the record that was read is not the one that stands: the loser sees what it says now."""
    if rectification.revision != revision:
        raise Conflict(rectification)


@transaction.atomic
def sign_for(notice: RectificationNotice, name: str, *, by: Appointment, now: datetime) -> None:
    """签收 of a notice by the unit or its town, once. Raises Refused."""
    if not may_report(by):
        raise Refused([Obstacle("整改通知单由社区（村）或镇（开发区、街道）签收。")])
    if not name.strip():
        raise Refused([Obstacle("请填写签收人姓名。")])
    unsigned = RectificationNotice.objects.filter(pk=notice.pk, signed_for_at__isnull=True)
    if not unsigned.update(signed_for_by=name.strip(), signed_for_at=now):
        raise Refused([Obstacle("该整改通知单已经签收。")])
    audit.record("签收整改通知单", notice, by=by.user, after={"签收人": name.strip()})
