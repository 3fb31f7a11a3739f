"""What every page shows around its content: the menu by task, and how much waits."""

from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assessment.notices import unread_count
from assessment.tasks import todo_count, todos
from communities.access import Request
from reporting.menu import menu_for


def workplace(request: Request) -> dict[str, Any]:
    """`menu`, `todos` with their sum `waiting`, and `unread` notices for a person at work; nothing before sign-in or on
    error pages without a session.

    All are found out when a template asks: a part of a page, like a cell of a list, does not.
    """
    appointment = getattr(request, "appointment", None)
    if appointment is None:
        return {}
    found: Any = SimpleLazyObject(lambda: todos(appointment, request.campaign_year, timezone.localdate()))
    return {
        "menu": SimpleLazyObject(lambda: menu_for(appointment.role, request.resolver_match)),
        "todos": found,
        "waiting": SimpleLazyObject(lambda: todo_count(found)),
        "unread": SimpleLazyObject(lambda: unread_count(request.user)),
    }
