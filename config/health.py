"""Is the process alive, and could it serve? Answered without sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse


@login_not_required
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(_request: HttpRequest) -> JsonResponse:
    """To be completed: database, migrations, storage, PDF engine with a Chinese font."""
    return JsonResponse({"status": "ok"})
