"""Draw again from what was written down, and say what does not agree; exit status 1 where anything does not."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.models import SamplingDraw, Stage
from assessment.sampling.frame import record_of
from assessment.sampling.record import Record, UnreadableRecord, from_json, verify
from reporting.management.commands.figures import campaign_year_of

STAGES = [Stage.CITY.value, Stage.PROVINCE.value]


class Command(BaseCommand):
    help = "复核抽样：重算抽样框摘要、排序值、调换和抽中单位。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, nargs="?", help="年度，如 2012")
        parser.add_argument("stage", choices=STAGES, nargs="?", help="city 市抽查，province 省考评")
        parser.add_argument("--district", help="区名；只有一个区时可不填")
        parser.add_argument("--file", help="从抽样页面导出的抽样框（JSON）；填了它就不用写年度和层级")

    def handle(
        self, *, year: int | None, stage: str | None, district: str | None, file: str | None, **_options: Any
    ) -> None:
        record = read(file) if file else stored(year, stage, district)
        differences = 0
        for finding in verify(record):
            self.stdout.write(f"{'不一致' if finding.differences else '一致'}：{finding.checked}")
            for difference in finding.differences:
                self.stdout.write(f"  {difference}")
            differences += len(finding.differences)
        if differences:
            raise CommandError(f"复核发现{differences}处不一致。")
        self.stdout.write("复核通过。")


def stored(year: int | None, stage: str | None, district: str | None) -> Record:
    """The draw of the database. Raises CommandError."""
    if year is None or stage is None:
        raise CommandError("请写明年度和层级，如：verify_draw 2012 city；或用 --file 指明导出的文件。")
    draws = SamplingDraw.objects.filter(campaign_year=campaign_year_of(year, district), stage=stage)
    draw = draws.select_related("campaign_year").first()
    if draw is None:
        raise CommandError(f"{year}年度还没有冻结{Stage(stage).label}抽样框。")
    return record_of(draw)


def read(path: str) -> Record:
    """The draw of an exported file. Raises CommandError."""
    try:
        return from_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"不能读取文件{path}：{error}") from error
    except UnreadableRecord as error:
        raise CommandError(str(error)) from error
