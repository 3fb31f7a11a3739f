"""Import a standard from CSV or a workbook: all of it, or nothing and every problem by line."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.standards.file import read_file
from assessment.standards.importing import Draft, InvalidStandardError, Problem, check
from assessment.standards.publishing import Comparison, compare, current_standard, publish_standard
from communities.importing.problems import FileRefusedError
from communities.models import Category, District


class Command(BaseCommand):
    help = "导入考评标准并发布为新版本；有任何一处问题则不写入。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="“.csv”或“.xlsx”文件")
        parser.add_argument(
            "--category", choices=Category.values, required=True, help="urban 城镇社区，rural 农村社区（村）"
        )
        parser.add_argument("--district", help="只发布给该区；不填则各区通用")
        parser.add_argument("--check", action="store_true", help="只检查，不写入")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *, file: Path, category: str, district: str | None, **options: Any) -> None:
        unit = district_named(district) if district else None
        try:
            draft = check(read_file(content_of(file)))
        except FileRefusedError as error:
            self.refuse([Problem(1, file.name, "UTF-8编码的“.csv”文件，或“.xlsx”工作簿", str(error))])
        except InvalidStandardError as error:
            self.refuse(error.problems)
        else:
            comparison = self.publish(draft, category, unit, check_only=options["check"])
            self.report(comparison, [])

    def publish(self, draft: Draft, category: str, district: District | None, *, check_only: bool) -> Comparison:
        current = current_standard(category, district)
        comparison = compare(draft, current)
        if comparison.is_identical:
            self.stderr.write(f"与现行第{current.version if current else 0}版内容相同，没有发布新版本。")
        elif check_only:
            self.stderr.write("检查通过，没有写入。")
        else:
            standard = publish_standard(draft=draft, category=category, district=district, replaces=current, by=None)
            self.stderr.write(f"已发布{standard}。")
        return comparison

    def refuse(self, problems: list[Problem]) -> None:
        self.report(None, problems)
        raise CommandError(f"文件有{len(problems)}处问题，没有写入任何内容。")

    def report(self, comparison: Comparison | None, problems: list[Problem]) -> None:
        counts = {
            name: len(getattr(comparison, name)) if comparison else 0 for name in ("created", "changed", "unchanged")
        }
        result = {**counts, "errors": [asdict(problem) for problem in problems]}
        self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))


def content_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileRefusedError(f"无法读取文件“{file}”，请核对路径和权限。") from error


def district_named(name: str) -> District:
    district = District.objects.filter(name=name).first()
    if district is None:
        raise CommandError(f"没有名为“{name}”的区，请核对 --district。")
    return district
