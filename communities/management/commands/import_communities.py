"""manage.py import_communities FILE --year Y: the register 社区基本情况表 into the database, or all reasons why not."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from communities.importing.apply import PlanChangedError, import_register
from communities.importing.cells import EARLIEST, LATEST
from communities.importing.plan import Plan, make_plan
from communities.importing.problems import FileRefusedError, Problem
from communities.importing.register import Register, read_register
from communities.importing.workbooks import check_size, read_workbook
from communities.models import District


class Command(BaseCommand):
    help = "导入社区基本情况表（.xlsx、.xls、.csv）。结果以JSON输出；有问题时不写入任何内容，退出码为1。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="社区基本情况表")
        parser.add_argument("--year", type=int, required=True, help="台账年度，例如2012")
        parser.add_argument("--district", help="区的名称；只有一个区时可以省略")
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument("--format", choices=["json"], default="json", help="输出格式")

    def handle(self, *_args: Any, **options: Any) -> None:
        plan, problems = self._run(options)
        for note in plan.notes if plan else []:
            self.stderr.write(note)
        counted = plan if plan and not problems else Plan(District(), 0)
        result = {
            "created": len(counted.created),
            "changed": len(counted.changed),
            "unchanged": len(counted.unchanged),
            "errors": [asdict(problem) for problem in problems],
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        if problems:
            raise CommandError(f"有{len(problems)}处问题，未写入任何内容。")
        self.stderr.write("检查通过，未写入。" if options["check"] else "导入完成。")

    def _run(self, options: dict[str, Any]) -> tuple[Plan | None, list[Problem]]:
        try:
            district = find_district(options["district"])
            check_year(options["year"])
            register = read_file(Path(options["file"]))
        except FileRefusedError as refused:
            return None, [Problem("", "", "", "", str(refused))]
        if options["check"]:
            plan = make_plan(register, district=district, year=options["year"])
            return plan, plan.problems
        try:
            plan = import_register(
                register, district=district, year=options["year"], town=None, by=None, previewed=None
            )
        except PlanChangedError as changed:
            again = Problem("", "", "", "", "台账刚刚被他人修改，请重新导入。")
            return changed.plan, changed.plan.problems or [again]
        return plan, []


def find_district(name: str | None) -> District:
    """The district of that name, or the only one there is."""
    districts = list(District.objects.filter(name=name) if name else District.objects.all()[:2])
    if len(districts) == 1:
        return districts[0]
    if name:
        raise FileRefusedError(f"没有名为“{name}”的区，请核对名称。")
    raise FileRefusedError("有多个区，请用 --district 指明。" if districts else "还没有区，请先创建。")


def check_year(year: int) -> None:
    if not EARLIEST <= year <= LATEST:
        raise FileRefusedError(f"年度应在{EARLIEST}至{LATEST}之间。")


def read_file(path: Path) -> Register:
    try:
        check_size(path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise FileRefusedError(f"无法读取文件“{path}”，请核对路径和权限。") from error
    return read_register(read_workbook(content, path.name), path.name)
