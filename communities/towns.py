"""The towns as a list, and their fixed administrative order (R4, R28, R33)."""

from collections.abc import Iterable
from typing import Any

import django_filters as filters
from django.db import transaction
from django.db.models import Max, QuerySet

from accounts import audit
from communities.models import Appointment, Town
from communities.statements import Cell, Column, Kind, Statement
from communities.templatetags.official import fact

UP, DOWN = "up", "down"
OFFICE = {"yes": True, "no": False, "unknown": None}


class MovedMeanwhile(Exception):
    """Somebody else changed the order; nothing was moved."""


class TownFilter(filters.FilterSet):
    """`office=no` lists the towns without a 社区科（办） (R4)."""

    kind = filters.ChoiceFilter(label="类别", choices=Town.Kind, empty_label="全部")
    office = filters.ChoiceFilter(
        label="社区科（办）",
        choices=[("yes", "已成立"), ("no", "未成立"), ("unknown", "未填")],
        empty_label="不限",
        method="having_office",
    )

    class Meta:
        model = Town
        fields = ["kind", "office"]

    def having_office(self, queryset: QuerySet[Town], _name: str, value: str) -> QuerySet[Town]:
        return queryset.filter(has_community_office=OFFICE[value])


def town_statement(towns: Iterable[Any]) -> Statement:
    """The towns with their offices; each comes with `total`, the number of its communities."""
    return Statement(
        title="镇（开发区、街道）",
        columns=[
            Column("名称"),
            Column("类别"),
            Column("排列顺序", Kind.NUMBER),
            Column("社区（村）数", Kind.NUMBER),
            Column("已成立社区科（办）"),
            Column("科（办）名称"),
            Column("负责人"),
            Column("办公电话"),
            Column("成立日期", Kind.DATE),
        ],
        rows=[
            [
                *(Cell(town.name), Cell(town.get_kind_display()), Cell(town.sort_order), Cell(town.total)),
                *(Cell(fact(town.has_community_office) or "未填"), Cell(town.office_name), Cell(town.office_head)),
                *(Cell(town.office_phone), Cell(town.office_set_up_on)),
            ]
            for town in towns
        ],
    )


@transaction.atomic
def move(town: Town, direction: str, *, by: Appointment) -> bool:
    """Change places with the neighbour above or below; False at the end of the order. Raises MovedMeanwhile.

    The order is unique in a district, so one of the two steps aside first.
    """
    others = Town.objects.filter(district=town.district_id)
    if direction == UP:
        neighbour = others.filter(sort_order__lt=town.sort_order).order_by("-sort_order").first()
    else:
        neighbour = others.filter(sort_order__gt=town.sort_order).order_by("sort_order").first()
    if neighbour is None:
        return False
    aside = others.aggregate(last=Max("sort_order"))["last"] + 1
    _place(town, town.sort_order, aside)
    _place(neighbour, neighbour.sort_order, town.sort_order)
    _place(town, aside, neighbour.sort_order)
    audit.record(
        "调整镇（开发区、街道）顺序",
        town,
        by=by.user,
        before={"排列顺序": town.sort_order},
        after={"排列顺序": neighbour.sort_order, "对调": neighbour.name},
    )
    return True


def _place(town: Town, seen: int, order: int) -> None:
    if not Town.objects.filter(pk=town.pk, sort_order=seen).update(sort_order=order):
        raise MovedMeanwhile
