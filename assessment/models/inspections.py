"""检查: what a checker found by one of the four methods, per item (R73, R75, R77-R79).

One way for 区预查, 市抽查, 省考评 and 复查: a stage is complete when each method it asks for has been finished by all
it was given to; the stage's score sheet is then formed by `assessment.inspecting.forming`.
"""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from assessment.models.assessments import Assessment, Stage
from assessment.models.standards import Item, Method
from communities.models import Appointment, Role, StoredFile


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, appointment: Appointment) -> "InspectionQuerySet":
        """One's own, and what is finished of the communities one sees: no colleague's unfinished scores.

        What the bureau enters on behalf is the whole bureau's own.
        """
        seen = appointment.sees_communities("assessment__community__")
        return self.filter(self.of(appointment) | seen & Q(finished_at__isnull=False))

    def to_do_by(self, appointment: Appointment) -> "InspectionQuerySet":
        """What a person has to check, finished or not."""
        return self.filter(self.of(appointment))

    @staticmethod
    def of(appointment: Appointment) -> Q:
        own = Q(inspector=appointment.user_id)
        if appointment.role == Role.BUREAU_OFFICER:
            own |= Q(on_behalf=True) & appointment.sees_communities("assessment__community__")
        return own

    def finished(self) -> "InspectionQuerySet":
        return self.filter(finished_at__isnull=False)


class Inspection(models.Model):
    """One checker's work by one method. `record` tells what was heard and seen; the counts are those of the interviews.

    `on_behalf` marks what the bureau entered for a city or province that has no account here (R75).
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="inspections")
    stage = models.CharField("评分阶段", max_length=10, choices=Stage)
    method = models.CharField("测评方法", max_length=10, choices=Method)
    inspector = models.ForeignKey(User, verbose_name="检查人", on_delete=models.PROTECT, related_name="inspections")
    checkers = models.CharField("检查人员", max_length=100, blank=True)
    on_behalf = models.BooleanField("区代录", default=False)
    inspected_on = models.DateField("检查日期", null=True, blank=True)
    place = models.CharField("地点", max_length=100, blank=True)
    record = models.TextField("情况记录", blank=True)
    satisfaction_asked = models.PositiveIntegerField("满意度访问人数", null=True, blank=True)
    satisfied = models.PositiveIntegerField("满意人数", null=True, blank=True)
    awareness_asked = models.PositiveIntegerField("知晓率访问人数", null=True, blank=True)
    aware = models.PositiveIntegerField("知晓人数", null=True, blank=True)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField("分派时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["assessment", "stage", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "stage", "method", "inspector"], name="one_inspection_a_method_and_person"
            ),
            models.CheckConstraint(
                condition=Q(satisfied__isnull=True) | Q(satisfied__lte=F("satisfaction_asked")),
                name="satisfied_among_asked",
            ),
            models.CheckConstraint(
                condition=Q(aware__isnull=True) | Q(aware__lte=F("awareness_asked")), name="aware_among_asked"
            ),
        ]
        indexes = [models.Index(fields=["inspector", "finished_at"], name="inspection_of_person")]

    def __str__(self) -> str:
        return f"{self.assessment} {self.get_stage_display()}{self.get_method_display()}"


class InspectionScore(models.Model):
    """What one checker gave one item. `points` null: a reason was written before a score was given."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="scores")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField("得分", max_digits=5, decimal_places=2, null=True)
    reason = models.TextField("扣分原因", blank=True)
    scored_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "检查得分"
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="one_inspection_score_an_item"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0), name="inspection_score_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.code}：{self.points}"


class PhotoQuerySet(models.QuerySet["InspectionPhoto"]):
    def visible_to(self, appointment: Appointment) -> "PhotoQuerySet":
        shown = Inspection.objects.visible_to(appointment).filter(pk=OuterRef("inspection"))
        return self.filter(Exists(shown.order_by()))


class InspectionPhoto(models.Model):
    """现场照片 of one item. `key` is made by the device, so that a photo sent twice lands once.

    Its file is restricted: nobody sees the photograph of an unfinished inspection but its checker.
    """

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="photos")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "现场照片"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item", "file"], name="same_photo_once_on_item"),
            models.UniqueConstraint(
                fields=["inspection", "key"], condition=~Q(key=""), name="photo_of_a_key_once_in_inspection"
            ),
        ]

    def __str__(self) -> str:
        return str(self.file)


class Signature(models.Model):
    """签字 of the checker and of the unit's representative, by name and time (F5)."""

    class Side(models.TextChoices):
        CHECKER = "checker", "检查人员"
        UNIT = "unit", "社区（村）代表"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField("签字方", max_length=10, choices=Side)
    name = models.CharField("姓名", max_length=30)
    signed_at = models.DateTimeField("签字时间")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "签字"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "side"], name="one_signature_a_side")]

    def __str__(self) -> str:
        return self.name


class Ruling(models.Model):
    """裁定: the bureau's own score of an item of a stage where it does not follow the rule, with its reason."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="rulings")
    stage = models.CharField("评分阶段", max_length=10, choices=Stage)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField("裁定分", max_digits=5, decimal_places=2)
    reason = models.TextField("裁定理由")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "裁定"
        constraints = [models.UniqueConstraint(fields=["assessment", "stage", "item"], name="one_ruling_an_item")]

    def __str__(self) -> str:
        return f"{self.item.code}：{self.points}"
