"""The left menu: one table of tasks and who has them."""

from dataclasses import dataclass

from django.urls import ResolverMatch, reverse

from communities.access import (
    ADMINISTRATORS,
    BUREAU,
    BUSINESS,
    DISTRICT,
    IN_CHARGE,
    INSPECTORS,
    LIAISONS,
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
        Entry("工作首页", "reporting:home", "house", (*READERS, *LIAISONS)),
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
                "assessment:history",
                "reporting:score_sheet",
            ),
        ),
        # 预查与考评
        # 整改
        # 征求部门意见、创建名单
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
                *("assessment:community_titles", "assessment:acceptance"),
            ),
        ),
        Entry("动态管理", "assessment:rechecks", "arrow-repeat", READERS),
        # 日程与通知
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
        # 四级评分比较、目标分解
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


def menu_for(role: str, match: ResolverMatch | None) -> list[tuple[str, list[Link]]]:
    """The entries of a role under their headings, the one of the current page marked."""
    here = match.view_name if match else ""
    groups = [
        (heading, [_link(entry, here) for entry in entries if role in entry.roles]) for heading, entries in MENU.items()
    ]
    return [(heading, links) for heading, links in groups if links]


def _link(entry: Entry, here: str) -> Link:
    return Link(entry.label, reverse(entry.url_name), entry.icon, here in (entry.url_name, *entry.covers))
