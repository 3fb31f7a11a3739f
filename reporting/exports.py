"""Files that leave the system: one table of formats, names for people, an audit event for each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from accounts import audit
from assessment.models import Assessment
from assessment.sheets import SheetTable, sheet_table
from communities.models import Appointment
from reporting.score_sheet_xlsx import score_sheet_xlsx
from reporting.score_sheets import score_sheet_pdf

FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True)
class Format:
    name: str
    label: str
    content_type: str
    render: Callable[[SheetTable], bytes]


FORMATS = {
    row.name: row
    for row in [
        Format(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            score_sheet_xlsx,
        ),
        Format("pdf", "PDF", "application/pdf", score_sheet_pdf),
    ]
}


def export_score_sheet(assessment: Assessment, file_format: Format, *, by: Appointment | None) -> tuple[str, bytes]:
    """The file's name and bytes; once it is made the export is in the audit trail. `by` is None from a shell."""
    table = sheet_table(assessment)
    content = file_format.render(table)
    audit.record(
        "导出",
        assessment,
        by=by.user if by else None,
        after={"文件": table.form, "格式": file_format.label, "校验码": table.digest},
    )
    return file_name(table, file_format), content


def file_name(table: SheetTable, file_format: Format) -> str:
    """考核评分表（湖塘镇聚湖社区2012年度）.xlsx, without characters that a file system refuses."""
    unit = "".join(character for character in table.unit if character.isprintable())
    return f"{table.form}（{unit}{table.year}年度）.{file_format.name}".translate(FORBIDDEN_IN_NAMES)


def download(name: str, content: bytes, content_type: str) -> HttpResponse:
    """An attachment whose Chinese name every browser reads (RFC 5987)."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=content_type, headers=headers)
