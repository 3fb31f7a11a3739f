"""Reading the registers: communities with what is theirs in one year."""

from django.db.models import Prefetch, QuerySet

from communities.models import Community, YearProfile


def with_profiles(communities: QuerySet[Community], year: int) -> QuerySet[Community]:
    """Each community gets `year_profiles`, a list with its profile of the year or nothing, in one query for all."""
    profiles = YearProfile.objects.filter(year=year).order_by()
    return communities.select_related("town").prefetch_related(
        Prefetch("profiles", queryset=profiles, to_attr="year_profiles")
    )
