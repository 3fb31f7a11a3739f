"""The SQL of metrics over `YearProfile`: counts, rates and what depends on the day, the same on both engines."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Round

from communities.metrics.dictionary import Expression, Expressions
from communities.models import AgencyCase, District

STAFF_BASE = 4
STAFF_BASE_HOUSEHOLDS = 1000
STAFF_STEP_HOUSEHOLDS = 250


VISITED_AT_LEAST = 20
"""Households that must have been asked before a rate of answers means anything (3.7, 8.5)."""

ORGANISATION_UNITS = {
    "一委": "has_party_committee",
    "一居": "has_residents_committee",
    "一站": "has_service_station",
    "一办": "has_governance_office",
}


def field(name: str) -> Expressions:
    return lambda _district, _as_of: {"": F(name)}


def staff_required(district: District) -> Expression:
    """4 people up to 1,000 households, 1 more per 250 beyond, rounded as the district decided (R25).

    Meaningless while the households are unknown: guard it, since GREATEST of a blank differs between engines.
    """
    beyond: Expression = Greatest(F(f"{district.staffing_households}_households") - STAFF_BASE_HOUSEHOLDS, Value(0))
    if district.staffing_rounding == District.StaffingRounding.CEIL:
        beyond = beyond + (STAFF_STEP_HOUSEHOLDS - 1)
    return ExpressionWrapper(Value(STAFF_BASE) + beyond / Value(STAFF_STEP_HOUSEHOLDS), output_field=IntegerField())


def staff_shortfall(district: District) -> Expression:
    """People missing against `staff_required`: 0 where there are enough, unknown without households or workers."""
    missing = ExpressionWrapper(staff_required(district) - F("workers"), output_field=IntegerField())
    known = {"workers__isnull": False, f"{district.staffing_households}_households__isnull": False}
    return Case(When(**known, then=Greatest(missing, Value(0))), default=None, output_field=IntegerField())


def percent_rate(part: str, whole: str) -> Expression:
    """`part` in percent of `whole`, to four places; unknown where there is nothing to divide by.

    Divided as reals, because SQLite keeps whole numbers whole even when they are cast to decimals.
    """
    rate = ExpressionWrapper(Cast(F(part), FloatField()) * Value(100) / F(whole), output_field=FloatField())
    decimal = DecimalField(max_digits=12, decimal_places=4)
    rounded = Round(Cast(rate, decimal), precision=4)
    return Case(When(**{f"{whole}__gt": 0}, then=rounded), default=None, output_field=decimal)


def rate(part: str, whole: str) -> Expressions:
    return lambda _district, _as_of: {"": percent_rate(part, whole)}


def answers(part: str, sample: str) -> Expressions:
    """A rate of answers; unknown while fewer than VISITED_AT_LEAST households were asked."""
    enough = Q(**{f"{sample}__gte": VISITED_AT_LEAST})
    asked = Case(When(enough, then=percent_rate(part, sample)), default=None, output_field=PERCENT)
    return lambda _district, _as_of: {"": asked}


PERCENT = DecimalField(max_digits=12, decimal_places=4)


def mediated(_district: District, _as_of: date) -> Mapping[str, Expression]:
    """100 where there was no dispute at all."""
    success = percent_rate("mediations_succeeded", "mediations")
    return {"": Case(When(mediations=0, then=Value(Decimal(100))), default=success, output_field=PERCENT)}


def grid_coverage(district: District, _as_of: date) -> Mapping[str, Expression]:
    """Households of all cells in percent of the community's; unknown where they are more: counted twice (R55)."""
    households = f"{district.staffing_households}_households"
    plausible = Q(grid_households__lte=F(households))
    covered = percent_rate("grid_households", households)
    return {"": Case(When(plausible, then=covered), default=None, output_field=PERCENT)}


def election_overdue(_district: District, as_of: date) -> Mapping[str, Expression]:
    """The term has ended by the day and no extension was approved; unknown without the day the term ends."""
    overdue = Q(term_ends_on__lt=as_of) & ~Q(term_extended=True)
    known = Q(term_ends_on__isnull=False)
    yes, no = Value(True), Value(False)
    return {"": Case(When(overdue, then=yes), When(known, then=no), default=None, output_field=BooleanField())}


def cases_overdue(_district: District, as_of: date) -> Mapping[str, Expression]:
    """Cases finished after the promised day, or not finished by the day although promised before it (R54)."""
    late = Q(finished_on__gt=F("promised_on")) | Q(finished_on__isnull=True, promised_on__lt=as_of)
    cases = AgencyCase.objects.filter(late, community=OuterRef("community"), year=OuterRef("year")).order_by()
    number = Coalesce(Subquery(cases.values("community").annotate(number=Count("pk")).values("number")), 0)
    return {"": Case(When(cases__isnull=False, then=number), default=None, output_field=IntegerField())}
