"""What the home pages show: the figures of one tally laid out as rows, each number with the address of its list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assessment.funnel import FUNNEL
from assessment.lists import NOT_STARTED
from assessment.models import CampaignYear, State
from communities.templatetags.official import percent, plain
from reporting.figure_kinds import Amount, Figure
from reporting.figures import FIGURES
from reporting.tallies import Group, Tally, in_state

PERCENT = "%"


@dataclass(frozen=True)
class Cell:
    """A number as printed and the list behind it; `url` is empty where there is nothing to list."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Column:
    """A column of the table by town: which figure, whether its value or its numerator, and what its list filters by."""

    label: str
    figure: str
    query: Mapping[str, str]
    numerator: bool = False


TOWN_COLUMNS = [
    Column("总数", "communities", {}),
    Column("已命名", "recognised_share", {"recognised": "1"}, numerator=True),
    Column("已命名比例", "recognised_share", {"recognised": "1"}),
    Column("应达", "needed", {}),
    Column("还差", "missing", {"recognised": "0"}),
    Column("已申报", "submitted", {"filed": "1"}),
    Column("自评达线", "self_score_90", {"score90": "1"}),
]


@dataclass(frozen=True)
class TargetRow:
    """One category against one year's target."""

    category: str
    year: CampaignYear
    target: str
    needed: Cell
    recognised: Cell
    share: str
    missing: Cell
    reached: bool


@dataclass(frozen=True)
class TownRow:
    """A town's numbers as finished table cells: there are hundreds, and a template is slow at so many."""

    name: str
    cells: SafeString


@dataclass(frozen=True)
class StateRow:
    """How many communities stand in one state, or have reached one step: urban, rural, together."""

    label: str
    cells: tuple[Cell, ...]
    total: int


@dataclass(frozen=True)
class CoverageCard:
    """One register figure of both categories. `short` names the list of those that fall short."""

    label: str
    definition: str
    values: tuple[tuple[str, Figure, Cell], ...]


COVERAGE = [
    (
        "完善基层组织",
        [
            ("three_unit_rate", "units3"),
            ("four_unit_rate", "units4"),
            ("certified_rate", "certificates"),
            ("staff_shortfall", "staff"),
        ],
    ),
    ("强化基本保障", [("premises_below", "premises"), ("outdoor_below", "outdoor")]),
    ("创新基层管理", [("grid_complete", "grid"), ("platform_connected", "platform")]),
]
"""The three headings of the speech (R1), under each: figure -> the filter `short` of the list of communities."""


class Lists:
    """Addresses of the lists behind the numbers of one year; resolved once, since a page has hundreds of them.

    `day` where the numbers are not those of the year's usual day: the lists then stand for it, too.
    """

    def __init__(self, year: int, on: date | None = None) -> None:
        asked = f"?year={year}" + (f"&on={on.isoformat()}" if on else "")
        self.assessments = reverse("assessment:list") + asked
        self.communities = reverse("communities:list") + asked

    def of_assessments(self, group: Group | None = None, **query: str) -> str:
        return address(self.assessments, group, query)

    def of_communities(self, group: Group | None = None, **query: str) -> str:
        return address(self.communities, group, query)


def address(base: str, group: Group | None, query: Mapping[str, str]) -> str:
    """The list at `base`, narrowed to a group and by filters whose values need no quoting."""
    if group:
        base += f"&category={group.category.value}"
        if group.place.pk:
            base += f"&town={group.place.pk}"
    return base + "".join(f"&{name}={value}" for name, value in query.items())


def written(amount: Amount | Figure, unit: str) -> str:
    return percent(amount.value) if unit == PERCENT else plain(amount.value)


def target_rows(counted: Tally, years: list[CampaignYear], lists: Lists) -> list[TargetRow]:
    """Each category against the target of each year, counted on the day of the tally (R41-R43)."""
    return [_target_row(group, year, lists) for group in counted.whole for year in years]


def _target_row(group: Group, year: CampaignYear, lists: Lists) -> TargetRow:
    missing = group.missing_in(year)
    share = FIGURES["recognised_share"].how(group)
    return TargetRow(
        category=group.category.label,
        year=year,
        target=percent(year.target(group.category)),
        needed=Cell(str(group.needed_in(year)), lists.of_assessments(group)),
        recognised=Cell(str(group.counts["recognised"]), lists.of_assessments(group, recognised="1")),
        share=written(share, PERCENT),
        missing=Cell(str(missing), lists.of_assessments(group, recognised="0")),
        reached=missing == 0 and group.counts["communities"] > 0,
    )


def town_rows(counted: Tally, lists: Lists) -> list[TownRow]:
    """The towns in administrative order, then 合计 for all (R33)."""
    rows = [TownRow(groups[0].place.name, _town_cells(groups, lists)) for groups in counted.towns]
    return [*rows, TownRow("合计", _town_cells(counted.whole, lists))]


def _town_cells(groups: tuple[Group, ...], lists: Lists) -> SafeString:
    cells = []
    for group in groups:
        for column in TOWN_COLUMNS:
            kind = FIGURES[column.figure]
            amount = kind.how(group)
            text = plain(amount.numerator) if column.numerator else written(amount, kind.unit)
            link = format_html('<a href="{}">{}</a>', lists.of_assessments(group, **column.query), text)
            cells.append((link if text else "",))
    return format_html_join("", '<td class="number">{}</td>', cells)


def state_rows(counted: Tally, lists: Lists) -> list[StateRow]:
    """未开始 of those without the title, then every state that somebody is in."""
    idle = {"state": NOT_STARTED[0], "recognised": "0"}
    rows = [_row(NOT_STARTED[1], counted, [group.not_started for group in counted.whole], idle, lists)]
    for state in State:
        numbers = [group.counts[in_state(state)] for group in counted.whole]
        rows.append(_row(state.label, counted, numbers, {"state": state.value}, lists))
    return [row for row in rows if row.total]


def funnel_rows(counted: Tally, lists: Lists) -> list[StateRow]:
    """How many have come as far as each step, or farther."""
    return [
        _row(step.label, counted, [group.counts[step.name] for group in counted.whole], {"step": step.name}, lists)
        for step in FUNNEL.values()
    ]


def _row(label: str, counted: Tally, numbers: list[int], query: Mapping[str, str], lists: Lists) -> StateRow:
    cells = [
        Cell(str(number), lists.of_assessments(group, **query))
        for group, number in zip(counted.whole, numbers, strict=True)
    ]
    total = sum(numbers)
    return StateRow(label, (*cells, Cell(str(total), lists.of_assessments(None, **query))), total)


def coverage_cards(counted: Tally, lists: Lists) -> list[tuple[str, list[CoverageCard]]]:
    return [(heading, [_card(counted, key, short, lists) for key, short in kinds]) for heading, kinds in COVERAGE]


def _card(counted: Tally, key: str, short: str, lists: Lists) -> CoverageCard:
    kind = FIGURES[key]
    values = []
    for group in counted.whole:
        figure = kind.of(group, counted.as_of)
        text = (
            "" if figure.value is None else f"{written(figure, kind.unit)}{'' if kind.unit == PERCENT else kind.unit}"
        )
        values.append((group.category.label, figure, Cell(text, lists.of_communities(group, short=short))))
    return CoverageCard(kind.label, kind.definition, tuple(values))
