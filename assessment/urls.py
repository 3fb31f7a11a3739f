from django.urls import path

from assessment.views import (
    acceptance,
    campaigns,
    evidence,
    filing,
    metrics,
    rechecks,
    reorganising,
    scoring,
    standards,
    stepping,
    titles,
)

app_name = "assessment"

urlpatterns = [
    path("assessments/", scoring.assessment_list, name="list"),
    path("assessments/begin/<slug:code>/", scoring.begin, name="begin"),
    path("assessments/<int:pk>/", scoring.sheet, name="sheet"),
    path("assessments/<int:pk>/items/<int:item_pk>/", scoring.save_item, name="save_item"),
    path("assessments/<int:pk>/carry-over/", scoring.carry, name="carry_over"),
    path("assessments/<int:pk>/gaps/", scoring.gaps, name="gaps"),
    path("assessments/<int:pk>/check/", filing.check, name="check"),
    path("assessments/<int:pk>/receipt/", filing.receipt, name="receipt"),
    path("assessments/<int:pk>/step/<slug:name>/", filing.step, name="step"),
    path("assessments/<int:pk>/history/", filing.history, name="history"),
    path("assessments/<int:pk>/items/<int:item_pk>/evidence/", evidence.upload, name="evidence_upload"),
    path("assessments/<int:pk>/evidence/<int:evidence_pk>/remove/", evidence.remove, name="evidence_remove"),
    path("evidence/<int:pk>/", evidence.serve, name="evidence"),
    # 预查与考评
    # 整改
    # 征求部门意见
    # 创建名单
    # 抽样
    # 命名与动态管理
    path("assessments/steps/", stepping.steps, name="steps"),
    path("acceptance/", acceptance.acceptance, name="acceptance"),
    path("acceptance.xlsx", acceptance.acceptance_export, name="acceptance_xlsx"),
    path("titles/", titles.title_list, name="titles"),
    path("titles.xlsx", titles.title_export, name="titles_xlsx"),
    path("titles/documents/", titles.document_list, name="title_documents"),
    path("titles/documents/add/", titles.document_add, name="title_document_add"),
    path("titles/documents/<int:pk>/", titles.document, name="title_document"),
    path("communities/<slug:code>/titles/", titles.community_titles, name="community_titles"),
    path("rechecks/", rechecks.recheck_list, name="rechecks"),
    path("rechecks.xlsx", rechecks.recheck_export, name="rechecks_xlsx"),
    # 日程、延期、通知
    # 不申报、目标分解
    # 指标
    path("metrics/", metrics.metrics_list, name="metrics"),
    path("communities/<slug:code>/<int:year>/metrics/", metrics.community_metrics, name="community_metrics"),
    path("standards/", standards.standard_list, name="standards"),
    path("standards/import/", standards.standard_import, name="standard_import"),
    path("standards/publish/", standards.standard_publish, name="standard_publish"),
    path("standards/<int:pk>/", standards.standard, name="standard"),
    path("standards/<int:pk>/file/", standards.standard_file, name="standard_file"),
    path("reorganisations/", reorganising.reorganisation_list, name="reorganisations"),
    path("reorganisations/add/", reorganising.reorganise_page, name="reorganise"),
    path("reorganisations/<int:pk>/", reorganising.reorganisation, name="reorganisation"),
    path("campaign/", campaigns.campaign, name="campaign"),
    path("campaign/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaign/decisions/", campaigns.decisions, name="decisions"),
    path("campaign/<int:year>/", campaigns.campaign_year, name="campaign_year"),
]
