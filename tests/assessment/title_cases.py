"""Units on their way to a title, and named ones that are checked again, made as plainly as they can be."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from assessment.models import Assessment, CampaignYear, Designation, Stage, State, TitleDocument
from communities.models import Appointment, Community
from tests.assessment.ready import inspect
from tests.assessment.scored import FULL
from tests.assessment.steps import SHANGHAI
from tests.factories import make_assessment, make_designation, make_standard

RECOGNISED_ON = date(2012, 12, 1)
NAMED_ON = date(2012, 12, 10)
NOW = datetime(2014, 6, 1, 9, 0, tzinfo=SHANGHAI)


def recognised(community: Community, year: CampaignYear, *, by: Appointment, on: date = RECOGNISED_ON) -> Assessment:
    """A unit that was recognised on a day."""
    assessment = make_assessment(community=community, campaign_year=year, scores=FULL, state=State.RECOGNISED)
    assessment.changes.create(
        action="认定达标",
        source=State.CITY_PASSED,
        target=State.RECOGNISED,
        by=by.user,
        actor=by.user.name,
        at=datetime(on.year, on.month, on.day, 15, 0, tzinfo=SHANGHAI),
    )
    return assessment


def rechecked(
    community: Community, year: CampaignYear, *, state: State = State.RECHECK, named_on: date = NAMED_ON, **fields: Any
) -> Assessment:
    """A named unit that was drawn again in `year`, and has no self sheet."""
    first = year.campaign.years.first()
    if not Designation.objects.filter(community=community).exists():
        make_designation(community=community, campaign_year=first, named_on=named_on)
    standard = make_standard(category=community.category)
    return Assessment.objects.create(
        community=community,
        campaign_year=year,
        standard=standard,
        kind=Assessment.Kind.RECHECK,
        state=state,
        **fields,
    )


def visited(assessment: Assessment, *, by: Appointment, lost: int = 0, stage: Stage = Stage.PROVINCE) -> Assessment:
    inspect(assessment, stage, by=by, lost={"1.1": lost})
    return assessment


def make_document(year: CampaignYear, titles: Iterable[Designation], **fields: Any) -> TitleDocument:
    """A naming document with the titles it gave."""
    given = {"kind": "naming", "number": "苏民基〔2012〕38号", "dated": NAMED_ON, **fields}
    document = TitleDocument.objects.create(campaign_year=year, **given)
    Designation.objects.filter(pk__in=[title.pk for title in titles]).update(document=document)
    return document
