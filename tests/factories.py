"""Small makers with keywords: every fact a test relies on is written in the test."""

from datetime import date
from decimal import Decimal
from itertools import count, product
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from assessment.models import (
    Assessment,
    Campaign,
    CampaignYear,
    Designation,
    Item,
    ItemScore,
    Notice,
    ScoreSheet,
    Stage,
    Standard,
)
from assessment.models.campaigns import end_of_day
from communities.lineage.acts import carry_out
from communities.lineage.founding import found, recall
from communities.lineage.plans import Terms, renaming
from communities.models import (
    Appointment,
    Category,
    Community,
    Department,
    District,
    Reorganisation,
    Role,
    StoredFile,
    Town,
    YearProfile,
)
from communities.models.lineage import BEGINNING
from communities.models.masked import MaskedField
from communities.models.members import MembersField
from communities.models.records import REGISTERS, Record, Register

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
    department: Department | None = None,
    name: str = "",
) -> Appointment:
    """A user with the common test password and a current appointment."""
    username = f"{role}-{next(numbers)}"
    user = User.objects.create_user(username=username, password=PASSWORD, name=name or username)
    town = town or (community.town if community else None)
    home = town or department
    return Appointment.objects.create(
        user=user,
        role=role,
        district=district or (home.district if home else make_district()),
        town=town,
        community=community,
        department=department,
    )


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


def make_notice(*, user: User, **fields: Any) -> Notice:
    defaults = {"kind": Notice.Kind.REMINDER, "key": str(next(numbers)), "text": "请办理", "sent_at": timezone.now()}
    return Notice.objects.create(user=user, **{**defaults, **fields})


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
    """An assessment with its self sheet; `scores` maps item codes to points and the sums are stored with them.

    It was begun on the first day of its year, unless `created_at` says otherwise.
    """
    standard = standard or make_standard(category=community.category)
    created_at = fields.pop("created_at", end_of_day(date(campaign_year.year - 1, 12, 31)))
    assessment = Assessment.objects.create(
        community=community, campaign_year=campaign_year, standard=standard, **fields
    )
    Assessment.objects.filter(pk=assessment.pk).update(created_at=created_at)
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


# --- records of any register -------------------------------------------------------------------------------------
FITTING: dict[str, dict[str, Any]] = {"grid-log": {"kind": "issue"}, "ledger": {"steps_done": ""}}
"""What the rules between the fields of a register ask for, beyond what each field asks for on its own."""


def make_record(
    register: str | Register | type[Record],
    *,
    community: Community | None = None,
    town: Town | None = None,
    district: District | None = None,
    year: int = 2012,
    full: bool = False,
    **facts: Any,
) -> Any:
    """A stored record of any register, kept by the unit of its kind; `full` fills the optional columns too.

    It is written past the services, so nothing is counted: what a test counts, it writes through them. Of a register
    that has one record a year, the one that is there is filled.
    """
    register = register_of(register)
    town = town or (community.town if community else None)
    units = {"community": community, "town": town, "district": district or (town.district if town else None)}
    of_unit = {register.unit: units[register.unit], **({"year": year} if register.yearly else {})}
    record = (register.records.filter(**of_unit).first() if not register.key else None) or register.model(**of_unit)
    for name, value in {**sound_values(record, year=year, full=full), **facts}.items():
        setattr(record, name, value)
    record.clean()
    record.save()
    return record


def register_of(register: str | Register | type[Record]) -> Register:
    if isinstance(register, str):
        return REGISTERS[register]
    return register if isinstance(register, Register) else register.register


def sound_values(record: Record, *, year: int = 2012, full: bool = False) -> dict[str, Any]:
    """Values for the required columns of a record, or all of them, that its form would take; texts are all different.

    A key of fixed choices takes the next that the unit does not use yet.
    """
    register = record.register
    number = next(numbers)
    values = {
        field.name: sound_value(field, record, number, year)
        for field in map(record._meta.get_field, register.columns)
        if full or not (field.blank or field.has_default())
    }
    if register.key and all(record._meta.get_field(name).choices for name in register.key):
        values |= next_choice(record)
    return values | {name: value for name, value in FITTING.get(register.slug, {}).items() if name in values}


def sound_value(field: Any, record: Record, number: int, year: int) -> Any:
    if isinstance(field, models.ForeignKey):
        return named_record(field, record, year)
    if field.choices:
        return next(value for value, _label in field.flatchoices if value)
    if isinstance(field, MembersField):
        return field.members[0]
    if isinstance(field, MaskedField):
        return f"139{number:08d}"
    if isinstance(field, models.CharField):
        return f"{field.verbose_name}{number}"[-field.max_length :]
    by_kind = {
        models.DateField: date(year, 3, 9),
        models.BooleanField: True,
        models.DecimalField: Decimal("12.5"),
        models.IntegerField: 3,
    }
    return next(value for kind, value in by_kind.items() if isinstance(field, kind))


def named_record(field: Any, record: Record, year: int) -> Any:
    """Another record that a record names: one of its unit, made where there is none."""
    if field.related_model is Town:
        return None
    if field.related_model is Community:
        return None
    unit = record.unit
    if field.related_model.UNIT == "district":
        unit = unit.town.district if isinstance(unit, Community) else unit.district
    of_unit = {field.related_model.UNIT: unit}
    of_year = {"year": year} if field.related_model.register.yearly else {}
    found = field.related_model.objects.filter(**of_unit, **of_year).first()
    return found or make_record(field.related_model, **of_unit, year=year)


def next_choice(record: Record) -> dict[str, str]:
    """A key of fixed choices that the unit has no record of yet; StopIteration where it has one of each."""
    register = record.register
    used = register.records.filter(**{register.unit: record.unit})
    used = used.filter(year=record.year) if register.yearly else used
    taken = set(used.values_list(*register.key))
    choices = [[value for value, _label in record._meta.get_field(name).flatchoices] for name in register.key]
    return dict(zip(register.key, next(key for key in product(*choices) if key not in taken), strict=True))
