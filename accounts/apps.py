from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与审计"

    def ready(self) -> None:
        from accounts import engine, signals  # noqa: F401, PLC0415  # why: receivers register once models are loaded
