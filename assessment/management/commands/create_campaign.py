"""Make a district and the campaign of the speech in it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.campaigns import CampaignRefusedError, create_campaign
from assessment.standards.publishing import current_standard
from communities.models import Category


class Command(BaseCommand):
    help = "建立区和创建活动：三个年度及其目标、申报期限、合格线；没有考评标准时载入工作模板。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", required=True, help="区名，如 武进区")
        parser.add_argument("--first-year", type=int, required=True, help="首年度，如 2012")
        parser.add_argument("--code", help="6位区划代码，如 320412")

    def handle(self, *, district: str, first_year: int, code: str | None, **_options: Any) -> None:
        try:
            campaign = create_campaign(district_name=district, first_year=first_year, code=code)
        except CampaignRefusedError as error:
            raise CommandError(str(error)) from error
        standards = [current_standard(category, campaign.district) for category in Category]
        years = [
            {
                "year": year.year,
                "deadline": year.deadline.isoformat(),
                "urban_target": float(year.urban_target),
                "rural_target": float(year.rural_target),
            }
            for year in campaign.years.all()
        ]
        made = {
            "district": campaign.district.name,
            "code": campaign.district.code,
            "campaign": campaign.name,
            "pass_mark": float(campaign.pass_mark),
            "years": years,
            "standards": [standard.label for standard in standards if standard],
        }
        self.stdout.write(json.dumps(made, ensure_ascii=False, indent=1))
