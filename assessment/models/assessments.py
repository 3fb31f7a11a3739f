"""The assessment of one community in one year: its state, its score sheets, its way through the chain, its title."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from assessment.models.campaigns import CampaignYear
from assessment.models.standards import Item, Part, Standard
from communities.models import Appointment, Category, Community


class State(models.TextChoices):
    """Where an assessment stands. Each row: value, Bootstrap colour, who has it now, label."""

    DRAFT = "draft", "secondary", "镇（开发区、街道）", "自评中"
    SUBMITTED = "submitted", "primary", "区社区办", "已申报"
    RECEIVED = "received", "success", "区社区办", "区已接收"
    RETURNED = "returned", "warning", "镇（开发区、街道）", "退回修改"
    CLOSED = "closed", "secondary", "无（不再办理）", "已终止"

    colour: str
    owner: str

    def __new__(cls, value: str, colour: str = "", owner: str = "") -> "State":
        state = str.__new__(cls, value)
        state._value_ = value
        state.colour = colour
        state.owner = owner
        return state


EDITABLE = (State.DRAFT, State.RETURNED)
FILED = (State.SUBMITTED, State.RECEIVED)


class Stage(models.TextChoices):
    """The four score columns of the 考核评分表, in order."""

    SELF = "self", "自评"
    DISTRICT = "district", "区预查"
    CITY = "city", "市抽查"
    PROVINCE = "province", "省考评"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, appointment: Appointment) -> "AssessmentQuerySet":
        return self.filter(appointment.sees_communities("community__"))


class Assessment(models.Model):
    """自评 to 命名 of one community in one year, bound to the version of the standard it was begun with.

    `state` is written by `assessment.workflow.advance` only. `resubmit_by` is the date set by a return; it stands in
    place of the year's deadline for this one community.
    """

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="assessments")
    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="assessments")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    receipt_number = models.CharField("回执编号", max_length=20, blank=True)
    submitted_at = models.DateTimeField("申报时间", null=True, blank=True)
    resubmit_by = models.DateField("重新申报期限", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考评"
        ordering = ["community__town__sort_order", "-community__category", "community__sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["community", "campaign_year"], name="one_assessment_a_year"),
            models.UniqueConstraint(
                fields=["campaign_year", "receipt_number"], condition=~Q(receipt_number=""), name="receipt_once_a_year"
            ),
        ]
        indexes = [models.Index(fields=["campaign_year", "state"], name="assessment_state")]

    def __str__(self) -> str:
        return f"{self.community} {self.campaign_year}考评"

    def get_absolute_url(self) -> str:
        return reverse("assessment:sheet", args=[self.pk])

    @property
    def status(self) -> State:
        return State(self.state)

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def self_sheet(self) -> "ScoreSheet":
        """The self-assessment's sheet; it exists from the moment the assessment is opened."""
        return self.sheets.get(stage=Stage.SELF)

    @property
    def last_day(self) -> date:
        """The last day on which this assessment may be submitted."""
        return self.resubmit_by or self.campaign_year.deadline


PART_FIELDS = {part: f"part_{part.value}" for part in Part}


class ScoreSheet(models.Model):
    """One stage's scores. Part sums and total are written in the transaction of the item that changed them."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="sheets")
    stage = models.CharField("评分阶段", max_length=10, choices=Stage)
    part_1 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_2 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_3 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_4 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_5 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_6 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_7 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    part_8 = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, default=Decimal(0))
    scored_items = models.PositiveSmallIntegerField("已评条目", default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "评分表"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "stage"], name="one_sheet_a_stage"),
        ]
        indexes = [models.Index(fields=["stage", "total"], name="sheet_total")]

    def __str__(self) -> str:
        return f"{self.assessment} {self.get_stage_display()}"

    def part_sum(self, part: int) -> Decimal:
        return getattr(self, f"part_{part}")


class ItemScore(models.Model):
    """得分 of one item on one sheet. `points` null: a reason was written before a score was given.

    `suggested` and `suggestion` are what the registers said when the sheet was filed: what a register says later
    changes no filed sheet.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scores")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    reason = models.TextField("扣分原因", blank=True)
    suggested = models.DecimalField("申报时建议分", max_digits=5, decimal_places=2, null=True)
    suggestion = models.CharField("申报时建议", max_length=200, blank=True)
    scorer = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "得分"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="one_score_an_item"),
            models.CheckConstraint(condition=Q(points__isnull=True) | Q(points__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item.code}：{self.points}"


class StateChange(models.Model):
    """One step of an assessment through the chain, kept for ever (R68)."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField("操作", max_length=30)
    source = models.CharField(max_length=20, choices=State)
    target = models.CharField(max_length=20, choices=State)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")
    reason = models.TextField("原因", blank=True)
    receipt_number = models.CharField("回执编号", max_length=20, blank=True)
    total = models.DecimalField("自评总分", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.assessment} {self.action}"


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, appointment: Appointment) -> "DesignationQuerySet":
        return self.filter(appointment.sees_communities("community__"))

    def held_on(self, day: date) -> "DesignationQuerySet":
        """Titles in force on `day`: named by then and, where inherited, inherited by then; not yet revoked."""
        begun = Q(inherited_on__isnull=True) | Q(inherited_on__lte=day)
        return self.filter(begun, Q(revoked_on__isnull=True) | Q(revoked_on__gt=day), named_on__lte=day)


class Designation(models.Model):
    """命名: the title a community holds from the date of the naming document (R81).

    A unit that took over the title of one it came from holds it from `inherited_on`, under the same document.
    """

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="designations")
    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="designations")
    document_number = models.CharField("命名文号", max_length=60)
    named_on = models.DateField("命名日期")
    inherited_on = models.DateField("承继日期", null=True, blank=True)
    revoked_on = models.DateField("摘牌日期", null=True, blank=True)

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "命名"
        ordering = ["-named_on", "community__town__sort_order", "community__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(revoked_on__isnull=True), name="one_title_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.title}"

    @property
    def title(self) -> str:
        """The title, worded apart for 社区 and 村."""
        noun = "社区" if self.community.category == Category.URBAN else "村"
        return f"省级和谐社区建设示范{noun}"
