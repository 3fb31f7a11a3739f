"""What a filled workbook would change: every sheet within the sender's scope beside what is stored now (R23, R70).

Nothing may be written while one cell is in doubt. What somebody else scored after the download is a conflict to decide.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assessment.entries import Entry
from assessment.models import Assessment, CampaignYear, ItemScore, ScoreSheet, Stage
from assessment.sheet_workbooks.filling import RELATIONS, items_of, scores_of
from assessment.sheet_workbooks.identity import SheetMark, find_identity, read_identity
from assessment.sheet_workbooks.reading import FilledSheet, line, problem, read_entries, read_sheet
from communities.importing.problems import FileRefusedError, Problem
from communities.importing.workbooks import Sheet, Workbook
from communities.models import Appointment

NOT_YOURS = "没有这张表对应的自评，或不属于您的单位。请上传从本单位下载的填报工作簿，删去其他单位的工作表。"


@dataclass(frozen=True)
class Difference:
    """One item that the file fills in otherwise than it stands now; `score` is None where nothing stands yet."""

    assessment_id: int
    entry: Entry
    score: ItemScore | None

    @property
    def name(self) -> str:
        """What a decision on it is called in a form."""
        return f"take-{self.assessment_id}-{self.entry.item.pk}"

    @property
    def revision(self) -> int:
        return self.score.revision if self.score else 0

    @property
    def is_conflict(self) -> bool:
        """Whether the score is newer than the one that the file was made from."""
        return self.entry.revision != self.revision

    @property
    def old_points(self) -> Decimal | None:
        return self.score.points if self.score else None

    @property
    def old_reason(self) -> str:
        return self.score.reason if self.score else ""

    @property
    def gain(self) -> Decimal:
        """By how much the total grows with it."""
        return (self.entry.points or Decimal(0)) - (self.old_points or Decimal(0))

    @property
    def settled(self) -> Entry:
        """The entry as it is written once a person has seen what stands."""
        return replace(self.entry, revision=self.revision)


@dataclass(frozen=True)
class UnitPlan:
    """What would change of one community's sheet; `total` is the stored one."""

    assessment: Assessment
    sheet: str
    total: Decimal
    differences: list[Difference]

    @property
    def changes(self) -> list[Difference]:
        return [one for one in self.differences if not one.is_conflict]

    @property
    def conflicts(self) -> list[Difference]:
        return [one for one in self.differences if one.is_conflict]

    @property
    def after(self) -> Decimal:
        """The total with the changes, as long as every conflict is left to the system."""
        return self.total + sum((one.gain for one in self.changes), Decimal(0))


