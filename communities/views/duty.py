"""错时值班公示: a community's hours as an A4 sheet for its door (R53)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communities.access import BUSINESS, Request, allow, year_of
from communities.models import Community, DutyRoster

SLOTS = {slot: position for position, slot in enumerate(DutyRoster.Slot.values)}


@require_safe
@allow(BUSINESS)
def duty_notice(request: Request, code: str) -> HttpResponse:
    """What has been published, in the order of the day; what has not is named on screen and not printed."""
    visible = Community.objects.visible_to(request.appointment).select_related("town")
    community = get_object_or_404(visible, code=code)
    rosters = DutyRoster.objects.filter(community=community, year=year_of(request)).order_by("hours", "id")
    in_order = sorted(rosters, key=lambda roster: SLOTS[roster.slot])
    context = {
        "community": community,
        "published": [roster for roster in in_order if roster.is_published],
        "unpublished": [roster for roster in in_order if not roster.is_published],
    }
    return render(request, "communities/duty_notice.html", context)
