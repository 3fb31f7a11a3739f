"""How a worker makes a batch, and how another finishes what it left.

The queue (django-tasks-db) hands a job to one worker, but never notices that a worker was killed. So a job is held with
a lease that its worker prolongs as it goes; one whose lease has ended is put into the queue anew by whichever worker
looks next (`take_up`), and goes on behind the parts that are finished. Whoever lost its hold changes nothing more: the
row is only ever written where it still names the holder, and the result is put into place within that transaction.
"""

import errno
import logging
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assessment.models import Assessment
from assessment.sheets import SHEET_RELATIONS, SheetTable, sheet_tables
from communities.models import Appointment
from reporting.batches.making import join_parts, write_part
from reporting.models import ExportJob

Clock = Callable[[], datetime]
Status = ExportJob.Status
MOST_ATTEMPTS = 3
"""How often a worker may die of a job before it counts as failed."""
TELLS_EVERY = timedelta(seconds=1)
KEEPS_TASKS = timedelta(days=1)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FREE = {"holder": None, "lease_until": None}
logger = logging.getLogger(__name__)
stopping = Event()
"""Set when this process is asked to stop: what it is at is handed over, not finished."""


class Lost(Exception):
    """Another worker holds the job, or the person has removed it."""


class Stopped(Exception):
    """This worker is to stop."""


class Unfit(Exception):
    """The job cannot be made; the message says why and what to do."""


def lease() -> timedelta:
    return timedelta(seconds=settings.EXPORT_LEASE_SECONDS)


@task()
def make_export(job_id: int) -> None:
    run(job_id)


def put_in_queue(job: ExportJob) -> None:
    """Within the transaction that makes it wait."""
    queued = make_export.enqueue(job.pk)
    ExportJob.objects.filter(pk=job.pk).update(task=UUID(queued.id))


def run(job_id: int, *, clock: Clock = timezone.now) -> None:
    """Make the job's file; what another has begun to make, or somebody removed, is left alone."""
    job = claim(job_id, now=clock())
    if job is None:
        return
    try:
        make(job, clock)
    except Stopped:
        hand_over(job)
    except Lost:
        if not ExportJob.objects.filter(pk=job.pk).exists():
            clear(job)
    except Unfit as unfit:
        fail(job, str(unfit), now=clock())
    except OSError as error:
        logger.exception("export %s", job.pk)
        fail(job, reason_of(error), now=clock())
    except Exception:
        fail(job, "生成时发生意外错误，请重新生成；仍不成功时请联系系统管理员。", now=clock())
        raise


def claim(job_id: int, *, now: datetime) -> ExportJob | None:
    """Take hold of a waiting job; None where there is nothing to hold."""
    waiting = ExportJob.objects.filter(pk=job_id, status=Status.WAITING)
    held = waiting.update(status=Status.RUNNING, holder=uuid4(), lease_until=now + lease(), attempts=F("attempts") + 1)
    return ExportJob.objects.select_related("appointment").filter(pk=job_id).first() if held else None


class Hold:
    """Says how far the work is and prolongs the lease, once a second. Raises Lost and Stopped."""

    def __init__(self, job: ExportJob, clock: Clock) -> None:
        self.job, self.clock = job, clock
        self.told = clock()

    def __call__(self, done: int, *, at_once: bool = False) -> None:
        if stopping.is_set():
            raise Stopped
        now = self.clock()
        if at_once or now - self.told >= TELLS_EVERY:
            if not ExportJob.objects.held_by(self.job).update(done=done, lease_until=now + lease()):
                raise Lost
            self.told = now


def make(job: ExportJob, clock: Clock) -> None:
    check_scope(job)
    hold = Hold(job, clock)
    job.place.mkdir(mode=0o700, parents=True, exist_ok=True)
    size, holder = settings.EXPORT_SHEETS_AT_ONCE, hex_of(job.holder)
    parts = []
    for first in range(0, job.total, size):
        part = job.place / f"part-{size}-{first}"
        members = job.assessments[first : first + size]
        if not part.exists():
            hold(first, at_once=True)
            fresh = part.with_suffix(f".{holder}")
            write_part(job.format, tables_of(members), fresh, first=first, progress=hold)
            fresh.replace(part)
        parts.append(part)
        hold(first + len(members), at_once=True)
    whole = job.place / f"whole.{holder}"
    join_parts(job.format, parts, whole)
    finish(job, whole, now=clock())


