"""Small makers with keywords: every fact a test relies on is written in the test."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from assessment.models import (
    Assessment,
    Campaign,
    CampaignYear,
    Designation,
    Item,
    ItemScore,
    ScoreSheet,
    Stage,
    Standard,
)
from communities.lineage.acts import carry_out
from communities.lineage.founding import found, recall
from communities.lineage.plans import Terms, renaming
from communities.models import (
    Appointment,
    Category,
    Community,
    District,
    Reorganisation,
    Role,
    StoredFile,
    Town,
    YearProfile,
)
from communities.models.lineage import BEGINNING

numbers = count(1)
PASSWORD = "Harmony-2012-test"


def make_district(*, name: str | None = None, **fields: Any) -> District:
    number = next(numbers)
    return District.objects.create(name=name or f"测试区{number}", code=f"{number:06d}", **fields)


def make_town(*, district: District, name: str | None = None, **fields: Any) -> Town:
    order = district.towns.count() + 1
    name = name or f"测试{next(numbers)}镇"
    return Town.objects.create(district=district, name=name, kind=Town.kind_of(name), sort_order=order, **fields)


def make_community(
    *,
    town: Town,
    name: str | None = None,
    category: str = Category.URBAN,
    profile: dict[str, Any] | None = None,
    year: int = 2012,
    since: date = BEGINNING,
) -> Community:
    order = town.communities.count() + 1
    community = Community(
        town=town,
        name=name or f"测试{next(numbers)}社区",
        category=category,
        code=f"{town.district.code}{town.sort_order:03d}{order:03d}",
        sort_order=order,
    )
    found([community], since=since)
    if profile is not None:
        YearProfile.objects.create(community=community, year=year, **profile)
    return community


def make_renaming(community: Community, *, was: str, on: date) -> Reorganisation:
    """The record that the community had another name until that day; what it is called now stays."""
    name = community.name
    recall(community, name=was)
    return carry_out(renaming(community, name=name), Terms(on, "地名规范"), by=None, now=timezone.now()).reorganisation


def make_person(
    *,
    role: Role,
    district: District | None = None,
    town: Town | None = None,
    community: Community | None = None,
    name: str = "",
) -> Appointment:
    """A user with the common test password and a current appointment."""
    username = f"{role}-{next(numbers)}"
    user = User.objects.create_user(username=username, password=PASSWORD, name=name or username)
    town = town or (community.town if community else None)
    district = district or (town.district if town else make_district())
    return Appointment.objects.create(user=user, role=role, district=district, town=town, community=community)


def make_file(*, owner: District | Town | Community, **fields: Any) -> StoredFile:
    """The row of a file of that unit, by default without anything on disk."""
    community = owner if isinstance(owner, Community) else None
    town = community.town if community else owner if isinstance(owner, Town) else None
    district = town.district if town else owner
    defaults = {"file": "x.jpg", "name": "证书.jpg", "kind": "image/jpeg", "size": 2, "sha256": f"{next(numbers):064d}"}
    return StoredFile.objects.create(district=district, town=town, community=community, **{**defaults, **fields})


def make_campaign(*, district: District, first_year: int = 2012, deadlines: list[date] | None = None) -> Campaign:
    """The campaign of the speech: three years, cumulative targets, 15 November in the first year."""
    campaign = Campaign.objects.create(district=district, name="省级和谐社区建设示范社区（村）创建活动")
    deadlines = deadlines or [date(first_year, 11, 15), date(first_year + 1, 9, 30), date(first_year + 2, 9, 30)]
    targets = [(75, 71), (83, 81), (98, 95)]
    for number, ((urban, rural), deadline) in enumerate(zip(targets, deadlines, strict=True)):
        CampaignYear.objects.create(
            campaign=campaign, year=first_year + number, deadline=deadline, urban_target=urban, rural_target=rural
        )
    return campaign


def make_standard(
    *,
    category: str = Category.URBAN,
    items: list[dict[str, Any]] | None = None,
    district: District | None = None,
    **fields: Any,
) -> Standard:
    """A published standard; by default eight items of 12.5 points, one a part, without metrics."""
    version = Standard.objects.filter(category=category).count() + 1
    standard = Standard.objects.create(
        category=category, version=version, name="测试考评标准", district=district, **fields
    )
    rows = items or [{"part": part, "code": f"{part}.1", "points": Decimal("12.5")} for part in range(1, 9)]
    for order, row in enumerate(rows, start=1):
        defaults = {"content": "考评内容", "rule": "评分标准", "method": "材料审核", "evidence": "材料"}
        Item.objects.create(standard=standard, sort_order=order, **{**defaults, **row})
    return standard


def make_assessment(
    *,
    community: Community,
    campaign_year: CampaignYear,
    standard: Standard | None = None,
    scores: dict[str, Decimal | str] | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment with its self sheet; `scores` maps item codes to points and the sums are stored with them."""
    standard = standard or make_standard(category=community.category)
    assessment = Assessment.objects.create(
        community=community, campaign_year=campaign_year, standard=standard, **fields
    )
    sheet = ScoreSheet.objects.create(assessment=assessment, stage=Stage.SELF)
    for item in standard.items.all():
        if item.code in (scores or {}):
            points = Decimal(scores[item.code])
            reason = "" if points == item.points else "测试原因"
            ItemScore.objects.create(sheet=sheet, item=item, points=points, reason=reason)
            setattr(sheet, f"part_{item.part}", sheet.part_sum(item.part) + points)
            sheet.total += points
            sheet.scored_items += 1
    sheet.save()
    return assessment


def make_designation(
    *, community: Community, campaign_year: CampaignYear, named_on: date, **fields: Any
) -> Designation:
    fields.setdefault("document_number", "苏民基〔2012〕1号")
    return Designation.objects.create(community=community, campaign_year=campaign_year, named_on=named_on, **fields)
