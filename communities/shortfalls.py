"""短板: the ways in which a community can fall short, each one row of one table (R30, R36, R37, R48, R60).

The filter `?short=`, the figures and the standing reports all read that row, so their numbers agree. Unknown is not
short: a blank fact matches no condition, and `known` says of whom it can be said at all. What depends on the category
is held against that of the day: rows come with `place`, the community's version of that day (decision 14).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

from communities import shortfall_reports as reports
from communities.ledger_intervals import earliest, limited_kinds
from communities.metrics import ORGANISATION_UNITS, staff_shortfall
from communities.models import Category, District, LedgerEntry, YearProfile
from communities.models.profiles import HOUSEHOLD_FACTS
from communities.shortfall_reports import Asked, Report
from communities.thresholds import CERTIFIED_PERCENT, OUTDOOR_SQM, PREMISES_SQM, THREE_UNITS


@dataclass(frozen=True)
class Source:
    """Where a shortfall reads: the rows of a year, and the path to their community.

    A row's `place` is its community's version of the day, none where there was no community; the versions are joined
    if a condition asks for it, and once only, since all conditions go along with the year and the day.
    """

    rows: Callable[..., QuerySet]
    path: str


PROFILES = Source(lambda year, day, *inside: YearProfile.objects.placed(day).filter(*inside, year=year), "community")


@dataclass(frozen=True)
class Shortfall:
    """One way to fall short. `definition` is the 口径, with the rule of the district where there is a choice.

    `condition` is what falls short on a day, `known` what can be judged at all, with all that falls short; both over
    the rows of `source`, `known` without asking for `place`. `categories` are those it applies to. `report` lays the
    standing report out; None where it is a filter only.
    """

    name: str
    label: str
    definition: Callable[[District], str]
    condition: Callable[[District, date], Q]
    known: Callable[[District], Q]
    report: Callable[[Asked], Report] | None = None
    categories: tuple[Category, ...] = tuple(Category)
    source: Source = PROFILES


# --- conditions --------------------------------------------------------------------------------------------------
def any_missing(units: tuple[str, ...]) -> Q:
    missing = Q()
    for unit in units:
        missing |= Q(**{ORGANISATION_UNITS[unit]: False})
    return missing


def certificates_below() -> Q:
    below = Q()
    for category, percent in CERTIFIED_PERCENT.items():
        rate_below = Q(LessThan(F("certified_workers") * 100, F("workers") * percent))
        below |= Q(place__category=category) & rate_below
    return below


def grid_unfinished(as_of: date) -> Q:
    unfinished = Q()
    for milestone in ("grid_divided_on", "grid_teamed_on", "grid_published_on"):
        unfinished |= Q(**{milestone: None}) | Q(**{f"{milestone}__gt": as_of})
    return unfinished


def grid_gaps(district: District) -> Q:
    """Whoever has no cells, households in none or in two of them, or a cell that lacks one of the four (R55)."""
    households = F(f"{district.staffing_households}_households")
    return (
        Q(grid_cells=0)
        | Q(grid_households__lt=households)
        | Q(grid_households__gt=households)
        | Q(grid_unqualified__gt=0)
    )


def ledger_late(district: District, as_of: date) -> Q:
    """Whoever has a kind without a complete entry within its interval up to the day (R60)."""
    late = Q(pk__in=[])
    for kind in limited_kinds(district):
        entries = LedgerEntry.objects.filter(community=OuterRef("community"), kind=kind, is_complete=True)
        fresh = Exists(entries.filter(date__gte=earliest(kind, as_of), date__lte=as_of).order_by())
        applies = Q(place__category=kind.for_category) if kind.for_category else Q()
        late |= applies & ~Q(fresh)
    return late


def facts(*names: str) -> Callable[[District], Q]:
    """Known where none of the facts is blank; `households` is the kind that the district counts by."""

    def known(district: District) -> Q:
        fields = [f"{district.staffing_households}_{name}" if name == "households" else name for name in names]
        return Q(**{f"{field}__isnull": False for field in fields})

    return known


def units_known(units: tuple[str, ...]) -> Callable[[District], Q]:
    """Known where all of them are, or where one is known to be missing."""
    return lambda district: facts(*(ORGANISATION_UNITS[unit] for unit in units))(district) | any_missing(units)


GRID_FACTS = facts("households", "grid_cells", "grid_households", "grid_unqualified")


def always(text: str) -> Callable[[District], str]:
    return lambda _district: text


SHORTFALLS = {
    shortfall.name: shortfall
    for shortfall in [
        Shortfall(
            "premises",
            "用房不达标",
            always(f"用房面积不足{PREMISES_SQM}㎡（{PREMISES_SQM}㎡为达标）；附补足途径和完成时间。"),
            lambda _district, _as_of: Q(premises_area_sqm__lt=PREMISES_SQM),
            facts("premises_area_sqm"),
            reports.premises,
        ),
        Shortfall(
            "outdoor",
            "户外场地不达标",
            always(f"户外健身活动场所面积不足{OUTDOOR_SQM}㎡（{OUTDOOR_SQM}㎡为达标）；附补足途径和完成时间。"),
            lambda _district, _as_of: Q(outdoor_area_sqm__lt=OUTDOOR_SQM),
            facts("outdoor_area_sqm"),
            reports.outdoor,
        ),
        Shortfall(
            "staff",
            "人员不到位",
            lambda district: (
                "专职工作者实有人数少于应配人数：1000户及以下配4人，超过部分每250户增配1人。"
                f"现行规则：户数按{district.get_staffing_households_display()}，"
                f"尾数{district.get_staffing_rounding_display()}；农村社区（村）不适用。"
            ),
            lambda district, _as_of: (
                Q(place__category=Category.URBAN) & Q(GreaterThan(staff_shortfall(district), Value(0)))
            ),
            facts("households", "workers"),
            reports.staff,
            categories=(Category.URBAN,),
        ),
        Shortfall(
            "certificates",
            "持证率缺口",
            always(
                "持有社会工作者职业水平证书的比例，城镇社区低于80%、农村社区（村）低于50%（含本数为达标）；"
                "缺口为专职工作者人数乘以标准、有小数的进一位，减去持证人数。"
            ),
            lambda _district, _as_of: certificates_below(),
            facts("workers", "certified_workers"),
            reports.certificates,
        ),
        Shortfall(
            "funding",
            "经费不落实",
            always("实拨经费少于核定经费，各来源合计；没有登记经费的不列入。"),
            lambda _district, _as_of: Q(funding_paid__lt=F("funding_approved")),
            facts("funding_approved", "funding_paid"),
            reports.funding,
        ),
        Shortfall(
            "grid_gaps",
            "网格空白",
            lambda district: (
                "没有网格；网格户数少于总户数（空白）或多于总户数（重复登记）；"
                "或有网格缺网格长、成员、岗位职责、公示牌之一。"
                f"总户数按{district.get_staffing_households_display()}。"
            ),
            lambda district, _as_of: grid_gaps(district),
            lambda district: GRID_FACTS(district) | grid_gaps(district),
            reports.grid_gaps,
        ),
        Shortfall(
            "signs",
            "挂牌不符",
            always("有内容与实际功能或权属不一致、尚未摘除的标牌。"),
            lambda _district, _as_of: Q(sign_mismatches__gt=0),
            facts("sign_mismatches"),
            reports.signs,
        ),
        Shortfall(
            "platform",
            "未联网",
            always("没有接入城乡社区综合管理服务平台；接入率城镇、农村分别计算。"),
            lambda _district, _as_of: Q(platform_connected=False),
            facts("platform_connected"),
            reports.platform,
        ),
        Shortfall(
            "elections_only",
            "只有选举没有决策、管理、监督",
            always("台账中有环节齐全的民主选举记录，而民主决策、民主管理、民主监督一项也没有。"),
            lambda _district, _as_of: Q(self_government="民主选举"),
            facts("self_government"),
            reports.elections_only,
        ),
        Shortfall(
            "incomplete",
            "家底不清",
            always(
                f"年度台账应知的{len(HOUSEHOLD_FACTS)}项有未填的，完整度低的在前；还没有年度台账的列为情况不明。"
                "供区、镇补齐台账用，不是排名。"
            ),
            lambda _district, _as_of: Q(known_facts__lt=len(HOUSEHOLD_FACTS)),
            facts(),
            reports.incomplete,
        ),
        Shortfall(
            "ledger_late",
            "台账超期",
            always("规定了登记间隔的台账事项，在截至统计日的一个间隔内没有环节齐全的记录。"),
            ledger_late,
            facts(),
            reports.ledger_late,
        ),
        Shortfall(
            "district_above_town",
            "区级经费高于镇级",
            always("区级核定经费高于镇级核定经费，与“镇级为主、区级为辅”不符，提示核对。"),
            lambda _district, _as_of: Q(funding_district__gt=F("funding_town")),
            facts("funding_district", "funding_town"),
            reports.district_above_town,
        ),
        Shortfall(
            "no_party",
            "党组织未建",
            always("没有建立社区（村）党组织；党组织是必须首先建立的机构。"),
            lambda _district, _as_of: Q(has_party_committee=False),
            facts("has_party_committee"),
            reports.no_party,
        ),
        Shortfall(
            "units3",
            "一委一居一站不全",
            always("党组织、居（村）委会、服务站有未建立的。"),
            lambda _district, _as_of: any_missing(THREE_UNITS),
            units_known(THREE_UNITS),
        ),
        Shortfall(
            "units4",
            "一委一居一站一办不全",
            always("党组织、居（村）委会、服务站、综治办有未建立的。"),
            lambda _district, _as_of: any_missing(tuple(ORGANISATION_UNITS)),
            units_known(tuple(ORGANISATION_UNITS)),
        ),
        Shortfall(
            "grid",
            "网格三步未完成",
            always("截至统计日网格划分、团队组建、服务公示三步没有都完成。"),
            lambda _district, as_of: grid_unfinished(as_of),
            facts(),
        ),
    ]
}
"""By name, as used in the address of the list: ?short=premises."""
