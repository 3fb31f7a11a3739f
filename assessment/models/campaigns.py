"""创建活动: three yearly rounds with cumulative targets and a deadline each (R40-R43, R71-R72)."""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from communities.models import Category, District

LAST_DAY = date(9998, 12, 31)
"""Days after it have no next day in every time zone."""

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


def needed(total: int, percent: Decimal) -> int:
    """Units that must be named to reach `percent` of `total`, rounded up: 以上 includes the number itself (R41)."""
    return int((total * percent / 100).to_integral_value(ROUND_CEILING))


def end_of_day(day: date) -> datetime:
    """The instant a deadline day ends: 24:00 in Asia/Shanghai, the first moment that is too late (R71)."""
    return timezone.make_aware(datetime.combine(min(day, LAST_DAY) + timedelta(days=1), time.min))


class Campaign(models.Model):
    """A district's campaign. `pass_mark` is the score that files and names a community (R70, R81)."""

    district = models.OneToOneField(District, verbose_name="区", on_delete=models.PROTECT, related_name="campaign")
    name = models.CharField("名称", max_length=80)
    pass_mark = models.DecimalField("合格线", max_digits=5, decimal_places=2, default=Decimal(90), validators=PERCENT)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "创建活动"

    def __str__(self) -> str:
        return self.name

    @property
    def first_year(self) -> int:
        return min(year.year for year in self.years.all())


class CampaignYear(models.Model):
    """One yearly round. Targets are shares of all communities that hold the title by the end of the year."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("年度")
    deadline = models.DateField("申报截止日期", help_text="含当日，至24:00止。")
    urban_target = models.DecimalField("城镇社区目标（%）", max_digits=5, decimal_places=2, validators=PERCENT)
    rural_target = models.DecimalField("农村社区目标（%）", max_digits=5, decimal_places=2, validators=PERCENT)
    milestone = models.CharField("目标说明", max_length=100, blank=True)
    receipts = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "年度"
        ordering = ["year"]
        constraints = [models.UniqueConstraint(fields=["campaign", "year"], name="campaign_year_once")]

    def __str__(self) -> str:
        return f"{self.year}年度"

    def target(self, category: str) -> Decimal:
        """The cumulative target share of a category, in percent."""
        return self.urban_target if category == Category.URBAN else self.rural_target

    @property
    def ends_on(self) -> date:
        """The last day on which the round can still be under way: the year's, or its deadline where that is later."""
        return max(date(self.year, 12, 31), self.deadline)

    def days_left(self, today: date) -> int:
        """Whole days until the deadline day: 0 on the day itself, negative after it."""
        return (self.deadline - today).days
