"""年度台账: what is a number of the year for one community. A blank is unknown, never 0.

Some facts are counted from registers (`Register.counts`): once a register of the community has records, or is declared
to have none, its facts are written by `communities.counting` only and `counted` names them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, FilteredRelation, Q, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse

from communities.models.funding import wan
from communities.models.ledger import DEMOCRACY
from communities.models.members import MembersField
from communities.models.places import Community, valid_on
from communities.models.platform import PLATFORM_FUNCTIONS
from communities.models.premises import ROOM_FUNCTIONS
from communities.models.records import NOT_NEGATIVE, CommunityRecord, RecordQuerySet, register
from communities.models.services import PUBLIC_SERVICES

PARTICIPATION = ("民情恳谈", "民意调查", "民主协调", "民意听证")

OFFICE_FACTS = (
    *("registered_households", "resident_households", "premises_area_sqm", "outdoor_area_sqm"),
    *("has_party_committee", "has_residents_committee", "has_service_station", "has_governance_office"),
    *("grid_cells", "grid_divided_on", "grid_teamed_on", "grid_published_on"),
    *("workers", "certified_workers", "platform_connected", "remarks"),
)
"""The facts of the office's own table in its order (the columns of 社区基本情况表)."""

SECTIONS: dict[str, tuple[str, ...]] = {
    "人口和户数": ("registered_households", "resident_households", "resident_population"),
    "基层组织": (
        *("has_party_committee", "has_residents_committee", "has_service_station", "has_governance_office"),
        *("term_ends_on", "term_extended", "workers", "certified_workers", "station_staff"),
    ),
    "自治和公开": (
        *("disclosures", "supervision_records", "resident_meetings", "participation_forms", "self_government"),
        *("has_resident_pact",),
    ),
    "用房和标牌": (
        *("premises_area_sqm", "premises_right_doc", "outdoor_area_sqm", "premises_plans", "function_rooms"),
        *("sign_mismatches",),
    ),
    "便民服务": ("service_station_standard", "offpeak_roster", "cases", "public_services"),
    "网格和平台": (
        *("grid_cells", "grid_households", "grid_unqualified", "grid_issues", "grid_issues_closed"),
        *("grid_divided_on", "grid_teamed_on", "grid_published_on"),
        *("platform_connected", "platform_connected_on", "platform_functions"),
    ),
    "经费（万元）": ("funding_approved", "funding_paid", "funding_district", "funding_town"),
    "三社联动": ("social_organisations", "culture_teams", "social_work_projects", "co_build_agreements"),
    "秩序和文化": (
        *("mediations", "mediations_succeeded", "safety_checks", "major_incidents"),
        *("library_books", "activities", "lectures", "bulletin_updates"),
    ),
    "环境和文明": (
        *("env_problems", "volunteers", "satisfaction_sample", "satisfied", "awareness_sample", "aware"),
        *("remarks",),
    ),
}
"""The facts of a profile as its pages show them."""

FACTS = tuple(name for names in SECTIONS.values() for name in names)
COUNTED_ONLY = (
    *("funding_approved", "funding_paid", "funding_district", "funding_town", "cases"),
    *("function_rooms", "platform_functions", "public_services", "participation_forms", "self_government"),
)
"""Facts that nobody types, not even where their register is empty."""

OPTIONAL = {
    "remarks",
    "station_staff",
    "supervision_records",
    "term_extended",
    "premises_plans",
    "platform_connected_on",
}
"""Facts whose blank is no gap: for one category only, or present only in some cases."""

HOUSEHOLD_FACTS = tuple(name for name in FACTS if name not in OPTIONAL)
"""家底: the facts that every community should know (R35)."""


def number_known(names: Iterable[str]) -> Any:
    """How many of the facts are known."""
    parts = [Case(When(**{f"{name}__isnull": False}, then=Value(1)), default=Value(0)) for name in names]
    total: Combinable = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def count(label: str, unit: str = "") -> models.PositiveIntegerField:
    return models.PositiveIntegerField(f"{label}（{unit}）" if unit else label, null=True, blank=True)


