"""检查包 and 记录单: as pages, and as PDF for paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import audit
from assessment.inspecting.methods import METHODS, methods_of
from assessment.models import Assessment, Inspection
from assessment.sheets import SHEET_RELATIONS
from assessment.views.inspecting import load_inspection
from communities.access import READERS, Request, allow
from reporting import visit_packs
from reporting.exports import FORBIDDEN_IN_NAMES, download
from reporting.visit_packs import VisitPack

PDF = "application/pdf"


def load_pack(request: Request, pk: int) -> tuple[Assessment, VisitPack]:
    """Of a unit within one's scope, or of one that one was given to check."""
    given = Inspection.objects.to_do_by(request.appointment).filter(assessment=pk)
    seen = Assessment.objects.all() if given.exists() else Assessment.objects.visible_to(request.appointment)
    assessment = get_object_or_404(seen.select_related(*SHEET_RELATIONS), pk=pk)
    stage = visit_packs.stage_of(assessment, request.GET.get("stage", ""))
    method = visit_packs.method_of(stage, request.GET.get("method", ""))
    return assessment, visit_packs.visit_pack(assessment, stage, method)


@require_safe
@allow(READERS)
def pack(request: Request, pk: int) -> HttpResponse:
    assessment, found = load_pack(request, pk)
    context = {
        **visit_packs.pack_context(found),
        "body": "reporting/_visit_pack.html",
        "pdf": reverse("reporting:visit_pack_pdf", args=[pk])
        + f"?stage={found.stage.value}&method={found.method.value}",
        "choices": [(stage, method) for stage in METHODS for method in methods_of(stage)],
        "assessment": assessment,
    }
    return render(request, "reporting/visit.html", context)


@require_safe
@allow(READERS)
def pack_pdf(request: Request, pk: int) -> HttpResponse:
    assessment, found = load_pack(request, pk)
    return sent(request, assessment, found.title, found.unit, visit_packs.pack_pdf(found))


@require_safe
@allow(READERS)
def record(request: Request, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk)
    context = {
        **visit_packs.record_context(visit_packs.visit_record(inspection)),
        "body": "reporting/_visit_record.html",
        "pdf": reverse("reporting:visit_record_pdf", args=[pk]),
        "assessment": inspection.assessment,
    }
    return render(request, "reporting/visit.html", context)


@require_safe
@allow(READERS)
def record_pdf(request: Request, pk: int) -> HttpResponse:
    inspection = load_inspection(request, pk)
    found = visit_packs.visit_record(inspection)
    return sent(request, inspection.assessment, found.title, found.unit, visit_packs.record_pdf(found))


def sent(request: Request, assessment: Assessment, title: str, unit: str, content: bytes) -> HttpResponse:
    """The PDF under a name for people, with its line in the audit trail."""
    audit.record("导出", assessment, by=request.user, after={"文件": title, "格式": "PDF"})
    name = "".join(character for character in f"{title}（{unit}）.pdf" if character.isprintable())
    return download(name.translate(FORBIDDEN_IN_NAMES), content, PDF)
