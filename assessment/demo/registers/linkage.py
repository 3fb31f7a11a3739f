"""三社联动、共建 and the platform (R6, R24, R56-R58, R66)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit
from communities.models import PartnerAgreement, PlatformFunction, Room, SocialOrganisation, SocialWorkProject
from communities.models.platform import PLATFORM_FUNCTIONS

Kind, Status = SocialOrganisation.Kind, SocialOrganisation.Status

TEAMS = ("舞蹈队", "合唱队", "太极拳队", "锣鼓队", "书画社")
GROUPS = (
    ("志愿者服务队", Kind.VOLUNTEER),
    ("老年人协会", Kind.SERVICE),
    ("邻里互助会", Kind.SERVICE),
    ("计划生育协会", Kind.OTHER),
)
COOPERATIVES = ("葡萄专业合作社", "花木专业合作社", "水产养殖合作社")
PROJECTS = ("独居老人陪伴服务", "青少年课后辅导", "社区矫正帮扶", "残疾人康复支持", "外来人员融入服务")
PROVIDERS = ("阳光社会工作服务社", "和风社会工作事务所", "常青老年服务中心")
PARTNERS = (
    ("镇商会", PartnerAgreement.Kind.CHAMBER),
    ("机电制造有限公司", PartnerAgreement.Kind.COMPANY),
    ("区文化广电局", PartnerAgreement.Kind.OFFICE),
    ("中心小学", PartnerAgreement.Kind.RESIDENT_UNIT),
)
ACTIVITIES = ("慰问困难家庭", "联合文艺演出", "捐赠图书", "义务植树")


def social_organisations(unit: Unit) -> Iterator[SocialOrganisation]:
    """Three teams or more and some groups; a weak community has fewer, and its teams have not met lately."""
    random = unit.lasting("organisations")
    weak = unit.has(Trait.WEAK)
    teams = random.sample(TEAMS, random.choice([1, 2] if weak else [3, 3, 4]))
    groups = random.sample(GROUPS, random.choice([0, 1] if weak else [2, 3]))
    named = [(name, Kind.CULTURE) for name in teams] + groups
    if not unit.is_urban:
        named.append((random.choice(COOPERATIVES), Kind.COOPERATIVE))
    for name, kind in named:
        filed = Status.REGISTERED if kind == Kind.COOPERATIVE else Status.FILED
        yield SocialOrganisation(
            **unit.identity,
            name=f"{unit.community.name}{name}",
            kind=kind,
            status=Status.NEITHER if likely(random, 0.05) else filed,
            head=random.choice(unit.names),
            members=random.randrange(8, 60),
            venue=random.choice(unit.records[Room]) if unit.records[Room] and likely(random, 0.8) else None,
            active_lately=not (weak and likely(random, 0.4)),
        )


def social_work_projects(unit: Unit) -> Iterator[SocialWorkProject]:
    random, span = unit.random, unit.span
    if not likely(random, 0.75 if unit.is_urban else 0.35) or unit.has(Trait.WEAK):
        return
    began = date(unit.year, 1, random.randrange(4, 28))
    yield SocialWorkProject(
        **unit.identity,
        name=random.choice(PROJECTS),
        provider=random.choice(PROVIDERS),
        social_worker=random.choice(unit.names),
        began_on=span.up_to(began),
        ended_on=date(unit.year, 11, 20) if date(unit.year, 11, 20) <= span.last else None,
        people_served=random.randrange(30, 600),
        amount_wan=Decimal(random.randrange(5, 60)) / 10,
    )


def partners(unit: Unit) -> Iterator[PartnerAgreement]:
    random = unit.lasting("partners")
    most = 0 if unit.has(Trait.WEAK) and likely(random, 0.6) else random.choice([1, 1, 2])
    for name, kind in random.sample(PARTNERS, most):
        years = random.randrange(0, 3)
        yield PartnerAgreement(
            **unit.identity,
            partner=name if kind != PartnerAgreement.Kind.COMPANY else f"{unit.community.town}{name}",
            kind=kind,
            signed_on=date(unit.first_year - 1 - years, random.randrange(1, 13), random.randrange(1, 29)),
            valid_until=date(unit.first_year + 2, 12, 31),
            activities=1 + int(random.randrange(1, 6) * unit.span.passed),
            last_activity=random.choice(ACTIVITIES),
        )


def platform_functions(unit: Unit) -> Iterator[PlatformFunction]:
    """The four functions where the platform is connected, fewer where it is used for keeping books only."""
    if not unit.profile.platform_connected:
        return
    random = unit.lasting("platform")
    number = random.choice([1, 2, 3]) if unit.has(Trait.FEW_FUNCTIONS) else len(PLATFORM_FUNCTIONS)
    for function in PLATFORM_FUNCTIONS[:number]:
        yield PlatformFunction(
            **unit.identity,
            function=function,
            opened_on=date(unit.first_year - 1, random.randrange(1, 13), random.randrange(1, 29)),
            usage=f"本年使用{1 + int(random.randrange(20, 400) * unit.span.passed)}次",
        )
