"""What a person asks for, fetches and removes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from accounts import audit
from assessment.lists import AssessmentFilter, listed, today_in_year
from assessment.middleware import past_day
from assessment.models import Assessment, CampaignYear
from communities.models import Appointment
from reporting.batches.working import clear, put_in_queue
from reporting.models import ExportJob

MOST_UNFINISHED = 5
"""How many exports of one person may wait or be made at a time."""
TITLE_LENGTH = 300


class NotAsked(Exception):
    """Nothing is exported; the message says why and what to do."""


@dataclass(frozen=True)
class Choice:
    """The sheets that a list shows: their filters in words, and their assessments in the order of the list."""

    words: str
    assessments: list[int]


def chosen(query: QueryDict, *, campaign_year: CampaignYear, appointment: Appointment) -> Choice:
    """What the 自评申报 list shows with this query, as far as it has begun and lies within the unit today."""
    on = past_day(query.get("on", ""))
    filters = listed(
        query,
        campaign_year=campaign_year,
        appointment=appointment,
        day=on or today_in_year(campaign_year),
        states_on=on or timezone.localdate(),
    )
    within = Assessment.objects.visible_to(appointment).order_by().values("pk")
    keys = filters.qs.filter(assessment_id__in=within).values_list("assessment_id", flat=True)
    words = "；".join([*words_of(filters), *([f"{on}的情况"] if on else [])])
    return Choice(words or "全部", list(keys))


def words_of(filters: AssessmentFilter) -> list[str]:
    """镇（开发区、街道）：湖塘镇, one for each filter that is set."""
    form = filters.form
    set_ones = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    return [f"{form[name].label}：{_shown(form.fields[name], value)}" for name, value in set_ones.items()]


def _shown(field: Any, value: Any) -> str:
    labels = dict(getattr(field, "choices", ())) if isinstance(value, str) else {}
    return str(labels.get(value, value))


def ask(
    *, query: QueryDict, campaign_year: CampaignYear, file_format: ExportJob.Format, by: Appointment, now: datetime
) -> ExportJob:
    """Put the sheets that the list shows into the queue as one file. Raises NotAsked."""
    choice = chosen(query, campaign_year=campaign_year, appointment=by)
    if not choice.assessments:
        raise NotAsked("没有符合条件的评分表，请调整查询条件。")
    with transaction.atomic():
        if ExportJob.objects.visible_to(by).unfinished().count() >= MOST_UNFINISHED:
            raise NotAsked(f"您已有{MOST_UNFINISHED}个导出尚未完成，请等完成后再导出，或移除不需要的。")
        job = ExportJob.objects.create(
            appointment=by,
            campaign_year=campaign_year,
            query=query.urlencode(),
            title=f"{campaign_year}考核评分表：{choice.words}"[:TITLE_LENGTH],
            format=file_format,
            assessments=choice.assessments,
            total=len(choice.assessments),
            asked_at=now,
        )
        audit.record("批量导出", job, by=by.user, after=told(job))
        put_in_queue(job)
    return job


def ask_again(job: ExportJob, *, by: Appointment, now: datetime) -> ExportJob:
    """The same filters once more, as the list stands now. Raises NotAsked."""
    return ask(
        query=QueryDict(job.query),
        campaign_year=job.campaign_year,
        file_format=ExportJob.Format(job.format),
        by=by,
        now=now,
    )


def remove(job: ExportJob, *, by: Appointment) -> None:
    """Take it from the person's list, its files with it; a worker that is at it finds out and leaves off."""
    with transaction.atomic():
        audit.record("移除批量导出", job, by=by.user, before=told(job))
        ExportJob.objects.filter(pk=job.pk).delete()
    clear(job)


def told(job: ExportJob) -> dict[str, Any]:
    return {"内容": job.title, "格式": job.get_format_display(), "份数": job.total}


def file_name(job: ExportJob) -> str:
    return f"考核评分表（{job.campaign_year}{job.total}份）.{job.suffix}"
