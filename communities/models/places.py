"""Where things are: the district, its towns in administrative order, their communities."""

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, FilteredRelation, Q
from django.urls import reverse

from communities.models.searching import SearchKey

if TYPE_CHECKING:
    from communities.models.appointments import Appointment
    from communities.models.profiles import YearProfile


class Category(models.TextChoices):
    """城镇社区 or 农村社区（村）: each has a standard, targets and thresholds of its own (R34)."""

    URBAN = "urban", "城镇社区"
    RURAL = "rural", "农村社区（村）"


class District(models.Model):
    """区: the unit whose bureau runs the campaign, with the decisions the source text leaves to it."""

    class StaffingRounding(models.TextChoices):
        FLOOR = "floor", "每满250户增配1人"
        CEIL = "ceil", "不足250户按250户计"

    class StaffingHouseholds(models.TextChoices):
        REGISTERED = "registered", "户籍户数"
        RESIDENT = "resident", "常住户数"

    name = models.CharField("名称", max_length=40, unique=True)
    code = models.CharField("区划代码", max_length=6, unique=True)
    staffing_rounding = models.CharField(
        "配员尾数", max_length=10, choices=StaffingRounding, default=StaffingRounding.FLOOR
    )
    staffing_households = models.CharField(
        "配员户数口径", max_length=10, choices=StaffingHouseholds, default=StaffingHouseholds.REGISTERED
    )
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "区"

    def __str__(self) -> str:
        return self.name


class TownQuerySet(models.QuerySet["Town"]):
    def visible_to(self, appointment: "Appointment") -> "TownQuerySet":
        return self.filter(appointment.sees_towns())


class Town(models.Model):
    """镇、街道或开发区. `sort_order` is the fixed administrative order; lists never sort towns otherwise (R33)."""

    class Kind(models.TextChoices):
        TOWN = "town", "镇"
        SUBDISTRICT = "subdistrict", "街道"
        DEVELOPMENT_ZONE = "development_zone", "开发区"

    district = models.ForeignKey(District, verbose_name="区", on_delete=models.PROTECT, related_name="towns")
    name = models.CharField("名称", max_length=40)
    kind = models.CharField("类别", max_length=20, choices=Kind)
    sort_order = models.PositiveSmallIntegerField("排列顺序")
    has_community_office = models.BooleanField("已成立社区科（办）", null=True, blank=True)
    office_name = models.CharField("社区科（办）名称", max_length=60, blank=True)
    office_head = models.CharField("负责人", max_length=30, blank=True)
    office_phone = models.CharField("办公电话", max_length=20, blank=True)
    office_set_up_on = models.DateField("成立日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TownQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "镇（开发区、街道）"
        ordering = ["sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="town_name_once_in_district"),
            models.UniqueConstraint(fields=["district", "sort_order"], name="town_order_once_in_district"),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def kind_of(name: str) -> "Town.Kind":
        """The kind that a town's name says: 镇, 街道, or else a development zone."""
        if name.endswith("镇"):
            return Town.Kind.TOWN
        return Town.Kind.SUBDISTRICT if name.endswith("街道") else Town.Kind.DEVELOPMENT_ZONE


class CommunityQuerySet(models.QuerySet["Community"]):
    def visible_to(self, appointment: "Appointment") -> "CommunityQuerySet":
        return self.filter(appointment.sees_communities())

    def living(self) -> "CommunityQuerySet":
        """Those there are now: not ended by a merger or a split."""
        return self.filter(closed_on__isnull=True)

    def on(self, day: date, *inside: Q) -> "CommunityQuerySet":
        """Those there were on `day`, each with `place`, its version of that day, to sort by.

        `inside` is asked of that `place`. Afterwards filter by what comes along of it: `place_name`, `place_town` (its
        name), `place_town_id` and `place_category`; a later filter by `place__` would join the versions once more.
        """
        placed = self.annotate(place=FilteredRelation("versions", condition=valid_on(day, "versions__")))
        named = placed.filter(*inside, place__isnull=False).annotate(
            place_name=F("place__name"),
            place_town=F("place__town__name"),
            place_town_id=F("place__town"),
            place_category=F("place__category"),
        )
        return named.order_by("place__town__sort_order", "-place__category", "sort_order")

    def listed_on(self, day: date, appointment: "Appointment") -> "CommunityQuerySet":
        """Those within the appointment's unit on `day`; `reachable` says whether their pages are so today."""
        reachable = ExpressionWrapper(appointment.sees_communities(), output_field=BooleanField())
        return self.on(day, appointment.sees_versions("place__")).annotate(reachable=reachable)


def valid_on(day: date, path: str = "") -> Q:
    """Which versions hold on `day`; `until` is the first day on which one holds no more."""
    return Q(Q(**{f"{path}until__isnull": True}) | Q(**{f"{path}until__gt": day}), **{f"{path}since__lte": day})


class Community(models.Model):
    """社区 or 村. `code` is twelve digits: district 6, town 3, community 3; it never changes.

    Name, town and category are those of today, or of the last day of one that is `closed_on`; what they were before
    is `CommunityVersion`. Both are written by `communities.lineage` only.
    """

    class Subtype(models.TextChoices):
        OLD_TOWN = "old_town", "老城区"
        ESTATE = "estate", "集中居住区"
        URBANISED = "urbanised", "村改居"
        AGRICULTURAL = "agricultural", "涉农社区"
        OTHER = "other", "其他"

    town = models.ForeignKey(
        Town, verbose_name="镇（开发区、街道）", on_delete=models.PROTECT, related_name="communities"
    )
    category = models.CharField("类别", max_length=10, choices=Category)
    name = models.CharField("名称", max_length=60)
    code = models.CharField("代码", max_length=12, unique=True)
    sort_order = models.PositiveIntegerField("排列顺序")
    search_key = SearchKey()
    subtype = models.CharField("类型", max_length=20, choices=Subtype, blank=True)
    statistical_code = models.CharField(
        "统计用区划代码",
        max_length=12,
        blank=True,
        validators=[RegexValidator("^[0-9]{12}$", "统计用区划代码为12位数字。")],
    )
    classification_code = models.CharField(
        "城乡分类代码",
        max_length=3,
        blank=True,
        validators=[RegexValidator("^[0-9]{3}$", "城乡分类代码为3位数字。")],
    )
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区（村）"
        ordering = ["town__sort_order", "-category", "sort_order"]  # 城镇 before 农村
        constraints = [
            models.UniqueConstraint(
                fields=["town", "name"], condition=Q(closed_on__isnull=True), name="community_name_once_in_town"
            ),
            models.UniqueConstraint(
                fields=["statistical_code"],
                condition=~Q(statistical_code="") & Q(closed_on__isnull=True),
                name="statistical_code_once",
            ),
        ]
        indexes = [models.Index(fields=["town", "-category", "sort_order"], name="community_in_order")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("communities:detail", args=[self.code])

    @property
    def searched_text(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Town and name: 湖塘镇聚湖社区."""
        return f"{self.town.name}{self.name}"

    @property
    def profile(self) -> "YearProfile | None":
        """The profile that `communities.registers.with_profiles` brought along."""
        profiles: list[YearProfile] = getattr(self, "year_profiles", [])
        return next(iter(profiles), None)
