"""A statement as a file: the export of what is shown, with its line in the audit trail."""

from django.http import FileResponse

from accounts import audit
from communities.access import Request
from communities.statements import Statement, statement_workbook
from communities.views.importing import download


def export(request: Request, *statements: Statement) -> FileResponse:
    """用房不达标（湖塘镇2012年度）.xlsx, one sheet for each statement."""
    appointment, title = request.appointment, statements[0].title
    year = f"{request.campaign_year.year}年度" if request.campaign_year else ""
    audit.record(
        f"导出{title}",
        appointment.community or appointment.town or appointment.district,
        by=request.user,
        after={"年度": year, "记录数": len(statements[0].rows), "条件": request.GET.urlencode()[:200]},
    )
    return download(statement_workbook(*statements), f"{title}（{appointment.unit_name}{year}）.xlsx")
