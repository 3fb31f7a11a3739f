"""硬件好而内涵低: the one shortfall that is seen in the scores, not in the registers (R36)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Field,
    FilteredRelation,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Round
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from assessment.models import Item, ScoreSheet, Stage, Standard
from assessment.models.standards import Part
from communities.metrics.dictionary import COMMUNITY
from communities.models import District
from communities.models.places import valid_on
from communities.shortfall_reports import Asked, Measure, Report, words
from communities.shortfalls import Shortfall, Source, always
from communities.statements import Kind

HARD_PERCENT = 90
SOFT_PERCENT = 85
HUNDRED = 100
DECIMAL = DecimalField(max_digits=14, decimal_places=2)
SHARE = DecimalField(max_digits=14, decimal_places=4)
PATH = "assessment__community"
OTHERS = F("total") - F("part_2")
OTHER_PARTS = tuple(part for part in Part if part != Part.PREMISES)


def own_sheets(year: int, day: date, *inside: Q) -> QuerySet[ScoreSheet]:
    """The self sheets of a year, each with `place`, the version of its community on the day."""
    held = FilteredRelation(f"{PATH}__versions", condition=valid_on(day, f"{PATH}__versions__"))
    sheets = ScoreSheet.objects.filter(stage=Stage.SELF, assessment__campaign_year__year=year)
    return sheets.annotate(place=held).filter(*inside, place__isnull=False)


class Points:
    """What the standards in use give, by standard: read once, since every sheet asks for it."""

    def __init__(self, district: District) -> None:
        rows = Item.objects.filter(standard__in=Standard.objects.for_district(district)).order_by()
        found = rows.values_list("standard", "part").annotate(points=Sum("points"), number=Count("pk"))
        self.parts: dict[int, dict[int, Decimal]] = defaultdict(dict)
        self.items: Counter[int] = Counter()
        for standard, part, points, number in found:
            self.parts[standard][part] = points
            self.items[standard] += number

    def full(self, *parts: int) -> Case:
        """The points that the standard of a sheet gives for these parts; unknown where it has none of them."""
        return _by_standard(self._sums(parts), DECIMAL)

    def percent(self, percent: int, *parts: int) -> Case:
        """So many percent of them: formed here, so that no sheet has to be multiplied to be compared."""
        shares = {standard: points * percent / HUNDRED for standard, points in self._sums(parts).items()}
        return _by_standard(shares, SHARE)

    def _sums(self, parts: tuple[int, ...]) -> dict[int, Decimal]:
        return {
            standard: sum((points[part] for part in parts if part in points), Decimal())
            for standard, points in self.parts.items()
            if set(parts) & set(points)
        }

    def full_others(self) -> Case:
        return self.full(*OTHER_PARTS)

    def number_of_items(self) -> Case:
        return _by_standard(self.items, IntegerField())


def _by_standard(values: Mapping[int, Any], field: Field) -> Case:
    cases = [When(assessment__standard=standard, then=Value(value, field)) for standard, value in values.items()]
    return Case(*cases, default=None, output_field=field)


def scored_in_full(points: Points) -> Q:
    """A sheet that is not finished says nothing about what a community lacks."""
    return Q(GreaterThanOrEqual(F("scored_items"), points.number_of_items()))


def is_hollow(points: Points) -> Q:
    """What others got is rounded, since SQLite subtracts decimals as reals."""
    hard = GreaterThanOrEqual(F("part_2"), points.percent(HARD_PERCENT, Part.PREMISES))
    others = Round(ExpressionWrapper(OTHERS, output_field=DECIMAL), precision=2, output_field=DECIMAL)
    soft = LessThan(others, points.percent(SOFT_PERCENT, *OTHER_PARTS))
    return scored_in_full(points) & Q(hard) & Q(soft)


def report(asked: Asked) -> Report:
    points = Points(asked.district)
    return Report(
        there=Measure("there", "其余方面得分", expression=ExpressionWrapper(OTHERS, output_field=DECIMAL)),
        required=Measure("required", "其余方面满分", expression=points.full_others()),
        gap=Measure("gap", "其余方面得分率", Kind.PERCENT, share=("there", "required")),
        unit="%",
        owner=COMMUNITY,
        more=(
            Measure("hard", "第二方面得分", expression=F("part_2")),
            Measure("hard_full", "第二方面满分", expression=points.full(Part.PREMISES)),
            Measure("hard_rate", "第二方面得分率", Kind.PERCENT, share=("hard", "hard_full")),
            words("weakest", "失分最多的方面", weakest, Kind.WORDS),
        ),
        bring=lambda rows: rows.annotate(**{f"full_{part.value}": points.full(part) for part in OTHER_PARTS}),
    )


def weakest(sheet: Any) -> str:
    """The three parts besides the second that lost most: 社区文化生活丰富（失3.5分）."""
    lost = [(getattr(sheet, f"full_{part.value}") or 0, part) for part in OTHER_PARTS]
    by_loss = sorted(((points - sheet.part_sum(part), part) for points, part in lost), reverse=True)
    return "、".join(f"{part.label}（失{loss.normalize():f}分）" for loss, part in by_loss[:3] if loss > 0)


HOLLOW = Shortfall(
    "hollow",
    "硬件好而内涵低",
    always(
        f"自评已评完，第二方面（{Part.PREMISES.label}）得分达到该方面分值的{HARD_PERCENT}%（含本数），"
        f"而其余各方面合计得分不足其分值的{SOFT_PERCENT}%。"
    ),
    lambda district, _as_of: is_hollow(Points(district)),
    lambda district: scored_in_full(Points(district)),
    report,
    source=Source(own_sheets, PATH),
)
