"""Services on the yearly profile."""

from typing import Any

from django.db import transaction

from accounts import audit
from communities.models import Appointment, Community, YearProfile
from communities.models.profiles import REGISTER_FIELDS
from communities.revisions import save_revision


@transaction.atomic
def save_profile(
    *, community: Community, year: int, values: dict[str, Any], revision: int, by: Appointment
) -> YearProfile:
    """Write the facts of a community's year. `revision` 0 means that the editor saw no profile yet.

    Raises communities.revisions.Conflict when somebody else wrote it meanwhile.
    """
    profile, _created = YearProfile.objects.get_or_create(community=community, year=year, defaults={"revision": 0})
    before = YearProfile(**{name: getattr(profile, name) for name in REGISTER_FIELDS})
    save_revision(profile, values, revision=revision)
    profile.refresh_from_db()
    old, new = audit.differences(before, profile, REGISTER_FIELDS)
    audit.record("修改年度台账", profile, by=by.user, before=old, after=new)
    return profile
