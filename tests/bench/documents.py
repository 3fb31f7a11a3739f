"""300 score sheets at once, against one after the other."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from assessment.models import Assessment, Stage
from assessment.sheets import SHEET_RELATIONS, Score, SheetTable, sheet_table
from communities.models import Category
from reporting.batches.making import write_part
from reporting.models import ExportJob
from reporting.score_sheet_xlsx import score_sheet_xlsx
from reporting.score_sheets import score_sheet_pdf
from tests.bench.compare import Result
from tests.bench.district import Place

SHEETS = 300
SINGLES = 10
REASONS = ["", "资料不全，正在补充。", "近两个月没有新内容。", "缺1人，扣0.5分。"]
Format = ExportJob.Format


def measure_documents(place: Place) -> Iterator[Result]:
    urban = Assessment.objects.select_related(*SHEET_RELATIONS).get(pk=place.assessment.pk)
    rural = Assessment.objects.select_related(*SHEET_RELATIONS).filter(community__category=Category.RURAL)[0]
    forms = [sheet_table(urban), sheet_table(rural)]
    tables = [varied(forms[number % 2], number) for number in range(SHEETS)]
    single = milliseconds(lambda: [score_sheet_pdf(table) for table in tables[:SINGLES]]) / SINGLES * SHEETS
    for file_format, label in ((Format.PDF, "一个PDF"), (Format.PDF_ZIP, "PDF压缩包")):
        what = f"{SHEETS}份评分表的{label}／WeasyPrint 逐份（{SINGLES}份折算）"
        yield Result(what, batch(file_format, tables), single, 1 / 20)
    one_by_one = milliseconds(lambda: [score_sheet_xlsx(table) for table in tables])
    what = f"{SHEETS}份评分表的Excel压缩包／openpyxl 逐份"
    yield Result(what, batch(Format.XLSX_ZIP, tables), one_by_one, 1 / 4)
    yield Result(f"{SHEETS}份评分表的一个PDF的内存峰值", peak_memory(tables), None, 300, unit="MB")


def varied(table: SheetTable, number: int) -> SheetTable:
    """The sheet of another community: its name, and a score and a reason on every item that none else has."""
    parts = tuple(
        replace(
            part,
            rows=tuple(
                replace(row, scores={Stage.SELF: Score(row.points / 2, REASONS[(number + row.number) % 4], 1)})
                for row in part.rows
            ),
        )
        for part in table.parts
    )
    return replace(table, parts=parts, unit=f"湖塘镇第{number}社区", community_code=f"{number:012}")


def batch(file_format: Format, tables: list[SheetTable]) -> float:
    with TemporaryDirectory() as folder:
        target = Path(folder) / "batch"
        return milliseconds(lambda: write_part(file_format, tables, target, first=0, progress=lambda _done: None))


def milliseconds(work: Callable[[], object]) -> float:
    """Of this process: the sides run one after the other, and a busy moment must not fall on one of them."""
    begun = process_time()
    work()
    return (process_time() - begun) * 1000


def peak_memory(tables: list[SheetTable]) -> float:
    command = [sys.executable, str(Path(__file__).with_name("batch_memory.py"))]
    written = subprocess.run(command, input=pickle.dumps(tables), stdout=subprocess.PIPE, check=True)
    return float(written.stdout)
