"""The pictures of the home page are drawn, not only present."""

import pytest

pytestmark = pytest.mark.browser


def test_every_chart_of_the_bureaus_home_page_has_room_and_ink(page_as, bureau, community, open_year):
    page = page_as(bureau)
    page.goto("/")
    page.wait_for_function("document.querySelectorAll('[data-chart] canvas').length === 4")
    sizes = page.evaluate("[...document.querySelectorAll('[data-chart] canvas')].map(c => [c.width, c.height])")
    assert all(width > 200 and height > 200 for width, height in sizes), sizes
