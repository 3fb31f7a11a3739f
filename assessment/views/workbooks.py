"""填报工作簿: download it for a community or a town, upload it filled, see the difference, confirm (R23, R70)."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from assessment.forms.workbooks import FilledWorkbookForm
from assessment.sheet_workbooks.applying import Applied, ScoresMovedError, apply_plan
from assessment.sheet_workbooks.filling import MOST_SHEETS, filling_sheets, open_assessments
from assessment.sheet_workbooks.identity import find_identity
from assessment.sheet_workbooks.planning import WorkbookPlan, plan_workbook
from assessment.sheet_workbooks.writing import filling_workbook
from assessment.views.scoring import listed_by, load
from assessment.workflow import Refused
from communities.access import SCORERS, Request, allow
from communities.importing import uploads
from communities.importing.outputs import annotated_workbook
from communities.importing.problems import FileRefusedError
from communities.importing.uploads import Upload
from communities.importing.workbooks import Workbook, read_workbook
from communities.views.importing import download

SLOT = "import_score_sheets"
NAME = "自评填报工作簿"
MOVED = "自评或文件在预览之后有变化，尚未导入任何内容。请核对新的预览后再确认。"


@allow(SCORERS)
@require_GET
def unit_workbook(request: Request, pk: int) -> HttpResponseBase:
    """The workbook of one community, while its self-assessment is open."""
    assessment = load(request, pk)
    if not assessment.is_editable:
        messages.error(request, f"该考评现为“{assessment.status.label}”，不能再填报，没有可下载的填报工作簿。")
        return redirect(assessment)
    title = f"{assessment.community.full_name}{assessment.campaign_year}{NAME}"
    return download(filling_workbook(filling_sheets([assessment]), title), f"{title}.xlsx")


@allow(SCORERS)
@require_GET
def town_workbook(request: Request) -> HttpResponseBase:
    """The workbook of all communities on the list whose self-assessment is open, a sheet each."""
    shown = {row.assessment_id for row in listed_by(request).qs}
    found = open_assessments(request.appointment).filter(campaign_year=request.campaign_year)
    chosen = [one for one in found if one.pk in shown]
    if not chosen:
        messages.warning(request, "没有可填报的自评：只有已开始、尚未申报或被退回修改的可以下载填报工作簿。")
        return redirect("assessment:list")
    if len(chosen) > MOST_SHEETS:
        messages.warning(
            request, f"有{len(chosen)}个社区（村），一个工作簿最多{MOST_SHEETS}个。请先按类别等条件查询，再分别下载。"
        )
        return redirect("assessment:list")
    title = f"{request.appointment.unit_name}{request.campaign_year}{NAME}"
    return download(filling_workbook(filling_sheets(chosen), title), f"{title}.xlsx")


@allow(SCORERS)
def upload(request: Request) -> HttpResponse:
    """Choose a filled workbook; one that can be read is kept for the preview."""
    posted = request.method == "POST"
    form = FilledWorkbookForm(request.POST, request.FILES) if posted else FilledWorkbookForm()
    if request.campaign_year and form.is_valid():
        uploads.keep(request.session, form.content, form.display_name, now=timezone.now(), slot=SLOT)
        return redirect("assessment:workbook_preview")
    return render(request, "assessment/workbook_upload.html", {"form": form})


@allow(SCORERS)
@require_GET
def preview(request: Request) -> HttpResponse:
    """What the kept file would change item by item, what is to be decided, or every problem in it."""
    waiting = pending(request)
    if waiting is None:
        return redirect("assessment:workbook_upload")
    plan = plan_of(request, waiting)[1]
    return render(request, "assessment/workbook_preview.html", {"plan": plan, "upload": waiting})


@allow(SCORERS)
@require_POST
def confirm(request: Request) -> HttpResponse:
    """Write what was previewed with the decisions taken; where the scores have moved on, show the new preview."""
    waiting = pending(request)
    if waiting is None:
        return redirect("assessment:workbook_upload")
    plan = plan_of(request, waiting)[1]
    if plan.problems or plan.digest != request.POST.get("digest"):
        messages.warning(request, MOVED)
        return redirect("assessment:workbook_preview")
    taken = {one.name for one in plan.conflicts if request.POST.get(one.name) == "file"}
    try:
        applied = apply_plan(plan, taken=taken, file_name=waiting.name, by=request.appointment)
    except (Refused, ScoresMovedError):
        messages.warning(request, MOVED)
        return redirect("assessment:workbook_preview")
    uploads.discard(request.session, SLOT)
    messages.success(request, told(applied, kept=len(plan.conflicts) - len(taken)))
    return redirect("assessment:list")


def told(applied: Applied, *, kept: int) -> str:
    """What came of it, in one sentence."""
    left = f"另有{kept}条保留系统中的得分。" if kept else ""
    if not applied.items:
        return f"未写入任何内容。{left}"
    return f"填报工作簿导入完成：写入{applied.units}个社区（村）的{applied.items}条自评。{left}"


@allow(SCORERS)
@require_GET
def annotated(request: Request) -> HttpResponse | FileResponse:
    """下载标注后的工作簿: the kept file with every problem marked; corrected, it can be uploaded again."""
    waiting = pending(request)
    if waiting is None:
        return redirect("assessment:workbook_upload")
    workbook, plan = plan_of(request, waiting)
    try:
        identity = find_identity(workbook)
    except FileRefusedError:
        identity = None
    sheets = Workbook([sheet for sheet in workbook.sheets if sheet is not identity])
    return download(annotated_workbook(sheets, plan.problems, keep=identity), f"{NAME}（问题标注）.xlsx")


def pending(request: Request) -> Upload | None:
    """The file that this session waits to confirm; says so when there is none."""
    waiting = uploads.kept(request.session, SLOT) if request.campaign_year else None
    if waiting is None:
        messages.warning(request, "没有待导入的填报工作簿，请重新选择。")
    return waiting


def plan_of(request: Request, waiting: Upload) -> tuple[Workbook, WorkbookPlan]:
    workbook = read_workbook(waiting.content, waiting.name)
    plan = plan_workbook(workbook, campaign_year=request.campaign_year, appointment=request.appointment)
    return workbook, plan
