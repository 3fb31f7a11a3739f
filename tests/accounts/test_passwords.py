"""Generated passwords are read out and typed once, so no two characters look alike."""

from django.contrib.auth.password_validation import validate_password
from hypothesis import given
from hypothesis import strategies as st

from accounts import passwords


@given(st.integers(min_value=10, max_value=40))
def test_a_generated_password_mixes_three_kinds_and_nothing_that_looks_alike(length):
    password = passwords.generate(length)
    assert len(password) == length
    for kind in (passwords.LETTERS, passwords.CAPITALS, passwords.DIGITS):
        assert set(password) & set(kind)
    assert not set(password) & set("0O1lIio")


def test_a_generated_password_satisfies_our_own_rules_and_is_never_the_same():
    found = {passwords.generate() for _ in range(200)}
    assert len(found) == 200
    for password in found:
        validate_password(password)
