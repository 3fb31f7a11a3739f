"""What every page shows around its content: the menu by task."""

from typing import Any

from django.utils.functional import SimpleLazyObject

from communities.access import Request
from reporting.menu import menu_for


def workplace(request: Request) -> dict[str, Any]:
    """`menu` for a person at work; nothing before sign-in or on error pages without a session.

    It is found out when a template asks: a part of a page, like a cell of a list, does not.
    """
    appointment = getattr(request, "appointment", None)
    if appointment is None:
        return {}
    return {"menu": SimpleLazyObject(lambda: menu_for(appointment.role, request.resolver_match))}
