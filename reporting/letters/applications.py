"""创建申报表 (F1) and 自查报告 (F3) of a community, 申报汇总表 (F4) of a town: made from what the registers hold."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from assessment.models import Assessment, CampaignYear, Rectification, Stage
from assessment.models.assessments import FILED
from assessment.models.titles import title_of
from assessment.sheets import PartTable, Row, SheetTable, sheet_table
from communities.models import Appointment, Honour, OrganisationUnit, YearProfile
from communities.models.organisation import UnitKind
from communities.statements import TOTAL, Cell, Column, Kind, Statement
from communities.templatetags.official import fact, plain, wan
from reporting.letters.consultations import OFFICE
from reporting.letters.letter import Attachment, Heading, Letter, Paragraph
from reporting.letters.narrative import UNITS, overview, shortened
from reporting.letters.sheet import Grid, GridRow, Lines, Sheet
from reporting.letters.terms import Terms

NUMERALS = "一二三四五六七八"
OPINIONS = ("社区（村）意见", "镇（开发区、街道）意见", "区民政局意见", "市民政局意见", "省民政厅意见")
PART_COLUMNS = [
    Column("一级指标"),
    *(Column(label, Kind.NUMBER) for label in ("分值", "自评分", "扣分")),
    Column("备注"),
]


def profile_of(assessment: Assessment) -> YearProfile | None:
    return YearProfile.objects.filter(community=assessment.community, year=assessment.campaign_year.year).first()


# --- 创建申报表 ----------------------------------------------------------------------------------------------------
def application_form(assessment: Assessment, terms: Terms) -> Sheet:
    """F1: the community's facts of the year, the total of its own sheet, and room for five opinions."""
    community, year = assessment.community, assessment.campaign_year
    profile = profile_of(assessment)
    total = sheet_table(assessment).totals.get(Stage.SELF)
    last = f"对照考评标准自评{plain(total)}分。" if total is not None else ""
    rows = [
        *_facts(assessment, profile, terms),
        GridRow([("荣誉", _honours(assessment))]),
        GridRow([("创建情况", shortened(overview(community, profile), last))]),
        GridRow([("自评总分", f"{plain(total)}分" if total is not None else "")]),
        *(GridRow([(label, "")], is_opinion=True) for label in OPINIONS),
    ]
    return Sheet(
        title=f"{year}{title_of(community.category)}创建申报表",
        issuer=community.full_name,
        blocks=[
            Lines([[f"申报单位（盖章）：{community.full_name}", f"填报日期：{_day(terms.dated)}"]]),
            Grid(rows),
            Lines([[f"考评标准：{assessment.standard.label}"]]),
        ],
    )


def _facts(assessment: Assessment, profile: YearProfile | None, terms: Terms) -> list[GridRow]:
    community, year = assessment.community, assessment.campaign_year
    units = OrganisationUnit.objects.filter(community=community, year=year.year)
    heads = dict(units.values_list("kind", "head"))

    def told(name: str, unit: str = "") -> str:
        value = getattr(profile, name, None)
        return f"{fact(value)}{unit}" if value is not None else ""

    def money(name: str) -> str:
        value = getattr(profile, name, None)
        return f"{wan(value)}万元" if value is not None else ""

    built = "、".join(f"{label}{fact(getattr(profile, name, None)) or '　'}" for name, label in UNITS.items())
    pairs = [
        (("名称", community.full_name), ("类别", community.get_category_display())),
        (
            ("书记", heads.get(UnitKind.PARTY_COMMITTEE, "")),
            ("主任", heads.get(UnitKind.RESIDENTS_COMMITTEE, "")),
        ),
        (("联系人", terms.contact), ("联系电话", terms.phone)),
        (("户籍户数", told("registered_households", "户")), ("常住户数", told("resident_households", "户"))),
        (("常住人口", told("resident_population", "人")), ("辖区面积", "")),
        (("用房面积", told("premises_area_sqm", "㎡")), ("户外面积", told("outdoor_area_sqm", "㎡"))),
        (("专职人数", told("workers", "人")), ("持证人数", told("certified_workers", "人"))),
        (("网格数", told("grid_cells", "个")), ("平台接入", told("platform_connected"))),
        (("核定经费", money("funding_approved")), ("实拨经费", money("funding_paid"))),
    ]
    return [*(GridRow(pair) for pair in pairs), GridRow([("四块机构", built)])]


