"""Forms over one record, which remember the state of it that was read."""

from decimal import Decimal
from typing import Any

from django import forms

from communities.forms.bounded import bounded
from communities.revisions import label, shown
from communities.templatetags.official import plain


class RevisedForm(forms.ModelForm):
    """The revision travels with the form, so that the save can tell whether somebody else came first."""

    revision = forms.IntegerField(label="修改次数", widget=forms.HiddenInput)

    class Meta:
        fields: list[str] = []
        formfield_callback = bounded

    def __init__(self, data: Any = None, *, instance: Any) -> None:
        super().__init__(data, instance=instance)
        self.initial["revision"] = instance.revision
        for name, value in self.initial.items():
            if isinstance(value, Decimal):
                self.initial[name] = plain(value)
        for field in self.fields.values():
            suit_people(field)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}

    def face(self, current: Any) -> list[tuple[str, str, str]]:
        """Go on from what somebody else saved: (field, their value, one's own) where they differ."""
        self.data = {**self.data.dict(), "revision": str(current.revision)}  # type: ignore[attr-defined]
        names = [name for name in self.Meta.fields if name in self.fields]
        pairs = [(label(current, name), shown(current, name), shown(self.instance, name)) for name in names]
        return [(name, theirs, mine) for name, theirs, mine in pairs if theirs != mine]


def suit_people(field: forms.Field) -> None:
    """Dates by the browser's own picker; yes, no and 未填 in words."""
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if isinstance(field, forms.NullBooleanField):
        field.widget = forms.NullBooleanSelect()
        field.widget.choices = [("unknown", "未填"), ("true", "是"), ("false", "否")]
