"""How the report of each shortfall is laid out: what is there, what is required, the gap, who closes it (责任).

Long because each shortfall has its report here, side by side, so that they stay alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest, Round

from communities.ledger_intervals import earliest, limited_kinds
from communities.metrics import ORGANISATION_UNITS, staff_required, staff_shortfall
from communities.metrics.dictionary import BUREAU, COMMUNITY, TOWN
from communities.models import District, LedgerEntry, LedgerKind, PremisesPlan, YearProfile
from communities.models.ledger import DEMOCRACY
from communities.models.premises import SiteKind
from communities.models.profiles import HOUSEHOLD_FACTS
from communities.revisions import label
from communities.statements import Kind
from communities.templatetags.official import fact, plain
from communities.thresholds import CERTIFIED_PERCENT, OUTDOOR_SQM, PREMISES_SQM


@dataclass(frozen=True)
class Asked:
    """What a report is asked for: a district's year, judged on a day."""

    district: District
    year: int
    as_of: date


@dataclass(frozen=True)
class Measure:
    """A column of a report: an expression over the row, or a function of the loaded row, or the share of two others.

    `summed` ones stand at the foot; a share is formed there from the sums.
    """

    name: str
    label: str
    kind: Kind = Kind.NUMBER
    expression: Combinable | None = None
    value: Callable[[Any], Any] | None = None
    share: tuple[str, str] | None = None
    summed: bool = False


@dataclass(frozen=True)
class Report:
    """`unit` is that of the gap, `owner` who closes it; `bring` adds what the columns need to the rows.

    `first` is what rows are ordered by before the administrative order.
    """

    there: Measure
    required: Measure
    gap: Measure
    unit: str
    owner: str
    more: tuple[Measure, ...] = ()
    bring: Callable[[QuerySet], QuerySet] = lambda rows: rows
    first: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.there, self.required, self.gap, *self.more)


def words(name: str, label_: str, value: Callable[[Any], str], kind: Kind = Kind.TEXT) -> Measure:
    return Measure(name, label_, kind, value=value)


def whole(expression: Combinable) -> Combinable:
    return ExpressionWrapper(expression, output_field=IntegerField())


def exact(expression: Combinable, places: int) -> Combinable:
    """A decimal difference, rounded where a database counts in reals."""
    field = DecimalField(max_digits=14, decimal_places=places)
    return Round(ExpressionWrapper(expression, output_field=field), precision=places, output_field=field)


# --- 用房、场地 ----------------------------------------------------------------------------------------------------
def premises(asked: Asked) -> Report:
    return _area(asked, "premises_area_sqm", "用房（㎡）", PREMISES_SQM, SiteKind.INDOOR)


def outdoor(asked: Asked) -> Report:
    return _area(asked, "outdoor_area_sqm", "户外场地（㎡）", OUTDOOR_SQM, SiteKind.OUTDOOR)


def _area(asked: Asked, name: str, label_: str, required: int, kind: SiteKind) -> Report:
    plans = PremisesPlan.objects.filter(kind=kind, year=asked.year, finished_on__isnull=True)
    return Report(
        there=Measure("there", label_, expression=F(name)),
        required=Measure("required", "应达（㎡）", expression=Value(required, output_field=IntegerField())),
        gap=Measure("gap", "尚缺（㎡）", expression=exact(Value(required) - F(name), 2), summed=True),
        unit="㎡",
        owner=TOWN,
        more=(words("plan", "补足计划", planned, Kind.WORDS),),
        bring=lambda rows: rows.prefetch_related(
            Prefetch("community__premisesplan_set", queryset=plans, to_attr="open_plans")
        ),
    )


def planned(profile: Any) -> str:
    """How and by when the area will be there: 资源整合120㎡，2012年10月31日前完成，进度30% (R49)."""
    lines = [
        f"{plan.get_route_display()}{plain(plan.planned_area_sqm)}㎡，{fact(plan.finish_on)}前完成，"
        f"进度{plan.progress_percent}%"
        for plan in profile.community.open_plans
    ]
    return "；".join(lines) or "未定补足计划"


# --- 队伍 --------------------------------------------------------------------------------------------------------
def staff(asked: Asked) -> Report:
    district = asked.district
    households = f"{district.staffing_households}_households"
    return Report(
        there=Measure("there", "实有（人）", expression=F("workers"), summed=True),
        required=Measure("required", "应配（人）", expression=staff_required(district), summed=True),
        gap=Measure("gap", "缺额（人）", expression=staff_shortfall(district), summed=True),
        unit="人",
        owner=TOWN,
        more=(Measure("households", f"{district.get_staffing_households_display()}", expression=F(households)),),
    )


