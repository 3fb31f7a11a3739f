"""Self-assessment: opening an assessment, writing scores, carrying last year's over (R23, R69)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts import audit
from assessment.checks import Obstacle
from assessment.entries import Entry, describe, weigh
from assessment.models import (
    Assessment,
    CampaignYear,
    Designation,
    Evidence,
    Item,
    ItemScore,
    ScoreSheet,
    Stage,
    Standard,
)
from assessment.models.assessments import EDITABLE
from assessment.sums import add_up
from assessment.workflow import Refused
from communities.models import Appointment, Community
from communities.templatetags.official import fact

WRITTEN_FIELDS = ["points", "reason", "scorer", "scored_at", "revision"]


@dataclass
class Saved:
    """The outcome of a save: scores as they stand now, and the entries that met somebody else's newer score."""

    sheet: ScoreSheet
    saved: list[ItemScore] = field(default_factory=list)
    conflicts: list[tuple[Entry, ItemScore]] = field(default_factory=list)


@transaction.atomic
def open_assessment(*, community: Community, campaign_year: CampaignYear, by: Appointment | None) -> Assessment:
    """The community's assessment of the year, begun now with the current standard if there was none.

    Raises Refused when no standard has been published for the category, the community is no longer there, or it holds
    the title: a named unit does not apply again, it is rechecked (decision 16).
    """
    begun = Assessment.objects.filter(community=community, campaign_year=campaign_year).first()
    if begun:
        return begun
    if community.closed_on:
        raise Refused([Obstacle(f"{community.name}已于{fact(community.closed_on)}撤销，不能再开始自评。")])
    held = Designation.objects.filter(community=community, revoked_on=None).first()
    if held:
        message = f"{community.name}已获命名（{held.document_number}），不再重复申报，只参加动态复核。"
        raise Refused([Obstacle(message)])
    standard = Standard.objects.current(campaign_year.campaign.district, community.category)
    if standard is None:
        raise Refused([Obstacle(f"还没有发布{community.get_category_display()}考评标准，请联系区社区办导入。")])
    assessment, created = Assessment.objects.get_or_create(
        community=community, campaign_year=campaign_year, defaults={"standard": standard}
    )
    if created:
        ScoreSheet.objects.create(assessment=assessment, stage=Stage.SELF)
        audit.record("开始自评", assessment, by=by.user if by else None, after={"考评标准": standard.label})
    return assessment


@transaction.atomic
def save_scores(assessment: Assessment, entries: Iterable[Entry], *, by: Appointment) -> Saved:
    """Write what was typed, sums included, in one transaction.

    An entry whose revision is no longer the score's own is not written but answered as a conflict, unless both say
    the same. Raises Refused when the sheet is no longer open for editing.
    """
    hold_open(assessment)
    entries = list(entries)
    sheet = assessment.self_sheet
    current = {
        score.item_id: score
        for score in ItemScore.objects.filter(sheet=sheet, item__in=[entry.item for entry in entries])
    }
    weighed = weigh(entries, current)
    unseen = [
        (entry, score or ItemScore(sheet=sheet, item=entry.item, revision=0)) for entry, score in weighed.conflicts
    ]
    fresh = [written(entry, sheet, by) for entry in weighed.fresh]
    if fresh:
        ItemScore.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["sheet", "item"], update_fields=WRITTEN_FIELDS
        )
        add_up(sheet)
        before = {score.item.code: describe(current.get(score.item_id)) for score in fresh}
        after = {score.item.code: describe(score) for score in fresh}
        audit.record("自评打分", assessment, by=by.user, before=before, after=after)
    return Saved(sheet, saved=[*weighed.standing, *fresh], conflicts=unseen)


def hold_open(assessment: Assessment) -> None:
    """Hold the assessment's row to the end of the transaction, provided that it is open for editing.

    An UPDATE that changes nothing is a lock that works on both engines: no submission can pass between.
    """
    held = Assessment.objects.filter(pk=assessment.pk, state__in=EDITABLE).update(revision=F("revision"))
    if not held:
        raise Refused([Obstacle("该考评已申报或已由区接收，不能再修改。请刷新页面查看最新状态。")])


def written(entry: Entry, sheet: ScoreSheet, by: Appointment) -> ItemScore:
    """The score that an entry makes, one revision on, not yet in the database."""
    return ItemScore(
        sheet=sheet,
        item=entry.item,
        points=entry.points,
        reason=entry.reason,
        scorer=by.user,
        revision=entry.revision + 1,
    )


@transaction.atomic
def carry_over(assessment: Assessment, *, by: Appointment, now: datetime) -> int:
    """Copy last year's self scores, reasons and files to items that are still empty; answers with their number.

    Only items whose text and points are the same in both standards are carried; the rest is judged anew (R23).
    """
    hold_open(assessment)
    previous = previous_assessment(assessment)
    if previous is None:
        raise Refused([Obstacle("上年度没有该社区（村）的自评，无法沿用。")])
    sheet = assessment.self_sheet
    empty = Item.objects.filter(standard=assessment.standard_id).exclude(
        pk__in=ItemScore.objects.filter(sheet=sheet).values("item")
    )
    twins = {(item.code, item.content, item.points): item for item in empty}
    old = ItemScore.objects.filter(sheet=previous.self_sheet, points__isnull=False).select_related("item")
    pairs = [(score, twins.get((score.item.code, score.item.content, score.item.points))) for score in old]
    carried = [
        ItemScore(sheet=sheet, item=item, points=score.points, reason=score.reason, scorer=by.user, scored_at=now)
        for score, item in pairs
        if item
    ]
    ItemScore.objects.bulk_create(carried)
    add_up(sheet)
    files = carry_files(previous, assessment, {score.item_id: item for score, item in pairs if item})
    audit.record("沿用上年自评", assessment, by=by.user, after={"条目": len(carried), "佐证材料": files})
    return len(carried)


def previous_assessment(assessment: Assessment) -> Assessment | None:
    return Assessment.objects.filter(
        community=assessment.community_id,
        campaign_year__campaign=assessment.campaign_year.campaign_id,
        campaign_year__year=assessment.campaign_year.year - 1,
        kind=Assessment.Kind.APPLICATION,
    ).first()


def carry_files(previous: Assessment, assessment: Assessment, items: dict[int, Item]) -> int:
    """Put last year's files forward again for the carried items: links, not copies."""
    links = [
        Evidence(assessment=assessment, item=items[old.item_id], file_id=old.file_id, caption=old.caption)
        for old in Evidence.objects.filter(assessment=previous, item__in=items)
    ]
    Evidence.objects.bulk_create(links, ignore_conflicts=True)
    return len(links)
