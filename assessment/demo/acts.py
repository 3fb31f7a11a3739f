"""The acts of a year in the demonstration: departments asked, the list fixed, samples drawn, titles given and taken."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from assessment.candidates import LISTED_ORDER, digest_of
from assessment.demo.sheets import Written
from assessment.demo.steps import DOCUMENTS, Round
from assessment.models import (
    Assessment,
    CampaignYear,
    Candidate,
    CandidateList,
    Consultation,
    Designation,
    FrameUnit,
    Opinion,
    SamplingDraw,
    Stage,
    TitleDocument,
)
from assessment.sampling.frame import method_unit
from assessment.sampling.method import drawn_codes, frame_digest, order_key
from communities.models import Appointment, Category, Community, Department

REMARKS = (
    (Opinion.Answer.REMARK, "辖区内有一处沿街店铺消防通道被占用，请督促整改。", "已现场整改到位，附照片。"),
    (Opinion.Answer.OBJECT, "本年度有一起越级上访尚未化解。", "经核实已于10月签订调解协议，不影响申报。"),
)
SEEDS = {Stage.CITY: "公证处20日第8号", Stage.PROVINCE: "体彩排列五期号"}
FIRST_YEAR = "创建第一年，全省尚未命名，没有已命名单位可供抽查。"


def consult(
    year: CampaignYear, units: Sequence[Assessment], round_: Round, number: int, *, by: Appointment, random: Random
) -> None:
    """One closed round about these units: nearly all agree, two have something to say, some stay silent."""
    sent, due, closed = round_.day(3), round_.day(5), round_.day(6)
    consultation = Consultation.objects.create(
        campaign_year=year,
        round=number,
        number=f"武社区办函〔{year.year}〕{number + 2}号",
        sent_on=timezone.localdate(sent),
        due_on=timezone.localdate(due),
        sent_by=by.user,
        closed_at=closed,
        closed_by=by.user,
    )
    opinions = [
        Opinion(
            consultation=consultation,
            department=department,
            assessment=unit,
            answer=Opinion.Answer.AGREE if random.random() > 0.04 else Opinion.Answer.SILENT,  # noqa: PLR2004
            answered_at=sent + timedelta(hours=20),
        )
        for department in Department.objects.filter(district=year.campaign.district, active=True)
        for unit in units
    ]
    for opinion, (answer, text, outcome) in zip(random.sample(opinions, len(REMARKS)), REMARKS, strict=True):
        opinion.answer, opinion.text = answer, text
        opinion.resolution, opinion.resolution_reason = Opinion.Resolution.CLOSED, outcome
        opinion.resolved_by, opinion.resolved_at = by.user, closed
    Opinion.objects.bulk_create(opinions, batch_size=2000)


def fix_list(year: CampaignYear, totals: dict[int, tuple[Decimal, Decimal]], at: datetime, *, by: Appointment) -> None:
    """The year's list: `totals` holds self and district total of each unit by its assessment."""
    fixed = CandidateList.objects.create(
        campaign_year=year,
        version=1,
        number=f"武社区办〔{year.year}〕9号",
        dated=timezone.localdate(at),
        frozen_by=by.user,
        frozen_at=at,
        reported_at=at + timedelta(hours=3),
        reported_by=by.user,
    )
    units = Assessment.objects.filter(pk__in=totals).select_related("community__town").order_by(*LISTED_ORDER)
    rows = [
        Candidate(
            candidate_list=fixed,
            assessment=unit,
            position=position,
            code=unit.community.code,
            name=unit.community.name,
            town_name=unit.community.town.name,
            category=unit.community.category,
            self_total=totals[unit.pk][0],
            district_total=totals[unit.pk][1],
        )
        for position, unit in enumerate(units, start=1)
    ]
    Candidate.objects.bulk_create(rows)
    fixed.digest = digest_of(rows)
    fixed.save(update_fields=["digest"])


# --- samples -------------------------------------------------------------------------------------------------------
def frame_units(communities: Iterable[Community], standing: str) -> list[FrameUnit]:
    return [
        FrameUnit(
            community=community,
            code=community.code,
            name=community.name,
            town_name=community.town.name,
            category=community.category,
            standing=standing,
        )
        for community in communities
    ]


def sample(stage: Stage, ratio: int, units: Sequence[FrameUnit]) -> set[int]:
    """Which communities of a frame the seed of the stage draws."""
    codes = drawn_codes(SEEDS[stage], Decimal(ratio), map(method_unit, units))
    return {unit.community_id for unit in units if unit.code in codes}


def draw(
    year: CampaignYear, stage: Stage, ratio: int, units: Sequence[FrameUnit], round_: Round, *, by: Appointment
) -> None:
    """Write the draw that `sample` foresaw, with each unit's assessment of the year where it is drawn or applied."""
    day = {Stage.CITY: 9, Stage.PROVINCE: 13}[stage]
    order = sorted(units, key=lambda one: (one.category == Category.RURAL, one.community.town.sort_order, one.code))
    named = any(unit.standing == FrameUnit.Standing.NAMED for unit in order)
    made = SamplingDraw.objects.create(
        campaign_year=year,
        stage=stage,
        ratio=Decimal(ratio),
        frame_digest=frame_digest(year=year.year, stage=stage, ratio=Decimal(ratio), units=map(method_unit, order)),
        frozen_at=round_.day(day),
        frozen_by=by.user,
        without_named="" if named or stage == Stage.CITY else FIRST_YEAR,
        seed=SEEDS[stage],
        place="区行政中心三楼会议室",
        host="王建国",
        witnesses="区纪委监委派驻组 刘敏、人大代表 沈明华",
        drawn_at=round_.day(day) + timedelta(hours=1),
        drawn_by=by.user,
        group="组长1人，成员4人；每天考评4个单位。",
    )
    drawn = sample(stage, ratio, order)
    assessments = dict(Assessment.objects.filter(campaign_year=year).order_by().values_list("community", "pk"))
    for position, unit in enumerate(order, start=1):
        unit.draw, unit.position = made, position
        unit.order_key, unit.drawn = order_key(made.seed, unit.code), unit.community_id in drawn
        unit.visit_on = timezone.localdate(round_.day(day + 1 + position % 3)) if unit.drawn else None
        if unit.drawn or unit.standing == FrameUnit.Standing.NEW:
            unit.assessment_id = assessments.get(unit.community_id)
    FrameUnit.objects.bulk_create(order)


# --- titles --------------------------------------------------------------------------------------------------------
def name_units(year: CampaignYear, written: Iterable[Written], at: datetime, *, by: Appointment) -> None:
    document = _document(year, TitleDocument.Kind.NAMING, "name", at, by)
    Designation.objects.bulk_create(
        Designation(
            community=one.assessment.community,
            campaign_year=year,
            document_number=document.number,
            named_on=document.dated,
            document=document,
        )
        for one in written
    )


def revoke_titles(year: CampaignYear, communities: Iterable[int], at: datetime, *, by: Appointment) -> None:
    document = _document(year, TitleDocument.Kind.REVOCATION, "revoke", at, by)
    held = Designation.objects.filter(community__in=communities, revoked_on=None)
    held.update(revoked_on=document.dated, revocation=document)


def _document(year: CampaignYear, kind: str, step: str, at: datetime, by: Appointment) -> TitleDocument:
    number = DOCUMENTS[step].format(year=year.year)
    return TitleDocument.objects.create(
        campaign_year=year, kind=kind, number=number, dated=timezone.localdate(at), entered_by=by.user
    )
