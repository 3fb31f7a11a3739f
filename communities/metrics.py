"""Metrics: every figure that an item of the standard or a page takes from the registers, defined once.

A metric is a name of the standard's dictionary with label, unit, definition (口径) and one SQL expression over
`YearProfile`. Its value is None while a fact it needs is unknown; unknown is never 0. Nobody types a metric (R23).
`DICTIONARY` holds every name a standard may bind an item to; those the registers can feed by now are in `METRICS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, DecimalField, ExpressionWrapper, F, FloatField, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest, Round

from communities.models import District, YearProfile

MetricValue = Decimal | bool | frozenset[str] | None
Expression = Combinable

DICTIONARY: dict[str, type] = {
    "staff_shortfall": Decimal,
    "cert_rate": Decimal,
    "station_staff_count": Decimal,
    "premises_area_sqm": Decimal,
    "premises_right_doc": bool,
    "outdoor_area_sqm": Decimal,
    "function_rooms": frozenset,
    "sign_mismatch_count": Decimal,
    "org_units": frozenset,
    "has_party_org": bool,
    "election_overdue": bool,
    "grid_coverage_rate": Decimal,
    "grid_unqualified_count": Decimal,
    "grid_issue_close_rate": Decimal,
    "platform_functions": frozenset,
    "public_services": frozenset,
    "service_station_standard": bool,
    "offpeak_roster": bool,
    "agency_overdue_count": Decimal,
    "funding_paid_rate": Decimal,
    "social_org_count": Decimal,
    "co_build_agreements": Decimal,
    "disclosure_updates_year": Decimal,
    "supervision_records_year": Decimal,
    "resident_meetings_year": Decimal,
    "participation_forms": frozenset,
    "mediation_success_rate": Decimal,
    "safety_checks_year": Decimal,
    "major_incident_count": Decimal,
    "library_books": Decimal,
    "activities_year": Decimal,
    "culture_teams": Decimal,
    "lectures_year": Decimal,
    "bulletin_updates_year": Decimal,
    "env_problem_count": Decimal,
    "has_resident_pact": bool,
    "volunteer_rate": Decimal,
    "satisfaction_rate": Decimal,
    "awareness_rate": Decimal,
    "town_has_community_office": bool,
}
"""The 40 names of the standard's metric dictionary, and what each is: a number, a yes or no, or a set of members."""

STAFF_BASE = 4
STAFF_BASE_HOUSEHOLDS = 1000
STAFF_STEP_HOUSEHOLDS = 250


@dataclass(frozen=True)
class Metric:
    """`expressions` builds {member: expression}; a plain metric has the single member "".

    The label of a yes-or-no metric is a verb phrase that takes 已 or 未 before it. `met` is how people say that nothing
    is missing, where label and number would say it badly.
    """

    name: str
    label: str
    unit: str
    definition: str
    expressions: Callable[[District], Mapping[str, Expression]]
    met: str = ""

    def value(self, members: Mapping[str, object]) -> MetricValue:
        """The metric's value from the values of its members; None while any is unknown."""
        if any(value is None for value in members.values()):
            return None
        if "" not in members:
            return frozenset(member for member, present in members.items() if present)
        value = members[""]
        return value if isinstance(value, bool) else Decimal(str(value))


ORGANISATION_UNITS = {
    "一委": "has_party_committee",
    "一居": "has_residents_committee",
    "一站": "has_service_station",
    "一办": "has_governance_office",
}


def field(name: str) -> Callable[[District], Mapping[str, Expression]]:
    return lambda _district: {"": F(name)}


def staff_required(district: District) -> Expression:
    """4 people up to 1,000 households, 1 more per 250 beyond, rounded as the district decided (R25).

    Meaningless while the households are unknown: guard it, since GREATEST of a blank differs between engines.
    """
    beyond: Expression = Greatest(F(f"{district.staffing_households}_households") - STAFF_BASE_HOUSEHOLDS, Value(0))
    if district.staffing_rounding == District.StaffingRounding.CEIL:
        beyond = beyond + (STAFF_STEP_HOUSEHOLDS - 1)
    return ExpressionWrapper(Value(STAFF_BASE) + beyond / Value(STAFF_STEP_HOUSEHOLDS), output_field=IntegerField())


