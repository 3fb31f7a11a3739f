"""社区专职工作者, as many as the office's file counts, and what the towns taught them (R25-R29, R31)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assessment.demo.registers.calendar import Span
from assessment.demo.registers.chance import likely, seeded
from assessment.demo.registers.units import Trait, Unit
from communities.models import CommunityWorker, Town, Training
from communities.models.workers import Certificate, Duty

Post = CommunityWorker.Post
Recruitment = CommunityWorker.Recruitment

POSTS = (Post.SECRETARY, Post.DIRECTOR, Post.DEPUTY)
LATER_POSTS = (Post.SERVICE, Post.GRID, Post.MEMBER)
SECONDED_TO = ("征地拆迁指挥部", "环境整治办公室", "信访接待中心")


def workers(unit: Unit) -> Iterator[CommunityWorker]:
    """The same people in both years; the certified ones are the youngest, at the end of the list."""
    random = unit.lasting("workers")
    certified = unit.profile.certified_workers or 0
    at_station = station_staff(unit)
    for number in range(unit.workers):
        has_certificate = number >= unit.workers - certified
        level = Certificate.SOCIAL_WORKER if likely(random, 0.35) else Certificate.ASSISTANT
        yield CommunityWorker(
            **unit.identity,
            name=unit.names[number],
            post=POSTS[number] if number < len(POSTS) else LATER_POSTS[number % len(LATER_POSTS)],
            recruited_by=Recruitment.ASSIGNED if number == 0 else random.choice([*Recruitment][:3]),
            began_on=date(unit.first_year - random.randrange(1, 9), random.randrange(1, 13), random.randrange(1, 29)),
            at_station=number >= unit.workers - at_station,
            certificate=level if has_certificate else Certificate.NONE,
            certificate_number=f"{unit.community.code}{number:04d}" if has_certificate else "",
            phone=unit.phone(10 + number),
        )
    if unit.has(Trait.SECONDED):
        yield seconded(unit)


def station_staff(unit: Unit) -> int:
    """Two or more where there is a station, one for a small or a weak one."""
    if not unit.profile.has_service_station:
        return 1
    return 1 if unit.has(Trait.WEAK) else min(unit.workers, 2 + unit.workers // 4)


def seconded(unit: Unit) -> CommunityWorker:
    """Somebody beyond those on post: away for over three months, so not counted."""
    return CommunityWorker(
        **unit.identity,
        name=unit.names[unit.workers],
        post=Post.OTHER,
        recruited_by=Recruitment.OPEN,
        began_on=date(unit.first_year - 3, 7, 1),
        duty=Duty.SECONDED,
        seconded_on=date(unit.first_year - 1, 9, 1),
        seconded_to=unit.lasting("seconded").choice(SECONDED_TO),
        phone=unit.phone(40),
    )


Kind, Level, PlaceKind = Training.Kind, Training.Level, Training.PlaceKind
Course = tuple[Training.Level, Training.Kind, str, Training.PlaceKind, str, str]

COURSES: tuple[Course, ...] = (
    (Level.TOWN, Kind.MEETING, "台账资料规范填写", PlaceKind.OTHER, "镇会议中心", "第一批"),
    (Level.TOWN, Kind.COURSE, "社会工作者职业水平考试考前辅导", PlaceKind.OTHER, "镇成人教育中心", "第一批"),
    (Level.TOWN, Kind.VISIT, "外出参观示范社区", PlaceKind.OTHER, "示范社区", "第一批"),
    (Level.DISTRICT, Kind.MEETING, "考评标准解读", PlaceKind.PARTY_SCHOOL, "区委党校", "第一批"),
)
ROTATION: tuple[Course, ...] = tuple(
    (Level.TOWN, Kind.ROTATION, "社区工作者集中轮训", kind, place, f"第{batch}批")
    for batch, kind, place in (
        ("一", PlaceKind.PARTY_SCHOOL, "省委党校"),
        ("二", PlaceKind.UNIVERSITY, "省内高校"),
        ("三", PlaceKind.UNIVERSITY, "省外高校"),
    )
)
ROTATING = ("湖塘镇", "高新区")
"""The towns of which the speech says that they train in batches, year by year (R27)."""


def trainings(town: Town, span: Span) -> Iterator[Training]:
    random = seeded(town.name, span.year, "trainings")
    courses = (*ROTATION, *COURSES) if town.name in ROTATING else COURSES[: random.randrange(2, len(COURSES) + 1)]
    for level, kind, subject, place_kind, place, batch in courses:
        yield Training(
            town=town,
            year=span.year,
            level=level,
            kind=kind,
            subject=subject,
            place_kind=place_kind,
            place=place,
            batch=batch,
            began_on=span.day(random),
            days=Decimal(5 if kind == Kind.ROTATION else random.choice([1, 1, 2])),
            people=random.randrange(20, 60),
        )
