"""How exports are listed."""

import django_tables2 as tables

from assessment.tables import WRAP
from communities.tables import NUMBER, NumberedTable
from communities.templatetags.official import plain
from reporting.models import ExportJob

MEGABYTE = 1024 * 1024


class ExportTable(NumberedTable):
    """A person's exports, the latest first."""

    title = tables.Column("内容", orderable=False, attrs=WRAP)
    format = tables.Column("格式", orderable=False)
    total = tables.Column("份数", orderable=False, attrs=NUMBER)
    asked_at = tables.DateTimeColumn(verbose_name="提出时间", orderable=False)
    status = tables.TemplateColumn(template_name="reporting/_export_status.html", verbose_name="状态", orderable=False)
    expires_at = tables.DateTimeColumn(verbose_name="有效期至", orderable=False)
    action = tables.TemplateColumn(template_name="reporting/_export_action.html", verbose_name="操作", orderable=False)
    error = tables.Column("备注", orderable=False, attrs=WRAP, empty_values=())

    class Meta:
        model = ExportJob
        fields = ("number", "title", "format", "total", "status", "action", "expires_at", "asked_at", "error")
        sequence = fields
        empty_text = "还没有导出。在“自评申报”列表上查询后点“批量导出”。"

    def render_format(self, record: ExportJob) -> str:
        return record.get_format_display().split("（")[0]

    def render_error(self, record: ExportJob) -> str:
        """Why it failed, or how large it is."""
        if record.size is None or record.status != ExportJob.Status.DONE:
            return record.error
        return f"{plain(max(1, round(record.size / MEGABYTE)))}MB"
