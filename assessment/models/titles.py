"""命名: titles, and the documents by which they are given, taken and given back (R81)."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from assessment.models.campaigns import CampaignYear
from communities.models import Appointment, Category, Community, StoredFile


def title_of(category: str) -> str:
    """The title, worded apart for 社区 and 村."""
    return f"省级和谐社区建设示范{'社区' if category == Category.URBAN else '村'}"


class TitleDocumentQuerySet(models.QuerySet["TitleDocument"]):
    def visible_to(self, appointment: Appointment) -> "TitleDocumentQuerySet":
        """A district's documents are for all who read there; of their units everybody sees those of their own."""
        return self.filter(campaign_year__campaign__district=appointment.district_id)


class TitleDocument(models.Model):
    """命名、撤销或恢复 document of the province, entered by the bureau with its file."""

    class Kind(models.TextChoices):
        NAMING = "naming", "命名"
        REVOCATION = "revocation", "撤销称号"
        RESTORATION = "restoration", "恢复称号"

    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="title_documents")
    kind = models.CharField("类别", max_length=20, choices=Kind)
    number = models.CharField("文号", max_length=60)
    dated = models.DateField("成文日期")
    file = models.ForeignKey(
        StoredFile, verbose_name="文件", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TitleDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "命名文件"
        ordering = ["-dated", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_year", "kind", "number"], name="title_document_once"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("assessment:title_document", args=[self.pk])


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, appointment: Appointment) -> "DesignationQuerySet":
        return self.filter(appointment.sees_communities("community__"))

    def held_on(self, day: date) -> "DesignationQuerySet":
        """Titles in force on `day`: named by then and, where inherited, inherited by then; not yet revoked."""
        begun = Q(inherited_on__isnull=True) | Q(inherited_on__lte=day)
        return self.filter(begun, Q(revoked_on__isnull=True) | Q(revoked_on__gt=day), named_on__lte=day)


class Designation(models.Model):
    """命名: the title a community holds from the date of the naming document (R81) to that of a revocation.

    A unit that took over the title of one it came from holds it from `inherited_on`, under the same document.
    """

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="designations")
    campaign_year = models.ForeignKey(CampaignYear, on_delete=models.PROTECT, related_name="designations")
    document_number = models.CharField("命名文号", max_length=60)
    named_on = models.DateField("命名日期")
    inherited_on = models.DateField("承继日期", null=True, blank=True)
    revoked_on = models.DateField("摘牌日期", null=True, blank=True)
    document = models.ForeignKey(
        TitleDocument, verbose_name="命名文件", null=True, blank=True, on_delete=models.PROTECT, related_name="given"
    )
    revocation = models.ForeignKey(
        TitleDocument, verbose_name="撤销文件", null=True, blank=True, on_delete=models.PROTECT, related_name="taken"
    )

    objects = DesignationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "命名"
        ordering = ["-named_on", "community__town__sort_order", "community__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(revoked_on__isnull=True), name="one_title_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.title}"

    @property
    def title(self) -> str:
        """The title in the words of what the unit is now."""
        return title_of(self.community.category)