def certificates(_asked: Asked) -> Report:
    target = Case(
        *(When(place__category=category, then=Value(percent)) for category, percent in CERTIFIED_PERCENT.items()),
        output_field=IntegerField(),
    )
    required = whole((F("workers") * target + Value(99)) / Value(100))
    return Report(
        there=Measure("there", "持证（人）", expression=F("certified_workers"), summed=True),
        required=Measure("required", "应持证（人）", expression=required, summed=True),
        gap=Measure("gap", "尚缺（人）", expression=whole(required - F("certified_workers")), summed=True),
        unit="人",
        owner=TOWN,
        more=(
            Measure("staff", "专职工作者（人）", expression=F("workers"), summed=True),
            Measure("rate", "持证率", Kind.PERCENT, share=("there", "staff")),
            Measure("target", "标准", Kind.PERCENT, expression=target),
        ),
    )


# --- 经费 --------------------------------------------------------------------------------------------------------
def funding(_asked: Asked) -> Report:
    gap = exact(F("funding_approved") - F("funding_paid"), 4)
    return Report(
        there=Measure("there", "实拨（万元）", Kind.WAN, expression=F("funding_paid"), summed=True),
        required=Measure("required", "核定（万元）", Kind.WAN, expression=F("funding_approved"), summed=True),
        gap=Measure("gap", "未到位（万元）", Kind.WAN, expression=gap, summed=True),
        unit="万元",
        owner=TOWN,
        more=(Measure("rate", "到位率", Kind.PERCENT, share=("there", "required")),),
    )


def district_above_town(_asked: Asked) -> Report:
    gap = exact(F("funding_district") - F("funding_town"), 4)
    return Report(
        there=Measure("there", "区级核定（万元）", Kind.WAN, expression=F("funding_district"), summed=True),
        required=Measure("required", "镇级核定（万元）", Kind.WAN, expression=F("funding_town"), summed=True),
        gap=Measure("gap", "区级高出（万元）", Kind.WAN, expression=gap, summed=True),
        unit="万元",
        owner=TOWN,
    )


# --- 网格 --------------------------------------------------------------------------------------------------------
def grid_gaps(asked: Asked) -> Report:
    name = f"{asked.district.staffing_households}_households"
    return Report(
        there=Measure("there", "网格户数", expression=F("grid_households"), summed=True),
        required=Measure("required", "总户数", expression=F(name), summed=True),
        gap=Measure("gap", "空白（户）", expression=_households_without(name), summed=True),
        unit="户",
        owner=COMMUNITY,
        more=(
            Measure("twice", "重复登记（户）", expression=_above(F("grid_households"), F(name), name), summed=True),
            Measure("cells", "网格数", expression=F("grid_cells"), summed=True),
            Measure("unqualified", "不合格网格（个）", expression=F("grid_unqualified"), summed=True),
            words("what", "情形", grid_in_words),
        ),
    )


def _households_without(name: str) -> Combinable:
    """All households where there is no cell; unknown while one of the two is."""
    none_at_all = When(grid_cells=0, **{f"{name}__isnull": False}, then=F(name))
    return Case(none_at_all, default=_above(F(name), F("grid_households"), name), output_field=IntegerField())


def _above(more: Combinable, less: Combinable, name: str) -> Combinable:
    known = {f"{name}__isnull": False, "grid_households__isnull": False}
    difference = Greatest(whole(more - less), Value(0))
    return Case(When(**known, then=difference), default=None, output_field=IntegerField())


def grid_in_words(row: Any) -> str:
    """空白120户；不合格网格2个."""
    said = ["没有网格"] if row.grid_cells == 0 else []
    for number, text in (
        (row.measure_gap, "空白{}户"),
        (row.measure_twice, "重复登记{}户"),
        (row.grid_unqualified, "不合格网格{}个"),
    ):
        said += [text.format(number)] if number else []
    return "；".join(said)


# --- 标牌、平台、组织 ------------------------------------------------------------------------------------------------
def signs(_asked: Asked) -> Report:
    return Report(
        there=Measure("there", "不符标牌（块）", expression=F("sign_mismatches"), summed=True),
        required=words("required", "要求", lambda _row: "内容与功能、权属一致"),
        gap=words("gap", "应办", lambda row: f"更正或摘除{row.sign_mismatches}块"),
        unit="块",
        owner=COMMUNITY,
    )


