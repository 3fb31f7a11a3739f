"""Reorganisations in tests: carried out on a day in 2013, as seen in June of that year."""

from datetime import UTC, date, datetime

from communities.lineage.acts import carry_out
from communities.lineage.plans import Plan, Terms
from communities.models import Appointment, Community

NOW = datetime(2013, 6, 1, 4, 0, tzinfo=UTC)
DAY = date(2013, 3, 1)
BEFORE = date(2013, 2, 28)
TERMS = Terms(DAY, "区划优化", "武政发〔2013〕8号")


def done(
    plan: Plan, terms: Terms = TERMS, *, by: Appointment | None = None, now: datetime = NOW
) -> tuple[Community, ...]:
    """The results of a plan carried out."""
    return carry_out(plan, terms, by=by, now=now).results
