"""Every address of the product; tests/test_access.py walks them all."""

from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("accounts.urls")),
    path("", include("communities.urls")),
    path("", include("assessment.urls")),
    path("", include("reporting.urls")),
]
