"""The forms of the registers."""

from typing import Any

from django import forms
from django.db.models import Max

from communities.forms.revised import RevisedForm
from communities.models import District, Town, YearProfile
from communities.models.profiles import OFFICE_FACTS
from communities.revisions import shown


class ProfileForm(RevisedForm):
    """Last year's value stands beside each field."""

    class Meta:
        model = YearProfile
        fields = OFFICE_FACTS

    def __init__(self, data: Any = None, *, instance: YearProfile, last_year: YearProfile | None) -> None:
        super().__init__(data, instance=instance)
        before = last_year or YearProfile()
        for name in OFFICE_FACTS:
            previous = shown(before, name)
            self.fields[name].help_text = f"上年：{previous}" if previous else ""


class NewTownForm(forms.ModelForm):
    """A town at the end of the administrative order."""

    class Meta:
        model = Town
        fields = ["name", "kind"]

    def __init__(self, data: Any = None, *, district: District) -> None:
        last = district.towns.aggregate(last=Max("sort_order", default=0))["last"]
        super().__init__(data, instance=Town(district=district, sort_order=last + 1))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Town.objects.filter(district=self.instance.district, name=name).exists():
            raise forms.ValidationError(f"{name}已在名录中，不必再加。")
        return name


class TownForm(RevisedForm):
    class Meta:
        model = Town
        fields = ["has_community_office"]
