"""创建活动: its terms, read by all at work, changed by the bureau with history."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from assessment.campaigns import ACTIONS, Setting, history_of, terms_of
from assessment.decisions import decisions_of
from assessment.forms.campaigns import CampaignForm, CampaignYearForm, DecisionsForm
from assessment.models import Campaign, CampaignYear
from communities.access import BUREAU, BUSINESS, Request, allow
from communities.forms.revised import RevisedForm
from communities.models import Role
from communities.revisions import label, revise, shown
from communities.views.editing import edit_record

RECENT = 50


@allow(BUSINESS)
def campaign(request: Request) -> HttpResponse:
    """Pass mark, yearly targets and deadlines, the district's decisions, and who changed them."""
    district = request.appointment.district
    found = Campaign.objects.filter(district=district).select_related("district").first()
    decisions = [(label(district, name), shown(district, name)) for name in DecisionsForm.Meta.fields]
    context = {
        "campaign": found,
        "terms": terms_of(found) if found else [],
        "decisions": decisions,
        "answers": decisions_of(found) if found else [],
        "history": history_of(found)[:RECENT] if found else [],
        "may_edit": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "assessment/campaign.html", context)


@allow(BUREAU)
def campaign_edit(request: Request) -> HttpResponse:
    """Name and pass mark."""
    record = get_object_or_404(Campaign, district=request.appointment.district)
    return edit(request, record, CampaignForm, "修改名称和合格线")


@allow(BUREAU)
def campaign_year(request: Request, year: int) -> HttpResponse:
    """Deadline, targets and milestone of one year."""
    years = CampaignYear.objects.select_related("campaign")
    record = get_object_or_404(years, campaign__district=request.appointment.district, year=year)
    return edit(request, record, CampaignYearForm, f"修改{year}年度目标和期限")


@allow(BUREAU)
def decisions(request: Request) -> HttpResponse:
    """How the district reads the staffing rule (R25)."""
    return edit(request, request.appointment.district, DecisionsForm, "修改区级口径")


def edit(request: Request, record: Setting, form_class: type[RevisedForm], title: str) -> HttpResponse:
    """Show and save one setting, with its history."""
    action = ACTIONS[type(record)]
    return edit_record(
        request,
        form_class(request.POST or None, instance=record),
        lambda values, revision: revise(record, values, revision=revision, by=request.appointment, action=action),
        title=title,
        back=reverse("assessment:campaign"),
        back_label="创建活动",
    )
