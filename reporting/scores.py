"""四级评分: the totals of the four stages of each unit side by side, and what analyses of scores share (R75-R81).

Scores are those that stand now: a sheet keeps no earlier sums. Places are those of the day (decision 14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import django_filters as filters
from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.forms import HiddenInput
from django.urls import reverse

from assessment.models import Assessment, CampaignYear, Item, ItemScore, ScoreSheet, Stage, State
from assessment.models.assessments import FORM_STAGES
from assessment.past import begun_by, state_on
from communities.models import Appointment, Category, Town
from communities.models.places import valid_on
from communities.statements import Cell, Column, Kind, Statement

PAIRS = tuple(pairwise(FORM_STAGES))
"""Each stage with the one that scores after it."""
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Asked:
    """What an analysis is asked for: a year's scores of what lay `inside` on the day (asked of a row's `place`)."""

    campaign_year: CampaignYear
    day: date
    states_on: date
    inside: Q


def pair_name(earlier: Stage, later: Stage) -> str:
    return f"{earlier.value}-{later.value}"


PAIR_LABELS = {pair_name(*pair): f"{pair[0].label}与{pair[1].label}" for pair in PAIRS}


def placed(queryset: QuerySet[Any], asked: Asked, path: str) -> QuerySet[Any]:
    """The rows of the year inside, each with `place`, the version of the day of the community of its assessment."""
    to_community = f"{path}community"
    held = FilteredRelation(f"{to_community}__versions", condition=valid_on(asked.day, f"{to_community}__versions__"))
    of_year = Q(**{f"{path}campaign_year": asked.campaign_year}) & begun_by(asked.states_on, path)
    return queryset.filter(of_year).annotate(place=held).filter(asked.inside, place__isnull=False).order_by()


def exact(value: Any) -> Decimal | None:
    """A mean or a sum with two decimals, without the dust that a database leaves when it counts in reals."""
    return None if value is None else Decimal(str(value)).quantize(HUNDREDTH, ROUND_HALF_UP)


def mean(total: Any, number: int) -> Decimal | None:
    return exact(Decimal(str(total)) / number) if number else None


def signed(difference: Decimal | None) -> str | None:
    """+1.5, -2, 0: a difference says its direction; None is blank."""
    if difference is None:
        return None
    number = f"{exact(difference):f}".rstrip("0").rstrip(".")
    return "0" if not difference else f"+{number}" if difference > 0 else number


def paired_sheets(asked: Asked) -> QuerySet[Any]:
    """The sheets of a later stage with `earlier_total`, that of the stage before, and `earlier_stage`."""
    pairs = Q()
    for earlier, later in PAIRS:
        pairs |= Q(stage=later, earlier_stage=earlier)
    return (
        placed(ScoreSheet.objects.all(), asked, "assessment__")
        .annotate(earlier_stage=F("assessment__sheets__stage"), earlier_total=F("assessment__sheets__total"))
        .filter(pairs)
    )


def paired_items(queryset: QuerySet[ItemScore]) -> QuerySet[Any]:
    """Of the item scores those of a later stage, with `earlier_points` of the stage before; both have points."""
    pairs, path = Q(), "sheet__assessment__sheets"
    for earlier, later in PAIRS:
        pairs |= Q(sheet__stage=later, earlier_stage=earlier)
    return queryset.annotate(
        earlier_stage=F(f"{path}__stage"),
        earlier_item=F(f"{path}__scores__item"),
        earlier_points=F(f"{path}__scores__points"),
    ).filter(pairs, earlier_item=F("item"), earlier_points__isnull=False, points__isnull=False)


# --- the list of units -------------------------------------------------------------------------------------------
def total_of(stage: Stage) -> str:
    return f"total_{stage.value}"


def units(asked: Asked) -> QuerySet[Any]:
    """The year's assessments with the total of each stage, `latest` (the latest that has scored) and `stood`."""
    sheets = {
        f"sheet_{stage.value}": FilteredRelation("sheets", condition=Q(sheets__stage=stage)) for stage in FORM_STAGES
    }
    totals = {total_of(stage): F(f"sheet_{stage.value}__total") for stage in FORM_STAGES if stage != Stage.SELF}
    scored = When(sheet_self__scored_items__gt=0, then=F("sheet_self__total"))
    found = placed(Assessment.objects.all(), asked, "").select_related("community__town").annotate(**sheets)
    return found.annotate(
        **{total_of(Stage.SELF): Case(scored)},
        **totals,
        place_town=F("place__town__name"),
        place_town_id=F("place__town"),
        place_name=F("place__name"),
        place_category=F("place__category"),
        stood=state_on(asked.day, asked.states_on),
    ).annotate(
        latest=Coalesce(*(total_of(stage) for stage in reversed(FORM_STAGES))),
        latest_stage=Case(
            *(When(**{f"{total_of(stage)}__isnull": False}, then=Value(stage.value)) for stage in reversed(FORM_STAGES))
        ),
    )