def staff_shortfall(district: District) -> Expression:
    """People missing against `staff_required`: 0 where there are enough, unknown without households or workers."""
    missing = ExpressionWrapper(staff_required(district) - F("workers"), output_field=IntegerField())
    known = {"workers__isnull": False, f"{district.staffing_households}_households__isnull": False}
    return Case(When(**known, then=Greatest(missing, Value(0))), default=None, output_field=IntegerField())


def certified_rate() -> Expression:
    """Certified workers in percent of all, to four places; unknown where there are no workers.

    Divided as reals, because SQLite keeps whole numbers whole even when they are cast to decimals.
    """
    rate = ExpressionWrapper(
        Cast(F("certified_workers"), FloatField()) * Value(100) / F("workers"), output_field=FloatField()
    )
    decimal = DecimalField(max_digits=12, decimal_places=4)
    return Case(When(workers__gt=0, then=Round(Cast(rate, decimal), precision=4)), default=None, output_field=decimal)


METRICS = {
    metric.name: metric
    for metric in [
        Metric(
            "has_party_org",
            "建立党组织",
            "",
            "已建立社区（村）党委、党总支或党支部。",
            field("has_party_committee"),
        ),
        Metric(
            "org_units",
            "已设机构",
            "",
            "一委（党组织）、一居（居、村委会）、一站（服务站）、一办（综治办）中已设立的机构。",
            lambda _district: {member: F(name) for member, name in ORGANISATION_UNITS.items()},
        ),
        Metric(
            "staff_shortfall",
            "专职工作者缺额",
            "人",
            "应配人数减实有专职工作者人数，不缺的为0；1000户及以下应配4人，超过部分每250户增配1人，户数口径和尾数取舍按区设置。",
            lambda district: {"": staff_shortfall(district)},
            met="专职工作者人数已配足",
        ),
        Metric(
            "cert_rate",
            "持证率",
            "%",
            "持有社会工作者职业水平证书的专职工作者人数占专职工作者总人数的百分比。",
            lambda _district: {"": certified_rate()},
        ),
        Metric("premises_area_sqm", "用房", "㎡", "社区（村）办公和服务用房建筑面积合计。", field("premises_area_sqm")),
        Metric("outdoor_area_sqm", "户外健身活动场所", "㎡", "户外健身活动场所面积合计。", field("outdoor_area_sqm")),
        Metric(
            "platform_connected",
            "接入综合管理服务平台",
            "",
            "已接入城乡社区综合管理服务平台。",
            field("platform_connected"),
        ),
        Metric(
            "town_has_community_office",
            "成立镇级社区科（办）",
            "",
            "所在镇（开发区、街道）已成立社区科（办）。",
            field("community__town__has_community_office"),
        ),
    ]
}


def read_metrics(district: District, year: int, community_ids: list[int]) -> dict[int, dict[str, MetricValue]]:
    """Metric values of communities in a year, in one query: {community id: {metric name: value}}.

    A community without a profile has no entry.
    """
    expressions = {
        f"{metric.name}|{member}": expression
        for metric in METRICS.values()
        for member, expression in metric.expressions(district).items()
    }
    aliases = {f"metric_{number}": key for number, key in enumerate(expressions)}
    profiles = YearProfile.objects.filter(year=year, community__in=community_ids).order_by()
    rows = profiles.annotate(**{alias: expressions[key] for alias, key in aliases.items()}).values(
        "community_id", *aliases
    )
    return {row["community_id"]: _values({aliases[alias]: row[alias] for alias in aliases}) for row in rows}


def _values(row: Mapping[str, object]) -> dict[str, MetricValue]:
    members: dict[str, dict[str, object]] = {name: {} for name in METRICS}
    for key, value in row.items():
        name, member = key.split("|")
        members[name][member] = value
    return {name: METRICS[name].value(found) for name, found in members.items()}
