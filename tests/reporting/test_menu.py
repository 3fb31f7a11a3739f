"""The left menu: which entry a page belongs to."""

import pytest
from django.urls import reverse

from assessment.models import State
from reporting.menu import OF_ONE_UNIT
from tests.assessment.ready import of_kind
from tests.factories import make_assessment

pytestmark = pytest.mark.django_db
PLAIN = ["assessment:sheet", "assessment:gaps", "assessment:history", "reporting:score_sheet", "reporting:columns"]


def marked(page) -> list[str]:
    return [link.label for _heading, links in page.context["menu"] for link in links if link.active]


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize(("state", "entry"), [(State.SUBMITTED, "自评申报"), (State.RECHECK, "动态管理")])
def test_the_pages_of_a_recheck_lie_under_its_own_entry(*, name, state, entry, community, open_year, bureau, sign_in):
    assessment = make_assessment(community=community, campaign_year=open_year, **of_kind(state))
    assert name in OF_ONE_UNIT
    assert marked(sign_in(bureau).get(reverse(name, args=[assessment.pk]))) == [entry]
