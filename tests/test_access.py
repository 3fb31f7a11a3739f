"""Who may call which address: every URL of the product as every member of the cast (hostile cases 1, 2, 3, 4).

The table below is the promise. Its objects belong to 聚湖社区 of 湖塘镇; the columns are the people who try. A URL that
the table does not know fails `test_the_table_knows_every_url`, so no address is ever added without an answer here.
Long because every address of the product has its row.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from assessment.models import Evidence
from assessment.workflow import advance
from communities.models import Appointment, Role
from tests import inspection_rows, register_rows
from tests.assessment.listed import asked_and_listed
from tests.assessment.rectified import make_rectified
from tests.assessment.title_cases import make_document
from tests.factories import (
    make_assessment,
    make_campaign,
    make_community,
    make_designation,
    make_file,
    make_notice,
    make_person,
    make_renaming,
    make_standard,
)
from tests.reporting.export_cases import make_done
from tests.sampling import make_draws

pytestmark = pytest.mark.django_db

CAST = [
    "bureau",
    "leader",
    "town_officer",
    "other_town_officer",
    "community_worker",
    "neighbour",
    "administrator",
    "foreign_bureau",
    "liaison",
    "city_inspector",
    "province_inspector",
]
"""The order of the columns; `neighbour` works for another community of the same town."""
OUTSIDERS = ["other_town_officer", "neighbour", "foreign_bureau"]

# ok: 200 or a redirect within the product. no: 403. --: 404.
#                            bureau leader town other worker neighbour administrator foreign liaison city province
EVERYBODY = "                ok     ok     ok   ok    ok     ok        ok            ok      ok      ok   ok"
AT_WORK = "                  ok     ok     ok   ok    ok     ok        no            ok      no      no   no"
OF_THE_DISTRICT = "          ok     ok     ok   ok    ok     ok        no            --      no      no   no"
OF_THE_TOWN = "              ok     ok     ok   --    ok     ok        no            --      no      no   no"
OF_THE_COMMUNITY = "         ok     ok     ok   --    ok     --        no            --      no      no   no"
READ_AT_WORK = "             ok     ok     ok   ok    ok     ok        no            ok      no      ok   ok"
READ_IN_DISTRICT = "         ok     ok     ok   ok    ok     ok        no            --      no      ok   ok"
READ_IN_TOWN = "             ok     ok     ok   --    ok     ok        no            --      no      ok   ok"
READ_OF_COMMUNITY = "        ok     ok     ok   --    ok     --        no            --      no      ok   ok"
EDITORS = "                  ok     no     ok   --    ok     --        no            --      no      no   no"
SHEET_SAVERS = "             no     no     ok   --    ok     --        no            --      no      no   no"
SCORERS = "                  no     no     ok   --    ok     --        no            no      no      no   no"
FILLERS = "                  no     no     ok   ok    ok     ok        no            no      no      no   no"
TOWN_SUBMITS = "             no     no     ok   --    no     --        no            no      no      no   no"
TOWN_STEP = "                no     no     ok   --    no     no        no            --      no      no   no"
BUREAU_STEP = "              ok     no     no   --    no     no        no            --      no      no   no"
BUREAU_OF_THE_DISTRICT = "   ok     no     no   no    no     no        no            --      no      no   no"
DISTRICTS = "                ok     ok     no   no    no     no        no            ok      no      no   no"
BUREAUS = "                  ok     no     no   no    no     no        no            ok      no      no   no"
STEP_TAKERS = "              ok     no     no   no    no     no        no            ok      no      ok   ok"
IMPORTERS = "                ok     no     ok   ok    no     no        no            ok      no      no   no"
ORDERERS = "                 ok     no     ok   --    no     --        no            --      no      no   no"
IN_CHARGE = "                ok     ok     ok   ok    no     no        no            ok      no      no   no"
RESULTS = "                  ok     ok     ok   ok    no     no        no            ok      no      ok   ok"
RESULT = "                   ok     ok     ok   ok    no     no        no            --      no      ok   ok"
FRAME = "                    ok     ok     no   no    no     no        no            --      no      ok   ok"
CITY_DRAWS = "               ok     no     no   no    no     no        no            --      no      ok   no"
CITY_DRAWS_OWN_YEAR = "      ok     no     no   no    no     no        no            ok      no      ok   no"
PROVINCE_DRAWS = "           ok     no     no   no    no     no        no            --      no      no   ok"
BUREAUS_AND_LIAISON = "      ok     no     no   no    no     no        no            --      ok      no   no"
DISTRICT_AND_LIAISON = "     ok     ok     no   no    no     no        no            --      ok      no   no"
LIAISONS = "                 no     no     no   no    no     no        no            no      ok      no   no"
IN_CHARGE_OF_THE_ROUND = "   ok     ok     ok   ok    no     no        no            --      no      no   no"
IN_CHARGE_OF_THE_UNIT = "    ok     ok     ok   --    no     no        no            --      no      no   no"
LIST_READERS = "             ok     ok     no   no    no     no        no            ok      no      ok   ok"
READERS_OF_THE_LIST = "      ok     ok     no   no    no     no        no            --      no      ok   ok"
NOT_ADMINISTRATORS = "       ok     ok     ok   ok    ok     ok        no            ok      ok      ok   ok"
URGERS = "                   --     no     --   --    no     no        no            --      no      no   no"
OF_THE_ASKER = "             --     --     ok   --    --     --        no            --      no      --   --"
OF_ONE_PERSON = "            --     --     ok   --    --     --        --            --      --      --   --"
ADMINISTRATORS = "           no     no     no   no    no     no        ok            no      no      no   no"


@dataclass(frozen=True)
class Row:
    """`args` are names of the world below, or literals, in the order of the address."""

    name: str
    expected: str
    args: str = ""
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def promise(self) -> dict[str, str]:
        return dict(zip(CAST, self.expected.split(), strict=True))

    def __str__(self) -> str:
        return f"{self.method} {self.name} {self.args}{' htmx' if self.headers else ''}"


HTMX = {"HX-Request": "true"}
RETURN = {"reason": "缺佐证材料", "last_day": "2999-01-01"}
YEAR = {"deadline": "2999-12-31", "urban_target": "75", "rural_target": "71", "revision": "1"}
DECISIONS = {"staffing_rounding": "floor", "staffing_households": "registered", "revision": "1"}
DATES = {"begins": "2012-11-25", "ends": "2012-11-26", "note": "", "revision": "1"}
TOWN = {"kind": "town", "has_community_office": "true", "revision": "1"}
CODES = {"subtype": "old_town", "statistical_code": "320412001001", "classification_code": "111", "revision": "2"}
SEED = {"seed": "20141118", "place": "会议室", "host": "周处长", "witnesses": "王律师", "confirmed": "on"}
ANSWER = {"answer": "agree", "revision": "1", "items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}
SETTLED = {"resolution": "overruled", "reason": "已核实", "revision": "1"}
NEW_PERSON = {"username": "new", "name": "新人", "role": Role.BUREAU_LEADER}
SCORE_PAGES = ["scores", "inflation", "disagreement", "drift", "near-mark", "towns"]
PAPER = ["", "_pdf", "_docx"]
"""The page of a paper, and its files."""
TABLE = [
    Row("reporting:home", EVERYBODY),
    Row("reporting:counts", EVERYBODY),
    # 社区家底
    Row("communities:list", READ_AT_WORK),
    Row("communities:detail", READ_OF_COMMUNITY, "code"),
    Row("communities:profile", OF_THE_COMMUNITY, "code 2012"),
    Row("communities:profile", OF_THE_COMMUNITY, "code 2012", "post", {"revision": "0", "workers": "7"}),
    Row("communities:community_edit", BUREAU_OF_THE_DISTRICT, "code"),
    Row("communities:community_edit", BUREAU_OF_THE_DISTRICT, "code", "post", CODES),
    Row("communities:import", IMPORTERS),
    Row("communities:import", IMPORTERS, "", "post"),
    Row("communities:import_preview", IMPORTERS),
    Row("communities:import_confirm", IMPORTERS, "", "post"),
    Row("communities:import_annotated", IMPORTERS),
    Row("communities:import_template", IMPORTERS),
    Row("communities:towns", DISTRICTS),
    Row("communities:town_add", BUREAUS),
    Row("communities:town_add", BUREAUS, "", "post", {"name": "新镇", "kind": "town"}),
    Row("communities:town", BUREAU_OF_THE_DISTRICT, "town"),
    Row("communities:town", BUREAU_OF_THE_DISTRICT, "town", "post", TOWN),
    Row("communities:town_move", BUREAU_OF_THE_DISTRICT, "town", "post", {"direction": "down"}),
    Row("communities:towns_xlsx", DISTRICTS),
    # 三社联动、错时值班、经费核定
    Row("communities:linkage", OF_THE_COMMUNITY, "code"),
    Row("communities:duty_notice", OF_THE_COMMUNITY, "code"),
    Row("communities:funding_approve", BUREAUS),
    Row("communities:funding_approve", BUREAUS, "", "post"),
    # 台账登记, with `tests.register_rows`
    Row("communities:registers", AT_WORK),
    Row("communities:carry_over", register_rows.KEEPERS, "", "post"),
    Row("communities:year_close", BUREAUS, "", "post"),
    # 附件
    Row("communities:file", READ_OF_COMMUNITY, "file"),
    Row("communities:file", READ_IN_TOWN, "file_of_town"),
    Row("communities:file", READ_IN_DISTRICT, "file_of_district"),
    # 账号与任职
    Row("communities:people", ADMINISTRATORS),
    Row("communities:person_add", ADMINISTRATORS),
    Row("communities:person_add", ADMINISTRATORS, "", "post", NEW_PERSON),
    Row("communities:person", ADMINISTRATORS, "person"),
    Row("communities:person", ADMINISTRATORS, "person", "post", {"role": Role.BUREAU_LEADER}),
    Row("communities:person_active", ADMINISTRATORS, "person", "post"),
    Row("communities:person_email", ADMINISTRATORS, "person", "post", {"email": "a@example.cn"}),
    Row("communities:person_password", ADMINISTRATORS, "person", "post"),
    Row("communities:audit", ADMINISTRATORS),
    # 自评
    Row("assessment:list", READ_AT_WORK),
    Row("assessment:begin", SCORERS, "code", "post"),
    Row("assessment:sheet", READ_OF_COMMUNITY, "draft"),
    Row("assessment:sheet", SHEET_SAVERS, "draft", "post"),
    Row("assessment:save_item", SCORERS, "draft item", "post", {"points": "12.5", "revision": "0"}),
    Row("assessment:carry_over", SCORERS, "draft", "post"),
    Row("assessment:workbook", SCORERS, "draft"),
    Row("assessment:workbooks", FILLERS),
    Row("assessment:workbook_upload", FILLERS),
    Row("assessment:workbook_upload", FILLERS, "", "post"),
    Row("assessment:workbook_preview", FILLERS),
    Row("assessment:workbook_confirm", FILLERS, "", "post"),
    Row("assessment:workbook_annotated", FILLERS),
    Row("assessment:gaps", READ_OF_COMMUNITY, "draft"),
    Row("assessment:history", READ_OF_COMMUNITY, "draft"),
    # 佐证材料
    Row("assessment:evidence_upload", SCORERS, "draft item", "post"),
    Row("assessment:evidence_upload", SCORERS, "draft item", "post", headers=HTMX),
    Row("assessment:evidence_remove", SCORERS, "draft evidence", "post"),
    Row("assessment:evidence_remove", SCORERS, "draft evidence", "post", headers=HTMX),
    Row("assessment:evidence", READ_OF_COMMUNITY, "evidence"),
    # 申报
    Row("assessment:check", SCORERS, "draft"),
    Row("assessment:check", TOWN_SUBMITS, "ready", "post"),
    Row("assessment:receipt", READ_OF_COMMUNITY, "filed"),
    Row("assessment:step", TOWN_STEP, "filed withdraw", "post"),
    Row("assessment:step", BUREAU_STEP, "filed receive", "post"),
    Row("assessment:step", BUREAU_STEP, "filed return"),
    Row("assessment:step", BUREAU_STEP, "filed return", "post", RETURN),
    # 预查与考评, with `tests.inspection_rows`
    *(Row(*row) for row in inspection_rows.ROWS),
    # 整改
    Row("assessment:rectification_list", READ_AT_WORK),
    Row("assessment:rectification_list_xlsx", READ_AT_WORK),
    Row("assessment:rectifications", READ_OF_COMMUNITY, "draft"),
    Row("assessment:rectifications", ORDERERS, "draft", "post"),
    Row("assessment:rectification", READ_OF_COMMUNITY, "rectification"),
    Row("assessment:rectification_amend", BUREAU_STEP, "rectification"),
    Row("assessment:rectification_amend", BUREAU_STEP, "rectification", "post"),
    Row("assessment:rectification_report", SCORERS, "rectification", "post"),
    Row("assessment:rectification_recheck", BUREAU_STEP, "rectification", "post", {"passed": "1", "revision": "1"}),
    Row("assessment:rectification_photo", READ_OF_COMMUNITY, "rectification rectification_photo"),
    Row("assessment:rectification_photo_remove", SCORERS, "rectification rectification_photo", "post"),
    Row("assessment:rectification_notice_sign", SCORERS, "rectification_notice", "post"),
    Row("reporting:rectification_notice", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:rectification_notice_pdf", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:rectification_feedback", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:rectification_feedback_pdf", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:rectification_worklist", READ_OF_COMMUNITY, "draft"),
    Row("reporting:rectification_worklist_pdf", READ_OF_COMMUNITY, "draft"),
    Row("reporting:rectification_notice_docx", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:rectification_feedback_docx", READ_OF_COMMUNITY, "rectification_notice"),
    Row("reporting:training", IN_CHARGE),
    Row("reporting:training_xlsx", IN_CHARGE),
    # 征求部门意见
    Row("communities:departments", DISTRICTS),
    Row("communities:department_add", BUREAUS),
    Row("communities:department_add", BUREAUS, "", "post", {"name": "信访局"}),
    Row("communities:departments_load", BUREAUS, "", "post"),
    Row("communities:department", BUREAU_OF_THE_DISTRICT, "department"),
    Row("communities:department", BUREAU_OF_THE_DISTRICT, "department", "post", {"name": "公安分局", "revision": "1"}),
    Row("communities:department_move", BUREAU_OF_THE_DISTRICT, "department", "post", {"direction": "up"}),
    Row("assessment:consultations", IN_CHARGE),
    Row("assessment:consultation_new", BUREAUS),
    Row("assessment:consultation_new", BUREAUS, "", "post"),
    Row("assessment:my_consultations", LIAISONS),
    Row("assessment:consultation", IN_CHARGE_OF_THE_ROUND, "consultation"),
    Row("assessment:opinions", IN_CHARGE_OF_THE_ROUND, "consultation"),
    Row("assessment:consultation_close", BUREAU_OF_THE_DISTRICT, "consultation", "post"),
    Row("assessment:department_units", BUREAUS_AND_LIAISON, "consultation department"),
    Row("assessment:agree_to_rest", BUREAUS_AND_LIAISON, "consultation department", "post"),
    Row("assessment:opinion", BUREAUS_AND_LIAISON, "opinion"),
    Row("assessment:opinion", BUREAUS_AND_LIAISON, "opinion", "post", ANSWER),
    Row("assessment:opinion_settle", BUREAU_OF_THE_DISTRICT, "remark"),
    Row("assessment:opinion_settle", BUREAU_OF_THE_DISTRICT, "remark", "post", SETTLED),
    Row("assessment:unit_opinions", IN_CHARGE_OF_THE_UNIT, "draft"),
    Row("reporting:opinions_xlsx", IN_CHARGE_OF_THE_ROUND, "consultation"),
    *(Row(f"reporting:consultation_letter{file}", DISTRICT_AND_LIAISON, "consultation") for file in PAPER),
    *(Row(f"reporting:consultation_reply{file}", BUREAUS_AND_LIAISON, "consultation department") for file in PAPER),
    # 创建名单
    Row("assessment:candidate_lists", LIST_READERS),
    Row("assessment:candidate_list_new", BUREAUS),
    Row("assessment:candidate_list_new", BUREAUS, "", "post"),
    Row("assessment:candidate_list", READERS_OF_THE_LIST, "candidate_list"),
    Row("assessment:candidate_list_revise", BUREAU_OF_THE_DISTRICT, "candidate_list"),
    Row("assessment:candidate_list_revise", BUREAU_OF_THE_DISTRICT, "candidate_list", "post"),
    Row("assessment:candidate_list_report", BUREAU_OF_THE_DISTRICT, "candidate_list", "post"),
    Row("assessment:objection_add", BUREAU_OF_THE_DISTRICT, "candidate_list"),
    Row("assessment:objection_add", BUREAU_OF_THE_DISTRICT, "candidate_list", "post"),
    Row("assessment:objection_settle", BUREAU_OF_THE_DISTRICT, "objection"),
    Row("assessment:objection_settle", BUREAU_OF_THE_DISTRICT, "objection", "post", {"outcome": "无", "revision": "1"}),
    Row("reporting:candidate_list_print", READERS_OF_THE_LIST, "candidate_list"),
    Row("reporting:candidate_list_pdf", READERS_OF_THE_LIST, "candidate_list"),
    Row("reporting:candidate_list_xlsx", READERS_OF_THE_LIST, "candidate_list"),
    *(Row(f"reporting:district_request{file}", READERS_OF_THE_LIST, "candidate_list") for file in PAPER),
    Row("reporting:public_notice", READERS_OF_THE_LIST, "candidate_list"),
    Row("reporting:public_notice_pdf", READERS_OF_THE_LIST, "candidate_list"),
    # 抽样
    Row("assessment:draws", RESULTS),
    Row("assessment:draw_freeze", CITY_DRAWS_OWN_YEAR, "2012 city"),
    Row("assessment:draw_freeze", CITY_DRAWS_OWN_YEAR, "2012 city", "post", {"ratio": "30"}),
    Row("assessment:draw", RESULT, "drawn"),
    Row("assessment:draw_frame", FRAME, "frozen"),
    Row("assessment:draw_seed", PROVINCE_DRAWS, "frozen"),
    Row("assessment:draw_seed", PROVINCE_DRAWS, "frozen", "post", SEED),
    Row("assessment:draw_replace", CITY_DRAWS, "drawn"),
    Row("assessment:draw_replace", CITY_DRAWS, "drawn", "post", {"removed": "1", "reason": "道路施工"}),
    Row("assessment:draw_visits", CITY_DRAWS, "drawn"),
    Row("assessment:draw_visits", CITY_DRAWS, "drawn", "post", {"group": "甲", "revision": "1"}),
    Row("reporting:draw_xlsx", RESULT, "drawn"),
    Row("reporting:draw_minutes", FRAME, "drawn"),
    Row("reporting:draw_minutes_pdf", FRAME, "drawn"),
    Row("reporting:draw_frame_csv", FRAME, "frozen"),
    Row("reporting:draw_frame_json", FRAME, "frozen"),
    # 命名与动态管理
    Row("assessment:steps", STEP_TAKERS),
    Row("assessment:steps", STEP_TAKERS, "", "post"),
    Row("assessment:acceptance", READ_AT_WORK),
    Row("assessment:acceptance_xlsx", READ_AT_WORK),
    *(Row(f"reporting:province_request{file}", LIST_READERS) for file in PAPER),
    Row("assessment:titles", READ_AT_WORK),
    Row("assessment:titles_xlsx", READ_AT_WORK),
    Row("assessment:title_documents", READ_AT_WORK),
    Row("assessment:title_documents_xlsx", READ_AT_WORK),
    Row("assessment:title_document", READ_IN_DISTRICT, "title_document"),
    Row("assessment:title_document_add", BUREAUS),
    Row("assessment:title_document_add", BUREAUS, "", "post", {"number": "1号", "dated": "2012-12-01"}),
    Row("assessment:title_document_correct", BUREAU_OF_THE_DISTRICT, "title_document"),
    Row("assessment:title_document_correct", BUREAU_OF_THE_DISTRICT, "title_document", "post"),
    Row("assessment:community_titles", READ_OF_COMMUNITY, "code"),
    Row("assessment:rechecks", READ_AT_WORK),
    Row("assessment:rechecks_xlsx", READ_AT_WORK),
    # 日程、延期、通知
    Row("assessment:calendar", NOT_ADMINISTRATORS),
    Row("assessment:calendar_edit", BUREAUS, "2012 city"),
    Row("assessment:calendar_edit", BUREAUS, "2012 city", "post", DATES),
    Row("assessment:deadline_exceptions", AT_WORK),
    Row("assessment:deadline_exceptions_xlsx", AT_WORK),
    Row("assessment:deadline_exception_add", BUREAUS),
    Row("assessment:deadline_exception_add", BUREAUS, "", "post"),
    Row("assessment:notices", EVERYBODY),
    Row("assessment:notices_read", EVERYBODY, "", "post"),
    Row("assessment:notice_read", OF_ONE_PERSON, "notice", "post"),
    Row("assessment:urging", IMPORTERS),
    Row("assessment:urge", URGERS, "", "post"),
    Row("assessment:unattended", DISTRICTS),
    # 不申报、目标分解
    Row("assessment:non_applications", AT_WORK),
    Row("assessment:non_applications_xlsx", AT_WORK),
    Row("assessment:non_application", SCORERS, "code"),
    Row("assessment:non_application", SCORERS, "code", "post", {"reason": "村级换届", "revision": "0"}),
    Row("assessment:town_targets", IN_CHARGE),
    Row("assessment:town_targets", BUREAUS, "", "post"),
    Row("assessment:town_targets_xlsx", IN_CHARGE),
    # 四级评分比较
    Row("reporting:columns", READ_OF_COMMUNITY, "draft"),
    Row("reporting:columns_xlsx", READ_OF_COMMUNITY, "draft"),
    *(Row(f"reporting:{name}", IN_CHARGE) for name in SCORE_PAGES),
    *(Row(f"reporting:{name}_xlsx", IN_CHARGE) for name in SCORE_PAGES),
    # 指标
    Row("assessment:metrics", AT_WORK),
    Row("assessment:community_metrics", OF_THE_COMMUNITY, "code 2012"),
    # 考评标准
    Row("assessment:standards", READ_AT_WORK),
    Row("assessment:standard", READ_IN_DISTRICT, "standard"),
    Row("assessment:standard_file", READ_IN_DISTRICT, "standard"),
    Row("assessment:standard_import", BUREAUS),
    Row("assessment:standard_import", BUREAUS, "", "post"),
    Row("assessment:standard_publish", BUREAUS, "", "post"),
    # 区划调整
    Row("assessment:reorganisations", DISTRICTS),
    Row("assessment:reorganisation", OF_THE_COMMUNITY, "reorganisation"),
    Row("assessment:reorganise", BUREAUS),
    Row("assessment:reorganise", BUREAUS, "", "post"),
    # 创建活动
    Row("assessment:campaign", AT_WORK),
    Row("assessment:campaign_edit", BUREAUS),
    Row("assessment:campaign_edit", BUREAUS, "", "post", {"name": "创建活动", "pass_mark": "90", "revision": "1"}),
    Row("assessment:campaign_year", BUREAUS, "2012"),
    Row("assessment:campaign_year", BUREAUS, "2012", "post", YEAR),
    Row("assessment:decisions", BUREAUS),
    Row("assessment:decisions", BUREAUS, "", "post", DECISIONS),
    # 考核评分表
    Row("reporting:score_sheet", READ_OF_COMMUNITY, "draft"),
    Row("reporting:score_sheet_xlsx", READ_OF_COMMUNITY, "draft"),
    Row("reporting:score_sheet_pdf", READ_OF_COMMUNITY, "draft"),
    # 申报表、自查报告、申报汇总表
    *(Row(f"reporting:application_form{file}", READ_OF_COMMUNITY, "draft") for file in PAPER),
    *(Row(f"reporting:self_report{file}", READ_OF_COMMUNITY, "draft") for file in PAPER),
    *(Row(f"reporting:application_summary{file}", IN_CHARGE) for file in (*PAPER, "_xlsx")),
    # 批量导出
    Row("reporting:exports", READ_AT_WORK),
    Row("reporting:exports", READ_AT_WORK, headers=HTMX),
    Row("reporting:export_new", READ_AT_WORK),
    Row("reporting:export_new", READ_AT_WORK, "", "post", {"format": "pdf"}),
    Row("reporting:export_file", OF_THE_ASKER, "export"),
    Row("reporting:export_again", OF_THE_ASKER, "export", "post"),
    Row("reporting:export_remove", OF_THE_ASKER, "export", "post"),
    # 短板清单
    Row("reporting:shortfalls", AT_WORK),
    Row("reporting:shortfalls_xlsx", AT_WORK),
    Row("reporting:shortfall", AT_WORK, "premises"),
    Row("reporting:shortfall_xlsx", AT_WORK, "premises"),
    # 经费、指标数据、覆盖情况
    Row("reporting:funding", IN_CHARGE),
    Row("reporting:funding_xlsx", IN_CHARGE),
    Row("reporting:figures", AT_WORK),
    Row("reporting:figures_xlsx", AT_WORK),
    Row("reporting:grid", IN_CHARGE),
    Row("reporting:grid_xlsx", IN_CHARGE),
    Row("reporting:services", IN_CHARGE),
    Row("reporting:services_xlsx", IN_CHARGE),
    Row("reporting:policies", IN_CHARGE),
    Row("reporting:policies_xlsx", IN_CHARGE),
    # one's own account
    Row("accounts:email", EVERYBODY),
    Row("accounts:email", EVERYBODY, "", "post", {"email": "a@example.cn"}),
    Row("accounts:password", EVERYBODY),
    Row("accounts:password_done", EVERYBODY),
    Row("accounts:logout", EVERYBODY, "", "post"),
]
OPEN_TO_ALL = {"healthz", "readyz", "accounts:login"}
every_row = pytest.mark.parametrize("row", TABLE, ids=str)


@pytest.fixture
def neighbour(town) -> Appointment:
    return make_person(role=Role.COMMUNITY_WORKER, community=make_community(town=town, name="花园社区"))


@pytest.fixture
def world(  # noqa: PLR0917  everybody whom the objects belong to
    community, village, campaign, community_worker, town_officer, foreign_bureau, bureau, other_town_officer, department
) -> dict[str, Any]:
    """What the addresses name: three assessments of 聚湖社区, one a year, and what hangs on the first of them."""
    campaign.years.update(deadline=date(2999, 12, 31))
    make_campaign(district=foreign_bureau.district)
    standard = make_standard(district=campaign.district)
    full = {item.code: item.points for item in standard.items.all()}
    draft, filed, ready = [
        make_assessment(community=community, campaign_year=year, standard=standard, scores=scores)
        for year, scores in zip(campaign.years.all(), [{}, full, full], strict=True)
    ]
    advance(filed, "submit", by=town_officer, now=timezone.now())
    item = standard.items.first()
    town = community.town
    file, file_of_town, file_of_district = [
        make_file(owner=owner, file=ContentFile(b"\xff\xd8", name="a.jpg"), name=f"{owner}.jpg")
        for owner in (community, town, town.district)
    ]
    evidence = Evidence.objects.create(assessment=draft, item=item, file=file)
    drawn, frozen = make_draws(draft, by=town_officer)
    title = make_designation(community=community, campaign_year=draft.campaign_year, named_on=date(2012, 12, 1))
    return {
        "code": community.code,
        "drawn": drawn.pk,
        "frozen": frozen.pk,
        "title_document": make_document(draft.campaign_year, [title]).pk,
        "reorganisation": make_renaming(community, was="聚湖老社区", on=date(2012, 3, 1)).pk,
        "draft": draft.pk,
        "filed": filed.pk,
        "ready": ready.pk,
        "standard": standard.pk,
        "item": item.pk,
        "town": community.town_id,
        "evidence": evidence.pk,
        "file": file.pk,
        "file_of_town": file_of_town.pk,
        "file_of_district": file_of_district.pk,
        "person": community_worker.user_id,
        **asked_and_listed(draft, item, department=department, by=bureau),
        **inspection_rows.world(village, campaign.years.first(), checker=other_town_officer, colleague=bureau),
        **make_rectified(draft, item, file),
        "notice": make_notice(user=town_officer.user).pk,
        "export": make_done(town_officer, draft).pk,
    }


@pytest.fixture
def cast(request, world) -> dict[str, Appointment]:
    return {name: request.getfixturevalue(name) for name in CAST}


def call(client: Client, row: Row, world: dict[str, Any], query: str = "", method: str = "") -> HttpResponse:
    url = reverse(row.name, args=[world.get(arg, arg) for arg in row.args.split()])
    return getattr(client, method or row.method)(url + query, row.data, headers=row.headers)


def family(response: HttpResponse) -> str:
    """ok, no or -- as in the table; "login" where the answer is to sign in; else the status itself."""
    if response.status_code == 302 and response.url.startswith(reverse("accounts:login") + "?next="):
        return "login"
    return {200: "ok", 302: "ok", 403: "no", 404: "--"}.get(response.status_code, str(response.status_code))


def body(response: HttpResponse) -> str:
    content = response.getvalue() if isinstance(response, StreamingHttpResponse) else response.content
    return content.decode(errors="replace")


def names_of(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names_of(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}"


def test_the_table_knows_every_url():
    known = {row.name for row in TABLE} | OPEN_TO_ALL | register_rows.names()
    assert set(names_of(get_resolver().url_patterns)) == known


@every_row
def test_each_address_answers_each_person_as_the_table_says(row, world, cast, sign_in):
    found = {}
    for name, person in cast.items():
        with transaction.atomic():
            found[name] = family(call(sign_in(person), row, world))
            transaction.set_rollback(True)
    assert found == row.promise


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_whichever_year_an_outsider_looks_at_nothing_leaks(outsider, world, cast, sign_in):
    """Objects of one year asked for while looking at another; no answer to an outsider ever names the community."""
    client = sign_in(cast[outsider])
    for row in TABLE:
        with transaction.atomic():
            response = call(client, row, world, "?year=2013")
            assert (str(row), family(response)) == (str(row), row.promise[outsider])
            assert "聚湖" not in body(response), row
            transaction.set_rollback(True)


def test_nobody_gets_in_without_signing_in(world):
    for row in TABLE:
        response = call(Client(), row, world)
        assert (str(row), family(response)) == (str(row), "login")
        assert "聚湖" not in body(response), row


def test_an_account_without_an_appointment_opens_nothing_but_itself(world, community_worker, sign_in):
    """Hostile case 9: whoever left their unit is refused at the next request, with a sentence."""
    client = sign_in(community_worker)
    Appointment.objects.filter(pk=community_worker.pk).update(until=date(2012, 1, 1))
    for row in TABLE:
        if not row.name.startswith("accounts:"):
            response = call(client, row, world)
            assert (str(row), family(response)) == (str(row), "no")
            assert "您的账号目前没有任职单位" in body(response)
    assert family(client.get(reverse("accounts:password"))) == "ok"


@pytest.mark.parametrize("name", sorted(OPEN_TO_ALL))
def test_health_and_sign_in_answer_anybody(name):
    assert Client().get(reverse(name)).status_code == 200


def test_a_number_that_no_database_holds_is_simply_not_found(world, town_officer, sign_in):
    client = sign_in(town_officer)
    assert client.get(reverse("assessment:sheet", args=[10**30])).status_code == 404
    assert client.get(reverse("communities:profile", args=[world["code"], 10**30])).status_code == 404


def test_refusals_are_sentences_that_name_who_may(world, leader, sign_in):
    response = sign_in(leader).get(reverse("assessment:check", args=[world["draft"]]))
    assert "此功能由镇（开发区、街道）经办人、社区（村）工作者使用。" in body(response)
