"""What one can look for in the registers; filters stay in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent
from communities.models import Category, Community, Town, YearProfile
from communities.shortfalls import SHORTFALLS, last_day


class CommunityFilter(filters.FilterSet):
    """Needs `year` (int) and `appointment`; `short` names a row of SHORTFALLS."""

    q = filters.CharFilter(label="名称或代码", method="search")
    town = filters.ModelChoiceFilter(label="镇（开发区、街道）", queryset=Town.objects.none(), empty_label="全部")
    category = filters.ChoiceFilter(label="类别", choices=Category, empty_label="全部")
    short = filters.ChoiceFilter(
        label="短板",
        choices=[(shortfall.name, shortfall.label) for shortfall in SHORTFALLS.values()],
        empty_label="不限",
        method="falling_short",
    )

    class Meta:
        model = Community
        fields = ["q", "town", "category", "short"]

    def __init__(self, *args: Any, year: int, appointment: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.district = appointment.district
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Community], _name: str, value: str) -> QuerySet[Community]:
        text = value.strip()
        return queryset.filter(Q(name__icontains=text) | Q(code__startswith=text) | Q(town__name__icontains=text))

    def falling_short(self, queryset: QuerySet[Community], _name: str, value: str) -> QuerySet[Community]:
        short = SHORTFALLS[value].condition(self.district, last_day(self.year, timezone.localdate()))
        profiles = YearProfile.objects.filter(short, year=self.year).order_by()
        return queryset.filter(pk__in=profiles.values("community"))


class AuditFilter(filters.FilterSet):
    actor = filters.CharFilter(label="操作人", lookup_expr="icontains")
    action = filters.CharFilter(label="操作", lookup_expr="icontains")
    object_label = filters.CharFilter(label="对象", lookup_expr="icontains")

    class Meta:
        model = AuditEvent
        fields = ["actor", "action", "object_label"]
