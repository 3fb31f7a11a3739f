"""Hostile case 37: a worker killed in mid-export; another finishes it: one file, not two, not none."""

import signal
from collections.abc import Callable
from threading import Event
from time import monotonic

import pytest
from pypdf import PdfReader

from reporting.models import ExportJob
from tests.reporting.export_cases import ask_for, make_sheets, start_worker

pytestmark = pytest.mark.django_db(transaction=True)
ONE_BY_ONE = {"EXPORT_SHEETS_AT_ONCE": "1", "EXPORT_LEASE_SECONDS": "20"}
PATIENCE = 240


def wait_for(job: ExportJob, condition: Callable[[ExportJob], bool]) -> ExportJob:
    """Ask the database until it is so, within a deadline."""
    deadline, pause = monotonic() + PATIENCE, Event()
    while True:
        job = ExportJob.objects.get(pk=job.pk)
        if condition(job):
            return job
        assert monotonic() < deadline, (job.status, job.done, job.error)
        pause.wait(0.05)


def test_a_worker_killed_half_way_is_followed_by_another(town, open_year, bureau):
    sheets = make_sheets(town, open_year, 5)
    job = ask_for(bureau, open_year)
    first = start_worker(**ONE_BY_ONE)
    try:
        wait_for(job, lambda job: 1 <= job.done < 5)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    left = ExportJob.objects.get(pk=job.pk)
    assert (left.status, left.attempts) == ("running", 1)
    assert len(list(job.place.glob("part-1-?"))) >= left.done, "what is finished stays for the next"

    workers = [start_worker(**ONE_BY_ONE) for _ in range(2)]
    try:
        done = wait_for(job, lambda job: not job.is_unfinished)
    finally:
        for worker in workers:
            worker.terminate()
            worker.wait()
    assert (done.status, done.done, done.attempts, done.error) == ("done", 5, 2, "")
    assert [path.name for path in job.place.iterdir()] == ["result.pdf"]
    marks = [mark.title for mark in PdfReader(job.result).outline]
    assert marks == [sheet.community.full_name for sheet in sheets]


def test_a_worker_asked_to_stop_hands_over_what_it_is_at(town, open_year, bureau):
    make_sheets(town, open_year, 5)
    job = ask_for(bureau, open_year)
    worker = start_worker(**ONE_BY_ONE)
    wait_for(job, lambda job: job.done >= 1)
    worker.terminate()
    assert worker.wait() == 0
    left = ExportJob.objects.get(pk=job.pk)
    assert (left.status, left.attempts, left.holder) == ("waiting", 0, None)
    start_worker("--once", **ONE_BY_ONE).wait()
    assert ExportJob.objects.get(pk=job.pk).status == "done"


def test_a_worker_ends_with_the_process_that_started_it(db):
    worker = start_worker("--until-eof")
    assert worker.wait(PATIENCE) == 0
