"""Attach the caller's current appointment to the request."""

from collections.abc import Callable

from django.http import HttpResponse

from communities.access import Request
from communities.models import Appointment


class AppointmentMiddleware:
    """`request.appointment` is read anew on every request: a person moved or disabled is refused at the next one."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.appointment = current_appointment(request) if request.user.is_authenticated else None  # type: ignore[assignment]  # why: the role gate turns None away before any view
        return self.get_response(request)


def current_appointment(request: Request) -> Appointment | None:
    return (
        Appointment.objects.current()
        .filter(user=request.user.pk)
        .select_related("user", "district", "town", "community__town", "department")
        .first()
    )
