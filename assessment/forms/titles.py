"""The document that names, revokes or restores: its number, date and file, and the units on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.datastructures import MultiValueDict

from assessment.designating import Fault
from assessment.models import Assessment, TitleDocument
from assessment.scores import Effective, effective_scores
from communities.forms.revised import RevisedForm

NUMBER_LENGTH = 60
REASON_LENGTH = 500
FILE_INPUT = {"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx", "class": "form-control"}


@dataclass(frozen=True)
class UnitRow:
    """A unit that can be put on the document, whether it is ticked, and what was refused of it."""

    assessment: Assessment
    score: Effective | None
    chosen: bool
    faults: list[str]


class TitleDocumentForm(forms.Form):
    """`candidates` are the assessments that may be on the document."""

    number = forms.CharField(label="文号", max_length=NUMBER_LENGTH, help_text="照文件填写，如“苏民基〔2012〕38号”。")
    dated = forms.DateField(
        label="成文日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="自这一天起计入或退出目标。",
    )
    file = forms.FileField(
        label="文件",
        required=False,
        widget=forms.FileInput(attrs=FILE_INPUT),
        help_text="文件扫描件，可以暂缺。",
    )
    units = forms.ModelMultipleChoiceField(
        label="单位",
        queryset=Assessment.objects.none(),
        error_messages={"required": "请至少选择一个单位。", "invalid_choice": "所选单位已不能列入，请刷新后重新选择。"},
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, candidates: Any, today: date, chosen: Iterable[int] = ()
    ) -> None:
        super().__init__(data, files)
        self.candidates: list[Assessment] = list(candidates)
        self.chosen = {str(pk) for pk in chosen}
        self.unit_faults: dict[int, list[str]] = {}
        cast("forms.ModelMultipleChoiceField", self.fields["units"]).queryset = candidates
        if not self.is_bound:
            self.fields["dated"].initial = today

    def refuse(self, faults: list[Fault]) -> None:
        """Show what was refused, beside its field and beside its unit."""
        for fault in faults:
            self.add_error(fault.field, fault.message)
            if fault.assessment_id:
                self.unit_faults.setdefault(fault.assessment_id, []).append(fault.message)

    @property
    def ticked(self) -> list[Assessment]:
        """The units as they are ticked on the page."""
        asked = set(map(str, self["units"].value() or [])) if self.is_bound else self.chosen
        return [one for one in self.candidates if str(one.pk) in asked]

    @property
    def rows(self) -> list[UnitRow]:
        scores = effective_scores(self.candidates)
        chosen = {one.pk for one in self.ticked}
        return [
            UnitRow(one, scores.get(one.pk), one.pk in chosen, self.unit_faults.get(one.pk, []))
            for one in self.candidates
        ]


class CorrectionForm(RevisedForm):
    """更正: what the document says, a file in the place of the one it has, and why."""

    upload = forms.FileField(
        label="更换文件",
        required=False,
        widget=forms.FileInput(attrs=FILE_INPUT),
        help_text="不更换的不用选择。",
    )
    reason = forms.CharField(label="更正原因", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))

    class Meta(RevisedForm.Meta):
        model = TitleDocument
        fields = ["number", "dated"]

    def __init__(self, data: Any = None, files: Any = None, *, instance: TitleDocument) -> None:
        super().__init__(data, instance=instance)
        self.files = files or MultiValueDict()
        self.fields["dated"].help_text = "文件所列单位的称号随之改为自这一天起持有或终止。"

    def refuse(self, faults: list[Fault]) -> None:
        """Show what was refused beside its field."""
        for fault in faults:
            self.add_error("upload" if fault.field == "file" else fault.field, fault.message)
