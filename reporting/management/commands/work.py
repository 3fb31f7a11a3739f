"""The worker: makes what is exported in the background."""

import os
import signal
import sys
from datetime import datetime, timedelta
from threading import Thread
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from reporting.batches.working import expire, stopping, sweep, take_up

LOOKS_EVERY = 1.0
"""Seconds between two looks into an empty queue."""
SWEEPS_EVERY = timedelta(hours=1)


class ExportWorker(Worker):
    """The queue's own worker, run until the queue is empty; asked to stop, it hands over what it is at."""

    def __init__(self) -> None:
        super().__init__(
            queue_names=["default"],
            interval=LOOKS_EVERY,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        stopping.set()
        super().shutdown(signum, frame)


class Command(BaseCommand):
    help = "后台生成批量导出的文件，删除过期的文件；收到 SIGTERM 或 Ctrl+C 时停止。可以同时运行多个。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完现有的就停止")
        parser.add_argument("--until-eof", action="store_true", help="标准输入关闭时停止")

    def handle(self, *, once: bool, until_eof: bool, **_options: Any) -> None:
        worker = ExportWorker()
        worker.configure_signals()
        if until_eof:
            Thread(target=stop_at_eof, daemon=True).start()
        swept: datetime | None = None
        while worker.running:
            close_old_connections()
            now = timezone.now()
            take_up(now=now)
            expire(now=now)
            if swept is None or now - swept >= SWEEPS_EVERY:
                sweep(now=now)
                swept = now
            worker.run()
            if once:
                return
            stopping.wait(LOOKS_EVERY)


def stop_at_eof() -> None:
    """Whoever started this process holds the other end, and lets go of it when it ends, however it ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
