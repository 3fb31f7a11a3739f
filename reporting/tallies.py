"""What is counted, once for all figures: sums per town and category, in four grouped queries whatever the size.

Sums add up: a district is the sum of its towns, and every rate is formed last, from sums. A community counts under
the town and category it had on the day, if it was there: past years keep their own numbers (decision 14).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum

from assessment.funnel import FUNNEL
from assessment.models import Assessment, CampaignYear, Designation, Stage, State
from assessment.models.assessments import FILED
from assessment.models.campaigns import needed
from assessment.past import begun_by, filed_late, stood_on, undone_after
from communities.metrics import METRICS, ORGANISATION_UNITS
from communities.models import Category, CommunityVersion, District, YearProfile
from communities.models.places import valid_on
from communities.shortfalls import SHORTFALLS, THREE_UNITS
from reporting.register_sums import register_sums

Scope = Callable[[str], Q]
"""Which communities count: the path that leads to their versions of the day (like "place__") -> condition."""


@dataclass(frozen=True)
class Place:
    """A town, or the whole scope where `pk` is None."""

    pk: int | None
    name: str


@dataclass(frozen=True)
class Group:
    """The communities of one category in one place, counted on a day."""

    place: Place
    category: Category
    counts: Counter[str]
    campaign_year: CampaignYear

    @property
    def target(self) -> Decimal:
        return self.campaign_year.target(self.category)

    def needed_in(self, campaign_year: CampaignYear) -> int:
        return needed(self.counts["communities"], campaign_year.target(self.category))

    @property
    def not_started(self) -> int:
        """Communities without the title that have neither begun an application of the year nor a recheck."""
        counts = self.counts
        return counts["communities"] - counts["begun"] - counts["at_rest"] - counts["rechecked_untitled"]

    def missing_in(self, campaign_year: CampaignYear) -> int:
        return max(0, self.needed_in(campaign_year) - self.counts["recognised"])


@dataclass(frozen=True)
class Tally:
    """One year counted on one day: the whole scope, and its towns in administrative order, each by category."""

    campaign_year: CampaignYear
    as_of: date
    whole: tuple[Group, ...]
    towns: tuple[tuple[Group, ...], ...]


def in_state(state: State) -> str:
    """The name under which the assessments in a state are counted."""
    return f"state_{state.value}"


def district_scope(district: District) -> Scope:
    return lambda path: Q(**{f"{path}town__district": district})


def tally(campaign_year: CampaignYear, as_of: date, scope: Scope, *, states_on: date | None = None) -> Tally:
    """Count everything the figures need. `campaign_year` comes with campaign__district; `as_of` is inclusive.

    Assessments count in the state they were in at the end of `states_on`, which is `as_of` unless said otherwise: the
    page of a round that is over stands for its last day, and its work may still go on.
    """
    sums = _profile_sums(campaign_year, as_of)
    day = states_on or as_of
    return _tally(
        campaign_year,
        as_of,
        scope,
        _profiles(campaign_year, as_of, scope, sums),
        _designations(campaign_year, as_of, day, scope),
        _assessments(campaign_year, as_of, day, scope),
    )


def tally_of(campaign_year: CampaignYear, as_of: date, scope: Scope, names: Collection[str]) -> Tally:
    """Count the communities, and of their profiles only what is named, as `_profile_sums` names it."""
    sums = _profile_sums(campaign_year, as_of)
    asked = {name: sums[name] for name in sums if name in names}  # in their order: later names hide the fields
    return _tally(campaign_year, as_of, scope, _profiles(campaign_year, as_of, scope, asked))


def _tally(campaign_year: CampaignYear, as_of: date, scope: Scope, *counted: Iterable[Any]) -> Tally:
    places, counts = _communities(as_of, scope)
    for rows in counted:
        for row in rows:
            key = (row.pop("place__town"), row.pop("place__category"))
            counts.setdefault(key, Counter()).update({name: value or 0 for name, value in row.items()})

    def groups(place: Place, members: list[int]) -> tuple[Group, ...]:
        return tuple(
            Group(place, category, _sum([counts.get((pk, category)) for pk in members]), campaign_year)
            for category in Category
        )

    return Tally(
        campaign_year=campaign_year,
        as_of=as_of,
        whole=groups(Place(None, ""), [place.pk for place in places if place.pk]),
        towns=tuple(groups(place, [place.pk]) for place in places if place.pk),
    )


Counts = dict[tuple[int, str], Counter[str]]


def _communities(as_of: date, scope: Scope) -> tuple[list[Place], Counts]:
    rows = (
        CommunityVersion.objects.on(as_of)
        .filter(scope(""))
        .order_by("town__sort_order")
        .values_list("town", "town__name", "category")
        .annotate(number=Count("pk"))
    )
    places: dict[int, Place] = {}
    counts: Counts = {}
    for town, name, category, number in rows:
        places.setdefault(town, Place(town, name))
        counts[town, category] = Counter(communities=number)
    return list(places.values()), counts


def _placed(queryset: QuerySet, as_of: date, scope: Scope) -> QuerySet:
    """The rows whose community lay in the scope on the day, each with `place`, its version of that day."""
    held = FilteredRelation("community__versions", condition=valid_on(as_of, "community__versions__"))
    return queryset.annotate(place=held).filter(scope("place__"), place__isnull=False)


def _grouped(queryset: QuerySet, sums: dict[str, Aggregate]) -> QuerySet:
    return queryset.order_by().values("place__town", "place__category").annotate(**sums)


def _profile_sums(campaign_year: CampaignYear, as_of: date) -> dict[str, Aggregate]:
    district = campaign_year.campaign.district
    shortfall = METRICS["staff_shortfall"].expressions(district, as_of)[""]
    certificates_known = Q(workers__isnull=False, certified_workers__isnull=False)
    gridded = Q(grid_divided_on__lte=as_of, grid_teamed_on__lte=as_of, grid_published_on__lte=as_of)
    return {
        "profiles": Count("pk"),
        "units3": Count("pk", filter=_present(THREE_UNITS)),
        "units4": Count("pk", filter=_present(tuple(ORGANISATION_UNITS))),
        "gridded": Count("pk", filter=gridded),
        "connected": Count("pk", filter=Q(platform_connected=True)),
        "staff": Sum("workers", filter=certificates_known),
        "certified": Sum("certified_workers", filter=certificates_known),
        "staffing_known": Count(shortfall),
        "staff_short": Sum(shortfall),
        "premises_known": Count("premises_area_sqm"),
        "premises_below": Count("pk", filter=SHORTFALLS["premises"].condition(district, as_of)),
        "outdoor_known": Count("outdoor_area_sqm"),
        "outdoor_below": Count("pk", filter=SHORTFALLS["outdoor"].condition(district, as_of)),
        **register_sums(campaign_year.year, as_of),
    }


def _profiles(campaign_year: CampaignYear, as_of: date, scope: Scope, sums: dict[str, Aggregate]) -> QuerySet:
    return _grouped(_placed(YearProfile.objects.filter(year=campaign_year.year), as_of, scope), sums)


def _present(units: tuple[str, ...]) -> Q:
    return Q(**{ORGANISATION_UNITS[unit]: True for unit in units})


def _designations(campaign_year: CampaignYear, as_of: date, states_on: date, scope: Scope) -> QuerySet:
    """Those who hold the title, and of them those who have not applied anew: they need not, and a recheck is none."""
    own, undone = _own_and_undone(campaign_year, as_of, states_on)
    application = Assessment.Kind.APPLICATION
    applied = [
        Exists(rows.filter(community=OuterRef("community")).order_by())
        for rows in (own.filter(kind=application), undone.filter(assessment__kind=application))
    ]
    sums: dict[str, Aggregate] = {
        "recognised": Count("community", distinct=True),
        "at_rest": Count("community", distinct=True, filter=~applied[0] & ~applied[1]),
    }
    return _grouped(_placed(Designation.objects.held_on(as_of), as_of, scope), sums)


def _assessments(campaign_year: CampaignYear, as_of: date, states_on: date, scope: Scope) -> Iterable[dict[str, Any]]:
    """What has begun, under whoever had it on the day and in the state it was in then."""
    own, undone = _own_and_undone(campaign_year, as_of, states_on)
    kept = _by_state(_placed(own, as_of, scope), campaign_year, as_of, states_on, path="", now=F("state"))
    if not undone.query.is_empty():
        rows = _placed(undone, as_of, scope)
        changed = _by_state(rows, campaign_year, as_of, states_on, path="assessment__", now=F("state_before"))
        kept = kept.union(changed, all=True)
    return map(_spread, kept)


def _own_and_undone(campaign_year: CampaignYear, as_of: date, states_on: date) -> tuple[QuerySet, QuerySet]:
    """The year's assessments in two parts: as they are, and those that a reorganisation after the day changed."""
    begun = begun_by(states_on, "assessment__")
    undone = undone_after(as_of).filter(begun, assessment__campaign_year=campaign_year)
    own = Assessment.objects.filter(begun_by(states_on), campaign_year=campaign_year)
    return own.exclude(pk__in=undone.values("assessment")), undone


