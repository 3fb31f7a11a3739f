"""抽样框: which units can be drawn on a day, and what stands against freezing them (R75, R79, R80)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from assessment.models import Assessment, CampaignYear, Designation, FrameUnit, SamplingDraw, Stage, Standard, State
from assessment.sampling.method import Unit
from assessment.sampling.record import Line, Record, Swap
from communities.models import Category, Community

NEW, NAMED = FrameUnit.Standing.NEW, FrameUnit.Standing.NAMED
VISITED_IN: dict[str, State] = {Stage.CITY: State.LISTED, Stage.PROVINCE: State.CITY_PASSED}
"""The stages that draw a sample, and the state of this year's applications each of them visits."""


@dataclass(frozen=True)
class Frame:
    """Units that have not been stored yet, in administrative order, and who was left out although named."""

    units: list[FrameUnit]
    left_out: list[Community]
    anybody_is_named: bool

    def of(self, standing: str) -> list[FrameUnit]:
        return [unit for unit in self.units if unit.standing == standing]


def frame_on(campaign_year: CampaignYear, stage: str, day: date) -> Frame:
    """The units of a stage with their names of the day.

    The city draws from the year's list, the province from those that passed the city and from all that hold a title.
    Who holds one and applied again this year cannot be rechecked in it and is `left_out`.
    """
    applied = dict(_applications(campaign_year).values_list("community", "pk"))
    visited = dict(_applications(campaign_year).filter(state=VISITED_IN[stage]).values_list("community", "pk"))
    named = set(_holders(campaign_year, day)) if stage == Stage.PROVINCE else set()
    present = Community.objects.on(day, Q(place__town__district=campaign_year.campaign.district_id))
    units, left_out = [], []
    for community in present.filter(pk__in={*visited, *named}):
        if community.pk in visited:
            units.append(_unit(community, NEW, visited[community.pk]))
        elif community.pk in applied:
            left_out.append(community)
        else:
            units.append(_unit(community, NAMED, None))
    for position, unit in enumerate(units, start=1):
        unit.position = position
    return Frame(units, left_out, anybody_is_named=bool(named))


def _applications(campaign_year: CampaignYear) -> QuerySet[Assessment]:
    kind = Assessment.Kind.APPLICATION
    return Assessment.objects.filter(campaign_year=campaign_year, kind=kind).order_by()


def _holders(campaign_year: CampaignYear, day: date) -> Iterable[int]:
    held = Designation.objects.held_on(day).filter(community__town__district=campaign_year.campaign.district_id)
    return held.order_by().values_list("community", flat=True)


def _unit(community: Community, standing: str, assessment_id: int | None) -> FrameUnit:
    return FrameUnit(
        community=community,
        assessment_id=assessment_id,
        code=community.code,
        name=community.place_name,  # type: ignore[attr-defined]
        town_name=community.place_town,  # type: ignore[attr-defined]
        category=community.place_category,  # type: ignore[attr-defined]
        standing=standing,
    )


def faults(frame: Frame, campaign_year: CampaignYear, stage: str, without_named: str) -> list[str]:
    """Why a frame cannot be frozen, in sentences; both kinds of units are always in the province's (R80)."""
    found = []
    if not frame.of(NEW):
        found.append(f"本年度还没有“{VISITED_IN[stage].label}”的创建单位，不能冻结抽样框。")
    if stage == Stage.PROVINCE and not frame.of(NAMED):
        if frame.anybody_is_named:
            found.append("省考评须同时抽查已命名单位，但已命名单位本年度都另有创建申报，请先核对。")
        elif not without_named.strip():
            found.append("省考评须同时抽查已命名单位。目前还没有任何已命名单位（如创建第一年），请填写说明后再冻结。")
    district = campaign_year.campaign.district
    categories = sorted({Category(unit.category) for unit in frame.of(NAMED)})
    lacking = [one.label for one in categories if Standard.objects.current(district, one) is None]
    found += [f"还没有发布{one}考评标准，不能对已命名单位开展动态复核，请先导入标准。" for one in lacking]
    return found


# --- what is stored ----------------------------------------------------------------------------------------------
def method_unit(unit: FrameUnit) -> Unit:
    """The unit as the method sees it."""
    return Unit(unit.code, unit.name, unit.town_name, unit.category, unit.standing)


def record_of(draw: SamplingDraw) -> Record:
    """A draw as it is written in the database, in three queries."""
    units = list(FrameUnit.objects.filter(draw=draw))
    codes = {unit.pk: unit.code for unit in units}
    return Record(
        year=draw.campaign_year.year,
        stage=draw.stage,
        ratio=draw.ratio,
        seed=draw.seed,
        digest=draw.frame_digest,
        lines=tuple(Line(method_unit(unit), unit.order_key, unit.drawn) for unit in units),
        swaps=tuple(
            Swap(codes.get(swap.removed_id, ""), codes.get(swap.added_id, ""), tuple(swap.skipped.split()))
            for swap in draw.replacements.all()
        ),
    )
