"""What waits, what lags and what happened: the lists on the home pages, each one query."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from assessment.lists import NOT_STARTED, with_assessments
from assessment.models import Assessment, CampaignYear, Designation, ItemScore, ScoreSheet, Stage, State, StateChange
from assessment.models.assessments import EDITABLE
from assessment.workflow import latest_score
from communities.models import Appointment, Community
from reporting.tallies import Scope

LIST_LENGTH = 20
RECENT_LENGTH = 10
NOTHING_BEGUN = -1


@dataclass(frozen=True)
class LagRow:
    """A community behind: where its sheet (or, before it is begun, its register page) is, and how far it got."""

    town: str
    name: str
    code: str
    url: str
    state: str
    scored: int | None
    total: Decimal | None


def lag_list(campaign_year: CampaignYear, as_of: date, states_on: date, scope: Scope) -> list[LagRow]:
    """The first LIST_LENGTH rows of the 落后清单."""
    return [_lag_row(community) for community in lagging(campaign_year, as_of, states_on, scope)[:LIST_LENGTH]]


def _lag_row(community: Any) -> LagRow:
    begun = community.assessment_id is not None
    return LagRow(
        town=community.place_town,
        name=community.place_name,
        code=community.code,
        url=reverse("assessment:sheet", args=[community.assessment_id]) if begun else community.get_absolute_url(),
        state=dict(State.choices)[community.current_state] if begun else NOT_STARTED[1],
        scored=community.self_scored,
        total=community.self_total if community.self_scored else None,
    )


def lagging(campaign_year: CampaignYear, as_of: date, states_on: date, scope: Scope) -> QuerySet[Community]:
    """落后清单: communities without the title that have not filed, the least scored first, towns in order (R35)."""
    named = Designation.objects.held_on(as_of).order_by().values("community")
    return (
        with_assessments(Community.objects.on(as_of, scope("place__")), campaign_year, as_of, states_on)
        .filter(Q(current_state=None) | Q(current_state__in=EDITABLE))
        .exclude(pk__in=named)
        .order_by(
            Coalesce("self_scored", Value(NOTHING_BEGUN)),
            F("place__town__sort_order"),
            F("place__category").desc(),
            "sort_order",
        )
    )


def recent_changes(appointment: Appointment, campaign_year: CampaignYear) -> QuerySet[StateChange]:
    """最近动态: the latest steps in the year that the person may see."""
    return (
        StateChange.objects.filter(
            appointment.sees_communities("assessment__community__"), assessment__campaign_year=campaign_year
        )
        .select_related("assessment__community__town")
        .order_by("-id")[:RECENT_LENGTH]
    )


def open_assessments(appointment: Appointment, campaign_year: CampaignYear) -> QuerySet[Assessment]:
    """What a town or community fills in: the returned first, with its `return_reason`, then what is being scored."""
    returned = StateChange.objects.filter(assessment=OuterRef("pk"), target=State.RETURNED).order_by("-id")
    return (
        Assessment.objects.visible_to(appointment)
        .filter(campaign_year=campaign_year, state__in=EDITABLE)
        .with_extension()
        .select_related("community__town", "campaign_year")
        .annotate(
            own_sheet=FilteredRelation("sheets", condition=Q(sheets__stage=Stage.SELF)),
            total=F("own_sheet__total"),
            scored=F("own_sheet__scored_items"),
            return_reason=Subquery(returned.values("reason")[:1]),
        )
        .order_by(F("resubmit_by").asc(nulls_last=True), "-community__category", "community__sort_order")
    )


def sheet_to_mend(assessment: Assessment) -> ScoreSheet | None:
    """What the unit works by: its own sheet, or in a recheck, which has none, the latest stage that has scored."""
    return latest_score(assessment) if assessment.is_recheck else assessment.self_sheet


def gaps(sheet: ScoreSheet) -> QuerySet[ItemScore]:
    """缺什么补什么: the items of a sheet that lost points, the largest loss first (R47)."""
    return (
        ItemScore.objects.filter(sheet=sheet, points__lt=F("item__points"))
        .select_related("item")
        .annotate(lost=F("item__points") - F("points"))
        .order_by("-lost", "item__sort_order")
    )
