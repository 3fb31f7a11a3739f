"""政策文件、各镇实施意见、荣誉 and figures taken over from old documents (R2, R10-R13, R59, decision 3)."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communities.models.appointments import Appointment
from communities.models.places import Category, Community, Town
from communities.models.records import DistrictRecord, TownRecord, in_order, register


@register(
    "policies",
    label="政策文件",
    group="政策和荣誉",
    note="省、市、区文件；“适用条目”写考评标准的条目号，在条目旁引用。需要各镇出台实施意见的，勾选后列入落实情况表。",
    columns=("title", "document_number", "issuer", "level", "issued_on", "items", "needs_implementation"),
    key=("title",),
    searched=("title", "document_number", "issuer"),
    filters=("level", "needs_implementation"),
    has_files=True,
)
class Policy(DistrictRecord):
    class Level(models.TextChoices):
        PROVINCE = "1", "省"
        CITY = "2", "市"
        DISTRICT = "3", "区"

    title = models.CharField("标题", max_length=100)
    document_number = models.CharField("文号", max_length=40, blank=True)
    issuer = models.CharField("发文机关", max_length=60)
    level = models.CharField("层级", max_length=10, choices=Level)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    items = models.CharField("适用条目", max_length=60, blank=True, help_text="如：1.4、1.5、4.2")
    needs_implementation = models.BooleanField("要求各镇出台实施意见", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "政策文件"
        ordering = ["level", "-issued_on", "id"]
        constraints = [models.UniqueConstraint(fields=["district", "title"], name="policy_once")]

    def __str__(self) -> str:
        return f"《{self.title}》"

    @property
    def item_codes(self) -> list[str]:
        """The items of the standard that the policy governs: 1.4、4.2."""
        return re.findall(r"[1-8]\.[0-9]{1,2}", self.items)


@register(
    "town-policies",
    label="各镇实施意见",
    group="政策和荣誉",
    note="镇（开发区、街道）以党委政府名义贯彻区级文件的实施意见，每份一行。",
    columns=("policy", "title", "document_number", "issued_on"),
    key=("policy",),
    searched=("title", "document_number"),
    filters=("policy",),
    has_files=True,
)
class TownPolicy(TownRecord):
    policy = models.ForeignKey(
        Policy, verbose_name="区级文件", on_delete=models.PROTECT, related_name="implementations"
    )
    title = models.CharField("实施意见标题", max_length=100)
    document_number = models.CharField("文号", max_length=40, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "各镇实施意见"
        ordering = ["policy", "id"]
        constraints = [models.UniqueConstraint(fields=["town", "policy"], name="town_policy_once")]

    def __str__(self) -> str:
        return f"《{self.title}》"


@register(
    "honours",
    label="荣誉",
    group="政策和荣誉",
    note="区、镇、社区（村）获得的荣誉。",
    columns=("name", "level", "town", "community", "issuer", "awarded_on", "document_number", "valid_until"),
    key=("name", "town", "community"),
    searched=("name", "issuer"),
    filters=("level", "town"),
    has_files=True,
)
class Honour(DistrictRecord):
    class Level(models.TextChoices):
        NATION = "1", "国家级"
        PROVINCE = "2", "省级"
        CITY = "3", "市级"
        DISTRICT = "4", "区级"

    name = models.CharField("荣誉名称", max_length=80)
    level = models.CharField("级别", max_length=10, choices=Level)
    town = models.ForeignKey(
        Town, verbose_name="镇（开发区、街道）", null=True, blank=True, on_delete=models.PROTECT, related_name="honours"
    )
    community = models.ForeignKey(
        Community, verbose_name="社区（村）", null=True, blank=True, on_delete=models.PROTECT, related_name="honours"
    )
    issuer = models.CharField("授予单位", max_length=60, blank=True)
    awarded_on = models.DateField("授予日期", null=True, blank=True)
    document_number = models.CharField("文号", max_length=40, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "荣誉"
        ordering = ["level", "-awarded_on", "id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope(cls, appointment: Appointment) -> Q:
        """The district's own to everybody, a town's or community's to those who see it."""
        everybody = Q(town__isnull=True, community__isnull=True)
        if appointment.community_id:
            everybody |= Q(community=appointment.community_id)
        elif appointment.town_id:
            everybody |= Q(town=appointment.town_id) | Q(community__town=appointment.town_id)
        else:
            everybody = Q()
        return super().scope(appointment) & everybody

    def clean(self) -> None:
        in_order(self, "awarded_on", "valid_until")
        if self.community and self.town and self.community.town_id != self.town_id:
            raise ValidationError({"community": f"{self.community}不在{self.town}。"})


@register(
    "source-figures",
    label="原文数据",
    group="政策和荣誉",
    note="从以往文件、讲话录入的数字，与系统计算的数字分开列示；有比例的写明分子、分母，原文没有的留空。",
    columns=("name", "category", "value", "unit_name", "numerator", "denominator", "as_of", "document"),
    key=("name", "category", "as_of"),
    searched=("name", "document"),
    filters=("category",),
)
class SourceFigure(DistrictRecord):
    name = models.CharField("指标", max_length=60)
    category = models.CharField("类别", max_length=10, choices=Category, blank=True)
    value = models.DecimalField("数值", max_digits=14, decimal_places=4)
    unit_name = models.CharField("单位", max_length=10, blank=True)
    numerator = models.DecimalField("分子", max_digits=14, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField("分母", max_digits=14, decimal_places=4, null=True, blank=True)
    as_of = models.DateField("统计日期", null=True, blank=True)
    document = models.CharField("出处", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "原文数据"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
