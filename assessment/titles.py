"""Who holds the title on a day, and how many of all there are, against the target of the year (R41 to R44, R81)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from assessment.models import Assessment, CampaignYear, Designation, TitleDecision
from assessment.models.campaigns import needed
from communities.models import Appointment, Category, Community
from communities.models.places import valid_on

ADMINISTRATIVE_ORDER = ("place_order", "-place_category", "community__sort_order")
HELD, IN_FORCE, INHERITED, REVOKED, PASSED_ON = "held", "in_force", "inherited", "revoked", "passed_on"
STATUSES = {IN_FORCE: "有效", INHERITED: "有效（承继）", REVOKED: "已撤销", PASSED_ON: "已由新单位承继"}
"""What a title is on a day. HELD is the first two together: what counts in the targets."""


def placed_on(rows: QuerySet[Any], day: date, appointment: Appointment) -> QuerySet[Any]:
    """What hangs on communities, each with `place_name`, `place_town` (its name), `place_town_id`, `place_category` and
    `reachable`: as it was on `day` (decision 14), or as it last was where the community was no longer there.

    Those of the appointment's unit on that day, in administrative order.
    """
    held = FilteredRelation("community__versions", condition=valid_on(day, "community__versions__"))
    inside = appointment.sees_versions("place__") & Q(place__isnull=False)
    gone = appointment.sees_communities("community__") & Q(place__isnull=True)
    return (
        rows.annotate(place=held)
        .filter(inside | gone)
        .annotate(
            place_name=Coalesce("place__name", "community__name"),
            place_town=Coalesce("place__town__name", "community__town__name"),
            place_town_id=Coalesce("place__town", "community__town"),
            place_order=Coalesce("place__town__sort_order", "community__town__sort_order"),
            place_category=Coalesce("place__category", "community__category"),
            reachable=reachable(appointment),
        )
        .order_by(*ADMINISTRATIVE_ORDER)
    )


def reachable(appointment: Appointment) -> Exists:
    """Whether the community's page is within the unit today."""
    own = Community.objects.visible_to(appointment).filter(pk=OuterRef("community"))
    return Exists(own.order_by())


def listed_titles(day: date, appointment: Appointment) -> QuerySet[Any]:
    """Every title that was given by `day`, in force or not, with `passed_on`: a reorganisation gave it to another."""
    begun = Q(inherited_on__isnull=True) | Q(inherited_on__lte=day)
    heir = TitleDecision.objects.filter(designation=OuterRef("pk"), outcome=TitleDecision.Outcome.PASS_ON)
    rows = Designation.objects.filter(begun, named_on__lte=day)
    return (
        placed_on(rows, day, appointment)
        .annotate(passed_on=Exists(heir.order_by()))
        .select_related("community__town", "campaign_year", "document__file", "revocation")
    )


def with_status(rows: QuerySet[Any], status: str, day: date) -> QuerySet[Any]:
    """Those of `listed_titles` that have a status on `day`."""
    held = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
    asked = {
        HELD: held,
        IN_FORCE: held & Q(inherited_on__isnull=True),
        INHERITED: held & Q(inherited_on__isnull=False),
        REVOKED: ~held & Q(passed_on=False),
        PASSED_ON: ~held & Q(passed_on=True),
    }
    return rows.filter(asked[status])


def status_on(title: Any, day: date) -> str:
    """The status of one of `listed_titles` on `day`: a key of STATUSES."""
    if title.revoked_on and title.revoked_on <= day:
        return PASSED_ON if title.passed_on else REVOKED
    return INHERITED if title.inherited_on else IN_FORCE


# --- against the target --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Progress:
    """One category: how many of all hold the title, against the cumulative target of a year in percent."""

    category: Category
    total: int
    named: int
    target: Decimal

    @property
    def share(self) -> Decimal | None:
        """In percent; None where there is no community."""
        return Decimal(self.named * 100) / self.total if self.total else None

    @property
    def needed(self) -> int:
        return needed(self.total, self.target)

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.named)

    def changed_by(self, number: int) -> "Progress":
        """After `number` titles more, or fewer where it is negative."""
        return Progress(self.category, self.total, self.named + number, self.target)


def progress(campaign_year: CampaignYear, day: date, appointment: Appointment) -> list[Progress]:
    """城镇 and 农村 within the appointment's unit on `day`; two queries. A unit counts once, whatever became of it."""
    inside = appointment.sees_versions("place__")
    communities: QuerySet[Any] = Community.objects.on(day, inside).order_by()
    totals = Counter(dict(communities.values_list("place_category").annotate(number=Count("pk"))))
    held = FilteredRelation("community__versions", condition=valid_on(day, "community__versions__"))
    titles = Designation.objects.held_on(day).annotate(place=held).filter(inside, place__isnull=False).order_by()
    by_category = titles.annotate(place_category=F("place__category")).values_list("place_category")
    named = Counter(dict(by_category.annotate(number=Count("community", distinct=True))))
    return [Progress(one, totals[one], named[one], campaign_year.target(one)) for one in Category]


@dataclass(frozen=True)
class Preview:
    """What a document does to one category."""

    before: Progress
    after: Progress


def preview(now: Iterable[Progress], assessments: Iterable[Assessment], sign: int) -> list[Preview]:
    """The targets before and after: `sign` is +1 where the units gain the title, -1 where they lose it."""
    numbers: Mapping[str, int] = Counter(one.community.category for one in assessments)
    return [Preview(one, one.changed_by(sign * numbers.get(one.category, 0))) for one in now]
