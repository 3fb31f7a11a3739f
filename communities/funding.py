"""经费核定: 基本保障、超户增付, the formula of a `FundingStandard` (R14)."""

from decimal import ROUND_HALF_UP, Decimal

from communities.models import FundingStandard

YUAN = Decimal("0.0001")
"""One 元 in 万元: amounts are rounded to it, half up."""


def approved_wan(standard: FundingStandard, households: int) -> tuple[Decimal, Decimal]:
    """What the district and what the town bears for a community of so many households, in 万元.

    Total = base + (households over the base count, none below it) x amount per household. The district bears its
    percentage of the total, the town the rest; total and district share are each rounded half up to the 元.
    """
    beyond = max(0, households - standard.base_households)
    total = (standard.base_wan + beyond * standard.per_household_yuan / 10000).quantize(YUAN, ROUND_HALF_UP)
    district = (total * standard.district_percent / 100).quantize(YUAN, ROUND_HALF_UP)
    return district, total - district
