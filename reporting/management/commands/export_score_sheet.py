"""One community's 考核评分表 as a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.models import Assessment
from assessment.sheets import SHEET_RELATIONS
from communities.models import Community
from reporting.exports import FORMATS, export_score_sheet


class Command(BaseCommand):
    help = "导出某社区（村）某年度的考核评分表。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--community", required=True, help="社区（村）代码，12位")
        parser.add_argument("--year", type=int, required=True, help="年度，如 2012")
        parser.add_argument("--format", choices=list(FORMATS), required=True, help="文件格式")
        parser.add_argument("--output", type=Path, required=True, help="文件路径，已有的文件会被替换")

    def handle(self, *, community: str, year: int, output: Path, **options: Any) -> None:
        assessment = assessment_of(community, year)
        _name, content = export_score_sheet(assessment, FORMATS[options["format"]], by=None)
        try:
            write_whole(output, content)
        except OSError as error:
            raise CommandError(f"文件{output}不能写入：{error.strerror}。请检查目录是否存在、是否可写。") from error
        self.stderr.write(f"已导出{assessment.community.full_name}{year}年度考核评分表：{output}")


def assessment_of(code: str, year: int) -> Assessment:
    """Raises CommandError when the community is unknown or has no assessment in the year."""
    community = Community.objects.select_related("town").filter(code=code).first()
    if community is None:
        raise CommandError(f"没有代码为{code}的社区（村），请核对12位代码。")
    assessments = Assessment.objects.select_related(*SHEET_RELATIONS)
    assessment = assessments.filter(community=community, campaign_year__year=year).first()
    if assessment is None:
        raise CommandError(f"{community.full_name}在{year}年度没有考评，请先开始自评。")
    return assessment


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and rename: a reader finds the old file or the new one, never a part."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
