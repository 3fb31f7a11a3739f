"""What one can look for in the registers; filters stay in the address."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import AuditEvent
from communities.models import Category, Community, Town, YearProfile
from communities.models.searching import matching
from communities.shortfalls import SHORTFALLS


class TownOfTheDay(filters.ModelChoiceFilter):
    """By the town that `Community.objects.on(day)` brings along."""

    def __init__(self) -> None:
        super().__init__(
            label="镇（开发区、街道）", field_name="place_town_id", queryset=Town.objects.none(), empty_label="全部"
        )

    def filter(self, queryset: QuerySet[Any], value: Town | None) -> QuerySet[Any]:
        return super().filter(queryset, value and value.pk)


class CommunityFilter(filters.FilterSet):
    """Over `Community.objects.on(day)`: town and category are those of that day (decision 14).

    Needs `year` (int), `day` and `appointment`; `short` names a row of SHORTFALLS.
    """

    q = filters.CharFilter(label="名称、拼音首字母或代码", method="search")
    town = TownOfTheDay()
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")
    subtype = filters.ChoiceFilter(label="类型", choices=Community.Subtype, empty_label="全部")
    short = filters.ChoiceFilter(
        label="短板",
        choices=[(shortfall.name, shortfall.label) for shortfall in SHORTFALLS.values()],
        empty_label="不限",
        method="falling_short",
    )

    class Meta:
        model = Community
        fields = ["q", "town", "category", "subtype", "short"]

    def __init__(self, *args: Any, year: int, day: date, appointment: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year, self.day = year, day
        self.district = appointment.district
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    def search(self, queryset: QuerySet[Community], _name: str, value: str) -> QuerySet[Community]:
        text = value.strip()
        named = matching(text, "") | Q(place_name__icontains=text) | Q(place_town__icontains=text)
        return queryset.filter(named | Q(code__startswith=text))

    def falling_short(self, queryset: QuerySet[Community], _name: str, value: str) -> QuerySet[Community]:
        short = SHORTFALLS[value].condition(self.district, self.day)
        own = Q(community=OuterRef("pk"), year=self.year)
        return queryset.filter(Exists(YearProfile.objects.placed(self.day).filter(own, short).order_by()))


class AuditFilter(filters.FilterSet):
    actor = filters.CharFilter(label="操作人", lookup_expr="icontains")
    action = filters.CharFilter(label="操作", lookup_expr="icontains")
    object_label = filters.CharFilter(label="对象", lookup_expr="icontains")

    class Meta:
        model = AuditEvent
        fields = ["actor", "action", "object_label"]
