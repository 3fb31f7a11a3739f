"""经费: standards, budgets and what each community got, so that the sums agree to the 元 (R5, R14-R17).

The amounts are chosen so that no share has to be rounded: with the households of the office's file, the district's
shares of the second year add up to exactly 2531.1 万元, the figure of the speech, and those of the first year to about
half of it (翻倍).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from assessment.demo.registers.calendar import Span
from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit
from communities.funding import approved_wan
from communities.models import Category, District, DistrictBudget, Funding, FundingStandard, TownBudget
from communities.models.funding import Source

DOCUMENT = "关于核定城镇社区专职工作者和工作经费的实施意见"
Terms = tuple[str, int, int, int]

STANDARDS: tuple[dict[Category, Terms], ...] = (
    {Category.URBAN: ("8", 1000, 50, 30), Category.RURAL: ("6.2", 500, 20, 45)},
    {Category.URBAN: ("16", 1000, 100, 30), Category.RURAL: ("12.45", 500, 40, 45)},
)
"""(base in 万元, base households, 元 per household beyond, district's percent) by category, of the first and second
year."""

NOT_INCLUDED = ("雪堰镇", "前黄镇", "湟里镇", "奔牛镇")
"""Towns that keep the communities' funds outside their own budget (R16)."""

CENT = Decimal("0.01")


def funding_standards(district: District, span: Span, first_year: int) -> list[FundingStandard]:
    return [
        FundingStandard(
            district=district,
            year=span.year,
            category=category,
            base_wan=Decimal(base),
            base_households=households,
            per_household_yuan=Decimal(per_household),
            district_percent=Decimal(percent),
            document=DOCUMENT,
        )
        for category, (base, households, per_household, percent) in STANDARDS[span.year - first_year].items()
    ]


def funding(unit: Unit, standards: dict[str, FundingStandard]) -> Iterator[Funding]:
    """What district and town bear; now and then something from the village or from society on top."""
    random = unit.random
    district, town = approved_wan(standards[unit.community.category], unit.profile.registered_households or 0)
    if unit.has(Trait.DISTRICT_HEAVY):
        town = (district * Decimal("0.8")).quantize(CENT)
    yield grant(unit, Source.DISTRICT, district, district)
    unpaid = unit.has(Trait.UNPAID)
    yield grant(unit, Source.TOWN, town, (town * random.randrange(40, 90) / 100).quantize(CENT) if unpaid else town)
    if not unit.is_urban and likely(random, 0.3):
        extra = Decimal(random.randrange(10, 60)) / 10
        yield grant(unit, Source.VILLAGE, extra, extra)
    if likely(random, 0.12):
        extra = Decimal(random.randrange(5, 30)) / 10
        yield grant(unit, Source.SOCIETY, extra, extra)


def grant(unit: Unit, source: Source, approved: Decimal, paid: Decimal) -> Funding:
    return Funding(
        **unit.identity,
        source=source,
        approved_wan=approved,
        paid_wan=paid,
        paid_on=unit.span.day(unit.random),
        document=DOCUMENT if source in {Source.DISTRICT, Source.TOWN} else "",
    )


def budgets(district: District, span: Span) -> Iterator[DistrictBudget]:
    """The district's budget is what it approved for all communities."""
    approved = of_year(district, span, Source.DISTRICT).aggregate(total=Sum("approved_wan"))
    yield DistrictBudget(
        district=district,
        year=span.year,
        amount_wan=approved["total"],
        document=f"{span.year}年度区级财政预算",
        approved_on=span.up_to(date(span.year, 1, 15)),
    )


def town_budgets(district: District, span: Span) -> Iterator[TownBudget]:
    """Each town's budget is what it approved for its own communities."""
    rows = of_year(district, span, Source.TOWN).values("community__town")
    sums = {row["community__town"]: row for row in rows.annotate(approved=Sum("approved_wan"), paid=Sum("paid_wan"))}
    for town in district.towns.all():
        found = sums.get(town.pk, {"approved": Decimal(0), "paid": Decimal(0)})
        yield town_budget(TownBudget(town=town, year=span.year), found["approved"], found["paid"])


def of_year(district: District, span: Span, source: Source) -> QuerySet[Any]:
    return Funding.objects.filter(year=span.year, source=source, community__town__district=district).order_by()


def town_budget(budget: TownBudget, approved: Decimal, paid: Decimal) -> TownBudget:
    budget.is_included = budget.town.name not in NOT_INCLUDED
    budget.amount_wan = approved if budget.is_included else None
    budget.paid_wan = paid
    budget.document = f"{budget.town}{budget.year}年度财政预算" if budget.is_included else ""
    budget.remarks = "" if budget.is_included else "未列入本级预算，从其他资金中列支。"
    return budget
