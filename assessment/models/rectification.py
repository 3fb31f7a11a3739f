"""整改: what is to be mended, by whom and when, and whether it was (R29, R47; F7, F8)."""

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessment.models.assessments import Assessment, Stage
from assessment.models.campaigns import CampaignYear
from assessment.models.inspections import Inspection
from assessment.models.standards import Item
from communities.models import Appointment, Role, StoredFile


class NoticeQuerySet(models.QuerySet["RectificationNotice"]):
    def visible_to(self, appointment: Appointment) -> "NoticeQuerySet":
        return self.filter(appointment.sees_communities("assessment__community__"))


class RectificationNotice(models.Model):
    """整改通知单: numbered in its year, signed for by the unit.

    `campaign_year` is the assessment's: a number is given once a year in the district.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="notices")
    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=30)
    issued_on = models.DateField("签发日期")
    due_on = models.DateField("整改时限")
    requirement = models.TextField("整改要求", blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_for_by = models.CharField("签收人", max_length=30, blank=True)
    signed_for_at = models.DateTimeField("签收时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改通知单"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["campaign_year", "number"], name="notice_number_once")]

    def __str__(self) -> str:
        return self.number


class RectificationQuerySet(models.QuerySet["Rectification"]):
    def visible_to(self, appointment: Appointment) -> "RectificationQuerySet":
        return self.filter(appointment.sees_communities("assessment__community__"))

    def reachable_by(self, appointment: Appointment) -> "RectificationQuerySet":
        """Those in one's scope; for a town's officer also those of units that this person was given to check
        (交叉检查): they are rechecked on their own pages and stand in no list of the town's.
        """
        if appointment.role != Role.TOWN_OFFICER:
            return self.visible_to(appointment)
        checked = Inspection.objects.filter(assessment=OuterRef("assessment"), inspector=appointment.user_id)
        of_district = Q(assessment__community__town__district=appointment.district_id)
        return self.filter(
            appointment.sees_communities("assessment__community__") | of_district & Q(Exists(checked.order_by()))
        )

    def unsettled(self) -> "RectificationQuerySet":
        return self.exclude(progress=Rectification.Progress.CLOSED)

    def overdue(self, today: date) -> "RectificationQuerySet":
        """Not closed, and the last day is over."""
        return self.unsettled().filter(due_on__lt=today)


class Rectification(models.Model):
    """整改事项: one fault, made from points lost in a stage. Two people do not overwrite each other: `revision`."""

    class Progress(models.TextChoices):
        OPEN = "open", "待整改"
        REPORTED = "reported", "已反馈"
        CLOSED = "closed", "已销号"

    class Category(models.TextChoices):
        SURROUNDINGS = "surroundings", "环境氛围"
        ROOMS = "rooms", "功能室运行"
        RECORDS = "records", "台账资料"
        OTHER = "other", "其他"

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="rectifications")
    notice = models.ForeignKey(
        RectificationNotice, null=True, blank=True, on_delete=models.PROTECT, related_name="rectifications"
    )
    stage = models.CharField("发现阶段", max_length=10, choices=Stage)
    item = models.ForeignKey(
        Item, verbose_name="条目", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField("类别", max_length=20, choices=Category)
    problem = models.TextField("存在问题")
    requirement = models.TextField("整改要求", blank=True)
    owner = models.CharField("责任人", max_length=30)
    due_on = models.DateField("整改时限")
    progress = models.CharField("进展", max_length=10, choices=Progress, default=Progress.OPEN)
    measure = models.TextField("整改措施和结果", blank=True)
    reported_at = models.DateTimeField("反馈时间", null=True, blank=True)
    reported_by = models.ForeignKey(User, verbose_name="反馈人", null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.TextField("复查意见", blank=True)
    rechecked_at = models.DateTimeField("复查时间", null=True, blank=True)
    rechecked_by = models.ForeignKey(User, verbose_name="复查人", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField("提出时间", default=timezone.now)
    revision = models.PositiveIntegerField(default=1)

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改事项"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "stage", "item"],
                condition=Q(item__isnull=False),
                name="one_rectification_an_item",
            ),
        ]
        indexes = [models.Index(fields=["progress", "due_on"], name="rectification_due")]

    def __str__(self) -> str:
        return f"{self.assessment.community} {self.item.code if self.item else ''}{self.problem[:20]}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:rectification", args=[self.pk])


class RectificationPhoto(models.Model):
    """整改前、整改后 photograph, or another proof."""

    class Moment(models.TextChoices):
        BEFORE = "before", "整改前"
        AFTER = "after", "整改后"

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="photos")
    moment = models.CharField("时间", max_length=10, choices=Moment)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改照片"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["rectification", "moment", "file"], name="same_proof_once"),
        ]

    def __str__(self) -> str:
        return str(self.file)
