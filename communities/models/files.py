"""Files: kept once per unit, and put beside the records and items they prove (R23, R69)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from communities.models.appointments import SEE_NO_COMMUNITIES, Appointment
from communities.models.places import Community, District, Town


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, appointment: Appointment) -> "StoredFileQuerySet":
        """A community's files to those who see the community, a town's to its people and the district, a district's
        to everybody at work there. The community's town is asked, not the row's: a community may change its town.

        A restricted one to nobody: whoever put it somewhere says there who sees it.
        """
        if appointment.role in SEE_NO_COMMUNITIES:
            return self.none()
        return self.filter(restricted=False).filter(
            appointment.sees_communities("community__")
            | Q(community__isnull=True) & appointment.sees_towns("town__")
            | Q(town__isnull=True, district=appointment.district_id)
        )

    def same_content(self, file: "StoredFile") -> "StoredFileQuerySet":
        """What the owner of `file` already keeps of its content: one row at most, a constraint each holds that.

        What is restricted and what is not are kept apart, so that neither takes on the other's readers.
        """
        same = self.filter(sha256=file.sha256, restricted=file.restricted)
        if file.community_id:
            return same.filter(community=file.community_id)
        if file.town_id:
            return same.filter(town=file.town_id, community__isnull=True)
        return same.filter(district=file.district_id, town__isnull=True)


class StoredFile(models.Model):
    """The stored file. Its name on disk is random; its name for people is `name`. Kept outside static files.

    `community`, else `town`, else `district` names the unit whose file it is; `district` is always set. A `restricted`
    file is not for all who see the unit: it is served only by the page of what it was taken for.
    """

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "照片（JPG）"
        PNG = "image/png", "图片（PNG）"
        PDF = "application/pdf", "PDF"
        DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word（docx）"
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel（xlsx）"

    district = models.ForeignKey(District, verbose_name="区", on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(
        Town, verbose_name="镇（开发区、街道）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    community = models.ForeignKey(
        Community, verbose_name="社区（村）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file = models.FileField("文件", max_length=120)
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=100, choices=Kind)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    restricted = models.BooleanField("限定查看", default=False)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        constraints = [
            models.CheckConstraint(
                condition=Q(community__isnull=True) | Q(town__isnull=False), name="file_of_community_names_town"
            ),
            models.UniqueConstraint(
                fields=["community", "sha256", "restricted"],
                condition=Q(community__isnull=False),
                name="file_once_in_community",
            ),
            models.UniqueConstraint(
                fields=["town", "sha256", "restricted"],
                condition=Q(community__isnull=True, town__isnull=False),
                name="file_once_in_town",
            ),
            models.UniqueConstraint(
                fields=["district", "sha256", "restricted"],
                condition=Q(town__isnull=True),
                name="file_once_in_district",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.kind.startswith("image/")


class RecordFileQuerySet(models.QuerySet["RecordFile"]):
    def about(self, record: models.Model) -> "RecordFileQuerySet":
        """The files of one record."""
        return self.filter(record_type=record._meta.label_lower, record_id=record.pk)


class RecordFile(models.Model):
    """附件: a file beside one record of any register, named as in the audit trail: "communities.town" and its key.

    The constraint's index, which begins with the record, is the one that finds a record's files.
    """

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="records")
    record_type = models.CharField(max_length=60)
    record_id = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    objects = RecordFileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "file"], name="same_file_once_on_record")
        ]

    def __str__(self) -> str:
        return str(self.file)