def yes_or_no(label: str) -> models.BooleanField:
    return models.BooleanField(label, null=True, blank=True)


def area(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=9, decimal_places=2, null=True, blank=True, validators=[*NOT_NEGATIVE])


def not_above(part: str, whole: str, message: str) -> models.CheckConstraint:
    condition = Q(**{f"{part}__isnull": True}) | Q(**{f"{whole}__isnull": True}) | Q(**{f"{part}__lte": F(whole)})
    return models.CheckConstraint(
        condition=condition, name=f"{part}_not_above_{whole}", violation_error_message=message
    )


class YearProfileQuerySet(RecordQuerySet):
    def on(self, day: date, *inside: Q) -> "YearProfileQuerySet":
        """Those of communities there were on `day`, each with `place`, the community's version of that day.

        `inside` is asked of that `place`; a later filter by it would join the versions once more.
        """
        return self.placed(day).filter(*inside, place__isnull=False)

    def placed(self, day: date) -> "YearProfileQuerySet":
        """All of them, with `place` to be asked for; the versions are joined only where it is."""
        return self.annotate(
            place=FilteredRelation("community__versions", condition=valid_on(day, "community__versions__"))
        )


PARTS: Mapping[str, tuple[str, str]] = {
    "certified_workers": ("workers", "持证人数不能多于专职工作者人数。"),
    "mediations_succeeded": ("mediations", "调解成功数不能多于调解数。"),
    "satisfied": ("satisfaction_sample", "表示满意的户数不能多于访问户数。"),
    "aware": ("awareness_sample", "知晓的户数不能多于访问户数。"),
}
"""Facts that are a part of another one, and what to say where they are more."""


