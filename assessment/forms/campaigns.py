"""The terms of a campaign as the bureau edits them."""

from typing import Any

from assessment.models import Campaign, CampaignYear
from communities.forms.revised import RevisedForm
from communities.models import District
from communities.templatetags.official import plain


class CampaignForm(RevisedForm):
    class Meta:
        model = Campaign
        fields = ["name", "pass_mark"]


class CampaignYearForm(RevisedForm):
    """Targets are cumulative: no year may ask for less than the one before it."""

    class Meta:
        model = CampaignYear
        fields = ["deadline", "urban_target", "rural_target", "milestone"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for other in self.instance.campaign.years.exclude(pk=self.instance.pk):
            earlier = other.year < self.instance.year
            for name in ("urban_target", "rural_target"):
                mine, theirs = data.get(name), getattr(other, name)
                if mine is not None and (mine < theirs if earlier else mine > theirs):
                    word = "低" if earlier else "高"
                    self.add_error(name, f"目标是累计数，不能{word}于{other}的{plain(theirs)}%。")
        return data


class DecisionsForm(RevisedForm):
    class Meta:
        model = District
        fields = ["staffing_rounding", "staffing_households"]
