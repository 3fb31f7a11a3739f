"""沿革: what a community was called and where it belonged, by period, and the acts that changed it (decision 14).

A day's figures count a community under the version that held on that day, so past years keep their own numbers.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from accounts.models import User
from communities.models.places import Category, Community, District, Town, valid_on

if TYPE_CHECKING:
    from communities.models.appointments import Appointment


BEGINNING = date(1949, 10, 1)
"""Since when a community counts of which nothing else is known: from the beginning."""


class CommunityVersionQuerySet(models.QuerySet["CommunityVersion"]):
    def on(self, day: date) -> "CommunityVersionQuerySet":
        """The version of each community there was on `day`."""
        return self.filter(valid_on(day))


class CommunityVersion(models.Model):
    """Name, town and category of a community from `since` until the day before `until` (null while they last)."""

    community = models.ForeignKey(
        Community, verbose_name="社区（村）", on_delete=models.PROTECT, related_name="versions"
    )
    name = models.CharField("名称", max_length=60)
    town = models.ForeignKey(Town, verbose_name="镇（开发区、街道）", on_delete=models.PROTECT, related_name="+")
    category = models.CharField("类别", max_length=10, choices=Category)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    objects = CommunityVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "社区（村）沿革"
        ordering = ["community", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["community"], condition=Q(until__isnull=True), name="one_current_version"),
            models.UniqueConstraint(fields=["community", "since"], name="one_version_a_day"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="version_lasts_a_day"
            ),
        ]
        # All that a list or a count of a day asks for, so that it reads the index alone.
        indexes = [
            models.Index(fields=["town", "-category", "community", "since", "until"], name="version_in_order"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Town and name of that time: 湖塘镇聚湖社区."""
        return f"{self.town.name}{self.name}"

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    @property
    def is_from_the_beginning(self) -> bool:
        return self.since == BEGINNING


class ReorganisationQuerySet(models.QuerySet["Reorganisation"]):
    def visible_to(self, appointment: "Appointment") -> "ReorganisationQuerySet":
        """Those of which the person may see at least one community."""
        parts = ReorganisationPart.objects.filter(appointment.sees_communities("community__"))
        return self.filter(pk__in=parts.values("reorganisation"))

    def with_parts(self) -> "ReorganisationQuerySet":
        """Each with its parts and what their communities were called then, in three queries for all."""
        parts = ReorganisationPart.objects.select_related("community", "reorganisation")
        versions = CommunityVersion.objects.select_related("town")
        return self.prefetch_related(
            Prefetch("parts", queryset=parts), Prefetch("parts__community__versions", queryset=versions)
        )


class Reorganisation(models.Model):
    """区划调整: one act that changed communities from a day on, with its reason and document."""

    class Kind(models.TextChoices):
        MERGER = "merger", "合并"
        SPLIT = "split", "拆分"
        RENAMING = "renaming", "更名"
        TRANSFER = "transfer", "调整隶属"
        URBANISATION = "urbanisation", "村改居"

    district = models.ForeignKey(District, verbose_name="区", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=20, choices=Kind)
    effective_on = models.DateField("生效日期")
    reason = models.TextField("调整理由")
    document_number = models.CharField("批准文号", max_length=60, blank=True)
    by = models.ForeignKey(User, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField("办理人", max_length=100)
    at = models.DateTimeField("办理时间")

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "区划调整"
        ordering = ["-effective_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reorganisation_says_why")]

    def __str__(self) -> str:
        day = self.effective_on
        return f"{self.get_kind_display()}（{day.year}年{day.month}月{day.day}日）"

    def get_absolute_url(self) -> str:
        """Its page lies in the app above, which knows what became of assessments and titles."""
        return reverse("assessment:reorganisation", args=[self.pk])

    @property
    def before(self) -> "list[ReorganisationPart]":
        return [part for part in self.parts.all() if part.role == ReorganisationPart.Part.SOURCE]

    @property
    def after(self) -> "list[ReorganisationPart]":
        return [part for part in self.parts.all() if part.role == ReorganisationPart.Part.RESULT]


class ReorganisationPart(models.Model):
    """A community's part in it: there before, there afterwards, or both where it lives on."""

    class Part(models.TextChoices):
        SOURCE = "source", "调整前"
        RESULT = "result", "调整后"

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, related_name="parts")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="reorganisation_parts")
    role = models.CharField("角色", max_length=10, choices=Part)

    class Meta:
        verbose_name = verbose_name_plural = "区划调整涉及的社区（村）"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "community", "role"], name="one_part_in_a_reorganisation")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}：{self.community}"

    @property
    def version(self) -> CommunityVersion | None:
        """What the community was on the last day before, or on the first day after; from the versions brought along."""
        act = self.reorganisation
        day = act.effective_on - timedelta(days=self.role == self.Part.SOURCE)
        return next((version for version in self.community.versions.all() if version.holds_on(day)), None)
