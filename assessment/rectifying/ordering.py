"""整改事项 made from lost points: by the bureau with a numbered 整改通知单, by a town on its own out of its 自评.

R29, R47; F7. “缺什么补什么” works before filing, too: a town needs no notice for what it found itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from assessment.checks import Obstacle
from assessment.models import (
    Assessment,
    CampaignYear,
    InspectionPhoto,
    Item,
    ItemScore,
    Rectification,
    RectificationNotice,
    RectificationPhoto,
    Stage,
    State,
)
from assessment.rectifying.guessing import Category, category_of, next_number
from assessment.workflow import Refused
from communities.models import Appointment, Role
from communities.revisions import revise

ORDERERS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)


@dataclass(frozen=True)
class Proposal:
    """An item that lost points on a stage's sheet, and what could be asked about it."""

    item: Item
    lost: Decimal
    category: Category
    problem: str


@dataclass(frozen=True)
class Fault:
    """What a person decided to have mended. `item` is None where the fault belongs to no item."""

    item: Item | None
    category: str
    problem: str
    requirement: str
    owner: str


def propose(assessment: Assessment, stage: Stage) -> list[Proposal]:
    """The items that lost points on the sheet of a stage and are not being rectified yet, in the standard's order."""
    ordered = Rectification.objects.filter(assessment=assessment, stage=stage, item__isnull=False)
    scores = ItemScore.objects.filter(sheet__assessment=assessment, sheet__stage=stage, points__lt=F("item__points"))
    scores = scores.exclude(item__in=ordered.values("item")).select_related("item").order_by("item__sort_order")
    return [proposal(score.item, score) for score in scores]


def proposal(item: Item, score: ItemScore) -> Proposal:
    lost = item.points - (score.points or Decimal(0))
    category = category_of(item.part, score.reason, item.content)
    return Proposal(item, lost, category, score.reason.strip() or f"未达到：{item.content}")


def stages_with_scores(assessment: Assessment) -> list[Stage]:
    """The stages whose sheet there is, in the order of time."""
    present = set(assessment.sheets.values_list("stage", flat=True))
    return [stage for stage in Stage if stage in present]


def may_order(stage: Stage, by: Appointment) -> bool:
    """The bureau on any stage's findings, a town on its own (自评)."""
    return by.role == Role.BUREAU_OFFICER or (by.role == Role.TOWN_OFFICER and stage == Stage.SELF)


def proposed_number(year: CampaignYear) -> str:
    """The next number of the year in the district; a person may write another."""
    used = RectificationNotice.objects.filter(campaign_year=year).order_by("pk")
    return next_number(year.campaign.district.name, year.year, used.values_list("number", flat=True))


@transaction.atomic
def order(
    *,
    assessment: Assessment,
    stage: Stage,
    rows: Sequence[Fault],
    due_on: date,
    by: Appointment,
    now: datetime,
    number: str = "",
    requirement: str = "",
) -> list[Rectification]:
    """Have faults mended by `due_on`, the bureau by a notice with a `number`; raises Refused and changes nothing.

    Photographs that a checker took of an item at that stage become its 整改前 photographs.
    """
    refuse(stage, rows, due_on=due_on, number=number, by=by, today=timezone.localdate(now))
    hold(assessment)
    refuse_twice(assessment, stage, rows, number)
    notice = None
    if by.role == Role.BUREAU_OFFICER:
        notice = RectificationNotice.objects.create(
            assessment=assessment,
            campaign_year=assessment.campaign_year,
            number=number.strip(),
            issued_on=timezone.localdate(now),
            due_on=due_on,
            requirement=requirement.strip(),
            issued_by=by.user,
        )
    made = [
        Rectification.objects.create(
            assessment=assessment,
            notice=notice,
            stage=stage,
            item=row.item,
            category=row.category,
            problem=row.problem.strip(),
            requirement=row.requirement.strip(),
            owner=row.owner.strip(),
            due_on=due_on,
            created_at=now,
        )
        for row in rows
    ]
    show_what_was_found(assessment, stage, made)
    audit.record("下达整改", assessment, by=by.user, after=told(made, stage, due_on, number))
    return made


