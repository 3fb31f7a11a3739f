"""The suggested scores of one community in one year as JSON."""

import json
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.models import Assessment, CampaignYear, Standard
from assessment.standards.publishing import current_standard
from assessment.suggestions import Suggested, suggest_items
from communities.metrics import MetricValue
from communities.models import Community


class Command(BaseCommand):
    help = "输出某社区（村）某年度各条考评内容的建议分（JSON）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--community", required=True, help="社区（村）代码")
        parser.add_argument("--year", type=int, required=True, help="年度，如 2012")
        parser.add_argument("--format", choices=["json"], default="json")

    def handle(self, *, community: str, year: int, **_options: Any) -> None:
        unit = Community.objects.select_related("town__district").filter(code=community).first()
        if unit is None:
            raise CommandError(f"没有代码为{community}的社区（村），请核对 --community。")
        if not CampaignYear.objects.filter(campaign__district=unit.town.district, year=year).exists():
            raise CommandError(f"{unit.town.district}的创建活动没有{year}年度，请核对 --year。")
        found = suggest_items(standard_of(unit, year).items.all(), community=unit, year=year)
        self.stdout.write(json.dumps([row(item) for item in found], ensure_ascii=False, indent=1))


def standard_of(community: Community, year: int) -> Standard:
    """The standard the year's assessment is bound to; before it is begun, the one it would be bound to."""
    begun = Assessment.objects.filter(community=community, campaign_year__year=year).select_related("standard").first()
    standard = begun.standard if begun else current_standard(community.category, community.town.district)
    if standard is None:
        raise CommandError(f"还没有{community.get_category_display()}考评标准，请先用 import_standard 导入。")
    return standard


def row(found: Suggested) -> dict[str, Any]:
    return {
        "code": found.item.code,
        "metric": found.item.metric or None,
        "metric_value": plain(found.metric_value),
        "suggested": plain(found.suggested),
        "points": plain(found.item.points),
        "sentence": found.sentence,
    }


def plain(value: MetricValue) -> bool | int | float | list[str] | None:
    """JSON has no decimals and no sets."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return sorted(value) if isinstance(value, frozenset) else value
