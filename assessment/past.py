"""An earlier day as it was: what a later reorganisation did to an assessment is undone in counting (decision 14)."""

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessment.models import AssessmentDecision

Outcome = AssessmentDecision.Outcome


def state_on(day: date, path: str = "") -> Coalesce:
    """The state of the assessment at `path`: its own, unless a reorganisation ended it only after `day`."""
    ended = AssessmentDecision.objects.filter(
        assessment=OuterRef(f"{path}pk"), outcome=Outcome.END, reorganisation__effective_on__gt=day
    )
    return Coalesce(Subquery(ended.order_by().values("state_before")[:1]), F(f"{path}state"))


def passed_on_after(day: date) -> QuerySet[AssessmentDecision]:
    """The decisions by which an assessment that was still its source's on `day` went to another; one each."""
    passed = AssessmentDecision.objects.filter(outcome=Outcome.PASS_ON, reorganisation__effective_on__gt=day)
    earlier = passed.filter(assessment=OuterRef("assessment"), pk__lt=OuterRef("pk"))
    return passed.exclude(Exists(earlier.order_by())).order_by()
