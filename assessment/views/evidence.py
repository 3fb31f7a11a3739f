"""佐证材料: put forward, taken back, and served to those who may see the community."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts import audit
from assessment.evidence import add_evidence, remove_evidence
from assessment.models import Assessment, Evidence, Item
from assessment.views.scoring import load
from assessment.workflow import Refused
from communities.access import READERS, SCORERS, Request, allow
from communities.files import UnfitFile, response_with


@require_POST
@allow(SCORERS)
def upload(request: Request, pk: int, item_pk: int) -> HttpResponse:
    """Add the posted files to an item; each that is not taken says why."""
    assessment = load(request, pk)
    item = get_object_or_404(Item, pk=item_pk, standard=assessment.standard_id)
    files = request.FILES.getlist("files")
    errors = [] if files else ["请先选择要上传的文件。"]
    for file in files:
        try:
            add_evidence(assessment=assessment, item=item, upload=file, by=request.appointment)
        except (UnfitFile, Refused) as refused:
            errors.append(f"{file.name}：{refused}")
    return answer(request, assessment, item, errors)


@require_POST
@allow(SCORERS)
def remove(request: Request, pk: int, evidence_pk: int) -> HttpResponse:
    assessment = load(request, pk)
    evidence = get_object_or_404(assessment.evidence.select_related("item", "file"), pk=evidence_pk)
    errors = []
    try:
        remove_evidence(evidence, by=request.appointment)
    except Refused as refused:
        errors.append(str(refused))
    return answer(request, assessment, evidence.item, errors)


def answer(request: Request, assessment: Assessment, item: Item, errors: list[str]) -> HttpResponse:
    """The item's file list for htmx; the sheet again for a plain form."""
    if "HX-Request" not in request.headers:
        for error in errors:
            messages.error(request, error)
        return redirect(f"{assessment.get_absolute_url()}#item-{item.code}")
    files = Evidence.objects.filter(assessment=assessment, item=item).select_related("file")
    context = {"assessment": assessment, "item_id": item.pk, "files": files, "errors": errors, "editable": True}
    return render(request, "assessment/_files.html", context)


@allow(READERS)
def serve(request: Request, pk: int) -> HttpResponseBase:
    """The file itself; who looked at it is recorded."""
    evidence = get_object_or_404(Evidence.objects.visible_to(request.appointment).select_related("file"), pk=pk)
    audit.record("查看佐证材料", evidence.assessment, by=request.user, after={"文件": evidence.file.name})
    return response_with(evidence.file)
