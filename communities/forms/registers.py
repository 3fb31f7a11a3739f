"""The forms of the registers."""

from typing import Any

from communities.forms.revised import RevisedForm
from communities.models import Town, YearProfile
from communities.models.profiles import REGISTER_FIELDS
from communities.revisions import shown


class ProfileForm(RevisedForm):
    """Last year's value stands beside each field."""

    class Meta:
        model = YearProfile
        fields = REGISTER_FIELDS

    def __init__(self, data: Any = None, *, instance: YearProfile, last_year: YearProfile | None) -> None:
        super().__init__(data, instance=instance)
        before = last_year or YearProfile()
        for name in REGISTER_FIELDS:
            previous = shown(before, name)
            self.fields[name].help_text = f"上年：{previous}" if previous else ""


class TownForm(RevisedForm):
    class Meta:
        model = Town
        fields = ["has_community_office"]
