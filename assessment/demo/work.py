"""What people of the demonstration are at work on: inspections given out, faults being mended, reasons not to apply."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from assessment.calendar import default_spans
from assessment.campaigns import LATER_DEADLINE
from assessment.demo.review import FAULTS, Checkers
from assessment.demo.sheets import Written
from assessment.inspecting.methods import covers, methods_of
from assessment.models import (
    CampaignDate,
    CampaignYear,
    DeadlineException,
    Inspection,
    InspectionScore,
    ItemScore,
    Method,
    NonApplication,
    Rectification,
    RectificationNotice,
    ScoreSheet,
    Stage,
    TownTarget,
)
from assessment.models.campaigns import needed
from assessment.rectifying.guessing import category_of, next_number
from communities.models import Appointment, Category, Community, Town

Progress = Rectification.Progress
NOT_APPLYING = ("用房正在异地新建，明年竣工后再申报。", "即将撤村建居，待调整后申报。", "班子刚换届，先补齐台账。")
AT_MOST = 3
"""How many faults a notice of the demonstration names."""


# --- inspections given out -----------------------------------------------------------------------------------------
def give_out(units: Sequence[Written], stage: Stage, checkers: Checkers, at: datetime) -> None:
    """Every method of the stage to its checker; of each second unit the documents are half scored."""
    inspections, scores = [], []
    for number, written in enumerate(units):
        for method in methods_of(stage):
            checker = checkers.of_stage(stage, method, written, number)
            inspection = Inspection(
                assessment=written.assessment,
                stage=stage,
                method=method,
                inspector=checker.user,
                assigned_by=checkers.bureau.user,
            )
            inspections.append(inspection)
            if number % 2 and method == Method.DOCUMENTS:
                inspection.inspected_on = timezone.localdate(at)
                scores += half_scored(inspection, written)
    Inspection.objects.bulk_create(inspections)
    InspectionScore.objects.bulk_create(scores)


def half_scored(inspection: Inspection, written: Written) -> list[InspectionScore]:
    stage, method = Stage(inspection.stage), Method(inspection.method)
    covered = [(item, points) for item, points in written.points.items() if covers(stage, method, item)]
    return [
        InspectionScore(
            inspection=inspection, item=item, points=points, reason="" if points == item.points else FAULTS[0]
        )
        for item, points in covered[: len(covered) // 2]
    ]


# --- 整改 ----------------------------------------------------------------------------------------------------------
def rectify(
    year: CampaignYear,
    units: Iterable[Written],
    stage: Stage,
    *,
    at: datetime,
    days: int,
    progress: str,
    by: Appointment,
) -> None:
    """A notice to each unit about what it lost at a stage, sent at `at` and due that many days later."""
    used = list(RectificationNotice.objects.filter(campaign_year=year).order_by("pk").values_list("number", flat=True))
    for written in units:
        sheet = ScoreSheet.objects.get(assessment=written.assessment, stage=stage)
        lost = [score for score in scores_of(sheet) if score.points is not None and score.points < score.item.points]
        number = next_number(year.campaign.district.name, year.year, used)
        used.append(number)
        notice = RectificationNotice.objects.create(
            assessment=written.assessment,
            campaign_year=year,
            number=number,
            issued_on=timezone.localdate(at),
            due_on=timezone.localdate(at + timedelta(days=days)),
            requirement="请对照问题逐条整改，报送整改前后照片。",
            issued_by=by.user,
            signed_for_by="社区负责人",
            signed_for_at=at + timedelta(hours=5),
        )
        Rectification.objects.bulk_create(
            fault(notice, score, stage, at=at, progress=progress, by=by) for score in lost[:AT_MOST]
        )


def scores_of(sheet: ScoreSheet) -> Iterable[ItemScore]:
    return ItemScore.objects.filter(sheet=sheet).select_related("item").order_by("item__sort_order")


def fault(
    notice: RectificationNotice, score: ItemScore, stage: Stage, *, at: datetime, progress: str, by: Appointment
) -> Rectification:
    made = Rectification(
        assessment=notice.assessment,
        notice=notice,
        stage=stage,
        item=score.item,
        category=category_of(score.item.part, score.reason, score.item.content),
        problem=score.reason,
        owner="社区主任",
        due_on=notice.due_on,
        progress=progress,
        created_at=at,
    )
    if progress != Progress.OPEN:
        made.measure, made.reported_at = "已按要求整改，资料补充完整。", at + timedelta(days=4)
    if progress == Progress.CLOSED:
        made.verdict, made.rechecked_at, made.rechecked_by = "现场复查，整改到位。", at + timedelta(days=6), by.user
    return made


# --- plans and reasons ---------------------------------------------------------------------------------------------
def plan(year: CampaignYear) -> None:
    """The district's need divided over the towns by the number of their communities, rounded up in each."""
    targets = []
    for town in Town.objects.filter(district=year.campaign.district):
        for category in Category:
            total = Community.objects.living().filter(town=town, category=category).count()
            planned = needed(total, year.target(category))
            targets.append(TownTarget(campaign_year=year, town=town, category=category, planned=planned))
    TownTarget.objects.bulk_create(targets)


def keep_usual_dates(year: CampaignYear) -> None:
    """The calendar of a year whose deadline was prolonged stays that of its 30 September."""
    usual = date(year.year, *LATER_DEADLINE)
    CampaignDate.objects.bulk_create(
        CampaignDate(campaign_year=year, kind=kind, begins=begins, ends=ends)
        for kind, (begins, ends) in default_spans(year.year, usual).items()
    )


def explain(year: CampaignYear, communities: Sequence[Community]) -> None:
    """Every second says why it does not apply."""
    NonApplication.objects.bulk_create(
        NonApplication(campaign_year=year, community=community, reason=NOT_APPLYING[number % len(NOT_APPLYING)])
        for number, community in enumerate(communities[::2])
    )


def prolong(year: CampaignYear, written: Written, days: int, *, by: Appointment) -> None:
    """One unit was given some more days (R71); it filed in them."""
    community = written.assessment.community
    DeadlineException.objects.create(
        campaign_year=year,
        town=community.town,
        community=community,
        until=year.deadline + timedelta(days=days),
        reason="社区服务中心搬迁，台账资料封存，无法按期核对。",
        approver="李卫东",
        by=by.user,
    )
