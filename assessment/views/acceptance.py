"""市验收通过名单: what the 验收请示 to the province rests on (R76)."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessment.accepting import acceptance_lists, count_line
from communities.access import LIST_READERS, READERS, Request, allow
from communities.views.statements import export


@require_safe
@allow(READERS)
def acceptance(request: Request) -> HttpResponse:
    lists = acceptance_lists(request.campaign_year, request.day, request.appointment)
    may_draft = request.campaign_year is not None and request.appointment.role in LIST_READERS
    context = {"statements": lists, "count_line": count_line(lists), "may_draft": may_draft}
    return render(request, "assessment/acceptance.html", context)


@require_safe
@allow(READERS)
def acceptance_export(request: Request) -> HttpResponseBase:
    return export(request, *acceptance_lists(request.campaign_year, request.day, request.appointment))
