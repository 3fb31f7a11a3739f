"""What the page of new rectifications fills in by itself: category and number (R47)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Part
from assessment.rectifying.guessing import OF_PART, WORDS, Category, category_of, next_number


def test_every_part_and_every_category_has_its_row():
    assert set(OF_PART) == set(Part)
    assert {category for category, _words in WORDS} | {Category.OTHER} == set(Category)


@given(st.sampled_from(Part), st.text(), st.text())
def test_any_fault_has_a_category(part, reason, content):
    assert category_of(part, reason, content) in Category


@pytest.mark.parametrize(
    ("part", "texts", "category"),
    [
        (Part.ORGANISATION, ["走访台账缺第三季度"], Category.RECORDS),
        (Part.REFORM, ["功能室没有使用登记"], Category.ROOMS),
        (Part.PREMISES, ["", "用房内设有五类功能"], Category.ROOMS),
        (Part.ORDER, ["宣传栏没有更新"], Category.SURROUNDINGS),
        (Part.CIVILITY, ["", "倡导移风易俗"], Category.OTHER),
        (Part.ENVIRONMENT, ["没有登记"], Category.RECORDS),
    ],
)
def test_the_reason_tells_more_than_the_item_and_the_item_more_than_the_part(part, texts, category):
    assert category_of(part, *texts) == category


@pytest.mark.parametrize(
    ("used", "number"),
    [
        ([], "武社区整〔2012〕1号"),
        (["武社区整〔2012〕1号"], "武社区整〔2012〕2号"),
        (["武社区整〔2012〕9号", "武民整〔2012〕7号"], "武民整〔2012〕8号"),
        (["武社区整〔2012〕2号", "武社区整〔2012〕3号", "武社区整〔2012〕1号"], "武社区整〔2012〕4号"),
        (["临时通知"], "武社区整〔2012〕1号"),
    ],
)
def test_the_next_number_goes_on_from_the_latest(used, number):
    assert next_number("武进区", 2012, used) == number


@given(st.lists(st.text(max_size=12), max_size=8))
def test_a_proposed_number_is_never_a_used_one(used):
    assert next_number("武进区", 2012, used) not in used
