"""The forms of the registers."""

from typing import Any

from django import forms
from django.db.models import Max

from communities.forms.revised import RevisedForm
from communities.models import District, Town


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
