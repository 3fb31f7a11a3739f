"""Numbers and titles of a letter, as they are written (GB/T 9704-2012, 7.2.5 and 7.3.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.letters.letter import TITLE_WIDTH, broken, numbered, width_of


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("武民发[2012]8号", "武民发〔2012〕8号"),
        ("武民发（2012）8号", "武民发〔2012〕8号"),
        (" 武民发〔2012〕8号 ", "武民发〔2012〕8号"),
        ("武民发【2012】8号", "武民发〔2012〕8号"),
        ("", ""),
    ],
)
def test_a_number_gets_six_cornered_brackets(typed, written):
    assert numbered(typed) == written


def test_a_title_is_broken_behind_a_bracket_where_it_can_be():
    assert broken("2012年度省级和谐社区建设示范社区（村）创建名单") == [
        "2012年度省级和谐社区建设示范社区（村）",
        "创建名单",
    ]
    assert broken("短") == ["短"]


@given(st.text(alphabet="社区（村）2012年度》", min_size=1, max_size=90))
def test_every_line_of_a_title_fits_and_no_character_is_lost(title):
    lines = broken(title)
    assert "".join(lines) == title
    assert all(width_of(line) <= TITLE_WIDTH for line in lines)