@register(
    "profiles",
    label="年度台账",
    group="年度台账",
    note="一个社区（村）一年一行；空白表示未知，不等于0。由台账逐条计数的栏目不在此填写。",
    columns=tuple(name for name in FACTS if name not in {*COUNTED_ONLY, "remarks"}),
    key=(),
    searched=("remarks",),
    filters=("platform_connected", "premises_right_doc", "service_station_standard"),
    listed=("registered_households", "premises_area_sqm", "outdoor_area_sqm", "workers", "certified_workers"),
)
class YearProfile(CommunityRecord):
    """One community in one year. Areas in ㎡, people and households in whole numbers, money in 万元."""

    community = models.ForeignKey(
        Community, verbose_name="社区（村）", on_delete=models.PROTECT, related_name="profiles", editable=False
    )

    registered_households = count("户籍户数")
    resident_households = count("常住户数")
    resident_population = count("常住人口", "人")
    premises_area_sqm = area("用房面积（㎡）")
    outdoor_area_sqm = area("户外健身活动场所（㎡）")
    premises_right_doc = yes_or_no("用房来源清楚")
    premises_plans = count("用房补足计划", "项")
    function_rooms = MembersField("功能室的功能", members=ROOM_FUNCTIONS, null=True, blank=True)
    sign_mismatches = count("不符标牌", "块")
    has_party_committee = yes_or_no("党组织")
    has_residents_committee = yes_or_no("居（村）委会")
    has_service_station = yes_or_no("服务站")
    has_governance_office = yes_or_no("综治办")
    term_ends_on = models.DateField("居（村）委会届满日期", null=True, blank=True)
    term_extended = yes_or_no("经批准延期换届")
    grid_cells = models.PositiveSmallIntegerField("网格数", null=True, blank=True)
    grid_households = count("网格户数合计")
    grid_unqualified = count("不合格网格", "个")
    grid_issues = count("网格发现问题", "件")
    grid_issues_closed = count("网格办结问题", "件")
    grid_divided_on = models.DateField("网格划分", null=True, blank=True)
    grid_teamed_on = models.DateField("团队组建", null=True, blank=True)
    grid_published_on = models.DateField("服务公示", null=True, blank=True)
    workers = models.PositiveSmallIntegerField("专职工作者（人）", null=True, blank=True)
    certified_workers = models.PositiveSmallIntegerField("持证（人）", null=True, blank=True)
    station_staff = count("便民服务站人员", "人")
    platform_connected = yes_or_no("接入综合管理服务平台")
    platform_connected_on = models.DateField("接入日期", null=True, blank=True)
    platform_functions = MembersField("平台使用功能", members=PLATFORM_FUNCTIONS, null=True, blank=True)
    service_station_standard = yes_or_no("便民服务站达到规范化要求")
    offpeak_roster = yes_or_no("错时值班已公布")
    cases = count("代办事项", "件")
    public_services = MembersField("能办的公共服务", members=PUBLIC_SERVICES, null=True, blank=True)
    funding_approved = wan("核定经费（万元）", null=True, blank=True)
    funding_paid = wan("实拨经费（万元）", null=True, blank=True)
    funding_district = wan("区级核定（万元）", null=True, blank=True)
    funding_town = wan("镇级核定（万元）", null=True, blank=True)
    social_organisations = count("社会组织", "个")
    culture_teams = count("文体队伍", "支")
    social_work_projects = count("社工服务项目", "个")
    co_build_agreements = count("共建协议", "份")
    disclosures = count("村（居）务公开", "次")
    supervision_records = count("监委履职记录", "次")
    resident_meetings = count("代表会议", "次")
    participation_forms = MembersField("开展的参与形式", members=PARTICIPATION, null=True, blank=True)
    self_government = MembersField("有记录的四个民主", members=DEMOCRACY, null=True, blank=True)
    has_resident_pact = yes_or_no("居民公约（村规民约）经会议通过并公布")
    mediations = count("调解纠纷", "件")
    mediations_succeeded = count("调解成功", "件")
    safety_checks = count("安全检查", "次")
    major_incidents = count("负有责任的重大事件", "起")
    library_books = count("藏书", "册")
    activities = count("文体活动", "次")
    lectures = count("授课", "次")
    bulletin_updates = count("宣传栏更换", "次")
    env_problems = count("现场检查环境问题", "处")
    volunteers = count("注册志愿者", "人")
    satisfaction_sample = count("满意度访问", "户")
    satisfied = count("表示满意", "户")
    awareness_sample = count("知晓率访问", "户")
    aware = count("知晓创建", "户")

    objects: ClassVar[Any] = YearProfileQuerySet.as_manager()

    counted = models.JSONField(default=list, editable=False)
    known_facts = models.GeneratedField(
        expression=number_known(HOUSEHOLD_FACTS), output_field=models.PositiveSmallIntegerField(), db_persist=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "年度台账"
        ordering = ["community__town__sort_order", "-community__category", "community__sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["community", "year"], name="one_profile_a_year"),
            models.CheckConstraint(
                condition=Q(premises_area_sqm__isnull=True) | Q(premises_area_sqm__gte=0), name="premises_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(outdoor_area_sqm__isnull=True) | Q(outdoor_area_sqm__gte=0), name="outdoor_not_negative"
            ),
            *(not_above(part, whole, message) for part, (whole, message) in PARTS.items()),
        ]
        indexes = [models.Index(fields=["year", "known_facts"], name="profile_year_known")]

    def __str__(self) -> str:
        return f"{self.community} {self.year}年度台账"

    def get_absolute_url(self) -> str:
        return reverse("communities:profile", args=[self.community.code, self.year])

    @property
    def completeness(self) -> Decimal:
        """家底完整度 in percent (R35)."""
        return Decimal(self.known_facts * 100) / len(HOUSEHOLD_FACTS)

    def clean(self) -> None:
        for part, (whole, message) in PARTS.items():
            mine, all_of_them = getattr(self, part), getattr(self, whole)
            if mine is not None and all_of_them is not None and mine > all_of_them:
                raise ValidationError({part: message})
