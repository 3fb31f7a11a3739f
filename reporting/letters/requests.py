"""验收请示: from the district to the city on the frozen list, and the city's draft to the province (R76; F11, F9).

A department sends matters of its own remit directly to its superior department, and an upper office does not forward
a lower 请示 verbatim but states its own opinion (《党政机关公文处理工作条例》第十五条): so there are two texts.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from assessment.accepting import passing_units
from assessment.candidates import counted
from assessment.models import Assessment, CampaignYear, Candidate, CandidateList, Opinion, Stage
from assessment.models.assessments import FILED
from assessment.scores import Effective, effective_scores
from communities.models import Appointment, Category
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import plain
from reporting.letters.letter import Attachment, Letter, Paragraph
from reporting.letters.terms import Terms

Unit = tuple[str, str, str]
"""Category, town and name."""
UNIT_COLUMNS = [Column("类别"), Column("镇（开发区、街道）"), Column("社区（村）")]
CLOSING = Paragraph("妥否，请批示。")
SCORES_TITLE = "考核评分汇总表"


# --- district to city ----------------------------------------------------------------------------------------------
def district_request(listed: CandidateList, terms: Terms) -> Letter:
    """请示 of the district's bureau to the city's on one version of the list; its figures are the frozen ones."""
    year, units = listed.campaign_year, list(listed.candidates.all())
    mark = year.campaign.pass_mark
    scored = f"，区预查得分均在{plain(mark)}分以上" if all(one.district_total >= mark for one in units) else ""
    return Letter(
        issuer=f"{terms.city}{year.campaign.district}民政局",
        title=[f"关于对{year}省级和谐社区建设", "示范社区（村）创建单位进行验收的请示"],
        addressee=f"{terms.city or '市'}民政局",
        body=[
            Paragraph(
                f"根据{_standards(one.assessment_id for one in units)}和全市统一部署，我区组织开展了{year}省级和谐社区"
                f"建设示范社区（村）创建工作。各镇（开发区、街道）自查申报{_filed(year)}个单位，区社区建设领导小组"
                f"办公室逐一进行了材料审核和现场检查{_asked(year)}。经研究，确定{_named(map(_candidate, units))}为"
                f"正式创建单位{scored}。现随文上报，请予验收。"
            ),
            CLOSING,
        ],
        number=terms.number,
        signer=terms.signer,
        upward=True,
        attachments=[
            Attachment(f"{year}省级和谐社区建设示范社区（村）创建名单", _list(listed, units)),
            Attachment(SCORES_TITLE, _scores(units)),
        ],
        dated=terms.dated,
        note=terms.note,
    )


def _candidate(one: Candidate) -> Unit:
    return one.category, one.town_name, one.name


def _filed(year: CampaignYear) -> int:
    kind = Assessment.Kind.APPLICATION
    return Assessment.objects.filter(campaign_year=year, kind=kind, state__in=FILED).count()


def _asked(year: CampaignYear) -> str:
    """，并征求了公安局等8个部门意见, or nothing where no department was asked."""
    opinions = Opinion.objects.filter(consultation__campaign_year=year).order_by("department__sort_order")
    names = list(dict.fromkeys(opinions.values_list("department__name", flat=True)))
    if not names:
        return ""
    return f"，并征求了{names[0]}{f'等{len(names)}个部门' if len(names) > 1 else ''}意见"


def _list(listed: CandidateList, units: Sequence[Candidate]) -> Statement:
    """附件1: by type, then town, then community."""
    return Statement(
        title="创建名单",
        columns=[*UNIT_COLUMNS, Column("代码"), Column("备注")],
        rows=[[*_cells(_candidate(one)), Cell(one.code), Cell("")] for one in units],
        notes=[f"{counted(units)}。", f"名单文号：{listed.number}　内容摘要：{listed.digest[:16]}"],
    )


def _scores(units: Sequence[Candidate]) -> Statement:
    """附件2, in the order of 附件1."""
    return Statement(
        title=SCORES_TITLE,
        columns=[*UNIT_COLUMNS, Column("自评分", Kind.NUMBER), Column("区预查分", Kind.NUMBER), Column("备注")],
        rows=[[*_cells(_candidate(one)), Cell(one.self_total), Cell(one.district_total), Cell("")] for one in units],
    )


# --- city to province ----------------------------------------------------------------------------------------------
def province_request(year: CampaignYear, day: date, terms: Terms, by: Appointment) -> Letter:
    """Draft of the city's own 请示 to the province on the units that passed its acceptance."""
    units = list(passing_units(year, day, by))
    district = year.campaign.district
    totals = [_totals(unit) for unit in units]
    drawn = sum(Stage.CITY in found for found in totals)
    city = terms.city or "市"
    listed = CandidateList.objects.filter(campaign_year=year).order_by("version").last()
    reported = f"{district}上报正式创建单位{listed.candidates.count()}个，" if listed else ""
    return Letter(
        issuer=f"{city}民政局",
        title=[f"关于对{district}{year}省级和谐社区建设", "示范社区（村）进行考评的请示"],
        addressee=f"{terms.province or '省'}民政厅",
        body=[
            Paragraph(
                f"根据{_standards(unit.pk for unit in units)}，我局对{district}{year}省级和谐社区建设示范社区（村）创建"
                f"单位组织了验收。{reported}市验收通过{len(units)}个，其中抽查{drawn}个。我局认为，"
                f"{_named(map(_placed, units))}达到考评标准，同意上报。现随文报送，请予考评。"
            ),
            CLOSING,
        ],
        number=terms.number,
        signer=terms.signer,
        upward=True,
        attachments=[
            Attachment(f"{year}省级和谐社区建设示范社区（村）市验收通过名单", _passed(units)),
            Attachment(SCORES_TITLE, _city_scores(units, totals), landscape=True),
        ],
        dated=terms.dated,
        note=terms.note,
    )


