"""Units that can be drawn, and draws, made plainly: each with the facts that a test relies on."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from assessment.models import Assessment, CampaignYear, FrameUnit, SamplingDraw, Stage, Standard, State
from assessment.sampling.drawing import draw, freeze_frame
from communities.models import Appointment, Category, Community, Town
from tests.factories import make_assessment, make_community, make_designation, make_standard

DAY = datetime(2012, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SEED = "20121118"
ACT = {"seed": SEED, "place": "市民政局会议室", "host": "周处长", "witnesses": "王律师、陈记者"}


def standard_of(category: str) -> Standard:
    found = Standard.objects.filter(category=category, district=None).first()
    return found or make_standard(category=category)


def make_applicants(
    number: int, *, town: Town, year: CampaignYear, state: State = State.LISTED, category: str = Category.URBAN
) -> list[Assessment]:
    """Applications of new communities of a town in a state."""
    return [
        make_assessment(
            community=make_community(town=town, category=category),
            campaign_year=year,
            standard=standard_of(category),
            state=state,
        )
        for _number in range(number)
    ]


def make_named(number: int, *, town: Town, year: CampaignYear, category: str = Category.URBAN) -> list[Community]:
    """New communities of a town that hold the title already."""
    standard_of(category)
    communities = [make_community(town=town, category=category) for _number in range(number)]
    for community in communities:
        make_designation(community=community, campaign_year=year, named_on=date(2011, 12, 20))
    return communities


def make_frame(
    *, year: CampaignYear, by: Appointment, stage: str = Stage.CITY, ratio: int | str = 30, without_named: str = ""
) -> SamplingDraw:
    return freeze_frame(
        campaign_year=year, stage=stage, ratio=Decimal(ratio), by=by, now=DAY, without_named=without_named
    )


def make_draw(*, year: CampaignYear, by: Appointment, stage: str = Stage.CITY, ratio: int | str = 30) -> SamplingDraw:
    """The frame frozen and drawn from, of the units there are."""
    frozen = make_frame(year=year, by=by, stage=stage, ratio=ratio, without_named="第一年")
    return draw(draw=frozen, **ACT, by=by, now=DAY)


def make_draws(assessment: Assessment, *, by: Appointment) -> tuple[SamplingDraw, SamplingDraw]:
    """The rows of the city's draw of the year, done, and of the province's, frozen, with this one unit in both."""
    community, made = assessment.community, []
    for stage, drawn in ((Stage.CITY, True), (Stage.PROVINCE, False)):
        act = {"seed": SEED, "drawn_at": DAY, "drawn_by": by.user} if drawn else {}
        frozen = {"ratio": 30, "frame_digest": "0" * 64, "frozen_at": DAY, "frozen_by": by.user}
        row = SamplingDraw.objects.create(campaign_year=assessment.campaign_year, stage=stage, **frozen, **act)
        FrameUnit.objects.create(
            draw=row,
            community=community,
            assessment=assessment,
            position=1,
            code=community.code,
            name=community.name,
            town_name=community.town.name,
            category=community.category,
            standing=FrameUnit.Standing.NEW,
            drawn=drawn,
        )
        made.append(row)
    return made[0], made[1]