def check_scope(job: ExportJob) -> None:
    if not Appointment.objects.current().filter(pk=job.appointment_id).exists():
        raise Unfit("提出人的任职已经变动，文件没有生成。")
    if missing := job.out_of_scope():
        raise Unfit(f"有{missing}份评分表已不在您的查看范围内，请重新生成。")


def tables_of(keys: list[int]) -> list[SheetTable]:
    found = Assessment.objects.select_related(*SHEET_RELATIONS).in_bulk(keys)
    return sheet_tables([found[key] for key in keys])


def finish(job: ExportJob, whole: Path, *, now: datetime) -> None:
    with transaction.atomic():
        kept = ExportJob.objects.held_by(job).update(
            status=Status.DONE,
            done=F("total"),
            size=whole.stat().st_size,
            finished_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_DAYS),
            **FREE,
        )
        if not kept:
            whole.unlink()
            raise Lost
        whole.replace(job.result)
    for left in job.place.iterdir():
        if left != job.result:
            left.unlink(missing_ok=True)


def hand_over(job: ExportJob) -> None:
    """Back into the queue, without counting as an attempt."""
    with transaction.atomic():
        if ExportJob.objects.held_by(job).update(status=Status.WAITING, attempts=F("attempts") - 1, **FREE):
            put_in_queue(job)


def fail(job: ExportJob, reason: str, *, now: datetime) -> None:
    if ExportJob.objects.held_by(job).update(status=Status.FAILED, error=reason, finished_at=now, **FREE):
        clear(job)


def reason_of(error: OSError) -> str:
    if error.errno in NO_ROOM:
        return "服务器磁盘空间不足，文件没有生成。请联系系统管理员清理磁盘后重新生成。"
    return "服务器不能写入文件，文件没有生成。请联系系统管理员检查存储目录后重新生成。"


def clear(job: ExportJob) -> None:
    """Remove its files, finished or not."""
    shutil.rmtree(job.place, ignore_errors=True)


def hex_of(holder: UUID | None) -> str:
    return holder.hex if holder else ""


# --- what keeps the house ------------------------------------------------------------------------------------------


def abandoned(now: datetime) -> QuerySet[ExportJob]:
    """Whose lease has ended, and what waits although no task is on its way to it."""
    alive = Q(status=TaskResultStatus.READY) | Q(status=TaskResultStatus.RUNNING, started_at__gte=now - lease())
    has_task = Exists(DBTaskResult.objects.filter(alive, pk=OuterRef("task")).order_by())
    return ExportJob.objects.filter(Q(status=Status.RUNNING, lease_until__lt=now) | Q(~has_task, status=Status.WAITING))


def take_up(*, now: datetime) -> None:
    """Put into the queue anew what dead workers left; of several workers that find it, one does."""
    for job in abandoned(now):
        same = ExportJob.objects.filter(pk=job.pk, status=job.status, holder=job.holder, task=job.task)
        with transaction.atomic():
            if job.attempts >= MOST_ATTEMPTS:
                error = f"生成时中断了{job.attempts}次，请缩小范围后重新导出；仍不成功时请联系系统管理员。"
                if same.update(status=Status.FAILED, error=error, finished_at=now, **FREE):
                    clear(job)
            elif same.update(status=Status.WAITING, **FREE):
                put_in_queue(job)


def expire(*, now: datetime) -> None:
    """Remove the files whose term is over."""
    for job in ExportJob.objects.filter(status=Status.DONE, expires_at__lte=now):
        if ExportJob.objects.filter(pk=job.pk, status=Status.DONE).update(status=Status.EXPIRED):
            clear(job)


def sweep(*, now: datetime) -> None:
    """Remove folders that no job needs, and what the queue remembers of tasks long finished or dead."""
    root = Path(settings.EXPORT_ROOT)
    folders = [folder for folder in root.iterdir() if is_ours(folder)] if root.is_dir() else []
    needed = ExportJob.objects.filter(Q(status=Status.DONE) | Q(pk__in=ExportJob.objects.unfinished().values("pk")))
    names = {name.hex for name in needed.values_list("folder", flat=True)}
    for folder in folders:
        if folder.name not in names:
            shutil.rmtree(folder, ignore_errors=True)
    DBTaskResult.objects.filter(started_at__lt=now - KEEPS_TASKS).delete()


def is_ours(folder: Path) -> bool:
    try:
        return folder.is_dir() and UUID(folder.name).hex == folder.name
    except ValueError:
        return False
