from django.urls import path

from assessment.views import (
    answering,
    campaigns,
    candidates,
    consulting,
    evidence,
    filing,
    metrics,
    planning,
    reorganising,
    sampling,
    scoring,
    standards,
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
    path("consultations/", consulting.consultation_list, name="consultations"),
    path("consultations/new/", consulting.consultation_new, name="consultation_new"),
    path("consultations/mine/", answering.my_consultations, name="my_consultations"),
    path("consultations/<int:pk>/", consulting.consultation, name="consultation"),
    path("consultations/<int:pk>/opinions/", consulting.opinion_list, name="opinions"),
    path("consultations/<int:pk>/close/", consulting.consultation_close, name="consultation_close"),
    path(
        "consultations/<int:pk>/departments/<int:department_pk>/", answering.department_units, name="department_units"
    ),
    path(
        "consultations/<int:pk>/departments/<int:department_pk>/agree/", answering.agree_to_rest, name="agree_to_rest"
    ),
    path("opinions/<int:pk>/", answering.opinion, name="opinion"),
    path("opinions/<int:pk>/settle/", consulting.opinion_settle, name="opinion_settle"),
    path("assessments/<int:pk>/opinions/", consulting.unit_opinions, name="unit_opinions"),
    # 创建名单
    path("candidate-lists/", candidates.candidate_lists, name="candidate_lists"),
    path("candidate-lists/new/", candidates.candidate_list_new, name="candidate_list_new"),
    path("candidate-lists/<int:pk>/", candidates.candidate_list, name="candidate_list"),
    path("candidate-lists/<int:pk>/revise/", candidates.candidate_list_revise, name="candidate_list_revise"),
    path("candidate-lists/<int:pk>/report/", candidates.candidate_list_report, name="candidate_list_report"),
    path("candidate-lists/<int:pk>/objections/add/", candidates.objection_add, name="objection_add"),
    path("objections/<int:pk>/", candidates.objection_settle, name="objection_settle"),
    # 抽样
    path("draws/", sampling.draws, name="draws"),
    path("draws/<int:year>/<slug:stage>/freeze/", sampling.freeze, name="draw_freeze"),
    path("draws/<int:pk>/", sampling.result, name="draw"),
    path("draws/<int:pk>/frame/", sampling.frame, name="draw_frame"),
    path("draws/<int:pk>/seed/", sampling.seed, name="draw_seed"),
    path("draws/<int:pk>/replace/", sampling.replace, name="draw_replace"),
    path("draws/<int:pk>/visits/", sampling.visits, name="draw_visits"),
    # 命名与动态管理
    # 日程、延期、通知
    # 不申报、目标分解
    path("non-applications/", planning.non_applications, name="non_applications"),
    path("non-applications.xlsx", planning.non_applications_export, name="non_applications_xlsx"),
    path("non-applications/<slug:code>/", planning.non_application, name="non_application"),
    path("town-targets/", planning.town_targets, name="town_targets"),
    path("town-targets.xlsx", planning.town_targets_export, name="town_targets_xlsx"),
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
