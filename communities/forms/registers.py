"""The forms of the registers."""

from typing import Any

from django import forms
from django.db.models import Max

from communities.forms.revised import RevisedForm
from communities.models import District, Town
from communities.models.records import PHONE


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


OFFICE_FACTS = ("office_name", "office_head", "office_phone", "office_set_up_on")


class TownForm(RevisedForm):
    """The kind of a town, and its 社区科（办） (R4)."""

    class Meta:
        model = Town
        fields = ["kind", "has_community_office", *OFFICE_FACTS]

    def clean_office_phone(self) -> str:
        phone = self.cleaned_data["office_phone"]
        if phone:
            PHONE(phone)
        return phone

    def clean(self) -> dict[str, Any]:
        """Whoever tells of an office says that there is one."""
        cleaned = super().clean() or {}
        if cleaned.get("has_community_office") is not True and any(cleaned.get(name) for name in OFFICE_FACTS):
            self.add_error("has_community_office", "已填写社区科（办）的名称、负责人、电话或成立日期，请选“是”。")
        return cleaned
