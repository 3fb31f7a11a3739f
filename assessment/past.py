"""An earlier day as it was: steps taken later are undone in counting, and so is what a later reorganisation did to an
assessment (decision 14). The present, which most pages ask for, pays nothing for the past.
"""

from datetime import date

from django.db.models import Case, Exists, Expression, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessment.models import AssessmentDecision, CampaignYear, State, StateChange
from assessment.models.campaigns import end_of_day

Outcome = AssessmentDecision.Outcome


def is_past(day: date) -> bool:
    return day < timezone.localdate()


def undone_after(day: date) -> QuerySet[AssessmentDecision]:
    """The decisions that ended or passed on an assessment after `day`, of each assessment the first.

    On `day` the assessment was that of the decision's `community`.
    """
    if not is_past(day):
        # No act takes effect in the future.
        return AssessmentDecision.objects.none()
    later = AssessmentDecision.objects.filter(
        outcome__in=[Outcome.PASS_ON, Outcome.END], reorganisation__effective_on__gt=day
    )
    earlier = later.filter(assessment=OuterRef("assessment"), pk__lt=OuterRef("pk"))
    return later.exclude(Exists(earlier.order_by())).order_by()


def begun_by(day: date, path: str = "") -> Q:
    """Which of the assessments at `path` had begun by the end of `day`."""
    return Q(**{f"{path}created_at__lt": end_of_day(day)}) if is_past(day) else Q()


def stood_on(day: date, path: str, now: Expression | F) -> Expression | F:
    """The state at the end of `day` of the assessment at `path`: where its first later step came from.

    `now` is the state if no step came later. One that a reorganisation ended by that day is closed, though the act was
    recorded later.
    """
    if not is_past(day):
        return now
    own = OuterRef(f"{path}pk")
    later = StateChange.objects.filter(assessment=own, at__gte=end_of_day(day)).order_by("at", "pk")
    ended = AssessmentDecision.objects.filter(
        assessment=own, outcome=Outcome.END, reorganisation__effective_on__lte=day
    ).order_by()
    came_from = Coalesce(Subquery(later.values("source")[:1]), now)
    return Case(When(Exists(ended), then=Value(State.CLOSED.value)), default=came_from)


def state_on(day: date, states_on: date, path: str = "") -> Expression | F:
    """The state of the assessment at `path`, which is still its community's own: as it stood on `states_on`.

    What was reorganised after `day` is undone; whether anything was is asked once, so that a list looks through the
    decisions only where it must.
    """
    undone = undone_after(day)
    before = undone.filter(assessment=OuterRef(f"{path}pk")).values("state_before")[:1]
    now = Coalesce(Case(When(Exists(undone), then=Subquery(before))), F(f"{path}state"))
    return stood_on(states_on, path, now)


def filed_late(campaign_year: CampaignYear, day: date, path: str = "") -> Q:
    """Which of the assessments at `path` had been filed after the year's deadline by the end of `day` (R71)."""
    if not is_past(day):
        return Q(**{f"{path}is_late": True})
    filings = StateChange.objects.filter(assessment=OuterRef(f"{path}pk")).exclude(receipt_number="").order_by()
    late = filings.filter(at__gte=end_of_day(campaign_year.deadline), at__lt=end_of_day(day))
    return Q(Exists(late))
