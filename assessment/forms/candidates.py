"""创建名单: fixing a version, and what is raised against it while it is shown in public."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from assessment.forms.consulting import NUMBER_LENGTH, DayField
from assessment.forms.scores import REASON_LENGTH
from assessment.models import Assessment, Candidate, NoticeObjection
from communities.forms.bounded import RecordsField


class FreezeForm(forms.Form):
    """The units to be put on the list, all that are ready ticked, with number, date and 公示."""

    add = RecordsField(
        label="列入名单的单位",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices choices-wide"}),
        error_messages={"required": "请至少选择一个单位。"},
    )
    number = forms.CharField(label="文号", max_length=NUMBER_LENGTH)
    dated = DayField(label="名单日期")
    notice_from = DayField(label="公示开始", required=False, help_text="不公示的不填。")
    notice_until = DayField(label="公示结束", required=False, help_text="含当日；一般公示5至7个工作日。")

    def __init__(
        self,
        data: Any = None,
        *,
        received: QuerySet[Assessment],
        ready: Sequence[Assessment],
        today: date,
        **kwargs: Any,
    ) -> None:
        """`ready` are offered; any of `received` may be sent, and what has come up against it since is told."""
        super().__init__(data, initial={"dated": today, "add": [unit.pk for unit in ready]}, **kwargs)
        labels = [(unit.pk, f"{unit.community.full_name}　{unit.community.get_category_display()}") for unit in ready]
        cast("RecordsField", self.fields["add"]).offer(
            received.select_related("community__town", "campaign_year__campaign"), shown=labels
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("notice_from"), data.get("notice_until")
        if self.errors.keys() & {"notice_from", "notice_until"}:
            return data
        if (first is None) != (last is None):
            self.add_error("notice_until" if first else "notice_from", "公示的开始和结束日期要么都填，要么都不填。")
        elif first and last and last < first:
            self.add_error("notice_until", "公示结束日期不能早于开始日期。")
        return data

    def terms(self) -> dict[str, Any]:
        """Keyword arguments of `candidates.freeze` and `revise`."""
        return {name: self.cleaned_data[name] for name in ("number", "dated", "notice_from", "notice_until")}


class ReviseForm(FreezeForm):
    """The next version: who comes in, who goes out, and why."""

    remove = RecordsField(
        label="移出名单的单位",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices choices-wide"}),
        help_text="只有还没有进入市抽查的单位可以移出；移出后不能再列入本年度名单。",
    )
    reason = forms.CharField(label="变更原因", widget=forms.Textarea(attrs={"rows": 3}), max_length=REASON_LENGTH)

    field_order = ["add", "remove", "reason", "number", "dated", "notice_from", "notice_until"]

    def __init__(self, data: Any = None, *, listed: QuerySet[Assessment], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["add"].required = False
        self.fields["add"].label = "增加的单位"
        self.initial["add"] = []
        units = listed.select_related("community__town", "campaign_year__campaign")
        names = [(unit.pk, unit.community.full_name) for unit in units]
        cast("RecordsField", self.fields["remove"]).offer(units, shown=names)

    def terms(self) -> dict[str, Any]:
        return {**super().terms(), "reason": self.cleaned_data["reason"]}


class ObjectionForm(forms.Form):
    """What was said against a unit of the list, when, and by whom; the name may be left out."""

    assessment = forms.TypedChoiceField(label="反映的单位", coerce=int)
    received_on = DayField(label="收到日期")
    raised_by = forms.CharField(label="反映人", max_length=60, required=False, help_text="匿名的不填。")
    text = forms.CharField(label="反映内容", widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH)

    def __init__(self, data: Any = None, *, candidates: Sequence[Candidate], today: date) -> None:
        super().__init__(data, initial={"received_on": today})
        choices = [("", "请选择"), *((one.assessment_id, str(one)) for one in candidates)]
        cast("forms.TypedChoiceField", self.fields["assessment"]).choices = choices


class OutcomeForm(forms.Form):
    """What the inquiry into an objection found."""

    outcome = forms.CharField(
        label="核查结果和处理意见", widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, objection: NoticeObjection) -> None:
        super().__init__(data, initial={"outcome": objection.outcome, "revision": objection.revision})
