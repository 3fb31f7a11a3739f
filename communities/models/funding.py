"""经费: 基本保障、超户增付, budgets and what was paid (R5, R14-R17). Money is in 万元, four decimals are one 元."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum

from communities.models.places import Category
from communities.models.records import NOT_NEGATIVE, PERCENT, CommunityRecord, DistrictRecord, TownRecord, register


def wan(label: str, **options: Any) -> models.DecimalField:
    """An amount in 万元, to the 元."""
    return models.DecimalField(label, max_digits=12, decimal_places=4, validators=NOT_NEGATIVE, **options)


class Source(models.TextChoices):
    DISTRICT = "district", "区财政"
    TOWN = "town", "镇财政"
    VILLAGE = "village", "村集体"
    SOCIETY = "society", "社会（商会、企业、捐赠）"


def approved(source: Source) -> Sum:
    return Sum("approved_wan", filter=Q(source=source), default=Decimal(0))


@register(
    "funding",
    label="社区工作经费",
    group="经费",
    note="每个来源一行。区、镇两级核定数可由“经费核定”按标准一次生成；拨付到位后填写实拨。",
    columns=("source", "approved_wan", "paid_wan", "paid_on", "document"),
    key=("source",),
    searched=("document",),
    filters=("source",),
    counts={
        "funding_approved": Sum("approved_wan", default=Decimal(0)),
        "funding_paid": Sum("paid_wan", default=Decimal(0)),
        "funding_district": approved(Source.DISTRICT),
        "funding_town": approved(Source.TOWN),
    },
    has_files=True,
)
class Funding(CommunityRecord):
    source = models.CharField("来源", max_length=10, choices=Source)
    approved_wan = wan("核定（万元）")
    paid_wan = wan("实拨（万元）", null=True, blank=True)
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    document = models.CharField("文件或凭证", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "社区工作经费"
        ordering = ["source", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "source"], name="funding_once")]

    def __str__(self) -> str:
        return self.get_source_display()

    def clean(self) -> None:
        if self.paid_on and self.paid_wan is None:
            raise ValidationError({"paid_wan": "填写了拨付日期，请同时填写实拨金额。"})


@register(
    "funding-standards",
    label="经费标准（基本保障、超户增付）",
    group="经费",
    note="核定经费＝基本保障＋（户数－基数户数，不足的为0）×每户增付；区级承担比例以外由镇级承担。",
    columns=("category", "base_wan", "base_households", "per_household_yuan", "district_percent", "document"),
    key=("category",),
    searched=("document",),
    filters=("category",),
    carried=Q(),
)
class FundingStandard(DistrictRecord):
    year = models.PositiveSmallIntegerField("年度", editable=False)
    category = models.CharField("类别", max_length=10, choices=Category)
    base_wan = wan("基本保障（万元）")
    base_households = models.PositiveIntegerField("基数户数")
    per_household_yuan = models.DecimalField(
        "超户增付（元／户）", max_digits=9, decimal_places=2, validators=NOT_NEGATIVE
    )
    district_percent = models.DecimalField("区级承担（%）", max_digits=5, decimal_places=2, validators=PERCENT)
    document = models.CharField("依据文件", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "经费标准"
        ordering = ["-category"]
        constraints = [models.UniqueConstraint(fields=["district", "year", "category"], name="funding_standard_once")]

    def __str__(self) -> str:
        return f"{self.get_category_display()}经费标准"


@register(
    "district-budgets",
    label="区级补贴预算",
    group="经费",
    note="区财政对城乡社区建设经费补贴的年度总额，与各社区（村）区级核定数之和核对。",
    columns=("amount_wan", "document", "approved_on"),
    key=(),
    searched=("document",),
    has_files=True,
)
class DistrictBudget(DistrictRecord):
    year = models.PositiveSmallIntegerField("年度", editable=False)
    amount_wan = wan("预算（万元）")
    document = models.CharField("文件", max_length=100, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "区级补贴预算"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["district", "year"], name="district_budget_once")]

    def __str__(self) -> str:
        return f"{self.year}年度区级补贴预算"


@register(
    "town-budgets",
    label="镇级预算",
    group="经费",
    note="社区工作经费是否纳入同级财政预算，及预算数。",
    columns=("is_included", "amount_wan", "paid_wan", "document"),
    key=(),
    searched=("document",),
    filters=("is_included",),
    has_files=True,
)
class TownBudget(TownRecord):
    year = models.PositiveSmallIntegerField("年度", editable=False)
    is_included = models.BooleanField("纳入同级财政预算")
    amount_wan = wan("预算（万元）", null=True, blank=True)
    paid_wan = wan("已拨付（万元）", null=True, blank=True)
    document = models.CharField("预算文件", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "镇级预算"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["town", "year"], name="town_budget_once")]

    def __str__(self) -> str:
        return f"{self.town}{self.year}年度预算"
