from django.urls import path

from assessment.views import (
    campaigns,
    evidence,
    filing,
    metrics,
    notices,
    reorganising,
    schedule,
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
    # 创建名单
    # 抽样
    # 命名与动态管理
    # 日程、延期、通知
    path("calendar/", schedule.calendar, name="calendar"),
    path("calendar/<int:year>/<slug:kind>/", schedule.calendar_edit, name="calendar_edit"),
    path("deadline-exceptions/", schedule.deadline_exceptions, name="deadline_exceptions"),
    path("deadline-exceptions.xlsx", schedule.deadline_exceptions_export, name="deadline_exceptions_xlsx"),
    path("deadline-exceptions/add/", schedule.deadline_exception_add, name="deadline_exception_add"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:pk>/read/", notices.notice_read, name="notice_read"),
    path("urging/", notices.urging, name="urging"),
    path("urging/press/", notices.urge, name="urge"),
    path("inspections/unattended/", notices.unattended_list, name="unattended"),
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
