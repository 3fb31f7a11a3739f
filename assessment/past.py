"""An earlier day as it was: what a later reorganisation did to an assessment is undone in counting (decision 14)."""

from datetime import date

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessment.models import AssessmentDecision

Outcome = AssessmentDecision.Outcome


def undone_after(day: date) -> QuerySet[AssessmentDecision]:
    """The decisions that ended or passed on an assessment after `day`, of each assessment the first.

    On `day` the assessment was that of the decision's `community` and stood in its `state_before`.
    """
    if day >= timezone.localdate():
        # No act takes effect in the future, so the present, which every page asks for, pays nothing for the past.
        return AssessmentDecision.objects.none()
    later = AssessmentDecision.objects.filter(
        outcome__in=[Outcome.PASS_ON, Outcome.END], reorganisation__effective_on__gt=day
    )
    earlier = later.filter(assessment=OuterRef("assessment"), pk__lt=OuterRef("pk"))
    return later.exclude(Exists(earlier.order_by())).order_by()


def state_on(day: date, path: str = "") -> Coalesce:
    """The state on `day` of the assessment at `path`, which is still its community's own.

    Whether anything was undone at all is asked once, so that a list looks through the decisions only where it must.
    """
    undone = undone_after(day)
    before = undone.filter(assessment=OuterRef(f"{path}pk")).values("state_before")[:1]
    return Coalesce(Case(When(Exists(undone), then=Subquery(before))), F(f"{path}state"))
