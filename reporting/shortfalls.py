"""短板清单: the standing reports, each made of one row of the table of shortfalls (R30, R36, R37, R60).

Communities are those of `Community.objects.on(day)`, under the name, town and category of that day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import Aggregate, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from assessment.shortfalls import HOLLOW
from communities.models import Appointment, Category, Community
from communities.paging import Leaf, leaf
from communities.shortfall_reports import Asked, Measure, Report
from communities.shortfalls import SHORTFALLS, Shortfall, Source
from communities.statements import TOTAL, Cell, Column, Kind, Statement

TENTH = Decimal("0.1")
REPORTS: dict[str, Shortfall] = {}
for _shortfall in SHORTFALLS.values():
    if _shortfall.report:
        REPORTS[_shortfall.name] = _shortfall
    if _shortfall.name == "elections_only":
        REPORTS[HOLLOW.name] = HOLLOW
"""The standing reports by name, in the order in which they are listed."""

PLACE = {"place_name": F("place__name"), "place_town": F("place__town__name"), "place_category": F("place__category")}
"""What a row is called on the day; communities bring the same along."""
UNIT_COLUMNS = [Column("镇（开发区、街道）"), Column("社区（村）"), Column("类别")]
FIGURE_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "certificates": ("certified_rate", ("certified", "staff")),
    "funding": ("funding_rate", ("funding_paid", "funding_approved", "funding_known")),
    "platform": ("platform_rate", ("connected", "profiles")),
    "incomplete": ("completeness", ("known_facts",)),
}
"""The figure that stands above a report, and what has to be counted for it."""


@dataclass(frozen=True)
class Listed:
    """One report over the communities that the address asks for: `inside` is asked of their `place`."""

    shortfall: Shortfall
    asked: Asked
    inside: Q
    appointment: Appointment | None = None

    @cached_property
    def report(self) -> Report:
        if self.shortfall.report is None:
            raise ValueError(f"{self.shortfall.name} has no report")
        return self.shortfall.report(self.asked)

    @property
    def path(self) -> str:
        return self.shortfall.source.path

    @cached_property
    def condition(self) -> Q:
        return self.shortfall.condition(self.asked.district, self.asked.as_of)

    @cached_property
    def short(self) -> QuerySet:
        """The rows that fall short, with what the columns need."""
        expressions = {column(m): m.expression for m in self.report.measures if m.expression is not None}
        source = self.shortfall.source
        rows = source.rows(self.asked.year, self.asked.as_of, self.inside, self.condition)
        rows = rows.annotate(**expressions, **PLACE).select_related(self.path)
        administrative = ("place__town__sort_order", "-place__category", f"{self.path}__sort_order")
        return self.report.bring(rows).order_by(*self.report.first, *administrative)

    @cached_property
    def unknown(self) -> QuerySet[Any]:
        """Communities of whom it cannot be said: no row of the year, or a fact of it is blank."""
        some = len(self.shortfall.categories) < len(Category)
        of_category = Q(place__category__in=self.shortfall.categories) if some else Q()
        judged = self._has_row(self.shortfall.known(self.asked.district))
        return Community.objects.on(self.asked.as_of, self.inside, of_category, ~judged)

    def _has_row(self, condition: Q) -> Q:
        own = Q(**{self.path: OuterRef("place__community")})
        return Q(Exists(self.shortfall.source.rows(self.asked.year, self.asked.as_of, own, condition).order_by()))

    def page(self, number: str | None) -> Leaf:
        """A page of those that fall short.

        Communities are looked through in their order until the page is full; a database that was asked for the rows at
        once might sort all that fall short. What has an order of its own is found by its own index.
        """
        if self.report.first:
            return leaf(self.short, number)
        falling = self._has_row(self.condition)
        communities = Community.objects.on(self.asked.as_of, self.inside, falling)
        return leaf(communities, number, self.short, f"{self.path}_id")

    def page_of_unknown(self, number: str | None) -> Leaf:
        return leaf(self.unknown, number, Community.objects.on(self.asked.as_of))

    def statement(self, page: Leaf | None = None, *, summed: bool = True) -> Statement:
        """The rows of a page, or all of them; `summed` with the foot, which adds up the whole list."""
        measures = self.report.measures
        return Statement(
            title=self.shortfall.label,
            columns=[*UNIT_COLUMNS, *(Column(m.label, m.kind) for m in measures), Column("责任")],
            rows=[self._row(row) for row in (page.rows if page else self.short)],
            foot=self._foot() if summed else None,
            notes=[f"口径：{self.shortfall.definition(self.asked.district)}", *self.report.notes],
            first=page.first if page else 1,
            empty="没有这种短板。",
        )

    def statement_of_unknown(self, page: Leaf | None = None) -> Statement:
        communities: Iterable[Community] = page.rows if page else self.unknown
        return Statement(
            title=f"{self.shortfall.label}：情况不明",
            columns=UNIT_COLUMNS,
            rows=[unit_cells(community, community, self.appointment) for community in communities],
            notes=["判断所需的数字没有填写；不明不等于达标，也不等于短板。"],
            first=page.first if page else 1,
        )

    def _row(self, row: Any) -> list[Cell]:
        values = {m.name: getattr(row, column(m)) for m in self.report.measures if m.expression is not None}
        cells = [Cell(_value(m, row, values)) for m in self.report.measures]
        community = attrgetter(self.path.replace("__", "."))(row)
        return [*unit_cells(row, community, self.appointment), *cells, Cell(self.report.owner)]

    def _foot(self) -> list[Cell] | None:
        """The sums, and the shares formed from them; None where nothing can be added up."""
        summed = [m for m in self.report.measures if m.summed]
        if not summed:
            return None
        totals = self.short.order_by().aggregate(**{f"total_{m.name}": Sum(column(m)) for m in summed})
        values = {m.name: totals[f"total_{m.name}"] for m in summed}
        cells = [Cell(values.get(m.name) if m.summed else _share(m, values)) for m in self.report.measures]
        return [Cell(TOTAL), Cell(), Cell(), *cells, Cell()]


def column(measure: Measure) -> str:
    """Under which name a measure's expression comes with the rows."""
    return f"measure_{measure.name}"


