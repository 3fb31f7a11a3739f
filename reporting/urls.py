from django.urls import path

from reporting.views import home, score_sheets

app_name = "reporting"

urlpatterns = [
    path("", home.home, name="home"),
    path("assessments/<int:pk>/score-sheet/", score_sheets.preview, name="score_sheet"),
    path(
        "assessments/<int:pk>/score-sheet.xlsx",
        score_sheets.export,
        {"file_format": "xlsx"},
        name="score_sheet_xlsx",
    ),
    path("assessments/<int:pk>/score-sheet.pdf", score_sheets.export, {"file_format": "pdf"}, name="score_sheet_pdf"),
]
