"""镇（开发区、街道）: the towns in administrative order, and which have set up a 社区科（办） (R4)."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from communities.access import BUREAU, DISTRICT, Request, allow
from communities.forms.registers import TownForm
from communities.models import Role, Town
from communities.revisions import revise
from communities.views.editing import edit_record


@allow(DISTRICT)
def town_list(request: Request) -> HttpResponse:
    towns = Town.objects.visible_to(request.appointment).annotate(total=Count("communities"))
    context = {"towns": towns, "may_edit": request.appointment.role == Role.BUREAU_OFFICER}
    return render(request, "communities/towns.html", context)


@allow(BUREAU)
def town(request: Request, pk: int) -> HttpResponse:
    record = get_object_or_404(Town.objects.visible_to(request.appointment), pk=pk)
    return edit_record(
        request,
        TownForm(request.POST or None, instance=record),
        lambda values, revision: revise(record, values, revision=revision, by=request.appointment, action="修改镇"),
        title=record.name,
        back=reverse("communities:towns"),
        back_label="镇（开发区、街道）",
    )
