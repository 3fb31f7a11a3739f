"""What district, city and province found in the demonstration: inspections by method, and the sheets formed of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from django.utils import timezone

from assessment.demo.sheets import HALF, Written
from assessment.demo.steps import DAYS, SCORED_BY, history
from assessment.inspecting.forming import lowest
from assessment.inspecting.methods import covers, methods_of
from assessment.models import (
    Inspection,
    InspectionScore,
    Item,
    ItemScore,
    Method,
    Part,
    ScoreSheet,
    Signature,
    Stage,
    State,
    StateChange,
)
from assessment.models.assessments import PART_FIELDS
from communities.models import Appointment, District, Role

FAULTS = (
    "现场资料与自评材料不一致，部分记录缺少日期和参加人员。",
    "公开栏内容更新不及时，近两个月没有新内容。",
    "功能室有牌子，但当天没有开放，活动记录不连续。",
    "楼道和背街小巷有杂物堆放。",
    "入户走访中部分居民不了解该项工作。",
)
RECORDS = {
    Method.BRIEFING: "听取社区书记关于创建工作情况的汇报，重点介绍了网格化管理和便民服务情况。",
    Method.INTERVIEW: "随机走访居民，了解满意度、知晓率。",
    Method.DOCUMENTS: "逐条查阅佐证材料和台账。",
    Method.SITE: "查看服务大厅、功能室、公开栏和户外活动场地。",
}
BEFORE_SCORED = 2
"""How many days of the round before its result a stage was at work."""
STRICT = {State.UNLISTED: Stage.DISTRICT, State.FAILED: Stage.CITY, State.REVOKED: Stage.REINSPECTION}
"""At which stage one that came to this end had fallen below the mark."""


@dataclass(frozen=True)
class Checkers:
    """Who inspects: the bureau and its neighbours for the district, one person for each level above."""

    bureau: Appointment
    city: Appointment
    province: Appointment
    towns: Sequence[Appointment]

    @classmethod
    def of(cls, district: District) -> "Checkers":
        people = list(Appointment.objects.current().filter(district=district).select_related("user"))

        def first(role: Role) -> Appointment:
            return next(person for person in people if person.role == role)

        towns = [person for person in people if person.role == Role.TOWN_OFFICER]
        return cls(first(Role.BUREAU_OFFICER), first(Role.CITY_INSPECTOR), first(Role.PROVINCE_INSPECTOR), towns)

    def of_stage(self, stage: Stage, method: Method, written: Written, number: int) -> Appointment:
        """材料审核 by the bureau, 现场检查 by an officer of another town."""
        if stage in (Stage.CITY, Stage.PROVINCE):
            return self.city if stage == Stage.CITY else self.province
        if method == Method.DOCUMENTS:
            return self.bureau
        others = [person for person in self.towns if person.town_id != written.assessment.community.town_id]
        return others[number % len(others)]


class Reviewer:
    """Writes what was found about the assessments of one year and category, in bulk, and then their histories."""

    def __init__(self, items: Sequence[Item], checkers: Checkers, random: Random, mark: Decimal) -> None:
        self.items, self.checkers, self.random, self.mark = items, checkers, random, mark
        self.inspections: list[Inspection] = []
        self.scores: list[InspectionScore] = []
        self.sheets: list[ScoreSheet] = []
        self.item_scores: list[ItemScore] = []
        self.signatures: list[Signature] = []
        self.changes: list[StateChange] = []

    def write(self, all_written: Sequence[Written], drawn: Mapping[Stage, set[int]]) -> dict[int, dict[Stage, Decimal]]:
        """`drawn` holds the communities that were in the sample of a stage. Answers with each assessment's totals."""
        found = {}
        for number, written in enumerate(all_written):
            totals = {Stage.SELF: written.total} if written.points else {}
            points = dict(written.points) or {item: item.points for item in self.items}
            for stage in self.stages(written, drawn):
                base = points if stage != Stage.REINSPECTION else {item: item.points for item in self.items}
                points = self.found(base, self.wanted(written, stage))
                totals[stage] = self.inspect(written, stage, points, number)
            self.changes += history(written.assessment, written.way, totals)
            found[written.assessment.pk] = totals
        self.store()
        return found

    def store(self) -> None:
        Inspection.objects.bulk_create(self.inspections)
        InspectionScore.objects.bulk_create(self.scores, batch_size=2000)
        Signature.objects.bulk_create(self.signatures)
        ScoreSheet.objects.bulk_create(self.sheets)
        ItemScore.objects.bulk_create(self.item_scores, batch_size=2000)
        StateChange.objects.bulk_create(self.changes)

    def stages(self, written: Written, drawn: Mapping[Stage, set[int]]) -> Iterator[Stage]:
        """The stages that have scored it."""
        community = written.assessment.community_id
        for stage, step in SCORED_BY.items():
            applies = stage == Stage.REINSPECTION if stage not in drawn else community in drawn[stage]
            if stage == Stage.DISTRICT:
                applies = not written.way.is_recheck
            if stage == Stage.REINSPECTION:
                applies = "report_rectified" in written.way.steps
            if applies and written.way.reached(step):
                yield stage

    def wanted(self, written: Written, stage: Stage) -> Decimal:
        """The lowest total the story allows: the mark, or a little less where the stage brought it down."""
        state = written.way.state
        fell = STRICT.get(state) == stage or (written.way.is_recheck and stage == Stage.PROVINCE)
        if fell and written.way.steps[-1:] != ("keep",):
            return self.mark - Decimal("2.5")
        return self.mark

    def found(self, points: Mapping[Item, Decimal], lowest_total: Decimal) -> dict[Item, Decimal]:
        """Half a point less here and there, down to the total that is wanted where that lies below the mark."""
        found = dict(points)
        total = sum(found.values(), Decimal(0))
        order = self.random.sample(list(found), len(found))
        most = len(order) if lowest_total < self.mark else self.random.randrange(2, 7)
        for item in order[:most]:
            if total - HALF < lowest_total:
                break
            if found[item] > HALF:
                found[item] -= HALF
                total -= HALF
        return found

    def inspect(self, written: Written, stage: Stage, points: Mapping[Item, Decimal], number: int) -> Decimal:
        """Every method of a stage, each with what it covers, and the sheet that comes of it; answers with its total."""
        at = written.way.round.day(max(DAYS[SCORED_BY[stage]] - BEFORE_SCORED, 0))
        scores: list[InspectionScore] = []
        for method in methods_of(stage):
            inspection = self.inspection(written, stage, method, at, number)
            scores += [
                InspectionScore(inspection=inspection, item=item, points=given, reason=self.reason(item, given))
                for item, given in points.items()
                if covers(stage, method, item)
            ]
        self.scores += scores
        return self.form(written, stage, scores)

    def inspection(self, written: Written, stage: Stage, method: Method, at: datetime, number: int) -> Inspection:
        checker = self.checkers.of_stage(stage, method, written, number)
        inspection = Inspection(
            assessment=written.assessment,
            stage=stage,
            method=method,
            inspector=checker.user,
            checkers=checker.user.name,
            inspected_on=timezone.localdate(at),
            place="" if method == Method.DOCUMENTS else written.assessment.community.name,
            record=RECORDS[method],
            assigned_by=self.checkers.bureau.user,
            finished_at=at,
        )
        if method == Method.INTERVIEW:
            inspection.satisfaction_asked = inspection.awareness_asked = 30
            inspection.satisfied, inspection.aware = self.random.randrange(27, 31), self.random.randrange(25, 31)
        if method == Method.SITE:
            names = {Signature.Side.CHECKER: checker.user.name, Signature.Side.UNIT: "社区负责人"}
            self.signatures += [
                Signature(inspection=inspection, side=side, name=name, signed_at=at, entered_by=checker.user)
                for side, name in names.items()
            ]
        self.inspections.append(inspection)
        return inspection

    def reason(self, item: Item, given: Decimal) -> str:
        return self.random.choice(FAULTS) if given < item.points else ""

    def form(self, written: Written, stage: Stage, scores: Sequence[InspectionScore]) -> Decimal:
        """As `assessment.inspecting.forming.form_sheet` does it, but not yet in the database."""
        sheet = ScoreSheet(assessment=written.assessment, stage=stage)
        found = lowest(scores)
        for item in self.items:
            name = PART_FIELDS[Part(item.part)]
            setattr(sheet, name, sheet.part_sum(item.part) + found[item.pk].points)
            score = ItemScore(sheet=sheet, item=item, points=found[item.pk].points, reason=found[item.pk].reason)
            self.item_scores.append(score)
        sheet.total = sum((one.points for one in found.values()), Decimal(0))
        sheet.scored_items = len(found)
        self.sheets.append(sheet)
        return sheet.total
