from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = "自评申报"

    def ready(self) -> None:
        from assessment import handover  # noqa: F401, PLC0415  # why: receivers register once models are loaded
