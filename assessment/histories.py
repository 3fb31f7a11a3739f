"""The life of a unit in the campaign: what it applied for, how it was scored, what it holds and held (R68)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessment.models import Assessment, Designation, NonApplication, Stage, StateChange
from communities.models import Community


@dataclass(frozen=True)
class YearOfLife:
    """One year's assessment with the total of every stage, None where a stage did not score."""

    assessment: Assessment
    totals: Sequence[Decimal | None]


@dataclass(frozen=True)
class Life:
    years: Sequence[YearOfLife]
    titles: Sequence[Designation]
    changes: Sequence[StateChange]
    not_applied: Sequence[NonApplication]

    @property
    def stages(self) -> Sequence[Stage]:
        return tuple(Stage)


def history_of(community: Community) -> Life:
    """Everything, the latest first; five queries whatever there is."""
    assessments = Assessment.objects.filter(community=community).select_related("campaign_year")
    ordered = assessments.prefetch_related("sheets").order_by("-campaign_year__year")
    titles = Designation.objects.filter(community=community).select_related(
        "campaign_year", "document", "revocation", "community"
    )
    changes = StateChange.objects.filter(assessment__community=community)
    refusals = NonApplication.objects.filter(community=community).select_related("campaign_year")
    return Life(
        years=[_year(one) for one in ordered],
        titles=list(titles.order_by("-named_on", "-pk")),
        changes=list(changes.select_related("assessment__campaign_year")),
        not_applied=list(refusals.order_by("-campaign_year__year")),
    )


def _year(assessment: Assessment) -> YearOfLife:
    totals = {sheet.stage: sheet.total for sheet in assessment.sheets.all() if sheet.scored_items}
    return YearOfLife(assessment, [totals.get(stage) for stage in Stage])
