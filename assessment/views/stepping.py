"""批量办理: one step for all units that are ready for it; those that can are taken, the others are listed with why."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assessment.models import Assessment
from assessment.stepping import candidates, steps_for_many, take_for_many
from assessment.transitions import Transition
from communities.access import BUREAU, INSPECTORS, Request, allow


@allow((*BUREAU, *INSPECTORS))
def steps(request: Request) -> HttpResponse:
    """Choose a step by the address, tick units, take it. A unit that is not ready cannot be ticked and says why."""
    year, appointment = request.campaign_year, request.appointment
    offered = {row.name: row for row in steps_for_many(appointment)}
    chosen = offered.get(request.GET.get("step", next(iter(offered))))
    if chosen is None:
        raise Http404
    refused: list[tuple[Assessment, str]] = []
    if request.method == "POST" and year:
        refused = take(request, chosen)
        if not refused:
            return redirect(f"{reverse('assessment:steps')}?step={chosen.name}")
    now = timezone.now()
    found = candidates(chosen, campaign_year=year, by=appointment, now=now) if year else []
    context = {
        "offered": offered.values(),
        "chosen": chosen,
        "ready": [one for one in found if not one.obstacles],
        "blocked": [one for one in found if one.obstacles],
        "refused": refused,
    }
    return render(request, "assessment/steps.html", context, status=409 if refused else 200)


def take(request: Request, transition: Transition) -> list[tuple[Assessment, str]]:
    """Take the step for those that were ticked, say for how many, and answer with those that were refused."""
    own = Assessment.objects.visible_to(request.appointment).filter(campaign_year=request.campaign_year)
    ticked = [int(pk) for pk in request.POST.getlist("units") if pk.isdecimal() and len(pk) < LONGEST_KEY]
    rows = own.filter(pk__in=ticked).select_related("community__town", "campaign_year__campaign", "standard")
    taken = take_for_many(transition, rows, by=request.appointment, now=timezone.now())
    if taken.done:
        messages.success(request, f"{transition.label}：已办理{len(taken.done)}个单位。")
    elif not taken.refused:
        messages.error(request, "请先勾选要办理的单位。")
    return taken.refused


LONGEST_KEY = 19
"""Digits of a number that no database key reaches."""
