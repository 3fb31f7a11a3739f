"""Where the source text is silent or contradicts itself: what is done, and where it can be changed.

The numbers are those of the requirements; a decision that is a setting shows its present value.
"""

from dataclasses import dataclass

from assessment.models import Campaign
from communities.metrics import STAFF_BASE, STAFF_BASE_HOUSEHOLDS, STAFF_STEP_HOUSEHOLDS
from communities.templatetags.official import plain


@dataclass(frozen=True)
class Decision:
    """`where` names the page on which it can be changed; empty where it is fixed."""

    number: int
    question: str
    answer: str
    where: str = ""


def staffing_rule(campaign: Campaign) -> str:
    """The rule in force, as it is printed wherever a shortfall is shown (R25)."""
    district = campaign.district
    return (
        f"{STAFF_BASE_HOUSEHOLDS}户及以下配{STAFF_BASE}人，超过部分每{STAFF_STEP_HOUSEHOLDS}户增配1人；"
        f"{district.get_staffing_rounding_display()}，按{district.get_staffing_households_display()}计算"
    )


def decisions_of(campaign: Campaign) -> list[Decision]:
    """Every decision in the order of its number."""
    numbers = [str(year.year) for year in campaign.years.all()]
    return [
        Decision(1, "年份在原文中隐去", f"创建年度：{'、'.join(numbers)}", "建立创建活动时指定"),
        Decision(2, "由谁向省上报验收请示", "不越级：区向市上报，由市向省上报；只列市验收通过的单位。"),
        Decision(3, "城镇、农村的分母前后不一", "每个比例都写明分子、分母和统计日期；从原文录入的标明“原文数据”。"),
        Decision(4, "“一委一居一站”与“一委一居一站一办”", "三项、四项建成率都计算；“一办”指综治办。"),
        Decision(5, "配员公式的尾数", f"{staffing_rule(campaign)}。不适用农村社区（村）。", "区级口径"),
        Decision(6, "“户”是户籍还是常住", f"两种都登记；配员和网格覆盖按{households(campaign)}。", "区级口径"),
        Decision(7, "“社会工作师资格证书”", "社会工作者职业水平证书各级都计入持证，名册中分级列示。"),
        Decision(8, "没有被抽查的单位", "以已有的最近一次评分为准；认定以录入命名文件为准。"),
        Decision(
            9, "已命名单位复核不合格", "限期整改后复查：合格的保留，不合格的建议撤销；保留、撤销、恢复由人凭文件决定。"
        ),
        Decision(
            10, "第一年11月15日至30日时间紧", "各项日期由截止日期推算，可修改；不足30天或顺序不对的提醒。", "年度日程"
        ),
        Decision(
            11, "9月30日可能是假日", "截止日期不顺延，逢周末、放假在旁提醒；确有原因的登记延期。", "年度目标和期限"
        ),
        Decision(12, "“以上”是否含本数", "目标、面积、比例和合格线都含本数；应命名数有小数的进一位。"),
        Decision(13, "用词", "“保费机制”按“保障”，“台帐”写作“台账”；“民主协调”照录，现多称民主协商。"),
        Decision(14, "村改居、合并、调整隶属", "名称、所属镇和类别都有起止日期，以往年度按当时的计算。", "区划调整"),
        Decision(15, "自愿申报", "未开始自评的不自动列入。"),
        Decision(
            16,
            "已命名单位",
            f"不再重复申报，被抽中的只作动态复核；合格线{plain(campaign.pass_mark)}分。",
            "名称和合格线",
        ),
    ]


def households(campaign: Campaign) -> str:
    return campaign.district.get_staffing_households_display()