def _placed(unit: Any) -> Unit:
    return unit.place_category, unit.place_town, unit.place_name


def _totals(unit: Any) -> dict[str, Decimal]:
    return {sheet.stage: sheet.total for sheet in unit.sheets.all()}


def _passed(units: Sequence[Any]) -> Statement:
    numbers = [sum(unit.place_category == category for unit in units) for category in Category]
    told = "、".join(f"{category.label}{number}个" for category, number in zip(Category, numbers, strict=True))
    return Statement(
        title="市验收通过名单",
        columns=[*UNIT_COLUMNS, Column("代码"), Column("备注")],
        rows=[[*_cells(_placed(unit)), Cell(unit.community.code), Cell("")] for unit in _in_order(units)],
        notes=[f"{told}，共{len(units)}个。"],
    )


def _city_scores(units: Sequence[Any], totals: Sequence[dict[str, Decimal]]) -> Statement:
    scores = effective_scores(units)
    found = dict(zip((unit.pk for unit in units), totals, strict=True))
    stages = (Stage.SELF, Stage.DISTRICT, Stage.CITY)
    return Statement(
        title=SCORES_TITLE,
        columns=[
            *(*UNIT_COLUMNS, *(Column(f"{stage.label}分", Kind.NUMBER) for stage in stages)),
            *(Column("现行得分", Kind.NUMBER), Column("备注", Kind.WORDS)),
        ],
        rows=[
            [
                *(*_cells(_placed(unit)), *(Cell(found[unit.pk].get(stage)) for stage in stages)),
                *_current(scores.get(unit.pk)),
            ]
            for unit in _in_order(units)
        ],
    )


def _current(score: Effective | None) -> list[Cell]:
    return [Cell(score.total), Cell(score.basis)] if score else [Cell(), Cell("")]


def _in_order(units: Sequence[Any]) -> list[Any]:
    """By type, keeping the order of towns and communities within each."""
    return sorted(units, key=lambda unit: list(Category).index(unit.place_category))


# --- both ----------------------------------------------------------------------------------------------------------
def _cells(unit: Unit) -> list[Cell]:
    category, town, name = unit
    return [Cell(Category(category).label), Cell(town), Cell(name)]


def _named(units: Iterable[Unit]) -> str:
    """湖塘镇聚湖社区等12个城镇社区、湖塘镇银荡村等8个农村社区（村）; categories without units are left out."""
    found = list(units)
    own = [(category, [unit for unit in found if unit[0] == category]) for category in Category]
    told = [
        f"{members[0][1]}{members[0][2]}{'等' if len(members) > 1 else ''}{len(members)}个{category.label}"
        for category, members in own
        if members
    ]
    return "、".join(told) or "0个单位"


def _standards(assessments: Iterable[int]) -> str:
    units = Assessment.objects.filter(pk__in=list(assessments)).order_by("-standard__category")
    names = dict.fromkeys(units.values_list("standard__name", flat=True))
    return "".join(f"《{name}》" for name in names) or "考评标准"
