"""Forms of the calendar and of exceptions from the deadline."""

from datetime import date
from typing import Any, cast

import django_filters as filters
from django import forms

from assessment.models import CampaignDate, CampaignYear, DeadlineException
from communities.forms.bounded import LATEST
from communities.forms.revised import RevisedForm
from communities.models import Appointment, Community, Town
from communities.templatetags.official import fact

REASON_LENGTH = 300


class CampaignDateForm(RevisedForm):
    """The dates of one entry, within the year or the one after it."""

    class Meta:
        model = CampaignDate
        fields = ["begins", "ends", "note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year = self.instance.campaign_year.year
        for name, latest in (("begins", year), ("ends", year + 1)):
            day = data.get(name)
            if day and not year <= day.year <= latest:
                span = f"{year}年" if latest == year else f"{year}年至{latest}年"
                self.add_error(name, f"日期应在{span}内，请核对。")
        if data.get("begins") and data.get("ends") and data["ends"] < data["begins"]:
            self.add_error("ends", "结束日期不能早于开始日期。")
        return data


class ExceptionForm(forms.Form):
    """Whom it is for, until when, why and by whose decision. What is wrong with the day, the service says."""

    town = forms.ModelChoiceField(label="镇（开发区、街道）", queryset=Town.objects.none(), empty_label="请选择")
    community = forms.CharField(
        label="社区（村）名称或代码",
        required=False,
        max_length=60,
        help_text="只给一个社区（村）延期时填写；不填即全镇延期。",
    )
    until = forms.DateField(
        label="延期至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="含当日，至24:00止。延期只会延长，不会缩短申报时间。",
    )
    approver = forms.CharField(label="批准人", max_length=30)
    reason = forms.CharField(
        label="延期原因",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LENGTH,
        help_text="登记后不能修改或删除，有关镇和社区（村）长期可见。",
    )

    def __init__(
        self, data: Any = None, *, appointment: Appointment, campaign_year: CampaignYear, initial: Any
    ) -> None:
        super().__init__(data, initial=initial)
        towns = Town.objects.visible_to(appointment)
        cast("forms.ModelChoiceField", self.fields["town"]).queryset = towns
        self.fields["until"].help_text += f"{campaign_year}申报截止日期为{fact(campaign_year.deadline)}。"

    def clean_until(self) -> date:
        day = self.cleaned_data["until"]
        if day > LATEST:
            raise forms.ValidationError(f"日期不能晚于{fact(LATEST)}，请核对。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = (data.get("community") or "").strip()
        data["community"] = None
        if asked and data.get("town"):
            living = Community.objects.living().filter(town=data["town"])
            data["community"] = living.filter(code=asked).first() or living.filter(name=asked).first()
            if data["community"] is None:
                self.add_error("community", f"{data['town']}没有名称或代码为“{asked}”的社区（村），请核对。")
        return data


class ExceptionFilter(filters.FilterSet):
    """The exceptions of a year by town."""

    town = filters.ModelChoiceFilter(label="镇（开发区、街道）", queryset=Town.objects.none(), empty_label="全部")

    class Meta:
        model = DeadlineException
        fields = ["town"]

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["town"].queryset = Town.objects.visible_to(appointment)
