"""manage.py demo_passwords: new passwords for the accounts of the demonstration district."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.demo.people import renew_passwords
from communities.models import District


class Command(BaseCommand):
    help = "为演示区的全部账号生成新密码并输出：角色、单位、账号、密码。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            people = renew_passwords()
        except District.DoesNotExist:
            raise CommandError("没有演示区，请先运行 manage.py load_demo。") from None
        for person, password in people:
            unit = person.community or person.town or "区"
            self.stdout.write(f"{person.role.label}\t{unit}\t{person.username}\t{password}")
