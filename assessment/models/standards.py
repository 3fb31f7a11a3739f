"""考评标准: eight parts, items with points and rules; published once and never changed (R38, R45)."""

from typing import Any, Never

from django.db import models
from django.db.models import Q
from django.utils import timezone

from communities.models import Appointment, Category, District


class ImmutableError(Exception):
    """A published standard was about to be changed."""


class Part(models.IntegerChoices):
    """The eight parts, in the order and wording of R45."""

    ORGANISATION = 1, "社区组织体系健全"
    PREMISES = 2, "社区基础设施完善"
    SERVICES = 3, "社区服务功能完备"
    REFORM = 4, "社区体制改革创新"
    ORDER = 5, "社区社会秩序稳定"
    CULTURE = 6, "社区文化生活丰富"
    ENVIRONMENT = 7, "社区环境优美整洁"
    CIVILITY = 8, "社区文明风尚彰显"


class Method(models.TextChoices):
    """The four ways of checking (R78)."""

    BRIEFING = "听取汇报", "听取汇报"
    INTERVIEW = "座谈走访", "座谈走访"
    DOCUMENTS = "材料审核", "材料审核"
    SITE = "现场检查", "现场检查"


class PublishedQuerySet(models.QuerySet[Any]):
    def update(self, **_kwargs: Any) -> Never:
        raise ImmutableError("已发布的考评标准不能修改，请导入新版本。")

    def delete(self) -> Never:
        raise ImmutableError("已发布的考评标准不能删除。")

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> Never:
        raise ImmutableError("已发布的考评标准不能修改，请导入新版本。")


class StandardQuerySet(PublishedQuerySet):
    def visible_to(self, appointment: Appointment) -> "StandardQuerySet":
        return self.for_district(appointment.district)

    def for_district(self, district: District) -> "StandardQuerySet":
        """The district's own standards and those shared by all."""
        return self.filter(Q(district=district) | Q(district__isnull=True))

    def current(self, district: District, category: str) -> "Standard | None":
        """What a new assessment is bound to: the newest version; an assessment already begun keeps its own."""
        return self.for_district(district).filter(category=category).order_by("-id").first()


class Published(models.Model):
    """A record that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise ImmutableError("已发布的考评标准不能修改，请导入新版本。")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise ImmutableError("已发布的考评标准不能删除。")


class Standard(Published):
    """One published version for one category. `district` null means shared by every district.

    `is_template` marks a 工作模板: not the official text, and said so on every page and print.
    """

    district = models.ForeignKey(District, null=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField("类别", max_length=10, choices=Category)
    version = models.PositiveIntegerField("版本")
    name = models.CharField("名称", max_length=100)
    notice = models.TextField("说明", blank=True)
    is_template = models.BooleanField("工作模板", default=False)
    published_at = models.DateTimeField("发布时间", default=timezone.now)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考评标准"
        ordering = ["-category", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "category", "version"], name="version_once_in_district"),
            models.UniqueConstraint(
                fields=["category", "version"], condition=Q(district__isnull=True), name="shared_version_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name and version as printed: 城镇社区考评标准 第1版（工作模板）."""
        return f"{self.name} 第{self.version}版" + ("（工作模板）" if self.is_template else "")


class Item(Published):
    """考评内容: one line of the standard. `note` keeps the machine hints for `assessment.standards.rules`."""

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="items")
    part = models.PositiveSmallIntegerField("方面", choices=Part)
    code = models.CharField("编号", max_length=10)
    sort_order = models.PositiveSmallIntegerField()
    content = models.TextField("考评内容")
    rule = models.TextField("评分标准")
    points = models.DecimalField("分值", max_digits=5, decimal_places=2)
    method = models.CharField("测评方法", max_length=60)
    evidence = models.TextField("佐证材料", blank=True)
    metric = models.CharField(max_length=40, blank=True)
    operator = models.CharField(max_length=20, blank=True)
    threshold = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考评内容"
        ordering = ["standard", "sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "code"], name="item_code_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="item_points_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.content}"

    @property
    def methods(self) -> tuple[Method, ...]:
        """By which of the four ways the item is checked, in the order in which the standard names them (R78)."""
        return tuple(Method(name) for name in self.method.split("、") if name in Method.values)
