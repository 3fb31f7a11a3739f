"""manage.py draw_workflow: the state diagram of docs/workflow.md."""

from typing import Any

from django.core.management.base import BaseCommand

from assessment.diagram import draw_workflow


class Command(BaseCommand):
    help = "输出由状态表生成的状态图（docs/workflow.md）。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(draw_workflow(), ending="")
