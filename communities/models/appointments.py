"""Who acts for which unit, since when. Scope comes from here on every request and never goes stale."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from communities.models.departments import Department
from communities.models.places import Community, District, Town


class Role(models.TextChoices):
    """What a person does here (R3)."""

    BUREAU_OFFICER = "bureau_officer", "区社区办工作人员"
    BUREAU_LEADER = "bureau_leader", "区领导"
    TOWN_OFFICER = "town_officer", "镇（开发区、街道）经办人"
    COMMUNITY_WORKER = "community_worker", "社区（村）工作者"
    LIAISON = "liaison", "部门联络员"
    CITY_INSPECTOR = "city_inspector", "市考评人员"
    PROVINCE_INSPECTOR = "province_inspector", "省考评人员"
    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"


DISTRICT_ROLES = [
    Role.BUREAU_OFFICER,
    Role.BUREAU_LEADER,
    Role.CITY_INSPECTOR,
    Role.PROVINCE_INSPECTOR,
    Role.SYSTEM_ADMINISTRATOR,
]
UNIT_OF_ROLE = (
    Q(role__in=DISTRICT_ROLES, town__isnull=True, community__isnull=True, department__isnull=True)
    | Q(role=Role.TOWN_OFFICER, town__isnull=False, community__isnull=True, department__isnull=True)
    | Q(role=Role.COMMUNITY_WORKER, town__isnull=False, community__isnull=False, department__isnull=True)
    | Q(role=Role.LIAISON, town__isnull=True, community__isnull=True, department__isnull=False)
)
SEE_NO_COMMUNITIES = (Role.SYSTEM_ADMINISTRATOR, Role.LIAISON)
"""Who keeps no community: an administrator does no business work, a liaison sees what a letter asks about."""


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self) -> "AppointmentQuerySet":
        return self.filter(until__isnull=True, user__is_active=True)


class Appointment(models.Model):
    """任职: a person acts in a role for one unit from `since` until `until` (null while it lasts).

    `town` and `community`, or `department`, name the unit, `district` is always set. At most one appointment of a user
    is current; the earlier ones stay as history.
    """

    user = models.ForeignKey(User, verbose_name="账号", on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField("角色", max_length=30, choices=Role)
    district = models.ForeignKey(District, verbose_name="区", on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(
        Town, verbose_name="镇（开发区、街道）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    community = models.ForeignKey(
        Community, verbose_name="社区（村）", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department, verbose_name="部门", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments"
    )
    since = models.DateField("任职日期", default=timezone.localdate)
    until = models.DateField("离任日期", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(until__isnull=True), name="one_current_appointment"),
            models.CheckConstraint(condition=UNIT_OF_ROLE, name="appointment_unit_fits_role"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.get_role_display()}"

    @property
    def unit_name(self) -> str:
        """The unit the person acts for, as written on forms: 武进区 / 湖塘镇 / 湖塘镇聚湖社区 / 武进区公安局."""
        if self.community:
            return self.community.full_name
        if self.department:
            return f"{self.district}{self.department}"
        return str(self.town or self.district)

    @property
    def keeps_communities(self) -> bool:
        """Whether the person works with the registers and the years at all."""
        return self.role not in SEE_NO_COMMUNITIES

    def sees_towns(self, path: str = "") -> Q:
        """Which towns lie within the appointment's unit; `path` leads to them, like "town__"."""
        if self.town_id:
            return Q(**{f"{path}pk": self.town_id})
        return Q(**{f"{path}district": self.district_id})

    def sees_communities(self, path: str = "") -> Q:
        """Which communities this appointment may see; `path` leads to them, like "community__".

        Those of SEE_NO_COMMUNITIES see none.
        """
        if self.role in SEE_NO_COMMUNITIES:
            return Q(pk__in=[])
        if self.community_id:
            return Q(**{f"{path}pk": self.community_id})
        if self.town_id:
            return Q(**{f"{path}town": self.town_id})
        return Q(**{f"{path}town__district": self.district_id})

    def sees_versions(self, path: str = "") -> Q:
        """Which communities lay within the unit on a day: `path` leads to their versions of that day, like "place__".

        What a town has now and what it had then differ where a community was transferred (decision 14).
        """
        if self.role in SEE_NO_COMMUNITIES:
            return Q(**{f"{path}pk__in": []})
        if self.community_id:
            return Q(**{f"{path}community": self.community_id})
        if self.town_id:
            return Q(**{f"{path}town": self.town_id})
        return Q(**{f"{path}town__district": self.district_id})
