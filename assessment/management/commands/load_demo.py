"""manage.py load_demo: the demonstration district into an empty database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessment.campaigns import CampaignRefusedError
from assessment.demo.people import Person
from assessment.demo.story import load_demonstration
from assessment.workflow import Refused


class Command(BaseCommand):
    help = "在空数据库中载入演示区，并输出每种角色的账号和新生成的密码。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--first-year", type=int, help="首年度；省略时按今天选择，使一年已过、下一年正在申报")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            people = load_demonstration(now=timezone.now(), first_year=options["first_year"])
        except (Refused, CampaignRefusedError) as refused:
            raise CommandError(str(refused)) from None
        for line in one_line_a_role(people):
            self.stdout.write(line)
        self.stderr.write("演示区已载入。其余账号的密码：manage.py demo_passwords")


def one_line_a_role(people: list[tuple[Person, str]]) -> list[str]:
    """The first person of each role: role, user name, password, separated by tabs."""
    first = {person.role: (person, password) for person, password in reversed(people)}
    return [
        f"{role.label}\t{person.username}\t{password}" for role, (person, password) in reversed(list(first.items()))
    ]
