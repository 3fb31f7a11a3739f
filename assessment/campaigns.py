"""Setting up a campaign and changing its terms, each change with its history (R40-R43, R71-R72, R82)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models, transaction
from django.db.models import Count, Q, QuerySet

from accounts import audit
from accounts.models import AuditEvent
from assessment.holidays import why_off
from assessment.models import Campaign, CampaignYear
from assessment.models.campaigns import needed
from assessment.standards.publishing import load_initial_standards
from communities.ledger_kinds import load_ledger_kinds
from communities.models import Appointment, Category, Community, District
from communities.templatetags.official import fact

NAME = "省级和谐社区建设示范社区（村）创建活动"
DISTRICT_CODE = "320412"
PASS_MARK = Decimal(90)
FIRST_DEADLINE, LATER_DEADLINE = (11, 15), (9, 30)
TERMS = [(75, 71, ""), (83, 81, ""), (98, 95, "率先基本实现现代化宣布之前")]
"""Urban and rural target in percent, and the milestone, of each year of the speech (R41-R43)."""

YEARS = range(2000, 2100)
PROVINCIAL_VISIT = (11, 30)
SQUEEZE_DAYS = 30

Setting = Campaign | CampaignYear | District
ACTIONS: dict[type[models.Model], str] = {
    Campaign: "修改创建活动",
    CampaignYear: "修改年度目标和期限",
    District: "修改区级口径",
}
"""How the change of each setting is called in its history."""


CREATED = "建立创建活动"


class CampaignRefusedError(Exception):
    """A campaign that cannot be set up; the message is a Chinese sentence."""


@transaction.atomic
def create_campaign(
    *, district_name: str, first_year: int, code: str | None = None, by: Appointment | None = None
) -> Campaign:
    """The campaign of the speech for a district, which is made where it is new, with the initial standards and kinds
    of ledger entries.

    `code` is the district's six digits. Raises CampaignRefusedError.
    """
    if first_year not in YEARS:
        raise CampaignRefusedError(f"首年度{first_year}不在{YEARS.start}至{YEARS.stop - 1}之间。")
    district = _district(district_name.strip(), code)
    if Campaign.objects.filter(district=district).exists():
        raise CampaignRefusedError(f"{district}已有创建活动，不能重复建立；目标和期限可在“创建活动”页面修改。")
    campaign = Campaign.objects.create(district=district, name=NAME, pass_mark=PASS_MARK)
    CampaignYear.objects.bulk_create(_years(campaign, first_year))
    load_initial_standards(by=by)
    load_ledger_kinds(district)
    after = {"区": district.name, "首年度": first_year, "合格线": fact(PASS_MARK)}
    audit.record(CREATED, campaign, by=by.user if by else None, after=after)
    return campaign


def _years(campaign: Campaign, first_year: int) -> list[CampaignYear]:
    return [
        CampaignYear(
            campaign=campaign,
            year=first_year + number,
            deadline=date(first_year + number, *(LATER_DEADLINE if number else FIRST_DEADLINE)),
            urban_target=urban,
            rural_target=rural,
            milestone=milestone,
        )
        for number, (urban, rural, milestone) in enumerate(TERMS)
    ]


def _district(name: str, code: str | None) -> District:
    existing = District.objects.filter(name=name).first()
    if existing:
        if code not in {None, existing.code}:
            raise CampaignRefusedError(f"{existing}的区划代码是{existing.code}，与{code}不符，请核对 --code。")
        return existing
    code = code or DISTRICT_CODE
    longest = District._meta.get_field("name").max_length or 0
    if not 0 < len(name) <= longest:
        raise CampaignRefusedError(f"区名应为1至{longest}个字。")
    if not re.fullmatch(r"[0-9]{6}", code):
        raise CampaignRefusedError(f"区划代码“{code}”应为6位数字。")
    holder = District.objects.filter(code=code).first()
    if holder:
        raise CampaignRefusedError(f"区划代码{code}已属于{holder}，请用 --code 写明{name}的6位区划代码。")
    return District.objects.create(name=name, code=code)


# --- changing the terms ------------------------------------------------------------------------------------------
def history_of(campaign: Campaign) -> QuerySet[AuditEvent]:
    """Every change to the terms of the campaign, its years and the district's decisions, newest first."""
    about = Q()
    for record in (campaign, campaign.district, *campaign.years.all()):
        about |= Q(object_type=record._meta.label_lower, object_id=str(record.pk))
    return AuditEvent.objects.filter(about, action__in=[CREATED, *ACTIONS.values()])


# --- looking at them ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Target:
    """A category's target of a year against the communities there are now."""

    category: Category
    percent: Decimal
    total: int

    @property
    def needed(self) -> int:
        return needed(self.total, self.percent)


@dataclass(frozen=True)
class YearTerms:
    """One year as the settings page shows it."""

    year: CampaignYear
    targets: list[Target]
    notes: list[str]


def terms_of(campaign: Campaign) -> list[YearTerms]:
    """The years in order with needed counts and what to watch."""
    communities = Community.objects.living().filter(town__district=campaign.district).order_by()
    totals = dict(communities.values_list("category").annotate(total=Count("pk")))
    return [
        YearTerms(
            year,
            [Target(category, year.target(category), totals.get(category.value, 0)) for category in Category],
            deadline_notes(year),
        )
        for year in campaign.years.all()
    ]


def deadline_notes(year: CampaignYear) -> list[str]:
    """What the calendar makes of a deadline: a day off, a wrong year, too little time before the provincial visit."""
    notes = []
    if why_off(year.deadline):
        notes.append(f"{fact(year.deadline)}是{why_off(year.deadline)}，截止日期不顺延。")
    if year.deadline.year != year.year:
        notes.append(f"截止日期不在{year.year}年内，请核对。")
    left = (date(year.year, *PROVINCIAL_VISIT) - year.deadline).days
    if 0 <= left < SQUEEZE_DAYS:
        notes.append(
            f"省考评在11月30日前进行，截止后只有{left}天完成区预查、征求部门意见、市抽查和验收请示，请提前安排。"
        )
    return notes