def unit_cells(row: Any, community: Community, appointment: Appointment | None) -> list[Cell]:
    """Town, name and category of the day; the page is linked unless it lies within another's unit by now."""
    reachable = appointment is None or appointment.town_id in {None, community.town_id}
    return [
        Cell(row.place_town),
        Cell(row.place_name, community.get_absolute_url() if reachable else ""),
        Cell(Category(row.place_category).label),
    ]


def _value(measure: Measure, row: Any, values: Mapping[str, Any]) -> Any:
    if measure.value:
        return measure.value(row)
    return _share(measure, values) if measure.share else values[measure.name]


def _share(measure: Measure, values: Mapping[str, Any]) -> Decimal | None:
    """In percent with one decimal; None where there is nothing to divide by."""
    if not measure.share:
        return None
    part, total = (values.get(name) for name in measure.share)
    if part is None or not total:
        return None
    return (Decimal(part) * 100 / Decimal(total)).quantize(TENTH, ROUND_HALF_UP)


# --- all reports at a glance ---------------------------------------------------------------------------------------
def overview(asked: Asked, inside: Q) -> Statement:
    """Every report with the number of communities in it: one grouped query for each source, one for all there are."""
    communities: QuerySet[Any] = Community.objects.on(asked.as_of, inside)
    totals = Counter(dict(communities.order_by().values_list("place__category").annotate(number=Count("pk"))))
    counts: Counter[str] = Counter()
    for source in (*{shortfall.source: None for shortfall in REPORTS.values()},):
        counts.update(_counted(source, asked, inside))
    return Statement(
        title="短板清单",
        columns=[
            Column("短板"),
            *(Column(f"{category.label}（个）", Kind.NUMBER) for category in Category),
            Column("合计（个）", Kind.NUMBER),
            Column("情况不明（个）", Kind.NUMBER),
            Column("责任"),
            Column("口径", Kind.WORDS),
        ],
        rows=[_overview_row(shortfall, asked, counts, totals) for shortfall in REPORTS.values()],
        notes=["空白的数字不算短板，列入“情况不明”。点数字看名单。"],
    )


def _counted(source: Source, asked: Asked, inside: Q) -> Counter[str]:
    """{"premises short urban": 3, "premises known urban": 9}."""
    sums: dict[str, Aggregate] = {}
    for name, shortfall in REPORTS.items():
        if shortfall.source == source:
            known = shortfall.known(asked.district)
            sums[f"{name} short"] = Count("pk", filter=shortfall.condition(asked.district, asked.as_of))
            sums[f"{name} known"] = Count("pk", filter=known) if known else Count("pk")
    aliases = {f"n{number}": name for number, name in enumerate(sums)}
    category = "place__category"
    rows = source.rows(asked.year, asked.as_of, inside).order_by().values(category)
    found: Counter[str] = Counter()
    for row in rows.annotate(**{alias: sums[name] for alias, name in aliases.items()}):
        found.update({f"{name} {row[category]}": row[alias] for alias, name in aliases.items()})
    return found


def _overview_row(
    shortfall: Shortfall, asked: Asked, counts: Mapping[str, int], totals: Mapping[str, int]
) -> list[Cell]:
    address = f"{reverse('reporting:shortfall', args=[shortfall.name])}?year={asked.year}"
    numbers = [counts[f"{shortfall.name} short {category.value}"] for category in Category]
    cells = [
        Cell(number, f"{address}&category={category.value}") if category in shortfall.categories else Cell("不适用")
        for category, number in zip(Category, numbers, strict=True)
    ]
    unknown = sum(
        totals.get(category.value, 0) - counts[f"{shortfall.name} known {category.value}"]
        for category in shortfall.categories
    )
    owner = shortfall.report(asked).owner if shortfall.report else ""
    return [
        Cell(shortfall.label, address),
        *cells,
        Cell(sum(numbers), address),
        Cell(unknown, f"{address}&listed=unknown"),
        Cell(owner),
        Cell(shortfall.definition(asked.district)),
    ]
