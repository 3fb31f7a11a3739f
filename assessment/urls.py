from django.urls import path

from assessment.views import (
    campaigns,
    evidence,
    filing,
    inspecting,
    inspection_lists,
    inspection_units,
    metrics,
    reorganising,
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
    path("inspections/", inspection_lists.inspection_list, name="inspection_list"),
    path("inspections.xlsx", inspection_lists.inspection_list_export, name="inspection_list_xlsx"),
    path("inspections/distribute/", inspection_lists.distribute_page, name="distribute"),
    path("inspections/mine/", inspection_lists.my_inspections, name="my_inspections"),
    path("inspections/<int:pk>/", inspecting.inspection, name="inspection"),
    path("inspections/<int:pk>/items/<int:item_pk>/", inspecting.save_item, name="inspection_save_item"),
    path("inspections/<int:pk>/visit/", inspecting.save_visit, name="inspection_save_visit"),
    path("inspections/<int:pk>/items/<int:item_pk>/photos/", inspecting.photo_add, name="inspection_photo_add"),
    path("inspections/<int:pk>/photos/<int:photo_pk>/remove/", inspecting.photo_remove, name="inspection_photo_remove"),
    path("inspection-photos/<int:pk>/", inspecting.photo, name="inspection_photo"),
    path("inspections/<int:pk>/check/", inspecting.check, name="inspection_check"),
    path("inspections/<int:pk>/resume/", inspecting.resume, name="inspection_resume"),
    path("inspections/<int:pk>/reassign/", inspection_units.reassign_page, name="inspection_reassign"),
    path("inspections/<int:pk>/unassign/", inspection_units.unassign_page, name="inspection_unassign"),
    path("assessments/<int:pk>/inspections/", inspection_units.inspections, name="inspections"),
    path("assessments/<int:pk>/inspections/<slug:stage>/", inspection_units.assign_page, name="assign"),
    path("assessments/<int:pk>/rulings/<slug:stage>/<int:item_pk>/", inspection_units.ruling, name="ruling"),
    # 整改
    # 征求部门意见
    # 创建名单
    # 抽样
    # 命名与动态管理
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