def _honours(assessment: Assessment) -> str:
    """What the community was awarded by the end of the year, the highest first."""
    end = date(assessment.campaign_year.year, 12, 31)
    by_then = Q(awarded_on__isnull=True) | Q(awarded_on__lte=end)
    found = Honour.objects.filter(by_then, community=assessment.community)
    return "、".join(f"{one.name}（{one.get_level_display()}）" for one in found)


def _day(dated: date | None) -> str:
    return fact(dated) if dated else "　　　　年　　月　　日"


# --- 自查报告 ------------------------------------------------------------------------------------------------------
def self_report(assessment: Assessment, terms: Terms) -> Letter:
    """F3, a draft: overview, scores by part, what is missing, and what is done about it."""
    community, year = assessment.community, assessment.campaign_year
    table = sheet_table(assessment)
    title = title_of(community.category)
    return Letter(
        issuer=community.full_name,
        title=[community.full_name, f"{year}创建{title}", "自查报告"],
        addressee=f"{community.town.district}{OFFICE}",
        body=[
            Heading(1, "一、基本情况"),
            Paragraph(
                "".join(overview(community, profile_of(assessment))),
                notes=[f"数据取自{year}年度台账，空白的栏目未写入。"],
            ),
            Heading(1, "二、自评情况"),
            Paragraph(_scores(table)),
            Heading(1, "三、存在差距"),
            *_gaps(table),
            Heading(1, "四、整改措施"),
            *_measures(assessment, table),
            Paragraph("特此报告。"),
        ],
        number=terms.number,
        signer=terms.signer,
        upward=True,
        attachments=[Attachment(f"{year}自评得分情况表", _parts(table))],
        dated=terms.dated,
    )


def _scores(table: SheetTable) -> str:
    parts = "、".join(
        f"{part.label}{plain(part.sums[Stage.SELF])}分（分值{plain(part.points)}分）"
        for part in table.parts
        if part.sums.get(Stage.SELF) is not None
    )
    unscored = sum(Stage.SELF not in row.scores or row.scores[Stage.SELF].points is None for row in table.rows)
    missing = f"尚有{unscored}条未评分。" if unscored else ""
    return (
        f"对照{table.standard_label}逐条自评，总分{plain(table.totals.get(Stage.SELF))}分"
        f"（满分{plain(table.points)}分），其中{parts}。{missing}"
    )


def _lost(part: PartTable) -> list[tuple[Row, Decimal, str]]:
    """The items of a part that lost points in the unit's own sheet: how many, and why."""
    scored = [(row, row.scores[Stage.SELF]) for row in part.rows if Stage.SELF in row.scores]
    return [
        (row, row.points - score.points, score.reason)
        for row, score in scored
        if score.points is not None and score.points < row.points
    ]


def _gaps(table: SheetTable) -> list[Heading | Paragraph]:
    found: list[Heading | Paragraph] = []
    lacking = [(part, lost) for part in table.parts if (lost := _lost(part))]
    for numeral, (part, lost) in zip(NUMERALS, lacking, strict=False):
        points = sum(number for _row, number, _reason in lost)
        found.append(Heading(2, f"（{numeral}）{part.label}（扣{plain(points)}分）"))
        found += [Paragraph(_gap(*one)) for one in lost]
    return found or [Paragraph("对照考评标准，自评没有失分条目。")]


def _gap(row: Row, points: Decimal, reason: str) -> str:
    return f"{row.code} {row.content.rstrip('。；')}，扣{plain(points)}分{f'：{_ended(reason)}' if reason else '。'}"


def _ended(text: str) -> str:
    """One sentence of what may be several lines."""
    return f"{' '.join(text.split()).replace('。；', '；').rstrip('。；')}。"


def _measures(assessment: Assessment, table: SheetTable) -> list[Paragraph]:
    """The faults that are being mended; without any, that the lost items are to be."""
    faults = Rectification.objects.filter(assessment=assessment).order_by("item__sort_order", "pk")
    told = [_measure(number, one) for number, one in enumerate(faults, start=1)]
    codes = [row.code for part in table.parts for row, _points, _reason in _lost(part)]
    if told or not codes:
        return [Paragraph(words) for words in told] or [Paragraph("继续保持，防止反弹。")]
    return [
        Paragraph(f"对{'、'.join(codes)}共{len(codes)}条失分内容，逐条明确整改措施、责任人和完成时限，限期整改到位。")
    ]


