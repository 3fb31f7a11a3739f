"""The left menu: one table of tasks and who has them."""

from dataclasses import dataclass

from django.urls import ResolverMatch, reverse

from assessment.inspecting.rights import CHECKERS
from assessment.models import Assessment
from communities.access import (
    ADMINISTRATORS,
    BUREAU,
    BUSINESS,
    DISTRICT,
    IN_CHARGE,
    INSPECTORS,
    LIAISONS,
    LIST_READERS,
    READERS,
)
from communities.models import Role


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    roles: tuple[Role, ...]
    covers: tuple[str, ...] = ()
    """Other url names that belong to the entry, so that it stays marked on their pages."""


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    icon: str
    active: bool


MENU = {
    "创建工作": [
        Entry("工作首页", "reporting:home", "house", READERS),
        Entry(
            "自评申报",
            "assessment:list",
            "clipboard-check",
            READERS,
            covers=(
                "assessment:sheet",
                "assessment:gaps",
                "assessment:check",
                "assessment:receipt",
                "assessment:step",
                "assessment:history",
                *("reporting:score_sheet", "reporting:application_form", "reporting:self_report"),
                "reporting:application_summary",
                "assessment:workbook_upload",
                "assessment:workbook_preview",
                "reporting:score_sheet",
                "reporting:columns",
            ),
        ),
        Entry(
            "预查与考评",
            "assessment:inspection_list",
            "search",
            (*DISTRICT, *INSPECTORS),
            covers=(
                *("assessment:distribute", "assessment:inspections", "assessment:assign", "assessment:ruling"),
                *("assessment:inspection_reassign", "assessment:unattended", "reporting:visit_pack"),
            ),
        ),
        Entry(
            "我的检查",
            "assessment:my_inspections",
            "phone",
            CHECKERS,
            covers=(
                *("assessment:inspection", "assessment:inspection_check", "assessment:inspection_resume"),
                "reporting:visit_record",
            ),
        ),
        # 整改
        # 预查与考评
        Entry(
            "整改",
            "assessment:rectification_list",
            "wrench-adjustable",
            READERS,
            covers=(
                *("assessment:rectifications", "assessment:rectification", "assessment:rectification_report"),
                *("assessment:rectification_recheck", "assessment:rectification_amend"),
                *("reporting:rectification_notice", "reporting:rectification_feedback", "reporting:training"),
                "reporting:rectification_worklist",
            ),
        ),
        # 征求部门意见、创建名单
        Entry(
            "抽样",
            "assessment:draws",
            "shuffle",
            (*IN_CHARGE, *INSPECTORS),
            covers=(
                *("assessment:draw", "assessment:draw_frame", "assessment:draw_seed", "assessment:draw_replace"),
                *("assessment:draw_visits", "assessment:draw_freeze"),
                "reporting:draw_minutes",
            ),
        ),
        Entry(
            "征求部门意见",
            "assessment:consultations",
            "chat-left-text",
            IN_CHARGE,
            covers=(
                *("assessment:consultation", "assessment:consultation_new", "assessment:opinions"),
                *("assessment:opinion", "assessment:opinion_settle", "assessment:unit_opinions"),
                *("assessment:department_units", "reporting:consultation_letter", "reporting:consultation_reply"),
            ),
        ),
        Entry(
            "部门意见回复",
            "assessment:my_consultations",
            "chat-left-text",
            LIAISONS,
            covers=(
                *("assessment:department_units", "assessment:opinion"),
                *("reporting:consultation_letter", "reporting:consultation_reply"),
            ),
        ),
        Entry(
            "创建名单",
            "assessment:candidate_lists",
            "list-check",
            LIST_READERS,
            covers=(
                *("assessment:candidate_list", "assessment:candidate_list_new", "assessment:candidate_list_revise"),
                *("assessment:objection_add", "assessment:objection_settle"),
                *("reporting:candidate_list_print", "reporting:public_notice", "reporting:district_request"),
            ),
        ),
        # 抽样
        # 命名与动态管理
        Entry("批量办理", "assessment:steps", "check2-all", (*BUREAU, *INSPECTORS)),
        Entry(
            "命名单位",
            "assessment:titles",
            "award",
            READERS,
            covers=(
                *("assessment:title_documents", "assessment:title_document", "assessment:title_document_add"),
                *("assessment:title_document_correct", "assessment:community_titles", "assessment:acceptance"),
                *("assessment:community_titles", "assessment:acceptance", "reporting:province_request"),
            ),
        ),
        Entry("动态管理", "assessment:rechecks", "arrow-repeat", READERS),
        # 日程与通知
        Entry(
            "年度日程",
            "assessment:calendar",
            "calendar3",
            (*READERS, *LIAISONS),
            covers=("assessment:calendar_edit", "assessment:deadline_exceptions", "assessment:deadline_exception_add"),
        ),
        Entry("催办", "assessment:urging", "megaphone", (Role.BUREAU_OFFICER, Role.TOWN_OFFICER)),
        Entry("我的导出", "reporting:exports", "download", READERS, covers=("reporting:export_new",)),
    ],
    "家底台账": [
        Entry(
            "社区家底",
            "communities:list",
            "buildings",
            READERS,
            covers=(
                "communities:detail",
                "communities:community_edit",
                "communities:profile",
                "communities:import",
                "communities:import_preview",
            ),
        ),
        Entry(
            "台账登记",
            "communities:registers",
            "card-checklist",
            BUSINESS,
            covers=(
                *("communities:record_list", "communities:record", "communities:record_add", "communities:record_bulk"),
                *("communities:record_import", "communities:record_import_preview", "communities:record_reveal"),
            ),
        ),
        Entry("短板清单", "reporting:shortfalls", "exclamation-diamond", BUSINESS, covers=("reporting:shortfall",)),
        Entry("经费", "reporting:funding", "cash-coin", IN_CHARGE, covers=("communities:funding_approve",)),
        Entry("指标达标", "assessment:metrics", "speedometer2", BUSINESS, covers=("assessment:community_metrics",)),
    ],
    "统计分析": [
        Entry(
            "指标数据",
            "reporting:figures",
            "table",
            BUSINESS,
            covers=("reporting:grid", "reporting:services", "reporting:policies"),
        ),
        Entry(
            "四级评分比较",
            "reporting:scores",
            "layout-three-columns",
            IN_CHARGE,
            covers=(
                *("reporting:inflation", "reporting:disagreement", "reporting:drift"),
                *("reporting:near-mark", "reporting:towns"),
            ),
        ),
        Entry("目标分解", "assessment:town_targets", "bullseye", IN_CHARGE),
        Entry(
            "不申报", "assessment:non_applications", "slash-circle", BUSINESS, covers=("assessment:non_application",)
        ),
    ],
    "设置": [
        Entry(
            "考评标准",
            "assessment:standards",
            "journal-text",
            READERS,
            covers=("assessment:standard", "assessment:standard_import", "assessment:standard_publish"),
        ),
        Entry(
            "创建活动",
            "assessment:campaign",
            "flag",
            BUSINESS,
            covers=("assessment:campaign_year", "assessment:campaign_edit", "assessment:decisions"),
        ),
        Entry(
            "各镇（街道）",
            "communities:towns",
            "geo-alt",
            DISTRICT,
            covers=("communities:town", "communities:town_add"),
        ),
        Entry(
            "部门",
            "communities:departments",
            "building",
            DISTRICT,
            covers=("communities:department", "communities:department_add"),
        ),
        Entry(
            "区划调整",
            "assessment:reorganisations",
            "diagram-3",
            DISTRICT,
            covers=("assessment:reorganisation", "assessment:reorganise"),
        ),
        Entry(
            "账号与任职",
            "communities:people",
            "people",
            ADMINISTRATORS,
            covers=("communities:person_add", "communities:person"),
        ),
        Entry("审计记录", "communities:audit", "shield-check", ADMINISTRATORS),
    ],
}
"""The entries by task, under the heading of each group."""


OF_ONE_UNIT = MENU["创建工作"][1].covers
"""The pages that an application and a recheck have alike; those of a recheck lie under 动态管理."""


def menu_for(role: str, match: ResolverMatch | None) -> list[tuple[str, list[Link]]]:
    """The entries of a role under their headings, the one of the current page marked."""
    here = match.view_name if match else ""
    if match and here in OF_ONE_UNIT and "pk" in match.kwargs and is_recheck(match.kwargs["pk"]):
        here = "assessment:rechecks"
    groups = [
        (heading, [_link(entry, here) for entry in entries if role in entry.roles]) for heading, entries in MENU.items()
    ]
    return [(heading, links) for heading, links in groups if links]


def is_recheck(pk: int) -> bool:
    return Assessment.objects.filter(pk=pk, kind=Assessment.Kind.RECHECK).exists()


def _link(entry: Entry, here: str) -> Link:
    return Link(entry.label, reverse(entry.url_name), entry.icon, here in (entry.url_name, *entry.covers))
