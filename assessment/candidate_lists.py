"""The candidate list as a table: versions of a year, and one version as page and file show it (F9)."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import Count, F, Q, QuerySet

from assessment.candidates import counted
from assessment.models import Candidate, CandidateList, NoticeObjection
from assessment.public_notice import open_objections
from communities.models import Appointment
from communities.statements import Cell, Column, Kind, Statement
from communities.tables import NUMBER, PIN, NumberedTable


def versions_of(appointment: Appointment, campaign_year: Any) -> QuerySet[CandidateList]:
    """The versions of a year, the latest first, with their units and open objections."""
    return (
        CandidateList.objects.visible_to(appointment)
        .filter(campaign_year=campaign_year)
        .select_related("campaign_year")
        .annotate(
            units=Count("candidates", distinct=True),
            unsettled=Count("objections", filter=Q(objections__settled_at=None), distinct=True),
        )
        .order_by("-version")
    )


class CandidateListTable(NumberedTable):
    version = tables.Column("版本", linkify=True, attrs=PIN)
    document = tables.Column("文号", accessor="number")
    dated = tables.DateColumn(verbose_name="日期")
    units = tables.Column("单位数", attrs=NUMBER, linkify=True)
    notice = tables.Column("公示", accessor="notice_from", empty_values=(), orderable=False)
    unsettled = tables.Column("未处理异议", attrs=NUMBER, linkify=True)
    reported_at = tables.DateTimeColumn(verbose_name="上报时间", default="未上报")
    reason = tables.Column("备注（变更原因）", orderable=False, attrs={"td": {"class": "wrap"}})

    class Meta:
        model = CandidateList
        fields = ("number", "version", "document", "dated", "units")
        empty_text = "本年度名单还没有确定。"

    def render_version(self, value: int) -> str:
        return f"第{value}版"

    def render_notice(self, record: CandidateList) -> str:
        return notice_days(record)


def notice_days(candidate_list: CandidateList) -> str:
    """2012年11月12日至11月18日, or that there is none."""
    first, last = candidate_list.notice_from, candidate_list.notice_until
    if first is None or last is None:
        return "未公示"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def list_statement(candidate_list: CandidateList, candidates: Sequence[Candidate]) -> Statement:
    """F9: by type, town and community, with the count line as its note."""
    return Statement(
        title=f"{candidate_list.campaign_year}创建名单",
        columns=[
            *(Column("类别"), Column("镇（开发区、街道）"), Column("社区（村）"), Column("代码")),
            *(Column("自评总分", Kind.NUMBER), Column("区预查总分", Kind.NUMBER), Column("备注")),
        ],
        rows=[
            [
                *(Cell(one.get_category_display()), Cell(one.town_name), Cell(one.name), Cell(one.code)),
                *(Cell(one.self_total), Cell(one.district_total), Cell("")),
            ]
            for one in candidates
        ],
        notes=[counted(candidates), f"文号：{candidate_list.number}　内容摘要：{candidate_list.digest}"],
    )


def objections_of(candidate_list: CandidateList) -> QuerySet[NoticeObjection]:
    """What was raised against this version, and what is still open from an earlier one; open ones first."""
    own = Q(candidate_list=candidate_list) | Q(pk__in=open_objections(candidate_list))
    related = ("candidate_list", "assessment__community__town", "entered_by", "settled_by")
    found = NoticeObjection.objects.filter(own).select_related(*related)
    return found.order_by(F("settled_at").asc(nulls_first=True), "pk")
