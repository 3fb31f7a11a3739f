"""What became of running assessments and of titles when their communities were reorganised (decision 14)."""

from django.db import models
from django.db.models import Q

from assessment.models.assessments import Assessment, State
from assessment.models.titles import Designation
from communities.models import Community, Reorganisation


class Decision(models.Model):
    """One source's decision; `community` is the source, `successor` the result that took over, if one did."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(Community, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AssessmentDecision(Decision):
    """What became of an assessment under way. Earlier days still count it under `state_before`."""

    class Outcome(models.TextChoices):
        KEEP = "keep", "继续"
        PASS_ON = "pass_on", "转由新单位继续"
        END = "end", "终止"

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, related_name="assessment_decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField("决定", max_length=10, choices=Outcome)
    state_before = models.CharField("当时状态", max_length=20, choices=State)

    class Meta:
        verbose_name = verbose_name_plural = "考评去向"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "assessment"], name="one_decision_an_assessment"),
            models.CheckConstraint(
                condition=Q(outcome="pass_on", successor__isnull=False)
                | (~Q(outcome="pass_on") & Q(successor__isnull=True)),
                name="assessment_passed_on_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}：{self.get_outcome_display()}"


class TitleDecision(Decision):
    """What became of a title in force."""

    class Outcome(models.TextChoices):
        KEEP = "keep", "保留"
        PASS_ON = "pass_on", "由新单位承继"
        END = "end", "撤销"

    reorganisation = models.ForeignKey(Reorganisation, on_delete=models.PROTECT, related_name="title_decisions")
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField("决定", max_length=10, choices=Outcome)

    class Meta:
        verbose_name = verbose_name_plural = "命名去向"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["reorganisation", "designation"], name="one_decision_a_title"),
            models.CheckConstraint(
                condition=Q(outcome="pass_on", successor__isnull=False)
                | (~Q(outcome="pass_on") & Q(successor__isnull=True)),
                name="title_passed_on_to_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.designation}：{self.get_outcome_display()}"
