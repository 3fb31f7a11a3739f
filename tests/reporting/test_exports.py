"""批量导出: what is asked for is made, fetched by whoever asked, and gone after its term (hostile cases 3, 26, 37)."""

import errno
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from accounts.models import AuditEvent
from communities.models import Appointment, Community
from reporting.batches import working
from reporting.batches.asking import MOST_UNFINISHED, NotAsked, ask_again
from reporting.batches.working import claim, expire, run, sweep, take_up
from reporting.models import ExportJob
from tests.reporting.export_cases import ask_for, make_sheets

pytestmark = pytest.mark.django_db
Format = ExportJob.Format


@pytest.fixture
def sheets(town, open_year):
    return make_sheets(town, open_year, 3)


def made(job: ExportJob) -> ExportJob:
    run(job.pk)
    return ExportJob.objects.get(pk=job.pk)


def fetch(client, job: ExportJob):
    return client.get(reverse("reporting:export_file", args=[job.pk]))


@pytest.mark.parametrize("at_once", [2, 300])
def test_one_pdf_has_a_bookmark_for_each_sheet(sheets, bureau, open_year, settings, at_once):
    settings.EXPORT_SHEETS_AT_ONCE = at_once
    job = made(ask_for(bureau, open_year))
    reader = PdfReader(job.result)
    for sheet, mark in zip(sheets, reader.outline, strict=True):
        assert mark.title == sheet.community.full_name
        page = reader.pages[reader.get_destination_page_number(mark)]
        assert sheet.community.full_name in page.extract_text()
    assert (job.status, job.done, job.size) == ("done", 3, job.result.stat().st_size)


@pytest.mark.parametrize(("file_format", "suffix"), [(Format.PDF_ZIP, "pdf"), (Format.XLSX_ZIP, "xlsx")])
@pytest.mark.usefixtures("sheets")
def test_an_archive_has_a_file_for_each_sheet(bureau, open_year, settings, file_format, suffix):
    settings.EXPORT_SHEETS_AT_ONCE = 2
    job = made(ask_for(bureau, open_year, file_format=file_format))
    with ZipFile(job.result) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        content = archive.read(names[2])
    assert names == [f"00{n + 1} 考核评分表（湖塘镇第{n}社区2012年度）.{suffix}" for n in range(3)]
    if suffix == "xlsx":
        assert "第2社区" in openpyxl.load_workbook(BytesIO(content)).active["A2"].value
    else:
        assert "第2社区" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.mark.usefixtures("village")
def test_the_filters_of_the_list_say_what_is_exported(sheets, other_town, bureau, town_officer, open_year):
    make_sheets(other_town, open_year, 1)
    assert ask_for(bureau, open_year).total == 4
    assert ask_for(town_officer, open_year).total == 3
    some = ask_for(bureau, open_year, f"town={other_town.pk}&category=urban&page=7")
    assert (some.total, "牛塘镇" in some.title, "城镇" in some.title) == (1, True, True)
    assert ask_for(bureau, open_year, "q=第1社区").assessments == [sheets[1].pk]
    with pytest.raises(NotAsked, match="没有符合条件"):
        ask_for(bureau, open_year, "state=returned")


def test_a_person_has_only_so_many_unfinished(sheets, bureau, open_year):
    for _ in range(MOST_UNFINISHED):
        ask_for(bureau, open_year)
    with pytest.raises(NotAsked, match="尚未完成"):
        ask_for(bureau, open_year)


@pytest.mark.usefixtures("sheets")
def test_only_whoever_asked_fetches_it_and_only_in_that_appointment(  # noqa: PLR0917  everybody who tries
    bureau, leader, town_officer, foreign_bureau, open_year, sign_in
):
    job = made(ask_for(bureau, open_year))
    response = fetch(sign_in(bureau), job)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == job.result.read_bytes()
    assert "attachment" in response["Content-Disposition"]
    for other in (leader, town_officer, foreign_bureau):
        assert fetch(sign_in(other), job).status_code == 404
    Appointment.objects.filter(pk=bureau.pk).update(until=timezone.localdate())
    Appointment.objects.create(user=bureau.user, role=bureau.role, district=bureau.district)
    assert fetch(sign_in(bureau), job).status_code == 404
    acts = AuditEvent.objects.filter(object_type="reporting.exportjob").values_list("action", flat=True)
    assert sorted(acts) == ["下载批量导出", "批量导出"]


def test_scope_is_checked_again_when_it_is_made_and_when_it_is_fetched(
    sheets, town_officer, other_town, open_year, sign_in
):
    fetched, unmade = ask_for(town_officer, open_year), ask_for(town_officer, open_year)
    fetched = made(fetched)
    Community.objects.filter(pk=sheets[0].community_id).update(town=other_town)
    assert fetch(sign_in(town_officer), fetched).status_code == 404
    unmade = made(unmade)
    assert (unmade.status, unmade.error) == ("failed", "有1份评分表已不在您的查看范围内，请重新生成。")
    assert ask_again(unmade, by=town_officer, now=timezone.now()).total == 2


