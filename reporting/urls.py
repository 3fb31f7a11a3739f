from django.urls import path

from reporting.views import home, score_sheets, shortfalls, statements, visit_packs

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
    path("assessments/<int:pk>/visit-pack/", visit_packs.pack, name="visit_pack"),
    path("assessments/<int:pk>/visit-pack.pdf", visit_packs.pack_pdf, name="visit_pack_pdf"),
    path("inspections/<int:pk>/record/", visit_packs.record, name="visit_record"),
    path("inspections/<int:pk>/record.pdf", visit_packs.record_pdf, name="visit_record_pdf"),
    path("shortfalls/", shortfalls.shortfall_list, name="shortfalls"),
    path("shortfalls.xlsx", shortfalls.shortfall_list_export, name="shortfalls_xlsx"),
    path("shortfalls/<slug:name>/", shortfalls.shortfall, name="shortfall"),
    path("shortfalls/<slug:name>.xlsx", shortfalls.shortfall_export, name="shortfall_xlsx"),
    path("funding/", statements.funding_page, name="funding"),
    path("funding.xlsx", statements.funding_export, name="funding_xlsx"),
    path("figures/", statements.figures, name="figures"),
    path("figures.xlsx", statements.figures_export, name="figures_xlsx"),
    *(path(f"coverage/{name}/", statements.covered, {"name": name}, name=name) for name in statements.MAKERS),
    *(
        path(f"coverage/{name}.xlsx", statements.covered_export, {"name": name}, name=f"{name}_xlsx")
        for name in statements.MAKERS
    ),
]
