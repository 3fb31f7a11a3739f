"""考评标准: its versions, read by all at work; imported, previewed and published by the bureau for its district."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from assessment.forms.standards import PublishForm, StandardFileForm
from assessment.models import Standard
from assessment.standards.file import StandardFile
from assessment.standards.importing import InvalidStandardError, check
from assessment.standards.page import by_part
from assessment.standards.publishing import StandardRefusedError, compare, current_standard, publish_standard, versions
from assessment.standards.workbook import standard_workbook
from communities.access import BUREAU, BUSINESS, READERS, Request, allow
from communities.models import Category, Policy, Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@allow(READERS)
def standard_list(request: Request) -> HttpResponse:
    """Every version, the newest of each category marked as current."""
    context = {
        "versions": versions(request.appointment),
        "may_import": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "assessment/standards.html", context)


@allow(READERS)
def standard(request: Request, pk: int) -> HttpResponse:
    """One version: eight parts, items with rule, points, methods, evidence and whether a score is suggested."""
    found = get_object_or_404(Standard.objects.visible_to(request.appointment), pk=pk)
    policies = Policy.objects.visible_to(request.appointment)
    parts = by_part(found.items.all(), policies)
    context = {"standard": found, "parts": parts, "policies_as_text": request.appointment.role not in BUSINESS}
    return render(request, "assessment/standard.html", context)


@allow(READERS)
def standard_file(request: Request, pk: int) -> HttpResponse:
    """One version as a workbook in the format of the import."""
    found = get_object_or_404(Standard.objects.visible_to(request.appointment), pk=pk)
    name = quote(f"{found.label}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(standard_workbook(found), content_type=XLSX, headers=headers)


@allow(BUREAU)
def standard_import(request: Request) -> HttpResponse:
    """Upload a file; what comes back is every problem by line, or the preview of what would be published."""
    form = StandardFileForm(request.POST or None, request.FILES or None)
    context = {"form": form, "versions": versions(request.appointment)}
    if request.method == "POST" and form.is_valid():
        try:
            return preview(request, form.cleaned_data["file"], form.cleaned_data["category"])
        except InvalidStandardError as error:
            context["problems"] = error.problems
    return render(request, "assessment/standard_import.html", context)


def preview(request: Request, file: StandardFile, category: str) -> HttpResponse:
    """What publishing the file would bring, beside the current version. Raises InvalidStandardError."""
    draft = check(file)
    current = current_standard(category, request.appointment.district)
    carried = {"category": category, "text": file.as_csv(), "replaces": current.pk if current else None}
    context = {
        "draft": draft,
        "category": Category(category),
        "current": current,
        "comparison": compare(draft, current),
        "parts": by_part(draft.items),
        "form": PublishForm(initial=carried),
    }
    return render(request, "assessment/standard_preview.html", context)


@require_POST
@allow(BUREAU)
def standard_publish(request: Request) -> HttpResponse:
    """Publish for the caller's district what the preview showed; it is checked once more."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, "预览内容不完整，请重新导入文件。")
        return redirect("assessment:standard_import")
    seen = Standard.objects.visible_to(request.appointment).filter(pk=form.cleaned_data["replaces"]).first()
    try:
        published = publish_standard(
            draft=check(form.cleaned_data["text"]),
            category=form.cleaned_data["category"],
            district=request.appointment.district,
            replaces=seen,
            by=request.appointment,
        )
    except (InvalidStandardError, StandardRefusedError) as error:
        messages.error(request, str(error))
        return redirect("assessment:standard_import")
    messages.success(request, f"已发布{published}。已开始的考评仍按原版本进行。")
    return redirect("assessment:standard", published.pk)
