"""The data of the charts, as `static/js/charts.js` draws them. Every chart repeats the table under it."""

from itertools import cycle
from typing import Any

from assessment.models import CampaignYear
from reporting.dashboards import StateRow
from reporting.figures import FIGURES
from reporting.tallies import Tally

Chart = dict[str, Any]


def progress_chart(counted: Tally, years: list[CampaignYear]) -> Chart:
    """Recognised share beside the target of each year, by category."""
    shares = [FIGURES["recognised_share"].of(group, counted.as_of).value for group in counted.whole]
    series = [{"name": "已命名比例", "tone": "deep", "values": [_number(share) for share in shares]}]
    for year, faded in zip(years, cycle(("soft", "pale", "faint")), strict=False):
        values = [float(year.target(group.category)) for group in counted.whole]
        tone = "mid" if year == counted.campaign_year else faded
        series.append({"name": f"{year.year}年目标", "tone": tone, "values": values})
    return {
        "kind": "columns",
        "title": "已命名比例与年度目标",
        "unit": "%",
        "labels": [group.category.label for group in counted.whole],
        "series": series,
    }


def funnel_chart(rows: list[StateRow]) -> Chart:
    return {
        "kind": "funnel",
        "title": "累计到各环节",
        "unit": "个",
        "labels": [row.label for row in rows],
        "series": [{"name": "社区（村）", "tone": "deep", "values": [row.total for row in rows]}],
    }


def town_charts(counted: Tally) -> list[tuple[str, Chart]]:
    """Element id and chart of each category: needed, recognised and filed by town in administrative order."""
    return [
        (f"town-data-{group.category.value}", _town_chart(counted, number))
        for number, group in enumerate(counted.whole)
    ]


def _town_chart(counted: Tally, number: int) -> Chart:
    groups = [pair[number] for pair in counted.towns]
    category = counted.whole[number].category
    return {
        "kind": "rows",
        "title": f"{category.label}各镇（开发区、街道）进度",
        "unit": "个",
        "labels": [group.place.name for group in groups],
        "series": [
            {
                "name": "应达",
                "tone": "pale",
                "values": [group.needed_in(counted.campaign_year) for group in groups],
            },
            {"name": "已命名", "tone": "deep", "values": [group.counts["recognised"] for group in groups]},
            {"name": "已申报", "tone": "mid", "values": [group.counts["filed"] for group in groups]},
        ],
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
