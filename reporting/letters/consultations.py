"""征求意见函 with its list of units, and the 部门意见回执 (R74; F6)."""

from collections import Counter
from collections.abc import Sequence

from assessment.consultation_lists import own_opinions, units_asked
from assessment.models import Consultation, Opinion
from communities.models import Appointment, Category, Department
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact
from reporting.letters.letter import Attachment, Letter, Paragraph
from reporting.letters.sheet import Lines, Sheet

OFFICE = "社区建设领导小组办公室"
REPLY = "部门意见回执"
ANSWERS = (Opinion.Answer.AGREE, Opinion.Answer.REMARK, Opinion.Answer.OBJECT)
TICK = "√"


def consultation_letter(consultation: Consultation, by: Appointment) -> Letter:
    """征求意见函 with the units and a blank reply; a liaison reads the one to the own department."""
    opinions = list(units_asked(consultation, by))
    offices = {one.department_id: one.department.name for one in opinions}
    units: dict[int, list[Opinion]] = {}
    for opinion in opinions:
        units.setdefault(opinion.assessment_id, []).append(opinion)
    rows = [(asked[0], _not_asked(asked, offices)) for asked in units.values()]
    year = consultation.campaign_year
    counted = _counted([one.assessment.community.category for one, _note in rows])
    return Letter(
        issuer=f"{year.campaign.district}{OFFICE}",
        title=[f"关于征求对{year}省级和谐社区建设", "示范社区（村）创建单位意见的函"],
        addressee="、".join(offices.values()),
        body=[
            Paragraph(
                "按照省级和谐社区建设示范社区（村）创建工作“自愿申报、逐年验收、动态管理”的要求，"
                f"{year}各镇（开发区、街道）已完成自查申报。现就附件1所列{len(rows)}个申报单位（{counted}）征求你单位"
                "意见，请结合本部门职能认真核查，提出同意、有意见或不同意的明确意见；有意见、不同意的，请写明具体情况。"
            ),
            *(Paragraph(words) for words in consultation.note.splitlines() if words.strip()),
            Paragraph(
                f"请于{fact(consultation.due_on)}前由本部门联络员登录系统回复，或将《{REPLY}》加盖公章后反馈。"
                "逾期未回复的，按逾期未回复记录。"
            ),
        ],
        number=consultation.number,
        attachments=[
            Attachment("征求意见单位名单", _units(rows)),
            Attachment(REPLY, _answers([one for one, _note in rows], {}, blank=True)),
        ],
        dated=consultation.sent_on,
    )


def _units(rows: Sequence[tuple[Opinion, str]]) -> Statement:
    return Statement(
        title="征求意见单位名单",
        columns=[Column("镇（开发区、街道）"), Column("社区（村）"), Column("类别"), Column("备注", Kind.WORDS)],
        rows=[
            [
                *(Cell(one.assessment.community.town.name), Cell(one.assessment.community.name)),
                *(Cell(one.assessment.community.get_category_display()), Cell(note)),
            ]
            for one, note in rows
        ],
    )


def _not_asked(asked: Sequence[Opinion], offices: dict[int, str]) -> str:
    """Who was not asked about a unit, where not all were."""
    told = {one.department_id for one in asked}
    missing = [name for pk, name in offices.items() if pk not in told]
    return f"不征求：{'、'.join(missing)}" if missing else ""


def _counted(categories: Sequence[str]) -> str:
    numbers = Counter(categories)
    return "、".join(f"{category.label}{numbers[category]}个" for category in Category)


# --- the reply -----------------------------------------------------------------------------------------------------
def consultation_reply(consultation: Consultation, department: Department) -> Sheet:
    """部门意见回执: what the department answered, blank where it has not, to be stamped and filed."""
    remarks = Opinion.objects.filter(consultation=consultation, department=department).exclude(item=None)
    by_unit: dict[int, list[Opinion]] = {}
    for remark in remarks.select_related("item").order_by("item__sort_order"):
        by_unit.setdefault(remark.assessment_id, []).append(remark)
    number = f"（{consultation.number}）" if consultation.number else ""
    year = consultation.campaign_year
    how = (
        "说明：在相应的意见栏内打“√”；有意见、不同意的，请写明具体意见和所涉条目。"
        f"请于{fact(consultation.due_on)}前反馈。"
    )
    return Sheet(
        title=REPLY,
        issuer=f"{department.district}{department}",
        blocks=[
            Lines([[f"部门：{department.district}{department}", f"{year}第{consultation.round}轮{number}"]]),
            _answers(list(own_opinions(consultation, department)), by_unit),
            Lines([[how], ["部门（盖章）：", "经办人：", "联系电话：", "日期：　　　　年　　月　　日"]]),
        ],
    )


def _answers(opinions: Sequence[Opinion], remarks: dict[int, list[Opinion]], *, blank: bool = False) -> Statement:
    return Statement(
        title=REPLY,
        columns=[
            *(Column("镇（开发区、街道）"), Column("社区（村）")),
            *(Column(answer.label, Kind.NUMBER) for answer in ANSWERS),
            Column("具体意见", Kind.WORDS),
        ],
        rows=[
            [
                *(Cell(one.assessment.community.town.name), Cell(one.assessment.community.name)),
                *(Cell(TICK if one.answer == answer and not blank else "") for answer in ANSWERS),
                Cell("" if blank else _words(one, remarks.get(one.assessment_id, []))),
            ]
            for one in opinions
        ],
    )


def _words(opinion: Opinion, remarks: Sequence[Opinion]) -> str:
    silent = opinion.answer == Opinion.Answer.SILENT
    told = [f"{one.item.code} {one.get_answer_display()}：{one.text}" for one in remarks if one.item]
    return "；".join(filter(None, ["逾期未回复" if silent else opinion.text, *told]))
