"""Where a request comes from, and that its answer is nobody else's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from accounts.audit import origin_address


class RequestOriginMiddleware:
    """Keep the caller's address for the audit trail, and pages of signed-in people out of every cache.

    `no-store` makes the back button after sign-out ask the server again (GB/T 22239-2019, 8.1.4.10).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = origin_address.set(request.META.get("REMOTE_ADDR", ""))
        try:
            response = self.get_response(request)
        finally:
            origin_address.reset(token)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response
