"""Whose inspections go on: those under way, and those whose inspector has left (handover)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessment.inspecting.rights import OPEN_STATES, fitting
from assessment.models import CampaignYear, Inspection
from communities.models import Role


def under_way(campaign_year: CampaignYear) -> QuerySet[Inspection]:
    """Unfinished inspections of the year that wait for their inspector."""
    going_on = Q()
    for stage, states in OPEN_STATES.items():
        going_on |= Q(stage=stage, assessment__state__in=states)
    return Inspection.objects.filter(going_on, finished_at__isnull=True, assessment__campaign_year=campaign_year)


def unattended(campaign_year: CampaignYear) -> QuerySet[Inspection]:
    """无人办理: those that nobody may write any more, by the rule of `rights.may_write`.

    What is entered on behalf is every bureau officer's work, so it waits for nobody while there is one.
    """
    attended = Q()
    for stage in OPEN_STATES:
        people = fitting(
            stage, town=OuterRef("assessment__community__town"), district=campaign_year.campaign.district_id
        ).order_by()
        own, bureau = people.filter(user=OuterRef("inspector")), people.filter(role=Role.BUREAU_OFFICER)
        attended |= Q(Exists(own), stage=stage) | Q(Exists(bureau), stage=stage, on_behalf=True)
    return under_way(campaign_year).exclude(attended)
