"""The pure parts of planning: the cheapest items to the mark, and a need divided among towns (R47, R82)."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.cheapest import Loss, cheapest
from assessment.dividing import divide

points = st.decimals(min_value=0, max_value=5, places=2)


def losses_of(values: list[Decimal]) -> list[Loss]:
    return [Loss(order, f"1.{order}", lost) for order, lost in enumerate(values, start=1)]


@given(st.lists(points, max_size=8), st.decimals(min_value="0.01", max_value=8, places=2))
def test_the_chosen_items_suffice_and_no_smaller_number_does(values, missing):
    losses = losses_of(values)
    chosen = cheapest(losses, missing)
    if sum(values) >= missing:
        assert sum(loss.lost for loss in chosen) >= missing
        fewer = combinations(values, max(len(chosen) - 1, 0))
        assert all(sum(some) < missing for some in fewer)
    else:
        assert sorted(loss.code for loss in chosen) == sorted(loss.code for loss in losses if loss.lost)


@given(st.lists(points, max_size=8), points)
def test_the_largest_losses_come_first_and_of_equal_ones_the_earlier_item(values, missing):
    chosen = cheapest(losses_of(values), missing)
    assert chosen == sorted(chosen, key=lambda loss: (-loss.lost, loss.order))


def test_an_exact_fit_is_enough():
    """90 is the mark: 89.95 lacks 0.05, and an item that lost 0.05 makes it up."""
    losses = losses_of([Decimal("0.05"), Decimal("0.04"), Decimal("0.05")])
    assert [loss.code for loss in cheapest(losses, Decimal("0.05"))] == ["1.1"]
    assert cheapest(losses, Decimal(0)) == []


sizes = st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=12)


@given(sizes, st.data())
def test_shares_add_up_to_the_need_and_never_differ_from_the_proportion_by_a_unit(towns, data):
    need = data.draw(st.integers(min_value=0, max_value=sum(towns)))
    shares = divide(need, towns)
    assert sum(shares) == need
    for share, size in zip(shares, towns, strict=True):
        assert 0 <= share <= size
        assert abs(share * sum(towns) - need * size) < max(sum(towns), 1)


@given(sizes, st.data())
def test_a_larger_town_never_gets_less(towns, data):
    shares = divide(data.draw(st.integers(min_value=0, max_value=sum(towns))), towns)
    pairs = combinations(zip(towns, shares, strict=True), 2)
    assert all(first[1] >= second[1] for first, second in pairs if first[0] > second[0])


def test_of_equal_remainders_the_earlier_town_gets_the_unit():
    assert divide(1, [1, 1]) == [1, 0]
    assert divide(90, [60, 40, 20]) == [45, 30, 15]


def test_more_than_there_are_cannot_be_divided():
    with pytest.raises(ValueError, match="4 of 3"):
        divide(4, [1, 2])