def platform(_asked: Asked) -> Report:
    return Report(
        there=words("there", "现状", lambda _row: "未接入平台"),
        required=words("required", "要求", lambda _row: "区、镇、社区（村）三级联网"),
        gap=words("gap", "应办", lambda _row: "接入综合管理服务平台"),
        unit="个",
        owner=BUREAU,
    )


def elections_only(_asked: Asked) -> Report:
    return Report(
        there=words("there", "有记录的", lambda _row: DEMOCRACY[0]),
        required=words("required", "要求", lambda _row: "四个民主都有记录"),
        gap=words("gap", "缺", lambda _row: "、".join(DEMOCRACY[1:])),
        unit="个",
        owner=COMMUNITY,
    )


def no_party(_asked: Asked) -> Report:
    return Report(
        there=words("there", "已建机构", units_in_words),
        required=words("required", "要求", lambda _row: "首先建立党组织"),
        gap=words("gap", "缺", lambda _row: "党组织"),
        unit="个",
        owner=TOWN,
    )


def units_in_words(row: Any) -> str:
    return "、".join(unit for unit, name in ORGANISATION_UNITS.items() if getattr(row, name)) or "无"


# --- 家底、台账 ----------------------------------------------------------------------------------------------------
def incomplete(_asked: Asked) -> Report:
    facts = len(HOUSEHOLD_FACTS)
    required = Value(facts, output_field=IntegerField())
    return Report(
        there=Measure("there", "已填（项）", expression=F("known_facts"), summed=True),
        required=Measure("required", "应填（项）", expression=required, summed=True),
        gap=Measure("gap", "未填（项）", expression=whole(Value(facts) - F("known_facts")), summed=True),
        unit="项",
        owner=COMMUNITY,
        more=(
            Measure("rate", "完整度", Kind.PERCENT, share=("there", "required")),
            words("unknown", "未填项目", unknown_in_words, Kind.LONG),
        ),
        first=("known_facts",),
    )


def unknown_in_words(profile: YearProfile) -> str:
    return "、".join(label(profile, name) for name in HOUSEHOLD_FACTS if getattr(profile, name) is None)


def ledger_late(asked: Asked) -> Report:
    kinds = limited_kinds(asked.district)
    rules = "；".join(f"{kind}每{kind.interval_months}个月" for kind in kinds)
    return Report(
        there=words("there", "超期事项和最近一次", lambda row: late_in_words(row, kinds, asked.as_of), Kind.WORDS),
        required=words("required", "要求", lambda _row: "按登记间隔登记"),
        gap=Measure("gap", "超期（项）", value=lambda row: len(late_kinds(row, kinds, asked.as_of))),
        unit="项",
        owner=COMMUNITY,
        bring=lambda rows: rows.annotate(**{_last(kind): _latest(kind, asked.as_of) for kind in kinds}),
        notes=(f"登记间隔：{rules}。" if rules else "还没有规定登记间隔的台账事项，请在“台账事项类别”中填写。",),
    )


def _last(kind: LedgerKind) -> str:
    return f"last_{kind.pk}"


def _latest(kind: LedgerKind, as_of: date) -> Subquery:
    """The day of the last complete entry, whichever year's ledger it is in."""
    entries = LedgerEntry.objects.filter(
        community=OuterRef("community"), kind=kind, is_complete=True, date__lte=as_of
    ).order_by("-date")
    return Subquery(entries.values("date")[:1])


def late_kinds(row: Any, kinds: list[LedgerKind], as_of: date) -> list[tuple[LedgerKind, date | None]]:
    """The kinds that are overdue, each with its last day or None."""
    applying = [kind for kind in kinds if kind.for_category in ("", row.place_category)]
    last = [(kind, getattr(row, _last(kind))) for kind in applying]
    return [(kind, day) for kind, day in last if day is None or day < earliest(kind, as_of)]


def late_in_words(row: Any, kinds: list[LedgerKind], as_of: date) -> str:
    """代表会议（2012年3月5日）；村务公开（没有记录）."""
    late = late_kinds(row, kinds, as_of)
    return "；".join(f"{kind}（{fact(day) if day else '没有记录'}）" for kind, day in late)