@dataclass
class WorkbookPlan:
    """What an upload would do; nothing is written while `problems` is not empty."""

    units: list[UnitPlan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def touched(self) -> list[UnitPlan]:
        return [unit for unit in self.units if unit.differences]

    @property
    def changes(self) -> list[Difference]:
        return [one for unit in self.units for one in unit.changes]

    @property
    def conflicts(self) -> list[Difference]:
        return [one for unit in self.units for one in unit.conflicts]

    @property
    def digest(self) -> str:
        """Equal for two plans that do the same to the same stored scores."""
        rows = [
            [one.assessment_id, one.entry.item.pk, one.revision, str(one.entry.points), one.entry.reason]
            for unit in self.units
            for one in unit.differences
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def plan_workbook(workbook: Workbook, *, campaign_year: CampaignYear, appointment: Appointment) -> WorkbookPlan:
    """Every sheet of the workbook against what is stored; as many queries for one sheet as for sixty."""
    plan = WorkbookPlan()
    try:
        identity = find_identity(workbook)
        marks = read_identity(identity)
    except FileRefusedError as refused:
        plan.problems.append(problem("", "", "", "本系统下载的填报工作簿", str(refused)))
        return plan
    filled = _filled_sheets(workbook, identity, plan)
    _refuse_doubles(filled)
    planner = Planner(filled, marks, campaign_year, appointment)
    for one in filled:
        unit = planner.unit_of(one)
        plan.units += [unit] if unit else []
        plan.problems += one.problems
        plan.notes += one.notes
    return plan


def _filled_sheets(workbook: Workbook, identity: Sheet, plan: WorkbookPlan) -> list[FilledSheet]:
    filled = []
    for sheet in workbook.sheets:
        found = read_sheet(sheet) if sheet is not identity else None
        if found:
            filled.append(found)
        elif sheet is not identity:
            plan.notes.append(f"工作表“{sheet.name}”不是评分表，未读取。")
    if not filled:
        message = "工作簿中没有评分表，或评分表都被隐藏了。请恢复后再上传。"
        plan.problems.append(problem("", "", "", "至少一张评分表", message))
    return filled


def _refuse_doubles(filled: Iterable[FilledSheet]) -> None:
    first: dict[str, FilledSheet] = {}
    for one in filled:
        if one.key in first:
            message = f"与工作表“{first[one.key].sheet.name}”是同一张表，不能确定以哪一张为准。请只保留一张。"
            one.refuse(expected="每个社区（村）一张表", message=message)
        elif one.key:
            first[one.key] = one


class Planner:
    """Knows what is stored of all sheets of a workbook, and compares them one by one."""

    def __init__(
        self,
        filled: list[FilledSheet],
        marks: Mapping[str, SheetMark],
        campaign_year: CampaignYear,
        appointment: Appointment,
    ) -> None:
        self.marks = marks
        self.campaign_year = campaign_year
        ids = [marks[one.key].assessment_id for one in filled if one.key in marks]
        visible = Assessment.objects.visible_to(appointment).filter(pk__in=ids, kind=Assessment.Kind.APPLICATION)
        self.assessments = {one.pk: one for one in visible.select_related(*RELATIONS)}
        self.items = items_of(self.assessments.values())
        self.scores = scores_of(self.assessments.values())
        sheets = ScoreSheet.objects.filter(assessment__in=self.assessments, stage=Stage.SELF)
        self.totals = dict(sheets.values_list("assessment", "total"))

    def unit_of(self, filled: FilledSheet) -> UnitPlan | None:
        """What the sheet would change; None where it has problems, which are noted on it."""
        if filled.problems and not filled.rows:
            return None
        mark = self.marks.get(filled.key)
        assessment = self.assessments.get(mark.assessment_id) if mark else None
        if mark is None or assessment is None or assessment.community.code != mark.community_code:
            filled.refuse(expected="本单位社区（村）的评分表", message=NOT_YOURS)
            return None
        refusal = self._refusal(mark, assessment)
        if refusal:
            filled.refuse(expected=refusal[0], message=refusal[1])
            return None
        entries = read_entries(filled, self.items[assessment.standard_id], mark.items)
        if filled.problems:
            return None
        differences = self._differences(assessment, entries)
        if differences and not assessment.is_editable:
            filled.refuse(expected="自评中或退回修改的评分表", message=closed(assessment))
            return None
        return UnitPlan(assessment, filled.sheet.name, self.totals[assessment.pk], differences)

    def _refusal(self, mark: SheetMark, assessment: Assessment) -> tuple[str, str] | None:
        """(expected, sentence) where the sheet is of another year or another standard."""
        if assessment.campaign_year_id != self.campaign_year.pk or mark.year != self.campaign_year.year:
            message = f"这是{mark.year}年度的评分表，当前选择的是{self.campaign_year}。请先在页面上方切换年度，再上传。"
            return f"{self.campaign_year}的评分表", message
        if assessment.standard_id != mark.standard_id:
            label = assessment.standard.label
            message = (
                f"这张表是按“{line(mark.standard)}”下载的，该自评现在用的是“{label}”。"
                "请重新下载填报工作簿，把填好的内容抄入后再上传。"
            )
            return label, message
        return None

    def _differences(self, assessment: Assessment, entries: Iterable[Entry]) -> list[Difference]:
        stored = [(entry, self.scores.get((assessment.pk, entry.item.pk))) for entry in entries]
        return [Difference(assessment.pk, entry, score) for entry, score in stored if not entry.equals(score)]


def closed(assessment: Assessment) -> str:
    """Why a sheet that was filled in meanwhile is not taken any more."""
    return (
        f"{assessment.community.full_name}的自评现为“{assessment.status.label}”，不能再修改，表中却有改动。"
        "请删去这张工作表后再上传；确需修改的，先撤回申报。"
    )
