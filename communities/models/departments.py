"""部门: the district's offices that are asked for their opinion, each with its liaison (R1, R21, R74)."""

from typing import TYPE_CHECKING

from django.db import models

from communities.models.places import District

if TYPE_CHECKING:
    from communities.models.appointments import Appointment


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, appointment: "Appointment") -> "DepartmentQuerySet":
        """Those of the district; a liaison knows the own one."""
        own = {"pk": appointment.department_id} if appointment.department_id else {}
        return self.filter(district=appointment.district_id, **own)


class Department(models.Model):
    """综治、公安、人社 and the like, as the bureau chooses; one no longer asked is not `active`."""

    district = models.ForeignKey(District, verbose_name="区", on_delete=models.PROTECT, related_name="departments")
    name = models.CharField("名称", max_length=40)
    sort_order = models.PositiveSmallIntegerField("排列顺序")
    active = models.BooleanField("征求意见", default=True)
    revision = models.PositiveIntegerField(default=1)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="department_name_once")]

    def __str__(self) -> str:
        return self.name
