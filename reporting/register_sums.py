"""Sums over the yearly profiles for the figures of money, 家底, publication and services (R15, R17, R35, R52, R61)."""

from datetime import date, timedelta

from django.db.models import Aggregate, Count, Q, Sum

from communities.models.members import joined
from communities.models.services import PUBLIC_SERVICES

QUARTERS = 4
MONTHS_OF_A_QUARTER = 3


def register_sums(year: int, as_of: date) -> dict[str, Aggregate]:
    return {
        "funding_known": Count("funding_approved"),
        "funding_approved": Sum("funding_approved"),
        "funding_paid": Sum("funding_paid"),
        "funding_district": Sum("funding_district"),
        "known_facts": Sum("known_facts"),
        "disclosures_known": Count("disclosures"),
        "disclosing": Count("pk", filter=Q(disclosures__gte=quarters_over(year, as_of))),
        "services_known": Count("public_services"),
        "all_services": Count("pk", filter=Q(public_services=joined(PUBLIC_SERVICES))),
    }


def quarters_over(year: int, as_of: date) -> int:
    """How many quarters of the year are over by the end of a day: 3 on 30 September, 4 on 31 December (村组法30条)."""
    if as_of.year != year:
        return QUARTERS if as_of.year > year else 0
    tomorrow = as_of + timedelta(days=1)
    return QUARTERS if tomorrow.year > year else (tomorrow.month - 1) // MONTHS_OF_A_QUARTER
