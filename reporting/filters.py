"""What the pages of reports can be narrowed by; filters stay in the address."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet

from communities.filters import TownOfTheDay
from communities.models import Appointment, Category, Community, Town


class UnitFilter(filters.FilterSet):
    """Over `Community.objects.on(day)`: by the town and category of that day (decision 14). Needs `appointment`."""

    town = TownOfTheDay()
    category = filters.ChoiceFilter(label="类别", field_name="place_category", choices=Category, empty_label="全部")

    class Meta:
        model = Community
        fields = ["town", "category"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)

    @property
    def inside(self) -> Q:
        """What was chosen, asked of the `place` of a row."""
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        asked = {"place__town": chosen.get("town"), "place__category": chosen.get("category")}
        return Q(**{name: value for name, value in asked.items() if value})


class ReportFilter(UnitFilter):
    """`listed`: those that fall short, or those of whom it is not known."""

    UNKNOWN = "unknown"

    listed = filters.ChoiceFilter(
        label="名单", choices=[(UNKNOWN, "情况不明的")], empty_label="短板名单", method="leave_alone"
    )

    class Meta:
        model = Community
        fields = ["town", "category", "listed"]

    def leave_alone(self, queryset: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        """Which rows are shown of the communities is for the report to say."""
        return queryset

    @property
    def asks_for_unknown(self) -> bool:
        return self.form.is_valid() and self.form.cleaned_data["listed"] == self.UNKNOWN
