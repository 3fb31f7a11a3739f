"""Settling the registers of a year: 核对, 本年度没有, 沿用上年, 封存."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from communities import locks
from communities.access import BUREAU, REGISTER_EDITORS, Request, allow
from communities.carrying import carry_over
from communities.locks import Locked
from communities.models import Community
from communities.models.records import Register
from communities.views.scoped import CONFIRMERS, reason_of, register_or_404


def settle(request: Request, act: Callable[[], object], done: str, back: str) -> HttpResponse:
    """Do it and say so, or say why not."""
    try:
        act()
    except Locked as locked:
        messages.error(request, str(locked))
    else:
        messages.success(request, done)
    return redirect(back)


def target(request: Request, slug: str, code: str) -> tuple[Register, Community, int, str]:
    """(register, community, year, address of its list)."""
    register = register_or_404(slug)
    visible = Community.objects.visible_to(request.appointment).select_related("town__district")
    community = get_object_or_404(visible, code=code)
    if register.unit != "community" or not request.campaign_year:
        raise Http404
    back = f"{reverse('communities:record_list', args=[slug])}?community={code}"
    return register, community, request.campaign_year.year, back


@require_POST
@allow(CONFIRMERS)
def register_confirm(request: Request, slug: str, code: str) -> HttpResponse:
    register, community, year, back = target(request, slug, code)
    return settle(
        request,
        lambda: locks.confirm(register, community, year, by=request.appointment, now=timezone.now()),
        f"已核对{community.full_name}的{register.label}。",
        back,
    )


@require_POST
@allow(CONFIRMERS)
def register_reopen(request: Request, slug: str, code: str) -> HttpResponse:
    register, community, year, back = target(request, slug, code)
    return settle(
        request,
        lambda: locks.reopen(register, community, year, by=request.appointment),
        f"已取消对{community.full_name}{register.label}的核对，社区（村）可继续修改。",
        back,
    )


@require_POST
@allow(REGISTER_EDITORS)
def register_nil(request: Request, slug: str, code: str) -> HttpResponse:
    """本年度没有: a register that stays empty is known to be empty."""
    register, community, year, back = target(request, slug, code)
    is_nil = request.POST.get("nil") == "true"
    reason = reason_of(request)
    return settle(
        request,
        lambda: locks.report_nil(register, community, year, is_nil=is_nil, by=request.appointment, reason=reason),
        f"已登记：{community.full_name}{year}年度{'没有' if is_nil else '有'}{register.label}记录。",
        back,
    )


@require_POST
@allow(REGISTER_EDITORS)
def carry(request: Request) -> HttpResponse:
    """沿用上年: copy what goes on into the registers that are still empty."""
    if not request.campaign_year:
        raise Http404
    try:
        made = carry_over(request.campaign_year.year, by=request.appointment)
    except Locked as locked:
        messages.error(request, str(locked))
    else:
        words = "，".join(f"{register.label}{number}条" for register, number in made.items())
        messages.success(
            request, f"已沿用上年：{words}。请逐项核对。" if made else "没有可沿用的：上年没有记录，或本年度已登记。"
        )
    return redirect("communities:registers")


@require_POST
@allow(BUREAU)
def year_close(request: Request) -> HttpResponse:
    """封存 the chosen year, or open it again with a reason."""
    if not request.campaign_year:
        raise Http404
    year = request.campaign_year.year
    back = reverse("communities:registers")
    if request.POST.get("open") == "true":
        reason = reason_of(request)
        return settle(
            request,
            lambda: locks.open_year(year, by=request.appointment, reason=reason),
            f"已启封{year}年度台账。",
            back,
        )
    return settle(
        request,
        lambda: locks.close_year(year, by=request.appointment, now=timezone.now()),
        f"已封存{year}年度台账，此后只由区社区办更正，并须写明原因。",
        back,
    )
