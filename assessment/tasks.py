"""待办: what waits for a person in a year."""

from django.db.models import QuerySet

from assessment.models import Assessment, CampaignYear, State
from communities.models import Appointment, Role

WAITING_STATES = {
    Role.BUREAU_OFFICER: (State.SUBMITTED,),
    Role.TOWN_OFFICER: (State.DRAFT, State.RETURNED),
    Role.COMMUNITY_WORKER: (State.DRAFT, State.RETURNED),
}


def waiting(appointment: Appointment, campaign_year: CampaignYear | None) -> QuerySet[Assessment]:
    """The assessments that cannot go on without this person's unit."""
    states = WAITING_STATES.get(Role(appointment.role), ())
    visible = Assessment.objects.visible_to(appointment).filter(campaign_year=campaign_year)
    return visible.filter(state__in=states) if campaign_year and states else visible.none()


def waiting_count(appointment: Appointment, campaign_year: CampaignYear | None) -> int:
    return waiting(appointment, campaign_year).count()
