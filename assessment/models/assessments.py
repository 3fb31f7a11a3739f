"""The assessment of one community in one year: its state, its score sheets, its way through the chain."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery
from django.urls import reverse

from accounts.models import User
from assessment.models.campaigns import CampaignYear
from assessment.models.schedule import DeadlineException
from assessment.models.standards import Item, Part, Standard
from communities.models import Appointment, Community

TOWN_SIDE, BUREAU_SIDE, CITY_SIDE, PROVINCE_SIDE = "镇（开发区、街道）", "区社区办", "市", "省"
NOBODY = "无（不再办理）"


class State(models.TextChoices):
    """Where an assessment stands. Each row: value, Bootstrap colour, who has it now, label.

    The first group is the way of an application (R69-R81), the second that of a named unit drawn again (动态复核, R80).
    """

    DRAFT = "draft", "secondary", TOWN_SIDE, "自评中"
    SUBMITTED = "submitted", "primary", BUREAU_SIDE, "已申报"
    RECEIVED = "received", "primary", BUREAU_SIDE, "区已接收"
    RETURNED = "returned", "warning", TOWN_SIDE, "退回修改"
    INSPECTED = "inspected", "primary", BUREAU_SIDE, "预查办结"
    LISTED = "listed", "primary", CITY_SIDE, "已列入名单"
    UNLISTED = "unlisted", "secondary", NOBODY, "未列入名单"
    CITY_PASSED = "city_passed", "primary", PROVINCE_SIDE, "市验收通过"
    RECOGNISED = "recognised", "success", BUREAU_SIDE, "省级达标"
    NAMED = "named", "success", NOBODY, "已命名"
    FAILED = "failed", "secondary", NOBODY, "未通过验收"

    RECHECK = "recheck", "primary", PROVINCE_SIDE, "动态复核中"
    RECTIFYING = "rectifying", "warning", TOWN_SIDE, "限期整改"
    REINSPECTING = "reinspecting", "primary", PROVINCE_SIDE, "复查中"
    KEPT = "kept", "success", NOBODY, "复核保留"
    REVOCATION_PROPOSED = "to_be_revoked", "warning", BUREAU_SIDE, "建议撤销"
    REVOKED = "revoked", "secondary", NOBODY, "已撤销称号"

    CLOSED = "closed", "secondary", NOBODY, "已终止"

    colour: str
    owner: str

    def __new__(cls, value: str, colour: str = "", owner: str = "") -> "State":
        state = str.__new__(cls, value)
        state._value_ = value
        state.colour = colour
        state.owner = owner
        return state

    @property
    def at_rest(self) -> bool:
        """Nothing more is to be done."""
        return self.owner == NOBODY


EDITABLE = (State.DRAFT, State.RETURNED)
FILED = (
    State.SUBMITTED,
    State.RECEIVED,
    State.INSPECTED,
    State.LISTED,
    State.UNLISTED,
    State.CITY_PASSED,
    State.RECOGNISED,
    State.NAMED,
    State.FAILED,
)
"""An application that the town filed and did not get back."""
RECHECKED = (
    State.RECHECK,
    State.RECTIFYING,
    State.REINSPECTING,
    State.KEPT,
    State.REVOCATION_PROPOSED,
    State.REVOKED,
)
"""The states of a named unit drawn again."""


class Stage(models.TextChoices):
    """Who scored, in the order of time: the four columns of the 考核评分表, and the 复查 after a unit was rectified."""

    SELF = "self", "自评"
    DISTRICT = "district", "区预查"
    CITY = "city", "市抽查"
    PROVINCE = "province", "省考评"
    REINSPECTION = "reinspect", "复查"


FORM_STAGES = (Stage.SELF, Stage.DISTRICT, Stage.CITY, Stage.PROVINCE)
"""The four score columns of the 考核评分表."""
RECHECK_STAGES = (Stage.PROVINCE, Stage.REINSPECTION)
"""The two of the 动态复核表: a named unit does not assess itself anew (R80)."""


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, appointment: Appointment) -> "AssessmentQuerySet":
        return self.filter(appointment.sees_communities("community__"))

    def with_extension(self) -> "AssessmentQuerySet":
        """Each with `extended_until`, so that a list asks for no exception one by one."""
        granted = DeadlineException.objects.of_unit(
            campaign_year=OuterRef("campaign_year"), community=OuterRef("community"), town=OuterRef("community__town")
        )
        latest = granted.order_by().values("campaign_year").annotate(latest=Max("until")).values("latest")
        return self.annotate(extended_until=Subquery(latest))


class Assessment(models.Model):
    """自评 to 命名 of one community in one year, or the 动态复核 of one that holds the title already (R80).

    It is bound to the version of the standard that it was begun with.

    `state` is written by `assessment.workflow.advance` only. `resubmit_by` is the date set by a return; it stands in
    place of the year's deadline for this one community. A recheck that is to be rectified has its last day there.
    `extended_until` is there on what `with_extension` brings: the latest day that an exception gives the unit.
    """

    class Kind(models.TextChoices):
        APPLICATION = "application", "创建申报"
        RECHECK = "recheck", "动态复核"

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="assessments")
    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="assessments")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField("类别", max_length=20, choices=Kind, default=Kind.APPLICATION)
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    receipt_number = models.CharField("回执编号", max_length=20, blank=True)
    submitted_at = models.DateTimeField("申报时间", null=True, blank=True)
    is_late = models.BooleanField("逾期申报", default=False)
    """Filed after the year's deadline, by an exception or after a return; the mark stays."""
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
            models.CheckConstraint(
                condition=Q(kind="recheck", state__in=[*RECHECKED, State.CLOSED])
                | Q(kind="application") & ~Q(state__in=RECHECKED),
                name="state_fits_kind",
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
    def is_recheck(self) -> bool:
        return self.kind == self.Kind.RECHECK

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Who scores it, in order: an application begins with the unit's own sheet, a recheck has none."""
        return RECHECK_STAGES if self.is_recheck else FORM_STAGES

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE

    @property
    def self_sheet(self) -> "ScoreSheet":
        """The self-assessment's sheet; it exists from the moment an application is opened, and a recheck has none."""
        return self.sheets.get(stage=Stage.SELF)

    @property
    def last_day(self) -> date:
        """The last day on which this assessment may be submitted (R71).

        The day of a return, else the year's deadline; an exception can only be later, and never shortens. A recheck
        has no exceptions.
        """
        day = self.resubmit_by or self.campaign_year.deadline
        return max(day, self.extension or day)

    @property
    def extension(self) -> date | None:
        """The latest day that an exception gives the unit, as far as it is about an application."""
        if self.kind == self.Kind.RECHECK:
            return None
        if "extended_until" in self.__dict__:
            return self.__dict__["extended_until"]
        granted = DeadlineException.objects.of_unit(
            campaign_year=self.campaign_year_id, community=self.community_id, town=self.community.town_id
        )
        return granted.aggregate(latest=Max("until"))["latest"]


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
