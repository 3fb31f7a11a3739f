"""社区家底: the list of communities, one community, its yearly profile."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import AuditEvent
from communities.access import BUSINESS, REGISTER_EDITORS, Request, allow, year_of
from communities.filters import CommunityFilter
from communities.forms.profiles import ProfileForm
from communities.models import Community, YearProfile
from communities.models.profiles import FACTS
from communities.models.records import REGISTERS
from communities.profiles import save_profile
from communities.registers import with_profiles
from communities.revisions import label, shown
from communities.tables import CommunityTable, paged
from communities.views.records import Editing, edit
from communities.views.scoped import gate_of


@allow(BUSINESS)
def community_list(request: Request) -> HttpResponse:
    """The communities within the caller's unit, with their facts of the chosen year."""
    year = year_of(request)
    visible = with_profiles(Community.objects.visible_to(request.appointment), year)
    filters = CommunityFilter(request.GET, visible, year=year, appointment=request.appointment)
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
    rows = [(label(blank, name), shown(current or blank, name), shown(previous or blank, name)) for name in FACTS]
    history = AuditEvent.objects.about(current)[:20] if current else []
    context = {"community": community, "rows": rows, "profile": current, "history": history}
    context["may_edit"] = request.appointment.role in REGISTER_EDITORS
    return render(request, "communities/detail.html", context)


@allow(BUSINESS)
def profile_edit(request: Request, code: str, year: int) -> HttpResponse:
    """One year's facts: to be read by everybody in scope, to be changed by those who keep them."""
    visible = Community.objects.visible_to(request.appointment).select_related("town__district")
    community = get_object_or_404(visible, code=code)
    if year not in {campaign_year.year for campaign_year in request.campaign_years}:
        raise Http404
    profiles = {profile.year: profile for profile in community.profiles.filter(year__in=[year - 1, year])}
    current = profiles.get(year) or YearProfile(community=community, year=year, revision=0)
    current.community = community
    register = REGISTERS["profiles"]
    gate = gate_of(register, current, request.appointment)
    if request.method == "POST" and gate.refusal:
        messages.error(request, gate.refusal)
        return redirect(current)
    ways = Editing(
        form_class=partial(ProfileForm, last_year=profiles.get(year - 1)),
        save=partial(save_profile, community, year),
        back=community.get_absolute_url(),
        title=f"{community.full_name}{year}年度台账",
    )
    return edit(request, register, current, gate, ways)