IN_ORDER = ("place__town__sort_order", "-place__category", "community__sort_order")


class ScoresFilter(filters.FilterSet):
    """Over `units`: `scored` by the stage that scored, `pair` and `item` those whose scores of two stages differ."""

    town = filters.ModelChoiceFilter(
        label="镇（开发区、街道）", method="of_town", queryset=Town.objects.none(), empty_label="全部"
    )
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")
    scored = filters.ChoiceFilter(
        label="有评分的阶段",
        choices=[(stage.value, stage.label) for stage in FORM_STAGES],
        empty_label="不限",
        method="having_scored",
    )
    pair = filters.ChoiceFilter(
        label="两级评分",
        choices=[(name, f"{label}有分歧") for name, label in PAIR_LABELS.items()],
        empty_label="不限",
        method="leave_to_item",
    )
    item = filters.ModelChoiceFilter(
        label="条目", queryset=Item.objects.none(), method="leave_to_item", widget=HiddenInput
    )

    class Meta:
        model = Assessment
        fields = ["town", "category", "scored", "pair", "item"]

    def __init__(self, *args: Any, appointment: Appointment, items: QuerySet[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)
        self.filters["item"].queryset = items

    @property
    def item_asked_for(self) -> Item | None:
        """Comes from the links of 分歧最大的条目."""
        return self.form.cleaned_data.get("item") if self.form.is_valid() else None

    def of_town(self, queryset: QuerySet[Any], _name: str, value: Town) -> QuerySet[Any]:
        return queryset.filter(place_town_id=value.pk)

    def having_scored(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(**{f"{total_of(Stage(value))}__isnull": False})

    def leave_to_item(self, queryset: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Both are asked together in `filter_queryset`."""
        return queryset

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Units of which two stages gave an item different points: any item, or the one chosen; any stages, or two."""
        found = super().filter_queryset(queryset)
        pair, item = self.form.cleaned_data.get("pair"), self.form.cleaned_data.get("item")
        if not pair and not item:
            return found
        scores = ItemScore.objects.filter(sheet__assessment=OuterRef("pk"))
        if item:
            scores = scores.filter(item=item)
        differing = paired_items(scores).exclude(earlier_points=F("points"))
        if pair:
            earlier, later = pair.split("-")
            differing = differing.filter(earlier_stage=earlier, sheet__stage=later)
        return found.filter(Exists(differing.order_by()))


def scores_statement(found: Iterable[Any], year: int, *, first: int = 1) -> Statement:
    """Each unit's totals, and after each later one its difference to the stage before that has scored."""
    columns = [Column("镇（开发区、街道）"), Column("社区（村）"), Column("类别"), Column("状态")]
    for stage in FORM_STAGES:
        columns.append(Column(f"{stage.label}总分", Kind.NUMBER))
        if stage != Stage.SELF:
            columns.append(Column("与上一级差", Kind.NUMBER))
    return Statement(
        title="四级评分",
        columns=columns,
        rows=[_unit_row(unit) for unit in found],
        notes=["差＝本级总分－上一个已评分的级的总分，负数为低、正数为高；空白的是没有评分。点社区（村）看逐条比较。"],
        first=first,
        empty=f"{year}年度没有符合条件的评分。",
    )


def _unit_row(unit: Any) -> list[Cell]:
    cells = [
        Cell(unit.place_town),
        Cell(unit.place_name, reverse("reporting:columns", args=[unit.pk])),
        Cell(Category(unit.place_category).label),
        Cell(State(unit.stood).label),
    ]
    before: Decimal | None = None
    for stage in FORM_STAGES:
        total = getattr(unit, total_of(stage))
        cells.append(Cell(total))
        if stage != Stage.SELF:
            cells.append(Cell(signed(total - before if total is not None and before is not None else None)))
        before = before if total is None else total
    return cells
