"""Sign-ins, sign-outs and failures go into the audit trail."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from accounts import audit
from accounts.models import AuditEvent, User


@receiver(user_logged_in)
def signed_in(user: User, **_kwargs: Any) -> None:
    audit.record("登录", user, by=user)


@receiver(user_logged_out)
def signed_out(user: User | None, **_kwargs: Any) -> None:
    if user:
        audit.record("退出登录", user, by=user)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **_kwargs: Any) -> None:
    username = str(credentials.get("username", ""))[:150]
    known = User.objects.filter(username=username).first()
    audit.record("登录失败", known, by=None, label=username, actor="未登录", result=AuditEvent.Result.REFUSED)
