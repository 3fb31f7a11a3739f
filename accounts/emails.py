"""The address to which reminders are mailed; nothing else uses it."""

from django.db import transaction

from accounts import audit
from accounts.models import User


@transaction.atomic
def change_email(*, user: User, email: str, by: User) -> None:
    """Set or clear somebody's address. Nothing happens where it is the same."""
    before = user.email
    if before == email:
        return
    user.email = email
    user.save(update_fields=["email"])
    audit.record("修改邮箱", user, by=by, before={"邮箱": before}, after={"邮箱": email})
