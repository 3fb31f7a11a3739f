"""佐证材料: a file is kept once per community and may serve several items and later years (R23, R69)."""

from django.db import models

from accounts.models import User
from assessment.models.assessments import Assessment
from assessment.models.standards import Item
from communities.models import Appointment, Community


class EvidenceFile(models.Model):
    """The stored file. Its name on disk is random; its name for people is `name`. Kept outside static files."""

    class Kind(models.TextChoices):
        JPEG = "image/jpeg", "照片（JPG）"
        PNG = "image/png", "图片（PNG）"
        PDF = "application/pdf", "PDF"
        DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word（docx）"
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel（xlsx）"

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="evidence_files")
    file = models.FileField("文件", max_length=120)
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类型", max_length=100, choices=Kind)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证文件"
        constraints = [models.UniqueConstraint(fields=["community", "sha256"], name="same_file_once_in_community")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.kind.startswith("image/")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, appointment: Appointment) -> "EvidenceQuerySet":
        return self.filter(appointment.sees_communities("assessment__community__"))


class Evidence(models.Model):
    """A file put forward for one item of one assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="uses")
    caption = models.CharField("说明", max_length=100, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "item", "file"], name="same_file_once_on_item")]

    def __str__(self) -> str:
        return str(self.file)
