"""用房、场地、功能室 and 标牌: areas add up to those of the office's file (R48-R51)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit
from communities.models import OrganisationUnit, Premises, PremisesPlan, Room, Sign
from communities.models.members import joined
from communities.models.premises import ROOM_FUNCTIONS, Right, SiteKind
from communities.shortfalls import OUTDOOR_SQM, PREMISES_SQM

LARGE = Decimal(700)
"""㎡ from which the premises are two buildings."""

PLAN_ROUND = 50
"""㎡ to which a plan is rounded up."""

ROUTES = tuple(PremisesPlan.Route)
PAPERS = (Right.TITLE, Right.TITLE, Right.ALLOCATION, Right.LEASE, Right.SHARED)


def premises(unit: Unit) -> Iterator[Premises]:
    random = unit.lasting("premises")
    area, outdoor = unit.profile.premises_area_sqm, unit.profile.outdoor_area_sqm
    if area is None or outdoor is None:
        return
    centre = "社区服务中心" if unit.is_urban else "村委会办公楼"
    second = (area * random.randrange(20, 40) / 100).quantize(Decimal(1)) if area > LARGE else Decimal(0)
    right = Right.NONE if unit.has(Trait.NO_RIGHT) else random.choice(PAPERS)
    yield site(unit, SiteKind.INDOOR, centre, area=area - second, right=right)
    if second:
        yield site(unit, SiteKind.INDOOR, "居民活动中心", area=second, right=random.choice(PAPERS))
    if likely(random, 0.08):
        yield site(unit, SiteKind.INDOOR, "出租门面房", area=Decimal(120), right=Right.TITLE, in_own_use=False)
    yield site(unit, SiteKind.OUTDOOR, "健身广场", area=outdoor, right=Right.ALLOCATION)


def site(unit: Unit, kind: SiteKind, name: str, *, area: Decimal, right: Right, in_own_use: bool = True) -> Premises:
    return Premises(
        **unit.identity,
        kind=kind,
        name=name,
        address=f"{unit.community.name}中心路{unit.lasting(name).randrange(1, 200)}号",
        area_sqm=area,
        right=right,
        in_own_use=in_own_use,
    )


def premises_plans(unit: Unit) -> Iterator[PremisesPlan]:
    """For most areas that are short: how the rest is to be found, and how far that has come (R49)."""
    profile = unit.profile
    for kind, area, wanted in (
        (SiteKind.INDOOR, profile.premises_area_sqm, PREMISES_SQM),
        (SiteKind.OUTDOOR, profile.outdoor_area_sqm, OUTDOOR_SQM),
    ):
        if area is None or area >= wanted or unit.has(Trait.UNPLANNED):
            continue
        random = unit.lasting(f"plan {kind}")
        begun = random.randrange(10, 40)
        yield PremisesPlan(
            **unit.identity,
            kind=kind,
            route=random.choice(ROUTES),
            planned_area_sqm=-(-(wanted - area) // PLAN_ROUND) * PLAN_ROUND,
            finish_on=date(unit.first_year + random.randrange(1, 3), random.randrange(6, 13), 28),
            progress_percent=min(95, begun + 35 * (unit.year - unit.first_year)),
            responsible=unit.names[0],
        )


ROOMS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("便民服务大厅", ("便民服务", "信息交流"), 80),
    ("党群活动室", ("党群活动", "议事决策"), 60),
    ("市民学校", ("教育培训",), 70),
    ("图书阅览室", ("信息交流", "教育培训"), 40),
)
HOURS = ("周一至周五8:30至17:30；周六9:00至16:00", "周一至周日9:00至17:00", "周一至周五8:30至20:00")


def rooms(unit: Unit) -> Iterator[Room]:
    """Four rooms for all five functions, or fewer for some of them."""
    random = unit.lasting("rooms")
    kept = ROOMS[: random.choice([1, 2])] if unit.has(Trait.FEW_ROOMS) else ROOMS
    for number, (name, functions, area) in enumerate(kept):
        yield Room(
            **unit.identity,
            name="村民学校" if name == "市民学校" and not unit.is_urban else name,
            functions=joined(function for function in ROOM_FUNCTIONS if function in functions),
            area_sqm=Decimal(area + random.randrange(-15, 30)),
            hours=random.choice(HOURS),
            has_usage_log=likely(random, 0.9),
            keeper=unit.names[number % max(1, unit.workers)],
        )


MARKS = ("村（社区）平面示意图", "无障碍通道")
WRONG_SIGNS = ("计划生育服务室", "文化信息资源共享室", "留守儿童之家")


def signs(unit: Unit) -> Iterator[Sign]:
    """One for each institution and room, two marks; where they do not match, one or two that say what is not there."""
    random = unit.lasting("signs")
    owner = unit.community.full_name
    checked = unit.span.up_to(date(unit.year, random.randrange(3, 7), random.randrange(1, 29)))
    wordings = [(Sign.Kind.INSTITUTION, record.name, "大门口") for record in unit.records[OrganisationUnit]]
    wordings += [(Sign.Kind.FUNCTION, record.name, "室门旁") for record in unit.records[Room]]
    wordings += [(Sign.Kind.MARK, wording, "大厅") for wording in MARKS]
    for kind, wording, place in wordings:
        yield Sign(
            **unit.identity,
            kind=kind,
            wording=wording,
            place=place,
            actual_function=wording,
            owner=owner,
            matches=True,
            checked_on=checked,
        )
    for wording in random.sample(WRONG_SIGNS, random.choice([1, 2]) if unit.has(Trait.MISMATCHED) else 0):
        yield Sign(
            **unit.identity,
            kind=Sign.Kind.FUNCTION,
            wording=wording,
            place="二楼",
            actual_function="储藏室",
            owner=owner,
            matches=False,
            checked_on=checked,
        )
