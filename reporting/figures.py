"""The figures of pages, exports and `manage.py figures`: one row each with its definition (口径), formed from tallies.

A rate is in percent, rounded half up to one decimal, with numerator, denominator and day; a blank value is unknown or
has nothing to be measured against, never 0 (R8, R19, R24, R25, R31, R41-R43, R48, R70, R71).
"""

from collections.abc import Iterator
from datetime import date

from assessment.funnel import FUNNEL
from assessment.models import CampaignYear
from communities.metrics import METRICS
from communities.models.profiles import HOUSEHOLD_FACTS
from communities.shortfalls import OUTDOOR_SQM, PREMISES_SQM
from reporting.figure_kinds import (
    Figure,
    FigureKind,
    communities,
    completeness,
    counted,
    missing,
    money,
    needed,
    rated,
    staff_shortfall,
    target_share,
)
from reporting.tallies import Tally, district_scope, tally

FIGURE_OF_STEP = {"filed": "submitted", "named": "named_this_year"}
"""The keys of the steps of the funnel where they differ from the steps' own names."""

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
        *(
            FigureKind(FIGURE_OF_STEP.get(step.name, step.name), step.label, "个", step.definition, counted(step.name))
            for step in FUNNEL.values()
        ),
        FigureKind(
            "late",
            "逾期申报",
            "个",
            "已申报的里面，在申报截止日24:00以后申报的个数，含延期和退回修改后的；本年度申报截止日见创建活动。",
            counted("late", of="filed"),
        ),
        FigureKind(
            "self_score_90",
            "自评达线",
            "个",
            "截至统计日已开始、自评总分（现在的分数）不低于合格线（含本数）的个数。",
            counted("self_score_90"),
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
        FigureKind(
            "platform_rate",
            "平台接入率",
            "%",
            "已接入城乡社区综合管理服务平台的个数占总数的百分比，城镇、农村分别计算。",
            rated("connected", known="profiles"),
        ),
        FigureKind(
            "grid_rate",
            "网格三步完成率",
            "%",
            "截至统计日网格划分、团队组建、服务公示三步都已完成的个数占总数的百分比。",
            rated("gridded", known="profiles"),
        ),
        FigureKind(
            "funding_rate",
            "经费到位率",
            "%",
            "实拨经费占核定经费的百分比，各来源合计，分子、分母单位为万元；没有登记经费的不计入。",
            rated("funding_paid", of="funding_approved", known="funding_known"),
        ),
        FigureKind(
            "district_subsidy",
            "区级补贴总额",
            "万元",
            "各社区（村）区财政核定经费之和。",
            money("funding_district", known="funding_known"),
        ),
        FigureKind(
            "completeness",
            "家底完整度",
            "%",
            f"年度台账已填项数占应填项数（每个社区（村）{len(HOUSEHOLD_FACTS)}项）的百分比；没有台账的按0项计。",
            completeness,
        ),
        FigureKind(
            "disclosure_rate",
            "村（居）务公开按季达标率",
            "%",
            "本年度环节齐全的公开次数不少于已满季度数的个数，占登记了公开情况的个数的百分比。",
            rated("disclosing", of="disclosures_known", known="disclosures_known"),
        ),
        FigureKind(
            "public_services_rate",
            "五类公共服务齐全率",
            "%",
            "劳动就业、社会救助、社会治安、医疗卫生、社会保障五类都能办的个数，占登记了服务事项的个数的百分比。",
            rated("all_services", of="services_known", known="services_known"),
        ),
    ]
}
"""By key, in the order in which they are listed."""


def figures(campaign_year: CampaignYear, as_of: date, *, states_on: date | None = None) -> list[Figure]:
    """Every figure of a district in a year on a day: the district first, then its towns in administrative order."""
    scope = district_scope(campaign_year.campaign.district)
    counted_year = tally(campaign_year, as_of, scope, states_on=states_on)
    return list(all_figures(counted_year))


def all_figures(counted_year: Tally) -> Iterator[Figure]:
    for groups in (counted_year.whole, *counted_year.towns):
        for kind in FIGURES.values():
            for group in groups:
                yield kind.of(group, counted_year.as_of)
