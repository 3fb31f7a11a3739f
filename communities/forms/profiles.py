"""The form of a yearly profile."""

from typing import Any

from django import forms
from django.http import QueryDict

from communities.models import YearProfile
from communities.models.profiles import REGISTER_FIELDS
from communities.templatetags.official import fact


class ProfileForm(forms.ModelForm):
    """Last year's value stands beside each field; the revision travels with the form."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = YearProfile
        fields = REGISTER_FIELDS

    def __init__(self, *args: Any, last_year: YearProfile | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in REGISTER_FIELDS:
            field = self.fields[name]
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            if isinstance(field, forms.NullBooleanField):
                field.widget = forms.NullBooleanSelect()
                field.widget.choices = [("unknown", "未填"), ("true", "是"), ("false", "否")]
            previous = getattr(last_year, name, None)
            if previous not in (None, ""):
                field.help_text = f"上年：{fact(previous)}"

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in REGISTER_FIELDS}

    def see_revision(self, revision: int) -> None:
        """Make the next submission of this form one that has seen `revision`."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["revision"] = str(revision)
        self.data = data
