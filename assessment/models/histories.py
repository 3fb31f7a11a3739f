"""The way an assessment went: every step, and what a return asked for, kept for ever (R68, R69)."""

from django.db import models

from accounts.models import User
from assessment.models.assessments import Assessment, Stage, State
from assessment.models.standards import Item


class StateChange(models.Model):
    """One step of an assessment through the chain, kept for ever (R68)."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField("操作", max_length=30)
    source = models.CharField(max_length=20, choices=State)
    target = models.CharField(max_length=20, choices=State)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField("操作人", max_length=100)
    at = models.DateTimeField("时间")
    reason = models.TextField("原因", blank=True)
    receipt_number = models.CharField("回执编号", max_length=20, blank=True)
    document = models.CharField("依据文号", max_length=60, blank=True)
    stage = models.CharField("依据评分", max_length=10, choices=Stage, blank=True)
    """Whose total stands beside the step: the latest stage that had scored."""
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.assessment} {self.action}"


class ReturnReason(models.Model):
    """What is wrong with one item, said with a 退回修改: it stands beside the item until the town files again (R69)."""

    change = models.ForeignKey(StateChange, on_delete=models.PROTECT, related_name="return_reasons")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("退回原因")

    class Meta:
        verbose_name = verbose_name_plural = "条目退回原因"
        ordering = ["item__sort_order"]
        constraints = [models.UniqueConstraint(fields=["change", "item"], name="one_return_reason_an_item")]

    def __str__(self) -> str:
        return f"{self.item.code}：{self.reason}"
