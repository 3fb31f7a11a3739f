from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeDoneView
from django.urls import path

from accounts.views import PasswordChangeView, email

app_name = "accounts"

urlpatterns = [
    path("login/", LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("email/", email, name="email"),
    path("password/", PasswordChangeView.as_view(), name="password"),
    path(
        "password/done/",
        PasswordChangeDoneView.as_view(template_name="accounts/password_done.html"),
        name="password_done",
    ),
]
