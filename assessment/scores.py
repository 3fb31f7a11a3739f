"""现行得分: the latest stage that has scored counts, said in words with why no later one did (decision 8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assessment.models import Assessment, FrameUnit, SamplingDraw, ScoreSheet, Stage

SAMPLED = {Stage.CITY: "市", Stage.PROVINCE: "省"}
"""The stages that visit a sample only, and who draws it."""


@dataclass(frozen=True)
class Effective:
    """The score that counts now: 92.5 of 区预查, 以区预查分为准（市未抽中）."""

    stage: Stage
    total: Decimal
    why: str

    @property
    def basis(self) -> str:
        return f"以{self.stage.label}分为准" + (f"（{self.why}）" if self.why else "")


@dataclass(frozen=True)
class Sampling:
    """Which stages of a year have been drawn, and which of them drew the unit."""

    held: frozenset[Stage]
    drawn: frozenset[Stage]


NOT_DRAWN = Sampling(frozenset(), frozenset())


def effective_score(assessment: Assessment) -> Effective | None:
    """None while no stage has scored."""
    return effective_scores([assessment]).get(assessment.pk)


def effective_scores(assessments: Iterable[Assessment]) -> dict[int, Effective]:
    """The scores that count of many, by assessment id; three queries."""
    listed = list(assessments)
    sampling = _sampling(listed)
    sheets: dict[int, dict[Stage, Decimal]] = {}
    for sheet in ScoreSheet.objects.filter(assessment__in=[one.pk for one in listed], scored_items__gt=0):
        sheets.setdefault(sheet.assessment_id, {})[Stage(sheet.stage)] = sheet.total
    return {pk: effective(totals, sampling.get(pk, NOT_DRAWN)) for pk, totals in sheets.items()}


def effective(totals: Mapping[Stage, Decimal], sampling: Sampling) -> Effective:
    """Of at least one stage's total. Pure."""
    stage = max(totals, key=list(Stage).index)
    return Effective(stage, totals[stage], _why(stage, sampling))


def _why(stage: Stage, sampling: Sampling) -> str:
    """Why no later stage counts: 市未抽中; 市已抽中，尚未评分; empty where nothing later is to come."""
    if stage is Stage.SELF:
        return "区尚未预查"
    order = list(Stage)
    later = [one for one in SAMPLED if order.index(one) > order.index(stage)]
    passed_over = [one for one in later if one in sampling.held and one not in sampling.drawn]
    awaited = next((one for one in later if one in sampling.drawn), None)
    parts = []
    if passed_over:
        parts.append("、".join(SAMPLED[one] for one in passed_over) + "未抽中")
    if awaited:
        parts.append(f"{SAMPLED[awaited]}已抽中，尚未评分")
    if not parts and later:
        parts.append(f"{SAMPLED[later[0]]}尚未抽样")
    return "；".join(parts)


def _sampling(assessments: list[Assessment]) -> dict[int, Sampling]:
    years = {one.campaign_year_id for one in assessments}
    held: dict[int, set[Stage]] = {}
    for year, stage in SamplingDraw.objects.filter(campaign_year__in=years, drawn_at__isnull=False).values_list(
        "campaign_year", "stage"
    ):
        held.setdefault(year, set()).add(Stage(stage))
    units = FrameUnit.objects.filter(
        draw__campaign_year__in=years, drawn=True, community__in=[one.community_id for one in assessments]
    )
    drawn: dict[tuple[int, int], set[Stage]] = {}
    for year, community, stage in units.values_list("draw__campaign_year", "community", "draw__stage"):
        drawn.setdefault((year, community), set()).add(Stage(stage))
    return {
        one.pk: Sampling(
            frozenset(held.get(one.campaign_year_id, ())),
            frozenset(drawn.get((one.campaign_year_id, one.community_id), ())),
        )
        for one in assessments
    }
