"""基本保障、超户增付: the formula, to the 元 (R14)."""

from decimal import Decimal

import pytest

from communities.funding import approved_wan
from communities.models import FundingStandard


def standard(**fields) -> FundingStandard:
    terms = {"base_wan": "16", "base_households": 1000, "per_household_yuan": "100", "district_percent": "30"}
    return FundingStandard(
        **{name: Decimal(value) for name, value in {**terms, **fields}.items()},
    )


@pytest.mark.parametrize(
    ("households", "district", "town"),
    [(0, "4.8", "11.2"), (1000, "4.8", "11.2"), (1001, "4.803", "11.207"), (2500, "9.3", "21.7")],
)
def test_the_base_and_so_much_for_each_household_beyond(households, district, town):
    assert approved_wan(standard(), households) == (Decimal(district), Decimal(town))


def test_total_and_district_share_are_rounded_half_up_to_the_yuan():
    """1 household of 1.50 元 on a base of 0: 1.50 is 2 元, of which the district's quarter, 0.50, is 1 元."""
    terms = standard(base_wan="0", base_households="0", per_household_yuan="1.5", district_percent="25")
    assert approved_wan(terms, 1) == (Decimal("0.0001"), Decimal("0.0001"))
