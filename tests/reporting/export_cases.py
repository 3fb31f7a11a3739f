"""Exports for tests: a town's sheets, what is asked for, and a worker that is a process of its own."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from assessment.models import CampaignYear
from communities.models import Appointment, Town
from reporting.batches.asking import ask
from reporting.models import ExportJob
from tests.factories import make_assessment, make_community, make_standard


def make_sheets(town: Town, campaign_year: CampaignYear, count: int) -> list[Any]:
    standard = make_standard(district=town.district)
    return [
        make_assessment(
            community=make_community(town=town, name=f"第{number}社区"),
            campaign_year=campaign_year,
            standard=standard,
            scores={"1.1": "11.5"},
        )
        for number in range(count)
    ]


def ask_for(by: Appointment, campaign_year: CampaignYear, query: str = "", **changes: Any) -> ExportJob:
    values = {"file_format": ExportJob.Format.PDF, "now": timezone.now(), **changes}
    return ask(query=QueryDict(query), campaign_year=campaign_year, by=by, **values)


def make_done(by: Appointment, assessment: Any) -> ExportJob:
    """An export of one sheet that can be fetched."""
    now = timezone.now()
    job = ExportJob.objects.create(
        appointment=by,
        campaign_year=assessment.campaign_year,
        title="考核评分表",
        format=ExportJob.Format.PDF,
        assessments=[assessment.pk],
        total=1,
        done=1,
        status=ExportJob.Status.DONE,
        size=4,
        asked_at=now,
        finished_at=now,
        expires_at=now + timedelta(days=1),
    )
    job.place.mkdir(parents=True)
    job.result.write_bytes(b"%PDF")
    return job


def start_worker(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """`manage.py work` on the tests' own database and folders."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        who = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = f"postgres://{who}/{database['NAME']}"
    own = {
        "DATABASE_URL": url,
        "EXPORT_ROOT": str(settings.EXPORT_ROOT),
        "EVIDENCE_ROOT": str(settings.EVIDENCE_ROOT),
        **environment,
    }
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "work", *arguments]
    return subprocess.Popen(command, env={**os.environ, **own}, stdin=subprocess.DEVNULL)
