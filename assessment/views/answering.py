"""部门意见 from the department's side: what it is asked, one unit after another (R1, R21, R74).

A liaison sees these pages and no others. The bureau uses the same form for what came back on paper.
"""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessment import consulting
from assessment.consultation_lists import own_opinions, rounds_of_department
from assessment.forms.consulting import AnswerForm, remark_rows, remarks_of
from assessment.models import Consultation, Item, Opinion
from assessment.views.consulting import is_bureau, load
from assessment.workflow import Refused
from communities.access import BUREAU, LIAISONS, Request, allow
from communities.models import Department
from communities.paging import PER_PAGE, CappedPaginator
from communities.revisions import Conflict

NEXT = "next"
"""The button that saves and goes on to the next unit without an answer."""


@require_safe
@allow(LIAISONS)
def my_consultations(request: Request) -> HttpResponse:
    """Every round the department was asked in: what is open first, with the days left."""
    department = cast("Department", request.appointment.department)
    today = timezone.localdate()
    rounds = [(one, (one.due_on - today).days) for one in rounds_of_department(department)]
    return render(request, "assessment/my_consultations.html", {"rounds": rounds, "department": department})


@require_safe
@allow((*LIAISONS, *BUREAU))
def department_units(request: Request, pk: int, department_pk: int) -> HttpResponse:
    """The units that one department was asked about in a round."""
    round_ = load(request, pk)
    department = department_or_404(request, round_, department_pk)
    opinions = own_opinions(round_, department)
    page = CappedPaginator(opinions, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "consultation": round_,
        "department": department,
        "page": page,
        "on_behalf": is_bureau(request),
        "waited": opinions.waited_for().count(),
        "total": opinions.count(),
        "is_overdue": round_.is_overdue(timezone.now()),
    }
    return render(request, "assessment/department_units.html", context)


@allow((*LIAISONS, *BUREAU))
def opinion(request: Request, pk: int) -> HttpResponse:
    """Answer for one unit, as a whole and for single items; a POST saves, and may go on to the next."""
    found = load_opinion(request, pk)
    items = list(Item.objects.filter(standard=found.assessment.standard_id))
    remarks = list(remarks_beside(found))
    data = request.POST if request.method == "POST" else None
    form, rows = AnswerForm(data, opinion=found), remark_rows(data, items=items, remarks=remarks)
    theirs: Opinion | None = None
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        try:
            said = remarks_of(rows)
            consulting.answer(found, **form.cleaned_data, items=said, by=request.appointment, now=timezone.now())
        except Refused as refused:
            for obstacle in refused.obstacles:
                form.add_error(None, obstacle.message)
        except Conflict as conflict:
            theirs = Opinion.objects.select_related("answered_by").get(pk=conflict.current.pk)
            form.data = {**request.POST.dict(), "revision": str(theirs.revision)}
        else:
            messages.success(request, f"{found.assessment.community.name}：意见已保存，办结前可以修改。")
            return redirect(*after(found, go_on=NEXT in request.POST))
    context = {
        "opinion": found,
        "form": form,
        "rows": rows,
        "remarks": remarks,
        "theirs": theirs,
        "on_behalf": is_bureau(request),
        "is_settled": is_settled(found, remarks),
    }
    return render(request, "assessment/opinion.html", context, status=409 if theirs else 200)


@require_POST
@allow((*LIAISONS, *BUREAU))
def agree_to_rest(request: Request, pk: int, department_pk: int) -> HttpResponse:
    """其余均同意."""
    round_ = load(request, pk)
    department = department_or_404(request, round_, department_pk)
    try:
        count = consulting.agree_to_rest(round_, department, by=request.appointment, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已对其余{count}个单位回复“同意”，办结前可以逐个修改。")
    return redirect("assessment:department_units", round_.pk, department.pk)


def load_opinion(request: Request, pk: int) -> Opinion:
    """One unit's opinion of the liaison's department, or any of the district for the bureau."""
    visible = Opinion.objects.visible_to(request.appointment).of_units()
    related = ("consultation__campaign_year", "department", "assessment__community__town", "answered_by")
    return get_object_or_404(visible.select_related(*related), pk=pk)


def department_or_404(request: Request, consultation: Consultation, pk: int) -> Department:
    visible = Department.objects.visible_to(request.appointment)
    return get_object_or_404(visible.filter(opinions__consultation=consultation).distinct(), pk=pk)


def remarks_beside(opinion: Opinion) -> list[Opinion]:
    """What the department said of single items of the unit in the same round."""
    of_unit = Opinion.objects.filter(consultation=opinion.consultation_id, department=opinion.department_id)
    rows = of_unit.filter(assessment=opinion.assessment_id).exclude(item=None).select_related("item")
    return list(rows.order_by("item__sort_order"))


def is_settled(opinion: Opinion, remarks: list[Opinion]) -> bool:
    """Whether the bureau has begun to settle what was said: then it cannot be said anew."""
    return any(one.resolution for one in [opinion, *remarks])


def after(opinion: Opinion, *, go_on: bool) -> tuple[str, ...]:
    """Where to go once an answer is saved: the next unit that waits for one, or the list of units."""
    waiting = own_opinions(opinion.consultation, opinion.department).waited_for()
    following = waiting.exclude(pk=opinion.pk).first() if go_on else None
    if following:
        return ("assessment:opinion", str(following.pk))
    return ("assessment:department_units", str(opinion.consultation_id), str(opinion.department_id))
