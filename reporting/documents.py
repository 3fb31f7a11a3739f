"""Letters and lists on A4 paper: one object that the print page and the PDF both show (F6, F9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

from accounts import audit
from assessment.candidate_lists import list_statement, notice_days
from assessment.candidates import counted
from assessment.consultation_lists import own_opinions, units_asked
from assessment.models import Assessment, CandidateList, Consultation, Opinion, Rectification
from communities.models import Appointment, Category, Department
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact
from reporting.pdf import render_pdf

OFFICE = "社区建设领导小组办公室"


@dataclass(frozen=True)
class Document:
    """`template` is the body; `foot` stands in the margin of every page of the PDF."""

    title: str
    template: str
    about: Any
    context: dict[str, Any] = field(default_factory=dict)
    foot: str = ""

    def pdf(self) -> bytes:
        return render_pdf(render_to_string("reporting/document_pdf.html", {"document": self, **self.context}))

    def export(self, *, by: Appointment) -> tuple[str, bytes]:
        """Name and bytes of the PDF; the export is in the audit trail."""
        content = self.pdf()
        audit.record("导出", self.about, by=by.user, after={"文件": self.title, "格式": "PDF"})
        return f"{self.title}.pdf", content


def consultation_letter(consultation: Consultation, by: Appointment) -> Document:
    """征求意见函 with the units as its attachment; a liaison reads the one to the own department."""
    opinions = list(units_asked(consultation, by))
    offices = {one.department_id: one.department.name for one in opinions}
    units: dict[int, list[Opinion]] = {}
    for opinion in opinions:
        units.setdefault(opinion.assessment_id, []).append(opinion)
    rows = [(asked[0].assessment, _not_asked(asked, offices)) for asked in units.values()]
    year = consultation.campaign_year
    return Document(
        f"关于征求对{year}省级和谐社区建设示范社区（村）创建单位意见的函",
        "reporting/_consultation_letter.html",
        consultation,
        {
            "consultation": consultation,
            "offices": "、".join(offices.values()),
            "rows": rows,
            "counted": _counted([unit.community.category for unit, _note in rows]),
            "unit_count": len(rows),
            "sender": f"{year.campaign.district}{OFFICE}",
            "year": year,
        },
    )


def _not_asked(asked: Sequence[Opinion], offices: dict[int, str]) -> str:
    """Who was not asked about a unit, where not all were."""
    told = {one.department_id for one in asked}
    missing = [name for pk, name in offices.items() if pk not in told]
    return f"不征求：{'、'.join(missing)}" if missing else ""


def _counted(categories: Sequence[str]) -> str:
    numbers = Counter(categories)
    return "、".join(f"{category.label}{numbers[category]}个" for category in Category)


def consultation_reply(consultation: Consultation, department: Department) -> Document:
    """部门意见回执: what the department answered, blank where it has not, to be stamped and filed."""
    opinions = list(own_opinions(consultation, department))
    remarks = Opinion.objects.filter(consultation=consultation, department=department).exclude(item=None)
    by_unit: dict[int, list[Opinion]] = {}
    for remark in remarks.select_related("item").order_by("item__sort_order"):
        by_unit.setdefault(remark.assessment_id, []).append(remark)
    return Document(
        f"部门意见回执（{department}{consultation.campaign_year}第{consultation.round}轮）",
        "reporting/_consultation_reply.html",
        consultation,
        {
            "consultation": consultation,
            "department": department,
            "rows": [(opinion, by_unit.get(opinion.assessment_id, [])) for opinion in opinions],
            "answers": [Opinion.Answer.AGREE, Opinion.Answer.REMARK, Opinion.Answer.OBJECT],
        },
    )


def candidate_list_document(candidate_list: CandidateList) -> Document:
    """正式创建名单 as reported to the city (F9)."""
    candidates = list(candidate_list.candidates.all())
    return Document(
        f"{candidate_list.campaign_year}省级和谐社区建设示范社区（村）创建名单",
        "reporting/_candidate_list.html",
        candidate_list,
        {
            "list": candidate_list,
            "statement": list_statement(candidate_list, candidates),
            "sender": f"{candidate_list.campaign_year.campaign.district}{OFFICE}",
            "notice": notice_days(candidate_list),
        },
        foot=f"内容摘要 {candidate_list.digest[:16]}",
    )


WORKLIST = [
    *(Column("条目"), Column("存在问题", Kind.WORDS), Column("整改要求", Kind.WORDS), Column("责任人")),
    *(Column("整改时限"), Column("进展")),
]


def rectification_worklist(assessment: Assessment) -> Document:
    """整改清单: what a unit and its town have found themselves and mend without a notice (R47, R69)."""
    own = Rectification.objects.filter(assessment=assessment, notice__isnull=True).select_related("item")
    rows = [
        [
            *(Cell(one.item.code if one.item else "其他"), Cell(one.problem), Cell(one.requirement), Cell(one.owner)),
            *(Cell(fact(one.due_on)), Cell(one.get_progress_display())),
        ]
        for one in own.order_by("item__sort_order", "pk")
    ]
    title = f"整改清单（{assessment.community.full_name}{assessment.campaign_year}）"
    statement = Statement(title, WORKLIST, rows, empty="没有自查自改的整改事项。")
    return Document(title, "reporting/_rectification_worklist.html", assessment, {"statement": statement})


def public_notice(candidate_list: CandidateList) -> Document:
    """公示: the units without their scores, for the notice board."""
    candidates = list(candidate_list.candidates.all())
    return Document(
        f"{candidate_list.campaign_year}省级和谐社区建设示范社区（村）创建名单公示",
        "reporting/_public_notice.html",
        candidate_list,
        {
            "list": candidate_list,
            "candidates": candidates,
            "counted": counted(candidates),
            "sender": f"{candidate_list.campaign_year.campaign.district}{OFFICE}",
            "notice": notice_days(candidate_list),
        },
        foot=f"内容摘要 {candidate_list.digest[:16]}",
    )
