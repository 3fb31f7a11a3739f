from django.urls import path

from reporting.views import home, rectifications, score_sheets, shortfalls, statements

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
    path("shortfalls/", shortfalls.shortfall_list, name="shortfalls"),
    path("shortfalls.xlsx", shortfalls.shortfall_list_export, name="shortfalls_xlsx"),
    path("shortfalls/<slug:name>/", shortfalls.shortfall, name="shortfall"),
    path("shortfalls/<slug:name>.xlsx", shortfalls.shortfall_export, name="shortfall_xlsx"),
    path("funding/", statements.funding_page, name="funding"),
    path("funding.xlsx", statements.funding_export, name="funding_xlsx"),
    path("figures/", statements.figures, name="figures"),
    path("figures.xlsx", statements.figures_export, name="figures_xlsx"),
    # 整改
    *(
        path(f"rectification-notices/<int:pk>/{form.path}/", rectifications.preview, {"name": name}, name=name)
        for name, form in rectifications.FORMS.items()
    ),
    *(
        path(f"rectification-notices/<int:pk>/{form.path}.pdf", rectifications.pdf, {"name": name}, name=f"{name}_pdf")
        for name, form in rectifications.FORMS.items()
    ),
    path("training/", rectifications.training_page, name="training"),
    path("training.xlsx", rectifications.training_export, name="training_xlsx"),
    *(path(f"coverage/{name}/", statements.covered, {"name": name}, name=name) for name in statements.MAKERS),
    *(
        path(f"coverage/{name}.xlsx", statements.covered_export, {"name": name}, name=f"{name}_xlsx")
        for name in statements.MAKERS
    ),
]
