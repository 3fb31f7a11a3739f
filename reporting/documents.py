"""The candidate list and its 公示 on A4 paper: one object that the print page and the PDF both show (F9)."""

from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

from accounts import audit
from assessment.candidate_lists import list_statement, notice_days
from assessment.candidates import counted
from assessment.models import CandidateList
from communities.models import Appointment
from reporting.letters.consultations import OFFICE
from reporting.pdf import render_pdf


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
