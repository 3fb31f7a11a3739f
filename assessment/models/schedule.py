"""Time: the dates of a year, exceptions from its deadline, planned numbers, who does not apply, and notices."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import User
from assessment.models.campaigns import CampaignYear
from communities.models import Appointment, Category, Community, Town


class CampaignDate(models.Model):
    """One entry of the yearly calendar. 申报截止 is not here: it is the campaign year's own `deadline`."""

    class Kind(models.TextChoices):
        SELF_CHECK = "self_check", "自查自评"
        DOCUMENTS = "documents", "区预查（材料审核）"
        SITE = "site", "区预查（现场检查）"
        CONSULTATION = "consultation", "征求部门意见"
        CANDIDATES = "candidates", "确定创建名单并上报"
        CITY = "city", "市抽查"
        REQUEST = "request", "上报验收请示"
        PROVINCE = "province", "省考评"
        NAMING = "naming", "命名"

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="dates")
    kind = models.CharField("事项", max_length=20, choices=Kind)
    begins = models.DateField("开始日期")
    ends = models.DateField("结束日期")
    note = models.CharField("说明", max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "年度日程"
        ordering = ["begins", "ends"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "kind"], name="one_date_a_kind"),
            models.CheckConstraint(condition=Q(begins__lte=models.F("ends")), name="date_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_year}{self.get_kind_display()}"


class DeadlineExceptionQuerySet(models.QuerySet["DeadlineException"]):
    def visible_to(self, appointment: Appointment) -> "DeadlineExceptionQuerySet":
        if appointment.community_id:
            return self.filter(
                Q(community=appointment.community_id) | Q(community__isnull=True, town=appointment.town_id)
            )
        return self.filter(appointment.sees_towns("town__"))

    def of_unit(self, *, campaign_year: Any, community: Any, town: Any) -> "DeadlineExceptionQuerySet":
        """What was granted to a community in a year, to itself or to its whole town. Keys, or references to them."""
        return self.filter(Q(community=community) | Q(community__isnull=True, town=town), campaign_year=campaign_year)


class DeadlineException(models.Model):
    """延期: a unit may file until `until`. Written once, shown for ever (R71)."""

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="exceptions")
    town = models.ForeignKey(Town, verbose_name="镇（开发区、街道）", on_delete=models.PROTECT, related_name="+")
    community = models.ForeignKey(
        Community, verbose_name="社区（村）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    until = models.DateField("延期至")
    reason = models.TextField("原因")
    approver = models.CharField("批准人", max_length=30)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = DeadlineExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.community or self.town}延期至{self.until}"


class NonApplication(models.Model):
    """Why a community does not apply in a year: 自愿申报, so it says so itself (R68, decision 15)."""

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="non_applications")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("不申报原因", max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("登记时间", auto_now=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "不申报说明"
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "community"], name="one_reason_not_to_apply"),
        ]

    def __str__(self) -> str:
        return f"{self.community}：{self.reason}"


class TownTarget(models.Model):
    """目标分解: how many units of a category a town plans to hold the title by the end of the year (R82)."""

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="town_targets")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    category = models.CharField("类别", max_length=10, choices=Category)
    planned = models.PositiveSmallIntegerField("计划命名数")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "目标分解"
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "town", "category"], name="one_target_a_town"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_year} {self.town}{self.get_category_display()}"


class Notice(models.Model):
    """站内通知: a reminder or a 催办 to one person. `key` says what about, so that it is sent once, whoever sends.

    `mailed_at` is claimed before the e-mail leaves: it is sent once, or, where the sender dies, not at all.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", "到期提醒"
        URGING = "urging", "催办"
        HANDOVER = "handover", "交接"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    key = models.CharField(max_length=100)
    text = models.CharField("内容", max_length=300)
    url = models.CharField(max_length=200, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField("发出时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    mailed_at = models.DateTimeField("邮件时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_notice_of_a_key")]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.text
