"""manage.py create_administrator: the first account of a district that starts for real."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from communities.models import District, Role
from communities.people import appoint


class Command(BaseCommand):
    help = "为一个区建立系统管理员账号，输出账号和新生成的密码（只显示这一次）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--district", required=True, help="区的名称")
        parser.add_argument("--username", required=True, help="账号")
        parser.add_argument("--name", required=True, help="姓名")

    def handle(self, *, district: str, username: str, name: str, **_options: Any) -> None:
        found = District.objects.filter(name=district).first()
        if found is None:
            raise CommandError(f"没有名为“{district}”的区，请先用 create_campaign 建立。")
        if User.objects.filter(username=username).exists():
            raise CommandError(f"账号{username}已存在，请换一个。")
        _appointment, password = appoint(
            username=username,
            name=name,
            role=Role.SYSTEM_ADMINISTRATOR,
            district=found,
            today=timezone.localdate(),
            by=None,
        )
        self.stdout.write(f"{username}\t{password}")
