"""一委一居一站一办 as the office's file has them, and the supervision committees of the villages (R7-R9, R62)."""

from collections.abc import Iterator
from datetime import date

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit
from communities.models import OrganisationUnit, SupervisionMember
from communities.models.organisation import UnitKind

FLAGS = {
    UnitKind.PARTY_COMMITTEE: "has_party_committee",
    UnitKind.RESIDENTS_COMMITTEE: "has_residents_committee",
    UnitKind.SERVICE_STATION: "has_service_station",
    UnitKind.GOVERNANCE_OFFICE: "has_governance_office",
}
TERM = 3
"""Years between two elections."""

CONFLICT = "经镇纪委核实，已责成改选，本届内不再担任监委职务。"
SUB_COMMITTEES = "人民调解委员会、治安保卫委员会、公共卫生委员会、群众文化委员会"


def organisation_units(unit: Unit) -> Iterator[OrganisationUnit]:
    random = unit.lasting("organisation")
    for number, (kind, flag) in enumerate(FLAGS.items()):
        years, month, day = random.randrange(2, 9), random.randrange(1, 13), random.randrange(1, 29)
        if getattr(unit.profile, flag):
            elected = kind == UnitKind.RESIDENTS_COMMITTEE
            yield OrganisationUnit(
                **unit.identity,
                kind=kind,
                name=name_of(unit, kind),
                head=unit.names[number if unit.workers > number else 0],
                phone=unit.phone(number),
                established_on=elected_on(unit) if elected else date(unit.first_year - years, month, day),
                term_ends_on=term_of(unit) if elected else None,
                extension_approved=elected and unit.has(Trait.TERM_OVER) and likely(random, 0.4),
                sub_committees=SUB_COMMITTEES if elected else "",
            )


def term_of(unit: Unit) -> date:
    """When the committee's term ends: next year or the year after, or a while ago."""
    random = unit.lasting("term")
    ends = date(2000, random.randrange(3, 12), random.randrange(1, 29))
    years = -1 if unit.has(Trait.TERM_OVER) else random.randrange(2, 4)
    return ends.replace(year=unit.first_year + years)


def elected_on(unit: Unit) -> date:
    ends = term_of(unit)
    return ends.replace(year=ends.year - TERM)


def name_of(unit: Unit, kind: UnitKind) -> str:
    name = unit.community.full_name
    return {
        UnitKind.PARTY_COMMITTEE: f"中共{name}总支部委员会",
        UnitKind.RESIDENTS_COMMITTEE: f"{name}{'居民委员会' if unit.is_urban else '村民委员会'}",
        UnitKind.SERVICE_STATION: f"{name}便民服务站",
        UnitKind.GOVERNANCE_OFFICE: f"{name}社会管理综合治理办公室",
    }[kind]


def supervisors(unit: Unit) -> Iterator[SupervisionMember]:
    """Three a village, elected with the committee; in one village one of them may not sit there."""
    if unit.is_urban:
        return
    for number, name in enumerate(unit.names[-3:]):
        conflict = unit.has(Trait.CONFLICT) and number == 1
        yield SupervisionMember(
            **unit.identity,
            name=name,
            post=SupervisionMember.Post.MEMBER if number else SupervisionMember.Post.CHAIR,
            elected_on=elected_on(unit),
            is_close_relative=conflict,
            remarks=CONFLICT if conflict else "",
        )
