"""社区家底: the list of communities, one community, its yearly profile."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import AuditEvent
from communities.access import BUREAU, BUSINESS, REGISTER_EDITORS, Request, allow
from communities.filters import CommunityFilter
from communities.forms.registers import ProfileForm
from communities.models import Community, Reorganisation, YearProfile
from communities.models.profiles import REGISTER_FIELDS
from communities.profiles import save_profile
from communities.registers import with_profiles
from communities.revisions import label, shown
from communities.tables import CommunityTable, paged
from communities.templatetags.official import fact
from communities.views.editing import edit_record


def year_of(request: Request) -> int:
    """The chosen year, 0 before there is a campaign: no profile is of year 0."""
    return request.campaign_year.year if request.campaign_year else 0


@allow(BUSINESS)
def community_list(request: Request) -> HttpResponse:
    """The communities within the caller's unit in the chosen year, with their facts of it."""
    year = year_of(request)
    visible = with_profiles(Community.objects.listed_on(request.day, request.appointment), year)
    filters = CommunityFilter(request.GET, visible, year=year, day=request.day, appointment=request.appointment)
    table = paged(CommunityTable(filters.qs, default=""), request)
    return render(request, "communities/list.html", {"filter": filters, "table": table})


@allow(BUSINESS)
def community_detail(request: Request, code: str) -> HttpResponse:
    """One community: its facts year by year and who changed them."""
    community = get_object_or_404(
        Community.objects.visible_to(request.appointment).select_related("town__district"), code=code
    )
    profiles = {profile.year: profile for profile in community.profiles.all()}
    current = profiles.get(year_of(request))
    previous = profiles.get(year_of(request) - 1)
    blank = YearProfile()
    rows = [
        (label(blank, name), shown(current or blank, name), shown(previous or blank, name)) for name in REGISTER_FIELDS
    ]
    history = AuditEvent.objects.about(current)[:20] if current else []
    context = {"community": community, "rows": rows, "profile": current, "history": history}
    context["may_edit"] = request.appointment.role in REGISTER_EDITORS and community.closed_on is None
    context["may_edit_codes"] = request.appointment.role in BUREAU
    context["versions"] = community.versions.select_related("town")
    context["reorganisations"] = Reorganisation.objects.filter(parts__community=community).distinct()
    return render(request, "communities/detail.html", context)


@allow(REGISTER_EDITORS)
def profile_edit(request: Request, code: str, year: int) -> HttpResponse:
    """Edit one year's facts."""
    community = get_object_or_404(Community.objects.visible_to(request.appointment).select_related("town"), code=code)
    if community.closed_on:
        raise PermissionDenied(f"{community.full_name}已于{fact(community.closed_on)}撤销，台账只供查阅，不能再修改。")
    if year not in {campaign_year.year for campaign_year in request.campaign_years}:
        raise Http404
    profiles = {profile.year: profile for profile in community.profiles.filter(year__in=[year - 1, year])}
    current = profiles.get(year) or YearProfile(community=community, year=year, revision=0)
    return edit_record(
        request,
        ProfileForm(request.POST or None, instance=current, last_year=profiles.get(year - 1)),
        lambda values, revision: save_profile(
            community=community, year=year, values=values, revision=revision, by=request.appointment
        ),
        title=f"{community.full_name}{year}年度台账",
        back=community.get_absolute_url(),
        back_label=community.name,
        note="空白表示未知，不等于0。面积单位为㎡。",
    )
