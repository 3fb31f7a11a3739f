"""网格: the cells of a community, and what their people find and follow up (R18-R20, R55)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Q, Sum

from communities.models.records import CommunityRecord, in_order, register

UNQUALIFIED = Q(head="") | Q(members=0) | Q(members__isnull=True) | Q(duties="") | ~Q(notice_posted=True)
"""网格长、成员、岗位职责、公示牌: a cell that lacks one of the four does not count as qualified."""


@register(
    "grid-cells",
    label="网格",
    group="网格",
    note="网格长、成员、岗位职责、公示牌四样缺任何一样的网格为不合格。各网格户数之和应等于社区（村）总户数。",
    columns=("number", "area", "households", "head", "members", "duties", "notice_posted"),
    key=("number",),
    searched=("number", "area", "head"),
    filters=("notice_posted",),
    counts={
        "grid_cells": Count("pk"),
        "grid_households": Sum("households", default=0),
        "grid_unqualified": Count("pk", filter=UNQUALIFIED),
    },
    carried=Q(),
)
class GridCell(CommunityRecord):
    number = models.CharField("网格编号", max_length=20)
    area = models.CharField("片区范围", max_length=100)
    households = models.PositiveIntegerField("户数")
    head = models.CharField("网格长", max_length=30, blank=True)
    members = models.PositiveSmallIntegerField("成员（人）", null=True, blank=True)
    duties = models.CharField("岗位职责", max_length=200, blank=True)
    notice_posted = models.BooleanField("公示牌上墙", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["community", "year", "number"], name="cell_once")]

    def __str__(self) -> str:
        return self.number


class LogKind(models.TextChoices):
    CONTACT = "contact", "入户联系"
    ISSUE = "issue", "问题"


@register(
    "grid-log",
    label="网格日志",
    group="网格",
    note="入户联系和发现的问题：登记、上报、办结各有日期。",
    columns=("cell", "kind", "found_on", "content", "households", "reported_on", "handed_to", "closed_on"),
    key=("cell", "found_on", "content"),
    searched=("content", "handed_to"),
    filters=("kind",),
    counts={
        "grid_issues": Count("pk", filter=Q(kind=LogKind.ISSUE)),
        "grid_issues_closed": Count("pk", filter=Q(kind=LogKind.ISSUE, closed_on__isnull=False)),
    },
    dated="found_on",
)
class GridLog(CommunityRecord):
    cell = models.ForeignKey(GridCell, verbose_name="网格", on_delete=models.PROTECT, related_name="log")
    kind = models.CharField("类别", max_length=10, choices=LogKind)
    found_on = models.DateField("日期")
    content = models.CharField("内容", max_length=200)
    households = models.PositiveSmallIntegerField("联系户数", null=True, blank=True)
    reported_on = models.DateField("上报日期", null=True, blank=True)
    handed_to = models.CharField("交办", max_length=60, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "网格日志"
        ordering = ["-found_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cell", "found_on", "content"], name="grid_log_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.content}"

    def clean(self) -> None:
        in_order(self, "found_on", "reported_on")
        in_order(self, "found_on", "closed_on")
        if self.kind == LogKind.CONTACT and self.closed_on:
            raise ValidationError({"closed_on": "入户联系没有办结日期；发现问题的请另登记一条“问题”。"})
