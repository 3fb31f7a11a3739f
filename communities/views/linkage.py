"""三社联动: one community's places, organisations, projects and partners of the chosen year (R56-R58)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities.access import BUSINESS, Request, allow, year_of
from communities.linkage import linkage_of
from communities.models import Community


@require_safe
@allow(BUSINESS)
def community_linkage(request: Request, code: str) -> HttpResponse:
    visible = Community.objects.visible_to(request.appointment).select_related("town")
    community = get_object_or_404(visible, code=code)
    context = {"community": community, "linkage": linkage_of(community, year_of(request))}
    return render(request, "communities/linkage.html", context)
