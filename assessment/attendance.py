"""Whose inspections go on: those under way, and those whose inspector has left (handover)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessment.models import CampaignYear, Inspection, Stage, State
from communities.models import Appointment, Role

GOES_ON_IN = {
    Stage.DISTRICT: (State.RECEIVED,),
    Stage.CITY: (State.LISTED,),
    Stage.PROVINCE: (State.CITY_PASSED, State.RECHECK),
    Stage.REINSPECTION: (State.REINSPECTING,),
}
"""In which states of the assessment an unfinished inspection of a stage is work to do."""

FITTING = {
    Stage.DISTRICT: (Role.BUREAU_OFFICER, Role.TOWN_OFFICER),
    Stage.CITY: (Role.CITY_INSPECTOR, Role.BUREAU_OFFICER),
    Stage.PROVINCE: (Role.PROVINCE_INSPECTOR, Role.BUREAU_OFFICER),
    Stage.REINSPECTION: (Role.PROVINCE_INSPECTOR, Role.BUREAU_OFFICER),
}
"""Who may carry an inspection of a stage; a town officer none of their own town (交叉检查)."""


def under_way(campaign_year: CampaignYear) -> QuerySet[Inspection]:
    """Unfinished inspections of the year that wait for their inspector."""
    going_on = Q()
    for stage, states in GOES_ON_IN.items():
        going_on |= Q(stage=stage, assessment__state__in=states)
    return Inspection.objects.filter(going_on, finished_at__isnull=True, assessment__campaign_year=campaign_year)


def unattended(campaign_year: CampaignYear) -> QuerySet[Inspection]:
    """无人办理: those whose inspector acts in no fitting role any more, in this district."""
    here = Appointment.objects.current().filter(user=OuterRef("inspector"), district=campaign_year.campaign.district_id)
    fits = Q()
    for stage, roles in FITTING.items():
        fitting = here.filter(role__in=roles).exclude(town=OuterRef("assessment__community__town")).order_by()
        fits |= Q(Exists(fitting), stage=stage)
    return under_way(campaign_year).exclude(fits)
