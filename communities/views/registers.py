"""社区家底: the list of communities, one community, its yearly profile."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import Field
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_tables2 import RequestConfig

from accounts.models import AuditEvent
from communities.access import BUSINESS, REGISTER_EDITORS, Request, allow
from communities.filters import CommunityFilter
from communities.forms.profiles import ProfileForm
from communities.models import Community, YearProfile
from communities.models.profiles import REGISTER_FIELDS
from communities.profiles import save_profile
from communities.registers import with_profiles
from communities.revisions import Conflict
from communities.tables import CommunityTable

PAGE = 50


def year_of(request: Request) -> int:
    """The chosen year, 0 before there is a campaign: no profile is of year 0."""
    return request.campaign_year.year if request.campaign_year else 0


@allow(BUSINESS)
def community_list(request: Request) -> HttpResponse:
    """The communities within the caller's unit, with their facts of the chosen year."""
    year = year_of(request)
    visible = with_profiles(Community.objects.visible_to(request.appointment), year)
    filters = CommunityFilter(request.GET, visible, year=year, appointment=request.appointment)
    table = CommunityTable(filters.qs, default="")
    RequestConfig(request, paginate={"per_page": PAGE}).configure(table)
    return render(request, "communities/list.html", {"filter": filters, "table": table})


@allow(BUSINESS)
def community_detail(request: Request, code: str) -> HttpResponse:
    """One community: its facts year by year and who changed them."""
    community = get_object_or_404(
        Community.objects.visible_to(request.appointment).select_related("town__district"), code=code
    )
    profiles = {profile.year: profile for profile in community.profiles.all()}
    current = profiles.get(year_of(request))
    previous = profiles.get((year_of(request)) - 1)
    rows = [(label_of(name), getattr(current, name, None), getattr(previous, name, None)) for name in REGISTER_FIELDS]
    history = AuditEvent.objects.about(current)[:20] if current else []
    context = {"community": community, "rows": rows, "profile": current, "history": history}
    context["may_edit"] = request.appointment.role in REGISTER_EDITORS
    return render(request, "communities/detail.html", context)


def label_of(name: str) -> str:
    return str(cast("Field[Any, Any]", YearProfile._meta.get_field(name)).verbose_name)


@allow(REGISTER_EDITORS)
def profile_edit(request: Request, code: str, year: int) -> HttpResponse:
    """Edit one year's facts; a second editor sees both values and keeps what they typed."""
    community = get_object_or_404(Community.objects.visible_to(request.appointment).select_related("town"), code=code)
    get_object_or_404(request.appointment.district.campaign.years, year=year)
    profile = YearProfile.objects.filter(community=community, year=year).first()
    last_year = YearProfile.objects.filter(community=community, year=year - 1).first()
    seen = profile.revision if profile else 0
    form = ProfileForm(
        request.POST or None,
        instance=profile or YearProfile(community=community, year=year),
        initial={"revision": seen},
        last_year=last_year,
    )
    theirs: list[tuple[str, object, object]] = []
    if request.method == "POST" and form.is_valid():
        try:
            save_profile(
                community=community,
                year=year,
                values=form.facts(),
                revision=form.cleaned_data["revision"],
                by=request.appointment,
            )
        except Conflict as conflict:
            current = cast("YearProfile", conflict.current)
            theirs = both_values(form, current)
            form.see_revision(current.revision)
        else:
            messages.success(request, f"{community.name}{year}年度台账已保存。")
            return redirect(community)
    context = {"form": form, "community": community, "year": year, "theirs": theirs, "last_year": last_year}
    return render(request, "communities/profile.html", context, status=409 if theirs else 200)


def both_values(form: ProfileForm, current: YearProfile) -> list[tuple[str, object, object]]:
    """(field label, the other person's value, one's own) where the two differ."""
    return [
        (str(form.fields[name].label), getattr(current, name), form.cleaned_data[name])
        for name in REGISTER_FIELDS
        if getattr(current, name) != form.cleaned_data[name]
    ]
