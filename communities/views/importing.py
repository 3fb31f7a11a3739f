"""导入: choose a file, see what it would do or what is wrong with it, confirm; nothing is written before that."""

from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from communities.access import Request, allow
from communities.forms.importing import RegisterFileForm
from communities.importing import uploads
from communities.importing.apply import PlanChangedError, import_register
from communities.importing.outputs import annotated_workbook, register_template
from communities.importing.plan import Plan, make_plan, town_names
from communities.importing.register import Register, read_register
from communities.importing.uploads import Upload
from communities.importing.workbooks import Workbook, read_workbook
from communities.models import Role

IMPORTERS = (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)
CHANGES_SHOWN = 500


def register_of(upload: Upload) -> tuple[Workbook, Register]:
    workbook = read_workbook(upload.content, upload.name)
    return workbook, read_register(workbook, upload.name)


def pending(request: Request) -> Upload | None:
    """The file this session waits to confirm, for the chosen year; says so when there is none."""
    upload = uploads.kept(request.session) if request.campaign_year else None
    if upload is None:
        messages.warning(request, "没有待导入的文件，请重新选择。")
    return upload


def plan_of(request: Request, register: Register) -> Plan:
    appointment = request.appointment
    year = request.campaign_year.year
    return make_plan(register, district=appointment.district, year=year, town=appointment.town)


@allow(IMPORTERS)
def import_file(request: Request) -> HttpResponse:
    """Choose a file; one that can be read is kept for the preview."""
    posted = request.method == "POST"
    form = RegisterFileForm(request.POST, request.FILES) if posted else RegisterFileForm()
    if request.campaign_year and form.is_valid():
        uploads.keep(request.session, form.content, form.display_name, now=timezone.now())
        return redirect("communities:import_preview")
    return render(request, "communities/import.html", {"form": form})


@allow(IMPORTERS)
@require_GET
def import_preview(request: Request) -> HttpResponse:
    """What the kept file would create, change and leave alone, or every problem in it."""
    upload = pending(request)
    if upload is None:
        return redirect("communities:import")
    plan = plan_of(request, register_of(upload)[1])
    changes = [(entry, change) for entry in plan.changed for change in entry.changes]
    context = {
        "plan": plan,
        "upload": upload,
        "created": town_names(plan.created),
        "changes": changes[:CHANGES_SHOWN],
        "changes_left": max(len(changes) - CHANGES_SHOWN, 0),
    }
    return render(request, "communities/import_preview.html", context)


@allow(IMPORTERS)
@require_POST
def import_confirm(request: Request) -> HttpResponse:
    """Write what was previewed; where the register has moved on since, show the new preview instead."""
    upload = pending(request)
    if upload is None:
        return redirect("communities:import")
    try:
        plan = import_register(
            register_of(upload)[1],
            district=request.appointment.district,
            year=request.campaign_year.year,
            town=request.appointment.town,
            by=request.user,
            previewed=request.POST.get("digest", ""),
        )
    except PlanChangedError:
        messages.warning(request, "台账或文件在预览之后有变化，尚未导入。请核对新的预览后再确认。")
        return redirect("communities:import_preview")
    uploads.discard(request.session)
    counts = f"新增{len(plan.created)}个，变更{len(plan.changed)}个，不变{len(plan.unchanged)}个"
    messages.success(request, f"{plan.year}年度社区基本情况表导入完成：{counts}。")
    return redirect("communities:list")


@allow(IMPORTERS)
@require_GET
def import_annotated(request: Request) -> HttpResponse | FileResponse:
    """下载标注后的工作簿: the kept file with every problem marked in its cell."""
    upload = pending(request)
    if upload is None:
        return redirect("communities:import")
    workbook, register = register_of(upload)
    problems = plan_of(request, register).problems
    return download(annotated_workbook(workbook, problems), "社区基本情况表（问题标注）.xlsx")


@allow(IMPORTERS)
@require_GET
def import_template(_request: Request) -> FileResponse:
    return download(register_template(), "社区基本情况表（导入模板）.xlsx")


def download(content: bytes, name: str) -> FileResponse:
    return FileResponse(BytesIO(content), as_attachment=True, filename=name)
