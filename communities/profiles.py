"""Services on the yearly profile."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from communities.models import Appointment, Community, YearProfile
from communities.revisions import revise


@transaction.atomic
def save_profile(*, community: Community, year: int, values: Mapping[str, Any], revision: int, by: Appointment) -> None:
    """Write the facts of a community's year. `revision` 0 means that the editor saw no profile yet.

    Raises communities.revisions.Conflict when somebody else wrote it meanwhile.
    """
    profile, _created = YearProfile.objects.get_or_create(community=community, year=year, defaults={"revision": 0})
    revise(profile, values, revision=revision, by=by, action="修改年度台账")
