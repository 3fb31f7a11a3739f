"""经费: what district and towns grant and pay, against the district's budget (R14-R17). Money in 万元."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from communities.funding import YUAN_OF_A_WAN, to_the_yuan
from communities.models import (
    Appointment,
    CommunityVersion,
    District,
    DistrictBudget,
    FundingStandard,
    Town,
    TownBudget,
    YearProfile,
)
from communities.shortfall_reports import Asked
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from communities.templatetags.official import plain, wan
from reporting.figure_kinds import percent_of

SUMS = {
    "approved": Count("funding_approved"),
    "district": Sum("funding_district"),
    "town": Sum("funding_town"),
    "total": Sum("funding_approved"),
    "paid": Sum("funding_paid"),
    "above": Count("pk", filter=Q(funding_district__gt=F("funding_town"))),
}
LEAST_SHOWN_WAN = Decimal("0.05")
"""What one decimal of 万元 would show as 0.0 is said in 元."""
INCLUDED = {True: "已纳入", False: "未纳入", None: "未填"}
COLUMNS = [
    Column("镇（开发区、街道）"),
    Column("社区（村）数", Kind.NUMBER),
    Column("已核定（个）", Kind.NUMBER),
    Column("区级核定（万元）", Kind.WAN),
    Column("镇级核定（万元）", Kind.WAN),
    Column("其他来源（万元）", Kind.WAN),
    Column("核定合计（万元）", Kind.WAN),
    Column("实拨（万元）", Kind.WAN),
    Column("到位率", Kind.PERCENT),
    Column("区级高于镇级（个）", Kind.NUMBER),
    Column("纳入同级财政预算"),
    Column("镇级预算（万元）", Kind.WAN),
    Column("预算文件"),
]


TownRows = list[tuple[Any, dict[str, Any], TownBudget | None]]
"""Towns with the sums over their communities and their budget of the year."""


@dataclass(frozen=True)
class DistrictMoney:
    """The district's total of a year beside its budget; what is unknown is None."""

    budget: Decimal | None
    last_year: Decimal | None
    approved: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """Approved for the communities above the budget; below it where negative."""
        return None if self.budget is None or self.approved is None else to_the_yuan(self.approved - self.budget)

    @property
    def reconciled(self) -> str:
        if self.difference is None:
            return "未填预算或尚未核定，不能核对"
        if not self.difference:
            return "与预算一致"
        word, amount = "多" if self.difference > 0 else "少", abs(self.difference)
        small = amount < LEAST_SHOWN_WAN
        return f"比预算{word}{plain(amount * YUAN_OF_A_WAN)}元" if small else f"比预算{word}{wan(amount)}万元"

    @property
    def growth(self) -> Decimal | None:
        return None if self.budget is None or self.last_year is None else self.budget - self.last_year

    @property
    def growth_percent(self) -> Decimal | None:
        """Over last year's budget; doubling is 100 % (R15)."""
        return None if self.growth is None or not self.last_year else percent_of(self.growth, self.last_year)


def district_money(asked: Asked) -> DistrictMoney:
    district, year = asked.district, asked.year
    budgets = dict(
        DistrictBudget.objects.filter(district=district, year__in=[year - 1, year]).values_list("year", "amount_wan")
    )
    profiles = YearProfile.objects.on(asked.as_of, Q(place__town__district=district)).filter(year=year).order_by()
    approved = profiles.aggregate(total=Sum("funding_district"))["total"]
    return DistrictMoney(budgets.get(year), budgets.get(year - 1), approved)


def standards_of(district: District, year: int) -> QuerySet[FundingStandard]:
    return FundingStandard.objects.filter(district=district, year=year)


def by_town(appointment: Appointment, asked: Asked) -> Statement:
    """The towns in administrative order, with the communities they had on the day: approved, paid, budget."""
    year = asked.year
    versions = CommunityVersion.objects.on(asked.as_of).filter(appointment.sees_versions("")).order_by()
    numbers = dict(versions.values_list("town").annotate(number=Count("pk")))
    profiles = YearProfile.objects.on(asked.as_of, appointment.sees_versions("place__")).filter(year=year).order_by()
    grouped: Iterable[Any] = profiles.values("place__town").annotate(**SUMS)
    sums: dict[int, dict[str, Any]] = {row["place__town"]: row for row in grouped}
    budgets = {budget.town_id: budget for budget in TownBudget.objects.visible_to(appointment).filter(year=year)}
    rows: TownRows = [
        (town, {**sums.get(town.pk, {}), "communities": numbers.get(town.pk, 0)}, budgets.get(town.pk))
        for town in Town.objects.visible_to(appointment)
    ]
    return Statement(
        title="社区工作经费",
        columns=COLUMNS,
        rows=[_row(town, money, budget, year) for town, money, budget in rows],
        foot=_foot(rows, year),
        notes=[
            "到位率＝实拨÷核定合计，各来源合计。“镇级为主、区级为辅”：区级核定高于镇级的列入短板清单。",
            _included_in_words([budget for _town, _money, budget in rows]),
        ],
    )


def _row(town: Town, money: dict[str, Any], budget: TownBudget | None, year: int) -> list[Cell]:
    return [
        Cell(town.name, f"{reverse('communities:record_list', args=['funding'])}?year={year}&unit_town={town.pk}"),
        Cell(money["communities"], f"{reverse('communities:list')}?year={year}&town={town.pk}"),
        Cell(money.get("approved", 0)),
        *_amounts(money),
        Cell(money.get("above", 0), f"{_warning(year)}&town={town.pk}"),
        Cell(INCLUDED[budget.is_included if budget else None]),
        Cell(budget.amount_wan if budget else None),
        Cell(budget.document if budget else ""),
    ]


def _amounts(money: dict[str, Any]) -> list[Cell]:
    """District, town, other sources, all of them, paid, rate."""
    district, town, total, paid = (money.get(name) for name in ("district", "town", "total", "paid"))
    others = None
    if district is not None and town is not None and total is not None:
        others = to_the_yuan(total - district - town)
    rate = percent_of(paid, total) if paid is not None and total else None
    return [Cell(district), Cell(town), Cell(others), Cell(total), Cell(paid), Cell(rate)]


def _foot(rows: TownRows, year: int) -> list[Cell]:
    money = {name: _sum([money.get(name) for _town, money, _budget in rows]) for name in ("communities", *SUMS)}
    return [
        Cell(TOTAL),
        Cell(money["communities"] or 0),
        Cell(money["approved"] or 0),
        *_amounts(money),
        Cell(money["above"] or 0, _warning(year)),
        Cell(""),
        Cell(_sum([budget.amount_wan for _town, _money, budget in rows if budget])),
        Cell(""),
    ]


def _sum(values: list[Any]) -> Any:
    """Of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _warning(year: int) -> str:
    return f"{reverse('reporting:shortfall', args=['district_above_town'])}?year={year}"


def _included_in_words(budgets: list[TownBudget | None]) -> str:
    """How many towns have the money in their own budget (R16)."""
    included = sum(1 for budget in budgets if budget and budget.is_included)
    unknown = sum(1 for budget in budgets if budget is None)
    share = percent_of(included, len(budgets))
    rate = f"，占{share}%" if share is not None else ""
    return f"纳入同级财政预算的{included}个，共{len(budgets)}个{rate}；未填的{unknown}个。"
