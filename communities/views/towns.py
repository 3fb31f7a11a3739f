"""镇（开发区、街道）: the towns in administrative order, and which have set up a 社区科（办） (R4, R28, R33)."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from communities.access import BUREAU, DISTRICT, Request, allow
from communities.forms.registers import NewTownForm, TownForm
from communities.models import Community, Role, Town
from communities.revisions import revise
from communities.towns import DOWN, UP, MovedMeanwhile, TownFilter, move, town_statement
from communities.views.editing import edit_record
from communities.views.statements import export

EDITED = "修改镇（开发区、街道）"


def towns_of(request: Request) -> QuerySet[Town]:
    own = Community.objects.living().filter(town=OuterRef("pk")).order_by().values("town")
    total = Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)
    return Town.objects.visible_to(request.appointment).annotate(total=total)


@require_safe
@allow(DISTRICT)
def town_list(request: Request) -> HttpResponse:
    towns = Town.objects.visible_to(request.appointment)
    context = {
        "filter": TownFilter(request.GET, towns_of(request)),
        "without_office": towns.filter(has_community_office=False).count(),
        "unknown": towns.filter(has_community_office=None).count(),
        "may_edit": request.appointment.role == Role.BUREAU_OFFICER,
    }
    return render(request, "communities/towns.html", context)


@require_safe
@allow(DISTRICT)
def town_list_export(request: Request) -> HttpResponseBase:
    return export(request, town_statement(TownFilter(request.GET, towns_of(request)).qs))


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
        note="没有成立社区科（办）的选“否”，不掌握的选“未填”。",
    )


@require_POST
@allow(BUREAU)
def town_move(request: Request, pk: int) -> HttpResponse:
    """Up or down by one in the administrative order that every list follows."""
    record = get_object_or_404(Town.objects.visible_to(request.appointment), pk=pk)
    direction = UP if request.POST.get("direction") == UP else DOWN
    try:
        moved = move(record, direction, by=request.appointment)
    except (MovedMeanwhile, IntegrityError):
        messages.warning(request, "排列顺序刚刚由他人调整，没有移动。请核对后再调整。")
    else:
        if not moved:
            messages.info(request, f"{record.name}已经排在{'最前' if direction == UP else '最后'}。")
    return redirect("communities:towns")
