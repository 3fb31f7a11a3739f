"""The page on which one record is edited; whoever comes second sees both values and keeps what they typed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from communities.access import Request
from communities.forms.revised import RevisedForm
from communities.revisions import Conflict


def edit_record(
    request: Request,
    form: RevisedForm,
    save: Callable[[dict[str, Any], int], None],
    *,
    title: str,
    back: str,
    back_label: str,
    note: str = "",
) -> HttpResponse:
    """Show a form, or save it by `save(values, revision)` and go `back`; 409 with both values on a conflict.

    Where the record already says what was typed, as after a double click, there is no conflict to show.
    """
    both: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            save(form.values(), form.cleaned_data["revision"])
        except Conflict as error:
            both = form.face(error.current)
        if not both:
            messages.success(request, f"{title}：已保存。")
            return redirect(back)
    context = {"form": form, "title": title, "back": back, "back_label": back_label, "note": note, "both": both}
    return render(request, "communities/edit.html", context, status=409 if both else 200)
