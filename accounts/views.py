"""Pages of one's own account."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy

from accounts import audit
from accounts.emails import change_email
from accounts.forms import EmailForm


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password_done")

    @transaction.atomic
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        audit.record("修改密码", form.user, by=form.user)
        return response


def email(request: HttpRequest) -> HttpResponse:
    """Where one's own reminders are mailed to."""
    form = EmailForm(request.POST or None, initial={"email": request.user.email})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        change_email(user=request.user, email=form.cleaned_data["email"], by=request.user)  # type: ignore[arg-type]
        messages.success(request, "电子邮箱已保存。")
        return redirect("accounts:email")
    return render(request, "accounts/email.html", {"form": form})
