"""正式创建名单: frozen with number, date and digest; a later change is a new version with a reason (R74; F9)."""

from datetime import date

from django.db import models
from django.urls import reverse

from accounts.models import User
from assessment.models.assessments import Assessment
from assessment.models.campaigns import CampaignYear
from communities.models import Appointment, Category


class CandidateListQuerySet(models.QuerySet["CandidateList"]):
    def visible_to(self, appointment: Appointment) -> "CandidateListQuerySet":
        return self.filter(campaign_year__campaign__district=appointment.district_id)


class CandidateList(models.Model):
    """One version of a year's list. `digest` is SHA-256 over its entries as they were written.

    公示 is optional: both its days or neither.
    """

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="candidate_lists")
    version = models.PositiveSmallIntegerField("版本")
    number = models.CharField("文号", max_length=60)
    dated = models.DateField("日期")
    reason = models.TextField("变更原因", blank=True)
    digest = models.CharField("内容摘要", max_length=64)
    notice_from = models.DateField("公示开始", null=True, blank=True)
    notice_until = models.DateField("公示结束", null=True, blank=True)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("确定时间")
    reported_at = models.DateTimeField("上报时间", null=True, blank=True)
    reported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CandidateListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "创建名单"
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["campaign_year", "version"], name="list_version_once")]

    def __str__(self) -> str:
        return f"{self.campaign_year}创建名单第{self.version}版"

    def get_absolute_url(self) -> str:
        return reverse("assessment:candidate_list", args=[self.pk])

    def is_on_notice(self, today: date) -> bool:
        """Whether 公示 is still to end; its last day is inclusive."""
        return self.notice_until is not None and today <= self.notice_until


class Candidate(models.Model):
    """One unit of one version, with its name, town and scores as they were when the list was fixed."""

    candidate_list = models.ForeignKey(CandidateList, on_delete=models.PROTECT, related_name="candidates")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="candidacies")
    position = models.PositiveSmallIntegerField("序号")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    town_name = models.CharField("镇（开发区、街道）", max_length=40)
    category = models.CharField("类别", max_length=10, choices=Category)
    self_total = models.DecimalField("自评总分", max_digits=6, decimal_places=2)
    district_total = models.DecimalField("区预查总分", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "创建单位"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["candidate_list", "assessment"], name="candidate_once"),
            models.UniqueConstraint(fields=["candidate_list", "position"], name="candidate_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.town_name}{self.name}"


class NoticeObjection(models.Model):
    """An objection raised while a list was shown in public, and what came of it."""

    candidate_list = models.ForeignKey(CandidateList, on_delete=models.PROTECT, related_name="objections")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="objections")
    received_on = models.DateField("收到日期")
    raised_by = models.CharField("反映人", max_length=60, blank=True)
    text = models.TextField("反映内容")
    outcome = models.TextField("核查结果", blank=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.assessment.community}：{self.text[:20]}"