def _measure(number: int, one: Rectification) -> str:
    done = one.measure or one.requirement
    words = f"{number}.{_ended(one.problem)}{f'整改措施：{_ended(done)}' if done else ''}"
    return f"{words}责任人{one.owner}，时限{fact(one.due_on)}，{one.get_progress_display()}。"


def _parts(table: SheetTable) -> Statement:
    rows = [
        [
            *(Cell(part.label), Cell(part.points), Cell(part.sums.get(Stage.SELF))),
            *(Cell(sum((lost for _row, lost, _reason in _lost(part)), Decimal(0))), Cell("")),
        ]
        for part in table.parts
    ]
    lost = sum((number for part in table.parts for _row, number, _reason in _lost(part)), Decimal(0))
    foot = [Cell(TOTAL), Cell(table.points), Cell(table.totals.get(Stage.SELF)), Cell(lost), Cell("")]
    return Statement(title="自评得分情况表", columns=PART_COLUMNS, rows=rows, foot=foot)


# --- 申报汇总表 ----------------------------------------------------------------------------------------------------
SUMMED = ("registered_households", "premises_area_sqm", "outdoor_area_sqm", "workers")
UNIT, SIGNED = "填报单位（盖章）：", ("填报人：", "审核人：", "日期：　　　　年　　月　　日")


def summary(year: CampaignYear, by: Appointment) -> Statement:
    """F4: what the town, or the whole district, has filed in a year, with the facts behind it."""
    filed = (
        Assessment.objects.visible_to(by)
        .filter(campaign_year=year, kind=Assessment.Kind.APPLICATION, state__in=FILED)
        .select_related("community__town")
        .prefetch_related("sheets")
    )
    units = list(filed)
    owners = [unit.community_id for unit in units]
    profiles = {one.community_id: one for one in YearProfile.objects.filter(year=year.year, community__in=owners)}
    known = [profiles[owner] for owner in owners if owner in profiles]
    return Statement(
        title=f"{year}申报汇总表",
        columns=[
            *(Column("镇（开发区、街道）"), Column("社区（村）名称"), Column("类别")),
            *(Column(label, Kind.NUMBER) for label in ("户数", "用房（㎡）", "户外（㎡）", "专职（人）")),
            *(Column("持证率", Kind.PERCENT), Column("自评分", Kind.NUMBER), Column("备注")),
        ],
        rows=[_summary_row(unit, profiles.get(unit.community_id)) for unit in units],
        foot=[
            *(Cell(TOTAL), Cell(f"{len(units)}个"), Cell("")),
            *(Cell(_sum(known, name)) for name in SUMMED),
            *(Cell(_certified(known)), Cell(), Cell("")),
        ],
        empty="本年度还没有申报的单位。",
    )


def _summary_row(unit: Any, profile: YearProfile | None) -> list[Cell]:
    own = next((sheet.total for sheet in unit.sheets.all() if sheet.stage == Stage.SELF), None)
    community = unit.community
    return [
        *(Cell(community.town.name), Cell(community.name, unit.get_absolute_url())),
        Cell(community.get_category_display()),
        *(Cell(getattr(profile, name, None)) for name in SUMMED),
        *(Cell(_certified([profile] if profile else [])), Cell(own)),
        Cell("逾期申报" if unit.is_late else ""),
    ]


def _sum(profiles: Iterable[YearProfile], name: str) -> Any:
    """Blank where nobody knows it."""
    known = [value for value in (getattr(one, name) for one in profiles) if value is not None]
    return sum(known) if known else None


def _certified(profiles: Sequence[YearProfile]) -> Decimal | None:
    """持证率 in percent of those whose two numbers are known."""
    known = [one for one in profiles if one.workers is not None and one.certified_workers is not None]
    workers = sum(one.workers or 0 for one in known)
    return Decimal(100 * sum(one.certified_workers or 0 for one in known)) / workers if workers else None


def summary_sheet(year: CampaignYear, by: Appointment) -> Sheet:
    """The same on paper, with who makes and who checks it."""
    return Sheet(
        title=f"{year}省级和谐社区建设示范社区（村）申报汇总表",
        issuer=by.unit_name,
        blocks=[Lines([[f"{UNIT}{by.unit_name}"]]), summary(year, by), Lines([SIGNED])],
        landscape=True,
    )
