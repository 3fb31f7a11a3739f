"""硬件好而内涵低: the one shortfall that is seen in the scores, not in the registers (R36)."""

from datetime import date
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Round
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from assessment.models import Item, ScoreSheet, Stage
from assessment.models.standards import Part
from communities.metrics.dictionary import COMMUNITY
from communities.models.places import valid_on
from communities.shortfall_reports import Asked, Measure, Report, words
from communities.shortfalls import Shortfall, Source, always
from communities.statements import Kind

HARD_PERCENT = 90
SOFT_PERCENT = 85
HUNDRED = 100
DECIMAL = DecimalField(max_digits=14, decimal_places=2)
PATH = "assessment__community"
OTHERS = F("total") - F("part_2")


def own_sheets(year: int, day: date) -> QuerySet[ScoreSheet]:
    """The self sheets of a year, each with `place`, the version of its community on the day."""
    held = FilteredRelation(f"{PATH}__versions", condition=valid_on(day, f"{PATH}__versions__"))
    sheets = ScoreSheet.objects.filter(stage=Stage.SELF, assessment__campaign_year__year=year)
    return sheets.annotate(place=held).filter(place__isnull=False)


def full(**chosen: Any) -> Subquery:
    """The points that the standard of a sheet gives for the chosen items."""
    items = Item.objects.filter(standard=OuterRef("assessment__standard"), **chosen).order_by()
    return Subquery(items.values("standard").annotate(full=Sum("points")).values("full"), output_field=DECIMAL)


def number_of_items() -> Subquery:
    items = Item.objects.filter(standard=OuterRef("assessment__standard")).order_by()
    return Subquery(items.values("standard").annotate(number=Count("pk")).values("number"))


def full_others() -> Combinable:
    return full(part__gt=Part.PREMISES) + full(part__lt=Part.PREMISES)


def times(expression: Combinable, factor: int) -> Combinable:
    """A product of points to compare: rounded, since SQLite counts decimals in reals."""
    product = ExpressionWrapper(expression * Value(factor), output_field=DECIMAL)
    return Round(product, precision=2, output_field=DECIMAL)


def scored_in_full() -> Q:
    """A sheet that is not finished says nothing about what a community lacks."""
    return Q(GreaterThanOrEqual(F("scored_items"), number_of_items()))


def is_hollow() -> Q:
    hard = GreaterThanOrEqual(times(F("part_2"), HUNDRED), times(full(part=Part.PREMISES), HARD_PERCENT))
    soft = LessThan(times(OTHERS, HUNDRED), times(full_others(), SOFT_PERCENT))
    return scored_in_full() & Q(hard) & Q(soft)


def report(_asked: Asked) -> Report:
    return Report(
        there=Measure("there", "其余方面得分", expression=ExpressionWrapper(OTHERS, output_field=DECIMAL)),
        required=Measure("required", "其余方面满分", expression=ExpressionWrapper(full_others(), output_field=DECIMAL)),
        gap=Measure("gap", "其余方面得分率", Kind.PERCENT, share=("there", "required")),
        unit="%",
        owner=COMMUNITY,
        more=(
            Measure("hard", "第二方面得分", expression=F("part_2")),
            Measure("hard_full", "第二方面满分", expression=full(part=Part.PREMISES)),
            Measure("hard_rate", "第二方面得分率", Kind.PERCENT, share=("hard", "hard_full")),
            words("weakest", "失分最多的方面", weakest, Kind.WORDS),
        ),
        bring=lambda rows: rows.annotate(
            **{f"full_{part.value}": full(part=part) for part in Part if part != Part.PREMISES}
        ),
        order=("place__town__sort_order", "-place__category", f"{PATH}__sort_order"),
    )


def weakest(sheet: Any) -> str:
    """The three parts besides the second that lost most: 社区文化生活丰富（失3.5分）."""
    lost = [(getattr(sheet, f"full_{part.value}") or 0, part) for part in Part if part != Part.PREMISES]
    by_loss = sorted(((points - sheet.part_sum(part), part) for points, part in lost), reverse=True)
    return "、".join(f"{part.label}（失{loss.normalize():f}分）" for loss, part in by_loss[:3] if loss > 0)


HOLLOW = Shortfall(
    "hollow",
    "硬件好而内涵低",
    always(
        f"自评已评完，第二方面（{Part.PREMISES.label}）得分达到该方面分值的{HARD_PERCENT}%（含本数），"
        f"而其余各方面合计得分不足其分值的{SOFT_PERCENT}%。"
    ),
    lambda _district, _as_of: is_hollow(),
    lambda _district: scored_in_full(),
    report,
    source=Source(own_sheets, PATH),
)
