"""三社联动 and 共建: social organisations, social work projects, co-building partners (R6, R56-R58)."""

from django.db import models
from django.db.models import Count, Q

from communities.models.premises import Room
from communities.models.records import NOT_NEGATIVE, CommunityRecord, in_order, register

RECOGNISED = Q(status__in=["registered", "filed"])


@register(
    "social-organisations",
    label="社会组织和文体队伍",
    group="三社联动",
    note="登记或备案的计入社会组织个数；近半年没有活动的文体队伍不计入。",
    columns=("name", "kind", "status", "head", "members", "venue", "active_lately"),
    key=("name",),
    searched=("name", "head"),
    filters=("kind", "status", "active_lately"),
    counts={
        "social_organisations": Count("pk", filter=RECOGNISED),
        "culture_teams": Count("pk", filter=Q(kind="culture") & ~Q(active_lately=False)),
    },
    carried=Q(),
)
class SocialOrganisation(CommunityRecord):
    class Kind(models.TextChoices):
        SERVICE = "service", "公益服务类"
        CULTURE = "culture", "群众文体队伍"
        COOPERATIVE = "cooperative", "专业合作组织"
        VOLUNTEER = "volunteer", "志愿服务类"
        OTHER = "other", "其他"

    class Status(models.TextChoices):
        REGISTERED = "registered", "登记"
        FILED = "filed", "备案"
        NEITHER = "neither", "未登记备案"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    status = models.CharField("登记情况", max_length=20, choices=Status)
    head = models.CharField("负责人", max_length=30, blank=True)
    members = models.PositiveIntegerField("成员（人）", null=True, blank=True)
    venue = models.ForeignKey(
        Room, verbose_name="活动场所", null=True, blank=True, on_delete=models.SET_NULL, related_name="organisations"
    )
    active_lately = models.BooleanField("近半年有活动", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "社会组织和文体队伍"
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "name"], name="organisation_once")]

    def __str__(self) -> str:
        return self.name


@register(
    "social-work-projects",
    label="社工服务项目",
    group="三社联动",
    note="专业社工或社会组织承接的服务项目。",
    columns=("name", "provider", "social_worker", "began_on", "ended_on", "people_served", "amount_wan"),
    key=("name",),
    searched=("name", "provider", "social_worker"),
    counts={"social_work_projects": Count("pk")},
)
class SocialWorkProject(CommunityRecord):
    name = models.CharField("项目", max_length=80)
    provider = models.CharField("承接单位", max_length=60)
    social_worker = models.CharField("专业社工", max_length=60, blank=True)
    began_on = models.DateField("开始日期", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    people_served = models.PositiveIntegerField("服务（人次）", null=True, blank=True)
    amount_wan = models.DecimalField(
        "经费（万元）", max_digits=10, decimal_places=4, null=True, blank=True, validators=NOT_NEGATIVE
    )

    class Meta:
        verbose_name = verbose_name_plural = "社工服务项目"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "name"], name="project_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        in_order(self, "began_on", "ended_on")


@register(
    "partners",
    label="共建协议",
    group="三社联动",
    note="商会、企业、机关单位与社区（村）签订的共建帮扶协议；协议有效期内的计入。",
    columns=("partner", "kind", "signed_on", "valid_until", "activities", "last_activity", "ended_on"),
    key=("partner",),
    searched=("partner",),
    filters=("kind",),
    counts={"co_build_agreements": Count("pk", filter=Q(ended_on__isnull=True))},
    carried=Q(ended_on__isnull=True),
    renewed={"activities": None, "last_activity": ""},
    has_files=True,
)
class PartnerAgreement(CommunityRecord):
    class Kind(models.TextChoices):
        CHAMBER = "chamber", "商会"
        COMPANY = "company", "企业"
        OFFICE = "office", "机关"
        RESIDENT_UNIT = "resident_unit", "驻区单位"
        OTHER = "other", "其他"

    partner = models.CharField("共建单位", max_length=60)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    activities = models.PositiveSmallIntegerField("本年活动（次）", null=True, blank=True)
    last_activity = models.CharField("最近一次活动", max_length=100, blank=True)
    ended_on = models.DateField("终止日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "共建协议"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "partner"], name="partner_once")]

    def __str__(self) -> str:
        return self.partner

    def clean(self) -> None:
        in_order(self, "signed_on", "valid_until")
