"""佐证材料: a file of the community put forward; it may serve several items and later years (R23, R69)."""

from django.db import models
from django.db.models import Exists, OuterRef

from assessment.models.assessments import Assessment
from assessment.models.inspections import Inspection
from assessment.models.standards import Item
from communities.models import Appointment, StoredFile


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, appointment: Appointment) -> "EvidenceQuerySet":
        """Of the communities one sees, and of those one was given to check."""
        given = Inspection.objects.filter(assessment=OuterRef("assessment"), inspector=appointment.user_id).order_by()
        return self.filter(appointment.sees_communities("assessment__community__") | Exists(given))


class Evidence(models.Model):
    """A file put forward for one item of one assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="evidence")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="uses")
    caption = models.CharField("说明", max_length=100, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "佐证材料"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "item", "file"], name="same_file_once_on_item")]

    def __str__(self) -> str:
        return str(self.file)
