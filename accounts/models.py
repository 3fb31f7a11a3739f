"""Who somebody is, and what was done."""

from typing import Any, Never

from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class User(AbstractUser):
    """A person with a sign-in name. For which unit they act is `communities.Appointment`, never a field here."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField("姓名", max_length=30)

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name


class AppendOnlyError(Exception):
    """The audit trail is written once and never changed."""


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, obj: models.Model) -> "AuditEventQuerySet":
        """The history of one record, newest first."""
        return self.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))

    def update(self, **_kwargs: Any) -> Never:
        raise AppendOnlyError("审计记录只能追加，不能修改。")

    def delete(self) -> Never:
        raise AppendOnlyError("审计记录只能追加，不能删除。")


class AuditEvent(models.Model):
    """One consequential act: who, when, from where, what, before and after, with which result.

    Written by `accounts.audit.record` in the transaction of the act itself (GB/T 22239-2019, 8.1.4.3).
    """

    class Result(models.TextChoices):
        DONE = "done", "成功"
        REFUSED = "refused", "被拒绝"

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, verbose_name="账号", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField("操作人", max_length=60)
    address = models.CharField("来源地址", max_length=45, blank=True)
    action = models.CharField("操作", max_length=40)
    result = models.CharField("结果", max_length=10, choices=Result, default=Result.DONE)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("变更前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("变更后", default=dict, encoder=DjangoJSONEncoder)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id", "-id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnlyError("审计记录只能追加，不能修改。")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise AppendOnlyError("审计记录只能追加，不能删除。")

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(field label, before, after) of every field the act touched."""
        return [(name, self.before.get(name), self.after.get(name)) for name in {**self.before, **self.after}]
