"""批量导出: ask for the sheets of a list, see how far they are, fetch them."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from communities.access import READERS, Request, allow
from communities.tables import paged
from reporting.batches.asking import NotAsked, ask, ask_again, chosen, file_name, remove, told
from reporting.models import ExportJob
from reporting.tables import ExportTable

CONTENT_TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label="格式", choices=ExportJob.Format, initial=ExportJob.Format.PDF, widget=forms.RadioSelect
    )


def load(request: Request, pk: int) -> ExportJob:
    """An export of the person's own; another's is a 404 (hostile case 3)."""
    own = ExportJob.objects.visible_to(request.appointment)
    return get_object_or_404(own.select_related("appointment", "campaign_year"), pk=pk)


@require_safe
@allow(READERS)
def export_list(request: Request) -> HttpResponse:
    """The person's exports; htmx fetches the list alone, as long as one is not finished."""
    own = ExportJob.objects.visible_to(request.appointment)
    context = {
        "table": paged(ExportTable(own.defer("assessments", "query")), request),
        "unfinished": own.unfinished().count(),
    }
    return render(request, f"reporting/{'_' if 'HX-Request' in request.headers else ''}exports.html", context)


@allow(READERS)
def export_new(request: Request) -> HttpResponse:
    """What is about to be exported, and as what."""
    if request.campaign_year is None:
        messages.error(request, "本区还没有设置创建活动年度，请联系区社区办。")
        return redirect("assessment:list")
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask(
                query=request.GET,
                campaign_year=request.campaign_year,
                file_format=ExportJob.Format(form.cleaned_data["format"]),
                by=request.appointment,
                now=timezone.now(),
            )
        except NotAsked as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已开始生成，可以离开本页，稍后在“我的导出”下载。")
            return redirect("reporting:exports")
    choice = chosen(request.GET, campaign_year=request.campaign_year, appointment=request.appointment)
    return render(request, "reporting/export_new.html", {"form": form, "choice": choice})


@require_safe
@allow(READERS)
def export_file(request: Request, pk: int) -> FileResponse:
    """The file, to the person who asked for it, as long as they may see all that is in it."""
    job = load(request, pk)
    if not job.can_be_fetched(timezone.now()) or job.out_of_scope():
        raise Http404
    try:
        content = job.result.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    audit.record("下载批量导出", job, by=request.user, after=told(job))
    response = FileResponse(
        content, as_attachment=True, filename=file_name(job), content_type=CONTENT_TYPES[job.suffix]
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@allow(READERS)
def export_again(request: Request, pk: int) -> HttpResponse:
    try:
        ask_again(load(request, pk), by=request.appointment, now=timezone.now())
    except NotAsked as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已按原来的查询条件重新生成。")
    return redirect("reporting:exports")


@require_POST
@allow(READERS)
def export_remove(request: Request, pk: int) -> HttpResponse:
    remove(load(request, pk), by=request.appointment)
    messages.success(request, "已移除。")
    return redirect("reporting:exports")
