"""manage.py sweep_files: remove what a process killed between file and row has left in the store."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from communities.files import sweep


class Command(BaseCommand):
    help = "清理存储目录中一天前写入、数据库没有登记的文件，逐个输出文件名。可以每天定时运行。"

    def handle(self, **_options: Any) -> None:
        for name in sweep(now=timezone.now()):
            self.stdout.write(name)
