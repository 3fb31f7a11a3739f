"""导入 of any register: the template, a file, what it would do, and 确认导入; nothing is written before that."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from communities.access import REGISTER_EDITORS, Request, allow
from communities.access import year_of as chosen_year
from communities.exporting import template_workbook
from communities.forms.importing import RegisterFileForm
from communities.importing import uploads
from communities.importing.outputs import annotated_workbook
from communities.importing.records import RecordPlan, plan_records, write_plan
from communities.importing.uploads import Upload
from communities.importing.workbooks import Workbook, read_workbook
from communities.locks import Locked
from communities.models.records import Register
from communities.records import key_words
from communities.revisions import Conflict
from communities.views.importing import download
from communities.views.scoped import reason_of, register_or_404

SHOWN = 500


def slot(register: Register) -> str:
    """Where the session keeps the file: a file of each register waits on its own."""
    return f"import_{register.slug}"


@allow(REGISTER_EDITORS)
@require_GET
def record_template(_request: Request, slug: str) -> FileResponse:
    register = register_or_404(slug)
    return download(template_workbook(register), f"{register.label}（导入模板）.xlsx")


@allow(REGISTER_EDITORS)
def record_import(request: Request, slug: str) -> HttpResponse:
    """Choose a file; one that can be read is kept for the preview."""
    register = register_of_a_year(request, slug)
    posted = request.method == "POST"
    form = RegisterFileForm(request.POST, request.FILES) if posted else RegisterFileForm()
    form.fields["file"].label = register.label
    form.fields["file"].help_text = "“.xlsx”“.xls”或“.csv”格式，请用导入模板或导出的表格填写。"
    if form.is_valid():
        uploads.keep(request.session, form.content, form.display_name, now=timezone.now(), slot=slot(register))
        return redirect("communities:record_import_preview", slug)
    context = {"form": form, "register": register, "key_words": key_words(register)}
    return render(request, "communities/record_import.html", context)


@allow(REGISTER_EDITORS)
@require_GET
def record_import_preview(request: Request, slug: str) -> HttpResponse:
    """What the kept file would create, change and leave alone, or every problem in it."""
    register = register_of_a_year(request, slug)
    upload = pending(request, register)
    if upload is None:
        return redirect("communities:record_import", slug)
    plan = plan_of(request, register, upload)[1]
    changed = [(change.record, words) for change, all_words in plan.changed for words in all_words]
    context = {
        "register": register,
        "plan": plan,
        "upload": upload,
        "changed": changed[:SHOWN],
        "created": plan.created[:SHOWN],
        "more": max(len(changed), len(plan.created)) > SHOWN,
    }
    return render(request, "communities/record_import_preview.html", context)


@allow(REGISTER_EDITORS)
@require_POST
def record_import_confirm(request: Request, slug: str) -> HttpResponse:
    """Write what was previewed; where the register has moved on since, show the new preview instead."""
    register = register_of_a_year(request, slug)
    upload = pending(request, register)
    if upload is None:
        return redirect("communities:record_import", slug)
    plan = plan_of(request, register, upload)[1]
    if plan.problems or plan.digest != request.POST.get("digest"):
        messages.warning(request, "台账或文件在预览之后有变化，尚未导入。请核对新的预览后再确认。")
        return redirect("communities:record_import_preview", slug)
    try:
        written = write_plan(plan, by=request.appointment, reason=reason_of(request))
    except Locked as locked:
        messages.error(request, f"{locked}尚未导入任何内容。")
        return redirect("communities:record_import_preview", slug)
    except Conflict as conflict:
        messages.warning(request, f"“{conflict.current}”刚刚由他人修改，尚未导入任何内容。请核对新的预览后再确认。")
        return redirect("communities:record_import_preview", slug)
    uploads.discard(request.session, slot(register))
    counts = f"新增{len(written.created)}条，变更{len(written.changed)}条，不变{plan.unchanged}条"
    messages.success(request, f"{register.label}导入完成：{counts}。")
    return redirect("communities:record_list", slug)


@allow(REGISTER_EDITORS)
@require_GET
def record_import_annotated(request: Request, slug: str) -> HttpResponse | FileResponse:
    """The kept file with every problem marked in its cell."""
    register = register_of_a_year(request, slug)
    upload = pending(request, register)
    if upload is None:
        return redirect("communities:record_import", slug)
    workbook, plan = plan_of(request, register, upload)
    return download(annotated_workbook(workbook, plan.problems), f"{register.label}（问题标注）.xlsx")


def register_of_a_year(request: Request, slug: str) -> Register:
    """The register; before there is a campaign, a yearly one takes no file."""
    register = register_or_404(slug)
    if register.yearly and not request.campaign_year:
        raise Http404
    return register


def pending(request: Request, register: Register) -> Upload | None:
    upload = uploads.kept(request.session, slot(register))
    if upload is None:
        messages.warning(request, "没有待导入的文件，请重新选择。")
    return upload


def plan_of(request: Request, register: Register, upload: Upload) -> tuple[Workbook, RecordPlan]:
    workbook = read_workbook(upload.content, upload.name)
    return workbook, plan_records(register, workbook, year=chosen_year(request), appointment=request.appointment)
