"""年度台账: what is a number of the year for one community. A blank is unknown, never 0."""

from datetime import date
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q

from communities.models.appointments import Appointment
from communities.models.places import Community, valid_on

NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class YearProfileQuerySet(models.QuerySet["YearProfile"]):
    def visible_to(self, appointment: Appointment) -> "YearProfileQuerySet":
        return self.filter(appointment.sees_communities("community__"))

    def on(self, day: date) -> "YearProfileQuerySet":
        """Those of communities there were on `day`, each with `place`, the community's version of that day."""
        held = FilteredRelation("community__versions", condition=valid_on(day, "community__versions__"))
        return self.annotate(place=held).filter(place__isnull=False)


class YearProfile(models.Model):
    """One community in one year: households, premises, units, grid cells, workers, platform (R7, R19, R24-R31, R48).

    Areas in ㎡, people and households in whole numbers. `revision` guards against silent overwriting.
    """

    community = models.ForeignKey(
        Community, verbose_name="社区（村）", on_delete=models.PROTECT, related_name="profiles"
    )
    year = models.PositiveSmallIntegerField("年度")

    registered_households = models.PositiveIntegerField("户籍户数", null=True, blank=True)
    resident_households = models.PositiveIntegerField("常住户数", null=True, blank=True)
    premises_area_sqm = models.DecimalField(
        "用房面积（㎡）", max_digits=9, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    outdoor_area_sqm = models.DecimalField(
        "户外健身活动场所（㎡）", max_digits=9, decimal_places=2, null=True, blank=True, validators=NOT_NEGATIVE
    )
    has_party_committee = models.BooleanField("党组织", null=True, blank=True)
    has_residents_committee = models.BooleanField("居（村）委会", null=True, blank=True)
    has_service_station = models.BooleanField("服务站", null=True, blank=True)
    has_governance_office = models.BooleanField("综治办", null=True, blank=True)
    grid_cells = models.PositiveSmallIntegerField("网格数", null=True, blank=True)
    grid_divided_on = models.DateField("网格划分", null=True, blank=True)
    grid_teamed_on = models.DateField("团队组建", null=True, blank=True)
    grid_published_on = models.DateField("服务公示", null=True, blank=True)
    workers = models.PositiveSmallIntegerField("专职工作者（人）", null=True, blank=True)
    certified_workers = models.PositiveSmallIntegerField("持证（人）", null=True, blank=True)
    platform_connected = models.BooleanField("接入综合管理服务平台", null=True, blank=True)
    remarks = models.CharField("备注", max_length=200, blank=True)

    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = YearProfileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度台账"
        ordering = ["community__town__sort_order", "-community__category", "community__sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["community", "year"], name="one_profile_a_year"),
            models.CheckConstraint(
                condition=Q(certified_workers__isnull=True)
                | Q(workers__isnull=True)
                | Q(certified_workers__lte=F("workers")),
                name="certified_not_above_workers",
                violation_error_message="持证人数不能多于专职工作者人数。",
            ),
            models.CheckConstraint(
                condition=Q(premises_area_sqm__isnull=True) | Q(premises_area_sqm__gte=0), name="premises_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(outdoor_area_sqm__isnull=True) | Q(outdoor_area_sqm__gte=0), name="outdoor_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["year"], name="profile_year")]

    def __str__(self) -> str:
        return f"{self.community} {self.year}年度台账"


REGISTER_FIELDS = [
    field.name
    for field in YearProfile._meta.concrete_fields
    if field.name not in {"id", "community", "year", "revision", "updated_at"}
]
"""The facts of a profile in the order of the office's own table (the columns of 社区基本情况表)."""
