"""抽样: a frozen frame, a seed entered in front of witnesses, and what was drawn (R75, R79, R80; F10).

How units are drawn is `assessment.sampling.method`; anyone can recompute a draw from what is kept here.
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from assessment.models.assessments import Assessment, Stage
from assessment.models.campaigns import CampaignYear
from communities.models import Appointment, Category, Community
from communities.models.appointments import SEE_NO_COMMUNITIES


class SamplingDrawQuerySet(models.QuerySet["SamplingDraw"]):
    def visible_to(self, appointment: Appointment) -> "SamplingDrawQuerySet":
        """Those of the person's district; which of their units one sees is for the units to say."""
        if appointment.role in SEE_NO_COMMUNITIES:
            return self.none()
        return self.filter(campaign_year__campaign__district=appointment.district_id)


class SamplingDraw(models.Model):
    """The city's or the province's draw of a year. Without a `seed` only the frame is frozen yet."""

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="draws")
    stage = models.CharField("层级", max_length=10, choices=[(Stage.CITY, "市抽查"), (Stage.PROVINCE, "省考评")])
    ratio = models.DecimalField("抽样比例（%）", max_digits=5, decimal_places=2)
    frame_digest = models.CharField("抽样框摘要", max_length=64)
    frozen_at = models.DateTimeField("抽样框冻结时间")
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    without_named = models.CharField("没有已命名单位的说明", max_length=200, blank=True)
    """Why the province draws from new units only: nobody held a title yet (R80)."""
    seed = models.CharField("种子", max_length=100, blank=True)
    place = models.CharField("抽样地点", max_length=100, blank=True)
    host = models.CharField("主持人", max_length=60, blank=True)
    witnesses = models.CharField("见证人", max_length=200, blank=True)
    drawn_at = models.DateTimeField("抽样时间", null=True, blank=True)
    drawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.TextField("考评组成员和日程", blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = SamplingDrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽样"
        ordering = ["campaign_year", "stage"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "stage"], name="one_draw_a_stage"),
            models.CheckConstraint(
                condition=Q(seed="", drawn_at__isnull=True) | (~Q(seed="") & Q(drawn_at__isnull=False)),
                name="drawn_with_a_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_year}{self.get_stage_display()}抽样"

    def get_absolute_url(self) -> str:
        return reverse("assessment:draw", args=[self.pk])

    def get_frame_url(self) -> str:
        return reverse("assessment:draw_frame", args=[self.pk])

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None


class FrameUnitQuerySet(models.QuerySet["FrameUnit"]):
    def visible_to(self, appointment: Appointment) -> "FrameUnitQuerySet":
        return self.filter(appointment.sees_communities("community__"))


class FrameUnit(models.Model):
    """One unit that could be drawn, as it was when the frame was frozen; `drawn` after the draw.

    `assessment` is what it is scored under: its application, or the recheck opened for a named unit once it is drawn.
    """

    class Standing(models.TextChoices):
        NEW = "new", "新创建"
        NAMED = "named", "已命名"

    draw = models.ForeignKey(SamplingDraw, on_delete=models.PROTECT, related_name="units")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="frame_units")
    position = models.PositiveIntegerField("序号")
    code = models.CharField("代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    town_name = models.CharField("镇（开发区、街道）", max_length=40)
    category = models.CharField("类别", max_length=10, choices=Category)
    standing = models.CharField("性质", max_length=10, choices=Standing)
    order_key = models.CharField("排序值", max_length=64, blank=True)
    drawn = models.BooleanField("抽中", default=False)
    visit_on = models.DateField("考评日期", null=True, blank=True)

    objects = FrameUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽样单位"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "community"], name="frame_unit_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="frame_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.town_name}{self.name}"


class Replacement(models.Model):
    """调换: a drawn unit that could not be visited, the next of its stratum in its place, and why."""

    draw = models.ForeignKey(SamplingDraw, on_delete=models.PROTECT, related_name="replacements")
    removed = models.ForeignKey(FrameUnit, on_delete=models.PROTECT, related_name="+")
    added = models.ForeignKey(FrameUnit, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("调换原因")
    skipped = models.TextField("跳过的代码", blank=True)
    """Codes, with a blank between, of units before `added` that could not be visited any more."""
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "调换"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["draw", "removed"], name="replaced_once")]

    def __str__(self) -> str:
        return f"{self.removed} → {self.added}"
