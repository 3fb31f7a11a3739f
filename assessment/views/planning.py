"""不申报 and 目标分解: who does not apply and why, and what each town plans (R68, R82, decision 15)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessment.forms.planning import NonApplicationForm, TargetsForm
from assessment.models import NonApplication
from assessment.non_applying import (
    NonApplicationFilter,
    explain,
    non_application_statement,
    not_applying,
    refuse_applicant,
)
from assessment.town_targets import TargetsChanged, matrix, save_targets, statement
from assessment.workflow import Refused
from communities.access import BUSINESS, IN_CHARGE, SCORERS, Request, allow
from communities.models import Community, Role
from communities.paging import PER_PAGE, CappedPaginator
from communities.views.editing import edit_record
from communities.views.statements import export

WITHOUT_CAMPAIGN = "本区还没有设置创建活动年度，请联系区社区办。"


# --- 不申报 -------------------------------------------------------------------------------------------------------
def asked_for(request: Request) -> NonApplicationFilter:
    communities = Community.objects.listed_on(request.day, request.appointment)
    found = not_applying(communities, request.campaign_year, request.day, request.states_on)
    if request.campaign_year is None:
        found = found.none()
    return NonApplicationFilter(request.GET, found, appointment=request.appointment)


@require_safe
@allow(BUSINESS)
def non_applications(request: Request) -> HttpResponse:
    filters = asked_for(request)
    page: Page = CappedPaginator(filters.qs, PER_PAGE).get_page(request.GET.get("page"))
    may_explain = request.appointment.role in SCORERS and request.campaign_year is not None
    shown = non_application_statement(page.object_list, may_explain=may_explain, first=page.start_index() or 1)
    return render(request, "assessment/non_applications.html", {"filter": filters, "statement": shown, "page": page})


@require_safe
@allow(BUSINESS)
def non_applications_export(request: Request) -> HttpResponseBase:
    return export(request, non_application_statement(asked_for(request).qs))


@allow(SCORERS)
def non_application(request: Request, code: str) -> HttpResponse:
    """Why one community does not apply in the chosen year."""
    visible = Community.objects.visible_to(request.appointment).select_related("town")
    community = get_object_or_404(visible, code=code)
    year, back = request.campaign_year, reverse("assessment:non_applications")
    if year is None:
        messages.error(request, WITHOUT_CAMPAIGN)
        return redirect(back)
    today = timezone.localdate()
    try:
        refuse_applicant(community, year, today=today)
        found = NonApplication.objects.filter(community=community, campaign_year=year).first()
        record = found or NonApplication(community=community, campaign_year=year, revision=0)
        return edit_record(
            request,
            NonApplicationForm(request.POST or None, instance=record),
            lambda values, revision: explain(
                community, year, values["reason"], revision=revision, by=request.appointment, today=today
            ),
            title=f"{community.full_name}{year}不申报原因",
            back=back,
            back_label="不申报",
            note="自愿申报，不申报的说明原因即可；以后仍可以开始自评。",
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)


# --- 目标分解 -----------------------------------------------------------------------------------------------------
@allow(IN_CHARGE)
def town_targets(request: Request) -> HttpResponse:
    """The matrix: filled in by the bureau, read by leaders, each town sees its own row. `?propose=1` saves nothing."""
    may_edit = request.appointment.role == Role.BUREAU_OFFICER
    if request.method == "POST" and not may_edit:
        raise PermissionDenied("目标分解由区社区办填写。")
    if request.campaign_year is None:
        return render(request, "assessment/town_targets.html", {})
    found = matrix(request.campaign_year, request.day, request.appointment)
    if not may_edit:
        return render(request, "assessment/town_targets.html", {"matrix": found, "statement": statement(found)})
    proposes = request.method == "GET" and "propose" in request.GET
    form = TargetsForm(request.POST or None, found=found, proposal=found.proposal() if proposes else None)
    both: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            written = save_targets(request.campaign_year, form.entries(), by=request.appointment)
        except TargetsChanged as changed:
            both = form.face(changed.pairs)
        else:
            messages.success(request, f"目标分解已保存，修改{written}项。" if written else "没有需要保存的修改。")
            return redirect("assessment:town_targets")
    context = {"matrix": found, "form": form, "both": both, "proposes": proposes}
    return render(request, "assessment/town_targets.html", context, status=409 if both else 200)


@require_safe
@allow(IN_CHARGE)
def town_targets_export(request: Request) -> HttpResponseBase:
    if request.campaign_year is None:
        return redirect("assessment:town_targets")
    return export(request, statement(matrix(request.campaign_year, request.day, request.appointment)))
