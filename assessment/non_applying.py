"""不申报: who has neither the title nor begun to apply in a year, and why not (R68, decision 15).

自愿申报: nobody is enrolled by the system. A community leaves the list as soon as its self-assessment begins; what it
had said stays.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import django_filters as filters
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from assessment.checks import Obstacle
from assessment.lists import with_assessments
from assessment.models import Assessment, CampaignYear, Designation, NonApplication
from assessment.workflow import Refused
from communities.filters import TownOfTheDay
from communities.models import Appointment, Category, Community, Town
from communities.models.searching import matching
from communities.revisions import revise
from communities.statements import Cell, Column, Kind, Statement
from communities.tables import page_of

TOLD, NOT_TOLD = "1", "0"


def not_applying(
    communities: QuerySet[Community], campaign_year: CampaignYear | None, day: date, states_on: date
) -> QuerySet[Any]:
    """Of `Community.objects.on(day)` those without title and assessment, each with `told`, `told_by`, `told_at`."""
    said = NonApplication.objects.filter(campaign_year=campaign_year, community=OuterRef("pk"))
    held = Designation.objects.held_on(day).filter(community=OuterRef("pk")).order_by()
    listed: QuerySet[Any] = with_assessments(communities, campaign_year, day, states_on)
    return listed.filter(~Exists(held), current_state=None).annotate(
        told=Subquery(said.values("reason")[:1]),
        told_by=Subquery(said.values("by__name")[:1]),
        told_at=Subquery(said.values("at")[:1]),
    )


class NonApplicationFilter(filters.FilterSet):
    """Over `not_applying`. Needs `appointment`."""

    q = filters.CharFilter(label="名称、拼音首字母或代码", method="search")
    town = TownOfTheDay()
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")
    told = filters.ChoiceFilter(
        label="不申报原因",
        choices=[(TOLD, "已说明"), (NOT_TOLD, "未说明")],
        empty_label="不限",
        method="having_told",
    )

    class Meta:
        model = Community
        fields = ["q", "town", "category", "told"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        text = value.strip()
        return queryset.filter(matching(text, "") | Q(place_name__icontains=text) | Q(code__startswith=text))

    def having_told(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(told__isnull=value == NOT_TOLD)


def non_application_statement(communities: Iterable[Any], *, may_explain: bool = False, first: int = 1) -> Statement:
    """The list; who may explain finds the page for it behind each reason."""
    return Statement(
        title="不申报",
        columns=[
            Column("镇（开发区、街道）"),
            Column("社区（村）"),
            Column("类别"),
            Column("不申报原因", Kind.WORDS),
            Column("登记人"),
            Column("登记日期", Kind.DATE),
        ],
        rows=[_row(community, may_explain) for community in communities],
        first=first,
        empty="没有符合条件的社区（村）：都已命名或已开始自评。",
    )


def _row(community: Any, may_explain: bool) -> list[Cell]:
    link = reverse("assessment:non_application", args=[community.code]) if may_explain and community.reachable else ""
    return [
        Cell(community.place_town),
        Cell(community.place_name, page_of(community) or ""),
        Cell(Category(community.place_category).label),
        Cell(community.told or "未说明", link),
        Cell(community.told_by),
        Cell(timezone.localdate(community.told_at) if community.told_at else None),
    ]


def refuse_applicant(community: Community, campaign_year: CampaignYear, *, today: date) -> None:
    """Raise Refused where the community has nothing to explain: it applies, holds the title, or is no longer there."""
    if community.closed_on:
        raise Refused([Obstacle(f"{community.name}已撤销，不需要说明。")])
    if Assessment.objects.filter(community=community, campaign_year=campaign_year).exists():
        raise Refused([Obstacle(f"{community.name}{campaign_year}已开始自评或复核，不需要说明不申报原因。")])
    if Designation.objects.held_on(today).filter(community=community).exists():
        raise Refused([Obstacle(f"{community.name}已命名，不再申报，不需要说明原因。")])


@transaction.atomic
def explain(
    community: Community, campaign_year: CampaignYear, reason: str, *, revision: int, by: Appointment, today: date
) -> None:
    """Write why a community does not apply. `revision` 0 means that the editor saw no reason yet.

    Raises Refused, or communities.revisions.Conflict where somebody else wrote one meanwhile.
    """
    refuse_applicant(community, campaign_year, today=today)
    record, _created = NonApplication.objects.get_or_create(
        community=community, campaign_year=campaign_year, defaults={"revision": 0}
    )
    revise(record, {"reason": reason}, revision=revision, by=by, action="登记不申报原因")
    NonApplication.objects.filter(pk=record.pk).update(by=by.user)