def test_nothing_is_made_for_whoever_has_left(sheets, bureau, open_year):
    job = ask_for(bureau, open_year)
    Appointment.objects.filter(pk=bureau.pk).update(until=timezone.localdate())
    assert made(job).status == "failed"


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "磁盘空间不足"), (errno.EDQUOT, "磁盘空间不足"), (errno.EROFS, "不能写入")]
)
@pytest.mark.usefixtures("sheets")
def test_a_full_disk_leaves_a_sentence_and_no_half_file(bureau, open_year, monkeypatch, number, words):
    """Hostile case 26."""

    def cut(_file_format, _tables, target, **_rest):
        target.write_bytes(b"half")
        raise OSError(number, "no")

    monkeypatch.setattr(working, "write_part", cut)
    job = made(ask_for(bureau, open_year))
    assert (job.status, words in job.error, job.place.exists()) == ("failed", True, False)


def test_an_unforeseen_error_fails_the_job_and_is_not_hidden(sheets, bureau, open_year, monkeypatch):
    monkeypatch.setattr(working, "write_part", lambda *_args, **_rest: 1 / 0)
    job = ask_for(bureau, open_year)
    with pytest.raises(ZeroDivisionError):
        run(job.pk)
    assert ExportJob.objects.get(pk=job.pk).status == "failed"


def test_whoever_lost_its_lease_writes_nothing_more(sheets, bureau, open_year, monkeypatch):
    """A worker that slept past its lease wakes up when another holds the job: one result."""
    job = ask_for(bureau, open_year)
    write = working.write_part

    def slept(*args, **rest):
        write(*args, **rest)
        later = timezone.now() + timedelta(days=1)
        take_up(now=later)
        assert claim(job.pk, now=later) is not None

    monkeypatch.setattr(working, "write_part", slept)
    run(job.pk)
    left = ExportJob.objects.get(pk=job.pk)
    assert (left.status, left.attempts, left.result.exists()) == ("running", 2, False)


def test_after_three_deaths_it_has_failed(sheets, bureau, open_year):
    job = ask_for(bureau, open_year)
    for day in range(3):
        now = timezone.now() + timedelta(days=day)
        claim(job.pk, now=now)
        take_up(now=now + timedelta(hours=1))
    left = ExportJob.objects.get(pk=job.pk)
    assert (left.status, "中断了3次" in left.error) == ("failed", True)


def test_what_waits_without_a_task_is_queued_again_once(sheets, bureau, open_year):
    """The worker died between the queue's claim and ours."""
    job = ask_for(bureau, open_year)
    now = timezone.now()
    DBTaskResult.objects.update(status="RUNNING", started_at=now)
    take_up(now=now)
    assert not DBTaskResult.objects.ready().exists()
    for _ in range(2):
        take_up(now=now + timedelta(hours=1))
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.ready()] == [[job.pk]]


def test_after_its_term_it_is_gone(sheets, bureau, open_year, settings, sign_in):
    job = made(ask_for(bureau, open_year))
    over = job.expires_at
    assert over == job.finished_at + timedelta(days=settings.EXPORT_DAYS)
    expire(now=over - timedelta(seconds=1))
    assert job.result.exists()
    expire(now=over)
    assert not job.place.exists()
    assert ExportJob.objects.get(pk=job.pk).status == "expired"
    assert fetch(sign_in(bureau), job).status_code == 404


def test_folders_that_no_job_needs_are_swept_and_nothing_else(sheets, bureau, open_year, settings):
    job, lost = made(ask_for(bureau, open_year)), made(ask_for(bureau, open_year))
    ExportJob.objects.filter(pk=lost.pk).delete()
    foreign = settings.EXPORT_ROOT / "备份"
    foreign.mkdir()
    sweep(now=timezone.now())
    assert (job.result.exists(), lost.place.exists(), foreign.exists()) == (True, False, True)


def test_the_page_asks_shows_and_removes(sheets, bureau, open_year, sign_in):
    client = sign_in(bureau)
    assert "批量导出" in client.get(reverse("assessment:list")).content.decode()
    new = reverse("reporting:export_new") + "?q=第1社区"
    assert "<strong>1</strong>份" in client.get(new).content.decode()
    assert client.post(new, {"format": "pdf"}).status_code == 302
    job = ExportJob.objects.get()
    address = reverse("reporting:exports")
    assert 'hx-trigger="every 2s"' in client.get(address).content.decode()
    run(job.pk)
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert ("hx-trigger" in part, "<html" in part, "下载" in part) == (False, False, True)
    client.post(reverse("reporting:export_again", args=[job.pk]))
    assert ExportJob.objects.count() == 2
    client.post(reverse("reporting:export_remove", args=[job.pk]))
    assert not job.place.exists()
    assert ExportJob.objects.count() == 1


def test_the_list_takes_as_many_queries_for_one_as_for_three(
    sheets, bureau, open_year, sign_in, django_assert_num_queries
):
    client = sign_in(bureau)
    ask_for(bureau, open_year)
    address = reverse("reporting:exports")
    client.get(address)
    with django_assert_num_queries(8) as one:
        client.get(address, headers={"HX-Request": "true"})
    ask_for(bureau, open_year)
    ask_for(bureau, open_year)
    with django_assert_num_queries(len(one)):
        client.get(address, headers={"HX-Request": "true"})
