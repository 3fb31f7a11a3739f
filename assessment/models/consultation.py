"""征求部门意见: one letter a round, an answer of each department for each unit (R74; F6)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from assessment.models.assessments import Assessment
from assessment.models.campaigns import CampaignYear, end_of_day
from assessment.models.standards import Item
from communities.models import Appointment, Department


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, appointment: Appointment) -> "ConsultationQuerySet":
        """The district's; of a liaison those in which the own department was asked."""
        found = self.filter(campaign_year__campaign__district=appointment.district_id)
        if appointment.department_id:
            return found.filter(opinions__department=appointment.department_id).distinct()
        return found


class Consultation(models.Model):
    """One round: its letter, whom it went to (`opinions`), by when they answer, and when the bureau closed it."""

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="consultations")
    round = models.PositiveSmallIntegerField("轮次")
    number = models.CharField("发文字号", max_length=60, blank=True)
    sent_on = models.DateField("发出日期")
    due_on = models.DateField("回复期限")
    note = models.TextField("说明", blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "征求部门意见"
        ordering = ["-round"]
        constraints = [models.UniqueConstraint(fields=["campaign_year", "round"], name="round_once_a_year")]

    def __str__(self) -> str:
        return f"{self.campaign_year}第{self.round}轮征求部门意见"

    def get_absolute_url(self) -> str:
        return reverse("assessment:consultation", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def is_overdue(self, now: datetime) -> bool:
        """The day of the reply is inclusive, to 24:00 in Asia/Shanghai."""
        return now >= end_of_day(self.due_on)


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def visible_to(self, appointment: Appointment) -> "OpinionQuerySet":
        """A liaison's own department's; those at work see what is said about their communities."""
        if appointment.department_id:
            return self.filter(department=appointment.department_id)
        return self.filter(appointment.sees_communities("assessment__community__"))

    def of_units(self) -> "OpinionQuerySet":
        """One a unit and department: what was asked, without the remarks on items."""
        return self.filter(item=None)

    def waited_for(self) -> "OpinionQuerySet":
        return self.of_units().filter(answer="")

    def objecting(self) -> "OpinionQuerySet":
        """有意见、不同意, settled or not."""
        return self.filter(answer__in=OBJECTING)

    def objections(self) -> "OpinionQuerySet":
        """有意见、不同意 that nobody has settled yet."""
        return self.objecting().filter(resolution="")


class Opinion(models.Model):
    """What a department says about one unit, as a whole (`item` null) or about one item. Blank while it is waited for.

    SILENT is written when a round is closed after its last day: silence is recorded as silence.
    """

    class Answer(models.TextChoices):
        AGREE = "agree", "同意"
        REMARK = "remark", "有意见"
        OBJECT = "object", "不同意"
        SILENT = "silent", "逾期未回复"

    class Resolution(models.TextChoices):
        CLOSED = "closed", "已解决"
        OVERRULED = "overruled", "不予采纳"

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="opinions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="opinions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="opinions")
    item = models.ForeignKey(
        Item, verbose_name="条目", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.CharField("意见", max_length=10, choices=Answer, blank=True)
    text = models.TextField("具体意见", blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField("回复时间", null=True, blank=True)
    resolution = models.CharField("处理", max_length=10, choices=Resolution, blank=True)
    resolution_reason = models.TextField("处理说明", blank=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField("处理时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门意见"
        ordering = ["department__sort_order", "assessment", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "department", "assessment"],
                condition=Q(item__isnull=True),
                name="one_opinion_a_unit",
            ),
            models.UniqueConstraint(
                fields=["consultation", "department", "assessment", "item"],
                condition=Q(item__isnull=False),
                name="one_opinion_an_item",
            ),
            models.CheckConstraint(condition=Q(resolution="") | ~Q(resolution_reason=""), name="resolution_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.assessment.community}"

    @property
    def is_objection(self) -> bool:
        return self.answer in OBJECTING

    @property
    def is_late(self) -> bool:
        """Answered after the last day, while the round was still open."""
        return self.answered_at is not None and self.consultation.is_overdue(self.answered_at)


OBJECTING = (Opinion.Answer.REMARK, Opinion.Answer.OBJECT)
