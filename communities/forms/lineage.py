"""The form of what the bureau keeps of a community by hand."""

from typing import Any, cast

from django import forms

from communities.forms.revised import RevisedForm
from communities.models import Community


class CommunityForm(RevisedForm):
    class Meta:
        model = Community
        fields = ["subtype", "statistical_code", "classification_code"]
        help_texts = {
            "statistical_code": "国家统计局公布的12位数字，没有可不填。",
            "classification_code": "3位数字，例如111（主城区）、220（村庄），没有可不填。",
        }

    def __init__(self, data: Any = None, *, instance: Community) -> None:
        super().__init__(data, instance=instance)
        choices = [("", "未填"), *Community.Subtype.choices]
        cast("forms.ChoiceField", self.fields["subtype"]).choices = choices

    def clean_statistical_code(self) -> str:
        code = self.cleaned_data["statistical_code"]
        others = Community.objects.living().exclude(pk=self.instance.pk).select_related("town")
        holder = others.filter(statistical_code=code).first() if code else None
        if holder and holder.town.district_id == self.instance.town.district_id:
            raise forms.ValidationError(f"{code}已是{holder.full_name}的统计用区划代码，请核对。")
        if holder:
            raise forms.ValidationError(f"{code}已是外区社区（村）的统计用区划代码，请核对。")
        return code
