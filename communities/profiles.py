"""Services on the yearly profile."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from communities.models import Appointment, Community, YearProfile
from communities.models.records import REGISTERS
from communities.records import save_record


@transaction.atomic
def save_profile(
    community: Community, year: int, values: Mapping[str, Any], *, revision: int, by: Appointment, reason: str = ""
) -> None:
    """Write the facts of a community's year. `revision` 0 means that the editor saw no profile yet.

    Raises communities.revisions.Conflict when somebody else wrote it meanwhile, communities.locks.Locked when it may
    not be written.
    """
    profile, _created = YearProfile.objects.get_or_create(community=community, year=year, defaults={"revision": 0})
    save_record(REGISTERS["profiles"], profile, values, revision=revision, by=by, reason=reason)
