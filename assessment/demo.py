"""The demonstration district: a year behind it, a year under way, and somebody in every role.

Scores follow the registers' suggestions and a fixed seed, so every load makes the same district. Rows are written in
bulk, states included: this is data of a story, not steps that anybody takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessment.campaigns import create_campaign
from assessment.checks import Obstacle
from assessment.models import (
    Assessment,
    CampaignYear,
    Designation,
    Item,
    ItemScore,
    Part,
    ScoreSheet,
    Stage,
    Standard,
    State,
    StateChange,
)
from assessment.models.assessments import PART_FIELDS
from assessment.suggestions import suggest_communities
from assessment.workflow import Refused
from communities.importing.apply import import_register
from communities.importing.register import read_register
from communities.importing.workbooks import read_workbook
from communities.models import Appointment, Category, Community, District, Role, Town
from communities.people import appoint, reset_password

DISTRICT = "武进区"
REGISTER = Path(settings.BASE_DIR) / "communities/initial/register.xlsx"
TOWNS_WITH_OFFICE = ["湖塘镇", "牛塘镇", "横山桥镇", "南夏墅街道"]
"""The towns that the speech names as having set up a 社区科（办） (R4)."""

SEED = 20120930
NAMED_SHARE = {Category.URBAN: Decimal("0.76"), Category.RURAL: Decimal("0.69")}
UNDERWAY = [State.RECEIVED, State.SUBMITTED, State.DRAFT, None, State.DRAFT, State.RETURNED, State.SUBMITTED, None]
"""States of the open year, dealt in turn to the communities without a title; None has not begun."""

HALF = Decimal("0.5")
SLIP = 0.12
"""How often an item without a suggestion loses half a point."""


@dataclass(frozen=True)
class Person:
    """An account of the demonstration: `username` is what one signs in with."""

    username: str
    name: str
    role: Role
    town: Town | None = None
    community: Community | None = None


@transaction.atomic
def load_demonstration(*, now: datetime, first_year: int | None = None) -> list[tuple[Person, str]]:
    """Fill an empty database; answers with everybody and their freshly generated password.

    Without `first_year` the years are chosen so that one lies behind and the next is open. Raises Refused when a
    district exists already.
    """
    if District.objects.exists():
        raise Refused([Obstacle("数据库中已有区，演示数据只能载入空数据库。")])
    today = timezone.localdate(now)
    chosen, deadline = demonstration_years(today)
    campaign = create_campaign(district_name=DISTRICT, first_year=first_year or chosen)
    if deadline and first_year is None:
        campaign.years.filter(year=chosen).update(deadline=deadline)
    register = read_register(read_workbook(REGISTER.read_bytes(), REGISTER.name))
    for campaign_year in list(campaign.years.all())[:2]:
        import_register(
            register, district=campaign.district, year=campaign_year.year, town=None, by=None, previewed=None
        )
    campaign.district.towns.filter(name__in=TOWNS_WITH_OFFICE).update(has_community_office=True)
    people = make_people(campaign.district, today=today)
    fill_district(campaign.district, now=now)
    return people


def renew_passwords() -> list[tuple[Person, str]]:
    """New passwords for everybody of the demonstration district; the old ones end at once."""
    district = District.objects.get(name=DISTRICT)
    users = User.objects.filter(appointments__district=district).in_bulk(field_name="username")
    return [
        (person, reset_password(user=users[person.username], by=None))
        for person in people_of(district)
        if person.username in users
    ]


def people_of(district: District) -> Iterator[Person]:
    """One person in each role of the district, an officer in every town, a worker in the first community."""
    yield Person("qushequban", "王建国", Role.BUREAU_OFFICER)
    yield Person("quld", "李卫东", Role.BUREAU_LEADER)
    yield Person("admin", "陈立新", Role.SYSTEM_ADMINISTRATOR)
    towns = district.towns.all()
    for number, town in enumerate(towns, start=1):
        yield Person(f"zhen{number:02d}", f"{town.name}经办人", Role.TOWN_OFFICER, town=town)
    first = Community.objects.filter(town=towns[0]).order_by("sort_order").select_related("town").first()
    yield Person("shequ01", f"{first}工作者", Role.COMMUNITY_WORKER, town=towns[0], community=first)


def make_people(district: District, *, today: date) -> list[tuple[Person, str]]:
    """Give everybody an account; answers with each person and the freshly generated password."""
    return [
        (
            person,
            appoint(
                username=person.username,
                name=person.name,
                role=person.role,
                district=district,
                town=person.town,
                community=person.community,
                today=today,
                by=None,
            )[1],
        )
        for person in people_of(district)
    ]


def demonstration_years(today: date) -> tuple[int, date | None]:
    """The first year such that it lies behind and the next is open, whatever today is.

    From 1 October to 15 November the first year's own deadline would still run: then it is set to 30 September, the
    way a bureau would; the second value is that changed deadline or None.
    """
    autumn = date(today.year, 9, 30)
    if today <= autumn:
        return today.year - 1, None
    return today.year, autumn if today <= date(today.year, 11, 15) else None


@transaction.atomic
def fill_district(district: District, *, now: datetime) -> None:
    """Assessments, filings and titles of the first year, and a second year under way."""
    first, second, *_later = district.campaign.years.all()
    random = Random(SEED)  # noqa: S311  # a story that repeats, not a secret
    named: set[int] = set()
    for category in Category:
        writer = YearWriter(first, category, random)
        ranked = sorted(writer.communities, key=lambda community: (-writer.suggested_total(community), community.pk))
        chosen = ranked[: int(len(ranked) * NAMED_SHARE[Category(category)])]
        writer.write([(community, State.RECEIVED) for community in chosen], at=evening_of(first, now))
        name_units(chosen, first)
        named |= {community.pk for community in chosen}
    for category in Category:
        writer = YearWriter(second, category, random)
        rest = [community for community in writer.communities if community.pk not in named]
        dealt = [(community, UNDERWAY[number % len(UNDERWAY)]) for number, community in enumerate(rest)]
        begun = [(community, state) for community, state in dealt if state]
        writer.write(begun, at=evening_of(second, now))


def evening_of(campaign_year: CampaignYear, now: datetime) -> datetime:
    """Half past four on the day before the deadline, or two days ago while that is still to come."""
    usual = timezone.make_aware(datetime.combine(campaign_year.deadline - timedelta(days=1), time(16, 30)))
    return min(usual, now - timedelta(days=2))


def name_units(communities: list[Community], campaign_year: CampaignYear) -> None:
    Designation.objects.bulk_create(
        Designation(
            community=community,
            campaign_year=campaign_year,
            document_number=f"苏民基〔{campaign_year.year}〕38号",
            named_on=campaign_year.deadline + timedelta(days=5),
        )
        for community in communities
    )


class YearWriter:
    """Writes the assessments of one category in one year."""

    def __init__(self, campaign_year: CampaignYear, category: str, random: Random) -> None:
        self.campaign_year = campaign_year
        self.random = random
        district = campaign_year.campaign.district
        self.communities = list(
            Community.objects.filter(town__district=district, category=category).select_related("town__district")
        )
        standard = Standard.objects.current(district, category)
        if standard is None:
            raise LookupError(f"没有{category}考评标准")
        self.standard = standard
        self.items = list(Item.objects.filter(standard=standard))
        officers = Appointment.objects.filter(district=district, role=Role.TOWN_OFFICER)
        self.officers = dict(officers.values_list("town", "user"))
        self.receipts = count(campaign_year.receipts + 1)
        ids = [community.pk for community in self.communities]
        found = suggest_communities(self.items, district=district, year=campaign_year.year, communities=ids)
        self.suggested = {community: [item.suggested for item in items] for community, items in found.items()}

    def suggested_total(self, community: Community) -> Decimal:
        return sum((points for points in self.suggested[community.pk] if points is not None), Decimal(0))

    def write(self, states: list[tuple[Community, State]], *, at: datetime) -> None:
        """Assessments with sheets, scores, steps and receipt numbers, in bulk."""
        assessments = Assessment.objects.bulk_create(self.assessment(*pair, at=at) for pair in states)
        scores = {assessment.pk: self.points(assessment) for assessment in assessments}
        sheets = ScoreSheet.objects.bulk_create(
            self.sheet(assessment, scores[assessment.pk]) for assessment in assessments
        )
        ItemScore.objects.bulk_create(
            [score for sheet in sheets for score in self.scores(sheet, scores[sheet.assessment_id])], batch_size=2000
        )
        StateChange.objects.bulk_create(change for sheet in sheets for change in self.changes(sheet, at=at))
        self.campaign_year.receipts = next(self.receipts) - 1
        self.campaign_year.save(update_fields=["receipts"])

    def assessment(self, community: Community, state: State, *, at: datetime) -> Assessment:
        filed = state is not State.DRAFT
        return Assessment(
            community=community,
            campaign_year=self.campaign_year,
            standard=self.standard,
            state=state,
            receipt_number=f"{self.campaign_year.year}-{next(self.receipts):04d}" if filed else "",
            submitted_at=at if filed else None,
            resubmit_by=self.campaign_year.deadline if state is State.RETURNED else None,
        )

    def points(self, assessment: Assessment) -> list[Decimal]:
        """A score an item: the suggestion, else full points less half a point now and then.

        A filed sheet reaches the pass mark; a draft stops somewhere in the middle.
        """
        scores = [
            own if own is not None else item.points - (HALF if self.random.random() < SLIP else 0)
            for item, own in zip(self.items, self.suggested[assessment.community_id], strict=True)
        ]
        if assessment.state == State.DRAFT:
            return scores[: self.random.randrange(6, len(self.items) - 4)]
        for index, item in enumerate(self.items):
            if sum(scores) < self.campaign_year.campaign.pass_mark:
                scores[index] = item.points
        return scores

    def sheet(self, assessment: Assessment, points: list[Decimal]) -> ScoreSheet:
        sheet = ScoreSheet(
            assessment=assessment, stage=Stage.SELF, total=sum(points, Decimal(0)), scored_items=len(points)
        )
        for item, score in zip(self.items, points, strict=False):
            name = PART_FIELDS[Part(item.part)]
            setattr(sheet, name, getattr(sheet, name) + score)
        return sheet

    def scores(self, sheet: ScoreSheet, points: list[Decimal]) -> list[ItemScore]:
        community = sheet.assessment.community
        return [
            ItemScore(
                sheet=sheet,
                item=item,
                points=score,
                reason=reason_for(item, score, own),
                scorer_id=self.officers.get(community.town_id),
            )
            for item, score, own in zip(self.items, points, self.suggested[community.pk], strict=False)
        ]

    def changes(self, sheet: ScoreSheet, *, at: datetime) -> list[StateChange]:
        assessment = sheet.assessment
        town = f"{assessment.community.town}经办人"
        steps = {
            State.DRAFT: [],
            State.SUBMITTED: [("提交申报", State.DRAFT, State.SUBMITTED, town, "")],
            State.RECEIVED: [
                ("提交申报", State.DRAFT, State.SUBMITTED, town, ""),
                ("接收", State.SUBMITTED, State.RECEIVED, "区社区办 王建国", ""),
            ],
            State.RETURNED: [
                ("提交申报", State.DRAFT, State.SUBMITTED, town, ""),
                (
                    "退回修改",
                    State.SUBMITTED,
                    State.RETURNED,
                    "区社区办 王建国",
                    "4.3网格划分图与户数统计不一致，请核对后补齐。",
                ),
            ],
        }
        return [
            StateChange(
                assessment=assessment,
                action=action,
                source=source,
                target=target,
                actor=actor,
                at=at + timedelta(hours=number),
                reason=reason,
                receipt_number=assessment.receipt_number if target == State.SUBMITTED else "",
                total=sheet.total,
            )
            for number, (action, source, target, actor, reason) in enumerate(steps[State(assessment.state)])
        ]


def reason_for(item: Item, score: Decimal, suggested: Decimal | None) -> str:
    if suggested is not None and score != suggested:
        return "已按现场核对情况评分，台账数据待更新。"
    return "对照评分标准自查扣分，已列入整改。" if score < item.points else ""
