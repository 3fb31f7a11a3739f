from django.urls import path

from reporting.views import (
    documents,
    draws,
    home,
    rectifications,
    score_sheets,
    scores,
    shortfalls,
    statements,
    visit_packs,
)

app_name = "reporting"

urlpatterns = [
    path("", home.home, name="home"),
    path("counts/", home.counts, name="counts"),
    path("assessments/<int:pk>/score-sheet/", score_sheets.preview, name="score_sheet"),
    path(
        "assessments/<int:pk>/score-sheet.xlsx",
        score_sheets.export,
        {"file_format": "xlsx"},
        name="score_sheet_xlsx",
    ),
    path("assessments/<int:pk>/score-sheet.pdf", score_sheets.export, {"file_format": "pdf"}, name="score_sheet_pdf"),
    path("assessments/<int:pk>/columns/", scores.columns, name="columns"),
    path("assessments/<int:pk>/columns.xlsx", scores.columns_export, name="columns_xlsx"),
    path("scores/", scores.scores, name="scores"),
    path("scores.xlsx", scores.scores_export, name="scores_xlsx"),
    *(path(f"scores/{name}/", scores.analysis, {"name": name}, name=name) for name in scores.MAKERS),
    *(
        path(f"scores/{name}.xlsx", scores.analysis_export, {"name": name}, name=f"{name}_xlsx")
        for name in scores.MAKERS
    ),
    path("draws/<int:pk>.xlsx", draws.sample_export, name="draw_xlsx"),
    path("draws/<int:pk>/minutes/", draws.minutes, name="draw_minutes"),
    path("draws/<int:pk>/minutes.pdf", draws.minutes_file, name="draw_minutes_pdf"),
    path("draws/<int:pk>/frame.csv", draws.frame_file, {"file_format": "csv"}, name="draw_frame_csv"),
    path("draws/<int:pk>/frame.json", draws.frame_file, {"file_format": "json"}, name="draw_frame_json"),
    path("consultations/<int:pk>/opinions.xlsx", documents.opinions_export, name="opinions_xlsx"),
    path("consultations/<int:pk>/letter/", documents.letter, name="consultation_letter"),
    path("consultations/<int:pk>/letter.pdf", documents.letter_pdf, name="consultation_letter_pdf"),
    path("consultations/<int:pk>/departments/<int:department_pk>/reply/", documents.reply, name="consultation_reply"),
    path(
        "consultations/<int:pk>/departments/<int:department_pk>/reply.pdf",
        documents.reply_pdf,
        name="consultation_reply_pdf",
    ),
    path("candidate-lists/<int:pk>/print/", documents.candidate_list_print, name="candidate_list_print"),
    path("candidate-lists/<int:pk>.pdf", documents.candidate_list_pdf, name="candidate_list_pdf"),
    path("candidate-lists/<int:pk>.xlsx", documents.candidate_list_export, name="candidate_list_xlsx"),
    path("candidate-lists/<int:pk>/notice/", documents.notice, name="public_notice"),
    path("candidate-lists/<int:pk>/notice.pdf", documents.notice_pdf, name="public_notice_pdf"),
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
    # 整改
    *(
        path(f"rectification-notices/<int:pk>/{form.path}/", rectifications.preview, {"name": name}, name=name)
        for name, form in rectifications.FORMS.items()
    ),
    *(
        path(f"rectification-notices/<int:pk>/{form.path}.pdf", rectifications.pdf, {"name": name}, name=f"{name}_pdf")
        for name, form in rectifications.FORMS.items()
    ),
    path("assessments/<int:pk>/worklist/", documents.worklist, name="rectification_worklist"),
    path("assessments/<int:pk>/worklist.pdf", documents.worklist_pdf, name="rectification_worklist_pdf"),
    path("training/", rectifications.training_page, name="training"),
    path("training.xlsx", rectifications.training_export, name="training_xlsx"),
    *(path(f"coverage/{name}/", statements.covered, {"name": name}, name=name) for name in statements.MAKERS),
    *(
        path(f"coverage/{name}.xlsx", statements.covered_export, {"name": name}, name=f"{name}_xlsx")
        for name in statements.MAKERS
    ),
]