def told(made: Sequence[Rectification], stage: Stage, due_on: date, number: str) -> Mapping[str, str]:
    about = "；".join(f"{one.item.code if one.item else '其他'} {one.problem}" for one in made)
    return {"整改通知单": number, "发现阶段": stage.label, "整改时限": due_on.isoformat(), "整改事项": about}


def refuse(
    stage: Stage,
    rows: Sequence[Fault],
    *,
    due_on: date,
    number: str,
    by: Appointment,
    today: date,
) -> None:
    """Raise Refused with all that stands against the order and needs no look at others."""
    missing = []
    if not may_order(stage, by):
        missing.append(Obstacle(f"{by.get_role_display()}不能就{stage.label}的问题下达整改。"))
    if not rows:
        missing.append(Obstacle("请至少勾选一项要整改的问题。"))
    if any(not row.problem.strip() or not row.owner.strip() for row in rows):
        missing.append(Obstacle("每项整改都要写明存在问题和责任人。"))
    if due_on < today:
        missing.append(Obstacle("整改时限不能早于今天。"))
    if by.role == Role.BUREAU_OFFICER and not number.strip():
        missing.append(Obstacle("请填写整改通知单编号。"))
    if missing:
        raise Refused(missing)


def hold(assessment: Assessment) -> None:
    """Hold the year's and the assessment's row to the end of the transaction: nobody takes the number or an item.

    An UPDATE that changes nothing is a lock that works on both engines.
    """
    CampaignYear.objects.filter(pk=assessment.campaign_year_id).update(revision=F("revision"))
    held = Assessment.objects.filter(pk=assessment.pk).exclude(state=State.CLOSED).update(revision=F("revision"))
    if not held:
        raise Refused([Obstacle("该考评已终止，不能再下达整改。")])


def refuse_twice(assessment: Assessment, stage: Stage, rows: Sequence[Fault], number: str) -> None:
    """Raise Refused where an item is being rectified already, or the number is taken."""
    items = [row.item for row in rows if row.item]
    known = Rectification.objects.filter(assessment=assessment, stage=stage, item__in=items)
    found = [Obstacle(f"{one.item}已有整改事项。", one.item.code) for one in known.select_related("item") if one.item]
    notices = RectificationNotice.objects.filter(campaign_year=assessment.campaign_year_id, number=number.strip())
    if number.strip() and notices.exists():
        year = assessment.campaign_year
        found.append(Obstacle(f"编号{number.strip()}在{year}已经使用，可改用{proposed_number(year)}。"))
    if found:
        raise Refused(found)


def may_amend(rectification: Rectification, by: Appointment) -> bool:
    """Whoever could order it, until it is closed."""
    if rectification.progress == Rectification.Progress.CLOSED:
        return False
    return may_order(Stage(rectification.stage), by) and (
        by.role == Role.BUREAU_OFFICER or rectification.notice_id is None
    )


def amend(rectification: Rectification, values: Mapping[str, Any], *, revision: int, by: Appointment) -> None:
    """Put right what was ordered: words, owner, category, last day. Raises Refused or revisions.Conflict."""
    if not may_amend(rectification, by):
        raise Refused([Obstacle("该整改事项已销号或不由您下达，不能更改。")])
    revise(rectification, values, revision=revision, by=by, action="更改整改事项")


def show_what_was_found(assessment: Assessment, stage: Stage, made: Sequence[Rectification]) -> None:
    """Put what the checkers photographed beside the fault; of an unfinished inspection nobody sees anything yet."""
    photos = InspectionPhoto.objects.filter(
        inspection__assessment=assessment, inspection__stage=stage, inspection__finished_at__isnull=False
    )
    by_item = {one.item_id: one for one in made if one.item_id}
    RectificationPhoto.objects.bulk_create(
        (
            RectificationPhoto(
                rectification=by_item[photo.item_id], moment=RectificationPhoto.Moment.BEFORE, file_id=photo.file_id
            )
            for photo in photos.filter(item__in=by_item)
        ),
        ignore_conflicts=True,
    )
