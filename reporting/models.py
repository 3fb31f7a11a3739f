"""What is exported in the background: who asked for which sheets, how far it is, until when it can be fetched.

Not business data: nothing but the export's own pages reads it.
"""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.models import Assessment, CampaignYear
from communities.models import Appointment


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    def visible_to(self, appointment: Appointment) -> "ExportJobQuerySet":
        """Those that the person asked for while in this very appointment: whoever moved on leaves them behind."""
        return self.filter(appointment=appointment)

    def held_by(self, job: "ExportJob") -> "ExportJobQuerySet":
        """`job` itself, as long as its worker still holds it."""
        return self.filter(pk=job.pk, holder=job.holder, status=ExportJob.Status.RUNNING)

    def unfinished(self) -> "ExportJobQuerySet":
        return self.filter(status__in=[ExportJob.Status.WAITING, ExportJob.Status.RUNNING])


class ExportJob(models.Model):
    """批量导出: the score sheets of a list, as one file.

    Which sheets is settled when it is asked for (`assessments`, in the order of the list), so that it can be gone on
    with where it was left. A worker holds it (`holder`) until `lease_until`, and prolongs that while it lives.
    `task` is the last task of the queue that was to make it.
    """

    class Format(models.TextChoices):
        PDF = "pdf", "一个PDF（每个社区（村）一个书签）"
        PDF_ZIP = "pdf_zip", "PDF压缩包（每个社区（村）一份）"
        XLSX_ZIP = "xlsx_zip", "Excel压缩包（每个社区（村）一份）"

    class Status(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "生成中"
        DONE = "done", "完成"
        FAILED = "failed", "失败"
        EXPIRED = "expired", "已过期"

    appointment = models.ForeignKey(Appointment, verbose_name="提出人", on_delete=models.PROTECT, related_name="+")
    campaign_year = models.ForeignKey(CampaignYear, verbose_name="年度", on_delete=models.PROTECT, related_name="+")
    query = models.TextField("查询条件", blank=True)
    """The filters of the list, as they stood in its address."""
    title = models.CharField("内容", max_length=300)
    format = models.CharField("格式", max_length=10, choices=Format)
    assessments = models.JSONField("考评")
    total = models.PositiveIntegerField("份数")
    done = models.PositiveIntegerField("已完成", default=0)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.WAITING)
    error = models.TextField("失败原因", blank=True)
    folder = models.UUIDField(default=uuid4, unique=True, editable=False)
    size = models.PositiveBigIntegerField("大小（字节）", null=True)
    asked_at = models.DateTimeField("提出时间")
    finished_at = models.DateTimeField("完成时间", null=True)
    expires_at = models.DateTimeField("有效期至", null=True)
    holder = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    task = models.UUIDField(null=True, editable=False)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批量导出"
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "lease_until"], name="export_by_status")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", holder__isnull=False, lease_until__isnull=False)
                | ~Q(status="running") & Q(holder__isnull=True, lease_until__isnull=True),
                name="export_is_held_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(expires_at__isnull=False, size__isnull=False),
                name="export_done_has_a_term",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.total}份）"

    @property
    def is_unfinished(self) -> bool:
        return self.status in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def suffix(self) -> str:
        return "pdf" if self.format == self.Format.PDF else "zip"

    @property
    def place(self) -> Path:
        """The folder with its parts while it is made, and with its result afterwards."""
        return Path(settings.EXPORT_ROOT) / self.folder.hex

    @property
    def result(self) -> Path:
        return self.place / f"result.{self.suffix}"

    def out_of_scope(self) -> int:
        """How many of its sheets the appointment may no longer see."""
        visible = Assessment.objects.visible_to(self.appointment).filter(pk__in=self.assessments)
        return self.total - visible.count()

    def can_be_fetched(self, now: datetime) -> bool:
        return self.status == self.Status.DONE and self.expires_at is not None and now < self.expires_at
