"""社区家底: the list of communities, one community, its yearly profile."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import AuditEvent
from communities.access import BUREAU, BUSINESS, READERS, REGISTER_EDITORS, Request, allow, year_of
from communities.counting import registers_of_fact
from communities.filters import CommunityFilter
from communities.forms.profiles import ProfileForm
from communities.models import Community, Reorganisation, YearProfile
from communities.models.profiles import SECTIONS
from communities.models.records import REGISTERS, Register, registers_in_order
from communities.profiles import save_profile
from communities.registers import with_profiles
from communities.revisions import label, shown
from communities.tables import CommunityTable, paged
from communities.views.records import Editing, edit
from communities.views.scoped import gate_of

FactRow = tuple[str, str, str, Register | None]


@allow(READERS)
def community_list(request: Request) -> HttpResponse:
    """The communities within the caller's unit in the chosen year, with their facts of it."""
    year = year_of(request)
    visible = with_profiles(Community.objects.listed_on(request.day, request.appointment), year)
    filters = CommunityFilter(request.GET, visible, year=year, day=request.day, appointment=request.appointment)
    table = paged(CommunityTable(filters.qs, default=""), request)
    return render(request, "communities/list.html", {"filter": filters, "table": table})


@allow(READERS)
def community_detail(request: Request, code: str) -> HttpResponse:
    """One community: its facts beside last year's, its registers, and who changed what."""
    community = get_object_or_404(
        Community.objects.visible_to(request.appointment).select_related("town__district"), code=code
    )
    year = year_of(request)
    profiles = {profile.year: profile for profile in community.profiles.filter(year__in=[year - 1, year])}
    current = profiles.get(year)
    context = {
        "community": community,
        "profile": current,
        "sections": fact_sections(current or YearProfile(), profiles.get(year - 1) or YearProfile()),
        "registers": [register for register in registers_in_order() if register.unit == "community"],
        "history": AuditEvent.objects.about(current)[:20] if current else [],
        "opens_registers": request.appointment.role in BUSINESS,
        "may_edit": request.appointment.role in REGISTER_EDITORS and community.closed_on is None,
        "may_edit_codes": request.appointment.role in BUREAU,
        "versions": community.versions.select_related("town"),
        "reorganisations": Reorganisation.objects.filter(parts__community=community).distinct(),
    }
    return render(request, "communities/detail.html", context)


def fact_sections(current: YearProfile, previous: YearProfile) -> list[tuple[str, list[FactRow]]]:
    """The facts by section: (label, value, last year's value, the register it is counted from or None)."""
    registers = registers_of_fact()
    return [
        (
            title,
            [
                (
                    label(current, name),
                    shown(current, name),
                    shown(previous, name),
                    registers[name] if name in current.counted else None,
                )
                for name in names
            ],
        )
        for title, names in SECTIONS.items()
    ]


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
