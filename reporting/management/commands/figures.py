"""The figures of a year as JSON, exactly those the pages show."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessment.lists import today_in_year
from assessment.models import CampaignYear
from reporting.figures import figures


class Command(BaseCommand):
    help = "输出某年度的统计指标（JSON）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="年度，如 2012")
        parser.add_argument("--as-of", help="统计日，如 2012-09-30；默认今天，往年默认当年最后一天")
        parser.add_argument("--district", help="区名；只有一个区时可不填")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *, year: int, as_of: str | None, district: str | None, **_options: Any) -> None:
        campaign_year = campaign_year_of(year, district)
        if as_of:
            found = figures(campaign_year, day(as_of))
        else:
            found = figures(campaign_year, today_in_year(campaign_year), states_on=timezone.localdate())
        self.stdout.write(json.dumps([asdict(figure) for figure in found], ensure_ascii=False, indent=1, default=plain))


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"统计日“{text}”不是日期，请写成 2012-09-30 的样子。") from error


def plain(value: Decimal | date) -> float | str:
    """JSON has no decimals and no dates: rates have at most two decimals, which a JSON number shows as they are."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()


def campaign_year_of(year: int, district: str | None) -> CampaignYear:
    """The year of the named district, or of the only one. Raises CommandError otherwise."""
    years = CampaignYear.objects.filter(year=year).select_related("campaign__district")
    if district:
        years = years.filter(campaign__district__name=district)
    found = list(years)
    if len(found) > 1:
        names = "、".join(campaign_year.campaign.district.name for campaign_year in found)
        raise CommandError(f"有多个区（{names}），请用 --district 指明。")
    if not found:
        raise CommandError(f"没有{district or ''}{year}年度的创建活动，请先用 create_campaign 建立。")
    return found[0]
