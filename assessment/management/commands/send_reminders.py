"""manage.py send_reminders: tell people what is due in 30, 7, 3 and 1 days, by notice and, where enabled, by mail."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from assessment.reminders import remind


class Command(BaseCommand):
    help = "按30、7、3、1天提前发出到期提醒，启用邮件时同时发邮件。可以每天定时运行，重复运行不会重复发出。"

    def handle(self, **_options: Any) -> None:
        done = remind(timezone.now())
        self.stdout.write(json.dumps({"notices": done.notices, "mails": done.mails, "failed": done.failed}))
        by_mail = f"发出邮件{done.mails}封，失败{done.failed}封" if settings.REMINDERS_BY_EMAIL else "邮件提醒未启用"
        self.stderr.write(f"新增提醒{done.notices}条，{by_mail}。")
