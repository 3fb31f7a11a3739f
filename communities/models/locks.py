"""How far a register of a year is settled: reported empty, confirmed by the town, closed by the bureau."""

from django.db import models

from accounts.models import User
from communities.models.places import Community, District


class RegisterCheck(models.Model):
    """One register of a community in a year: `is_nil` says «there are none», `confirmed_at` that the town agreed."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="register_checks")
    year = models.PositiveSmallIntegerField("年度")
    register = models.CharField("台账", max_length=40)
    is_nil = models.BooleanField("本年度没有", default=False)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("镇级核对时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "台账核对"
        constraints = [models.UniqueConstraint(fields=["community", "year", "register"], name="one_check_a_register")]

    def __str__(self) -> str:
        return f"{self.community} {self.year}年度 {self.register}"


class ClosedYear(models.Model):
    """封存: from here on only the bureau corrects the year's registers, each time with a reason."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="closed_years")
    year = models.PositiveSmallIntegerField("年度")
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = verbose_name_plural = "封存年度"
        constraints = [models.UniqueConstraint(fields=["district", "year"], name="year_closed_once")]

    def __str__(self) -> str:
        return f"{self.district} {self.year}年度"
