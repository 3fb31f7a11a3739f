"""The figures of pages, exports and `manage.py figures`: one row each with its definition (口径), formed from tallies.

A rate is in percent, rounded half up to one decimal, with numerator, denominator and day; a blank value is unknown or
has nothing to be measured against, never 0 (R8, R19, R24, R25, R31, R41-R43, R48, R70, R71).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from assessment.models import CampaignYear
from communities.metrics import METRICS
from communities.models import Category
from communities.shortfalls import OUTDOOR_SQM, PREMISES_SQM
from reporting.tallies import Group, Tally, district_scope, tally

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Amount:
    value: Decimal | int | None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True)
class Figure:
    """One figure of one group on one day. `key` is like submitted.urban or submitted.urban@湖塘镇."""

    key: str
    label: str
    value: Decimal | int | None
    numerator: int | None
    denominator: int | None
    unit: str
    as_of: date
    definition: str


@dataclass(frozen=True)
class FigureKind:
    """A row of the table of figures. `how` forms the amount from the counts of a group."""

    key: str
    label: str
    unit: str
    definition: str
    how: Callable[[Group], Amount]

    def of(self, group: Group, as_of: date) -> Figure:
        amount = self.how(group)
        place = group.place.name
        return Figure(
            key=f"{self.key}.{group.category.value}" + (f"@{place}" if place else ""),
            label=f"{place}{group.category.label}{self.label}",
            value=amount.value,
            numerator=amount.numerator,
            denominator=amount.denominator,
            unit=self.unit,
            as_of=as_of,
            definition=self.definition,
        )


How = Callable[[Group], Amount]


def percent_of(numerator: int, denominator: int) -> Decimal | None:
    """Share in percent with one decimal; None where there is nothing to divide by."""
    if not denominator:
        return None
    return (Decimal(numerator * 100) / denominator).quantize(TENTH, ROUND_HALF_UP)


def counted(name: str, of: str = "communities", known: str = "communities") -> How:
    """The number of `name` out of `of`; unknown where nothing is `known` about a group that has communities."""

    def how(group: Group) -> Amount:
        counts = group.counts
        if counts["communities"] and not counts[known]:
            return Amount(None, None, counts[of])
        return Amount(counts[name], counts[name], counts[of])

    return how


def rated(name: str, of: str = "communities", known: str = "communities") -> How:
    """The share of `name` in `of` in percent."""

    def how(group: Group) -> Amount:
        counts = group.counts
        if not counts[known] or not counts[of]:
            return Amount(None, None, counts[of])
        return Amount(percent_of(counts[name], counts[of]), counts[name], counts[of])

    return how


def communities(group: Group) -> Amount:
    number = group.counts["communities"]
    return Amount(number, number)


def target_share(group: Group) -> Amount:
    return Amount(group.target)


def needed(group: Group) -> Amount:
    number = group.needed_in(group.campaign_year)
    return Amount(number, number, group.counts["communities"])


def missing(group: Group) -> Amount:
    number = group.missing_in(group.campaign_year)
    return Amount(number, number, group.needed_in(group.campaign_year))


def staff_shortfall(group: Group) -> Amount:
    """People, for 城镇社区 only: the formula of the speech is that of the urban document (decision 5)."""
    if group.category != Category.URBAN or not group.counts["staffing_known"]:
        return Amount(None)
    people = group.counts["staff_short"]
    return Amount(people, people)


FIGURES = {
    kind.key: kind
    for kind in [
        FigureKind("communities", "总数", "个", "登记在册的社区（村）个数。", communities),
        FigureKind(
            "recognised_share",
            "已命名比例",
            "%",
            "截至统计日仍持有省级和谐社区建设示范社区（村）称号（已命名、未摘牌）的个数占总数的百分比。",
            rated("recognised"),
        ),
        FigureKind("target_share", "年度目标", "%", "本年度累计命名比例的目标，含本数。", target_share),
        FigureKind("needed", "应达个数", "个", "总数乘以年度目标，有小数的进一位。", needed),
        FigureKind("missing", "还差", "个", "应达个数减去截至统计日已命名的个数，已达到的为0。", missing),
        FigureKind(
            "submitted",
            "已申报",
            "个",
            "截至统计日24:00已申报且未撤回、未退回的个数，含区已接收的。",
            counted("filed"),
        ),
        FigureKind(
            "self_score_90", "自评达线", "个", "自评总分不低于合格线（含本数）的个数。", counted("self_score_90")
        ),
        FigureKind(
            "three_unit_rate",
            "一委一居一站建成率",
            "%",
            "党组织、居（村）委会、服务站三项都已建立的个数占总数的百分比。",
            rated("units3", known="profiles"),
        ),
        FigureKind(
            "four_unit_rate",
            "一委一居一站一办建成率",
            "%",
            "党组织、居（村）委会、服务站、综治办四项都已建立的个数占总数的百分比。",
            rated("units4", known="profiles"),
        ),
        FigureKind(
            "grid_complete",
            "网格三步完成",
            "个",
            "截至统计日网格划分、团队组建、服务公示三步都已完成的个数。",
            counted("gridded", known="profiles"),
        ),
        FigureKind("certified_rate", "持证率", "%", METRICS["cert_rate"].definition, rated("certified", of="staff")),
        FigureKind(
            "staff_shortfall",
            "专职工作者缺额",
            "人",
            METRICS["staff_shortfall"].definition
            + "各社区缺额相加，不以多补少；讲话的配员公式未写明适用农村，农村社区（村）默认不计算。",
            staff_shortfall,
        ),
        FigureKind(
            "premises_below",
            "用房不达标",
            "个",
            f"用房面积不足{PREMISES_SQM}㎡（{PREMISES_SQM}㎡达标）的个数；面积未填的不计入。",
            counted("premises_below", of="premises_known", known="premises_known"),
        ),
        FigureKind(
            "outdoor_below",
            "户外场所不达标",
            "个",
            f"户外健身活动场所面积不足{OUTDOOR_SQM}㎡（{OUTDOOR_SQM}㎡达标）的个数；面积未填的不计入。",
            counted("outdoor_below", of="outdoor_known", known="outdoor_known"),
        ),
        FigureKind(
            "platform_connected",
            "接入平台",
            "个",
            "已接入城乡社区综合管理服务平台的个数。",
            counted("connected", known="profiles"),
        ),
    ]
}
"""By key, in the order in which they are listed."""


def figures(campaign_year: CampaignYear, as_of: date) -> list[Figure]:
    """Every figure of a district in a year on a day: the district first, then its towns in administrative order."""
    counted_year = tally(campaign_year, as_of, district_scope(campaign_year.campaign.district))
    return list(all_figures(counted_year))


def all_figures(counted_year: Tally) -> Iterator[Figure]:
    for groups in (counted_year.whole, *counted_year.towns):
        for kind in FIGURES.values():
            for group in groups:
                yield kind.of(group, counted_year.as_of)
