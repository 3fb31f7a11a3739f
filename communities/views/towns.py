"""镇（开发区、街道）: the towns in administrative order, and which have set up a 社区科（办） (R4)."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import audit
from communities.access import BUREAU, DISTRICT, Request, allow
from communities.forms.registers import NewTownForm, TownForm
from communities.models import Role, Town
from communities.revisions import revise
from communities.views.editing import edit_record

EDITED = "修改镇（开发区、街道）"


@allow(DISTRICT)
def town_list(request: Request) -> HttpResponse:
    towns = Town.objects.visible_to(request.appointment).annotate(
        total=Count("communities", filter=Q(communities__closed_on__isnull=True))
    )
    context = {"towns": towns, "may_edit": request.appointment.role == Role.BUREAU_OFFICER}
    return render(request, "communities/towns.html", context)


@allow(BUREAU)
def town_add(request: Request) -> HttpResponse:
    """Register a town; communities come into it by import."""
    form = NewTownForm(request.POST or None, district=request.appointment.district)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            added = form.save()
            audit.record("新增镇（开发区、街道）", added, by=request.user)
        messages.success(request, f"已新增{added.name}。")
        return redirect("communities:towns")
    return render(request, "communities/town_add.html", {"form": form})


@allow(BUREAU)
def town(request: Request, pk: int) -> HttpResponse:
    record = get_object_or_404(Town.objects.visible_to(request.appointment), pk=pk)
    return edit_record(
        request,
        TownForm(request.POST or None, instance=record),
        lambda values, revision: revise(record, values, revision=revision, by=request.appointment, action=EDITED),
        title=record.name,
        back=reverse("communities:towns"),
        back_label="镇（开发区、街道）",
    )