def _by_state(
    rows: QuerySet, campaign_year: CampaignYear, as_of: date, states_on: date, *, path: str, now: F
) -> QuerySet:
    """Sums over the assessments to which `path` leads, by the state each stood in; `now` is their present one."""
    own_sheet = FilteredRelation(f"{path}sheets", condition=Q(**{f"{path}sheets__stage": Stage.SELF}))
    reaching = Q(own_sheet__total__gte=F(f"{path}campaign_year__campaign__pass_mark"))
    held = Designation.objects.held_on(as_of).filter(community=OuterRef("community")).order_by()
    sums: dict[str, Aggregate] = {
        "number": Count("pk"),
        "begun": Count("pk", filter=Q(**{f"{path}kind": Assessment.Kind.APPLICATION})),
        "rechecked_untitled": Count("pk", filter=Q(**{f"{path}kind": Assessment.Kind.RECHECK}) & ~Q(Exists(held))),
        "self_score_90": Count("pk", filter=reaching),
        "late": Count("pk", filter=filed_late(campaign_year, states_on, path)),
    }
    stood = rows.annotate(own_sheet=own_sheet, stood=stood_on(states_on, path, now)).order_by()
    return stood.values("place__town", "place__category", "stood").annotate(**sums)


def _spread(row: dict[str, Any]) -> dict[str, Any]:
    """The sums of one state, counted under it and under every step of the funnel that it lies on or beyond."""
    state, number = State(row.pop("stood")), row.pop("number")
    row["late"] = row["late"] if state in FILED else 0
    steps = {step.name: number for step in FUNNEL.values() if state in step.states}
    return {**row, **steps, in_state(state): number}


def _sum(counts: list[Counter[str] | None]) -> Counter[str]:
    total: Counter[str] = Counter()
    for members in counts:
        total.update(members or {})
    return total
