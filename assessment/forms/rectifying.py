"""What is typed about 整改: new ones out of lost points, the report with its photographs, the re-check."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from assessment.models import Item, Rectification
from assessment.rectifying.ordering import Fault, Proposal
from communities.files import UnfitFile, kind_of
from communities.forms.bounded import EARLIEST, LATEST, UNLIKELY_DAY
from communities.forms.revised import RevisedForm

TEXT_LENGTH = 2000
NAME_LENGTH = 30
NUMBER_LENGTH = 30
PICTURES = ".jpg,.jpeg,.png,.pdf,.docx,.xlsx"


class FaultForm(forms.Form):
    """One row of the order: a fault that was found in an item, or one that belongs to none."""

    picked = forms.BooleanField(label="整改", required=False)
    category = forms.ChoiceField(label="类别", choices=Rectification.Category)
    problem = forms.CharField(
        label="存在问题", widget=forms.Textarea(attrs={"rows": 2}), max_length=TEXT_LENGTH, required=False
    )
    requirement = forms.CharField(label="整改要求", max_length=TEXT_LENGTH, required=False)
    owner = forms.CharField(
        label="责任人", max_length=NAME_LENGTH, required=False, widget=forms.TextInput(attrs={"placeholder": "同上"})
    )

    def __init__(self, *args: Any, item: Item | None = None, lost: Decimal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.lost = item, lost
        about = item.code if item else "其他问题"
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{about}：{field.label}"

    def clean_problem(self) -> str:
        problem = self.cleaned_data["problem"].strip()
        if self.cleaned_data.get("picked") and not problem:
            raise forms.ValidationError("请写明存在问题，或取消勾选。")
        return problem


class OrderForm(forms.Form):
    """下达整改: number and last day for all, and a row for each item that lost points."""

    number = forms.CharField(label="整改通知单编号", max_length=NUMBER_LENGTH, help_text="可以修改，本年度内不能重复。")
    due_on = forms.DateField(
        label="整改时限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="含当日。"
    )
    owner = forms.CharField(label="责任人", max_length=NAME_LENGTH)
    requirement = forms.CharField(
        label="总的要求", widget=forms.Textarea(attrs={"rows": 2}), max_length=TEXT_LENGTH, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        proposals: Iterable[Proposal],
        today: date,
        due_on: date,
        number: str,
        with_notice: bool,
    ) -> None:
        super().__init__(data, initial={"number": number, "due_on": due_on})
        self.today = today
        if not with_notice:
            del self.fields["number"], self.fields["requirement"]
        self.rows = [
            FaultForm(
                data,
                prefix=f"row-{one.item.pk}",
                item=one.item,
                lost=one.lost,
                initial={"picked": True, "category": one.category, "problem": one.problem},
            )
            for one in proposals
        ]
        other = {"category": Rectification.Category.OTHER}
        self.other = FaultForm(data, prefix="row-other", initial=other)

    @property
    def all_rows(self) -> list[FaultForm]:
        return [*self.rows, self.other]

    def clean_due_on(self) -> date:
        day = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError("整改时限不能早于今天。")
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(UNLIKELY_DAY)
        return day

    def clean(self) -> None:
        if not all([row.is_valid() for row in self.all_rows]):  # noqa: C419  # why: every row is to say its errors
            raise forms.ValidationError("下面的整改事项有没填好的，请逐行核对。")
        if not any(row.cleaned_data["picked"] for row in self.all_rows):
            raise forms.ValidationError("请至少勾选一项要整改的问题。")

    def faults(self) -> list[Fault]:
        picked = [(row.item, row.cleaned_data) for row in self.all_rows if row.cleaned_data["picked"]]
        owner = self.cleaned_data["owner"]
        return [
            Fault(item, row["category"], row["problem"], row["requirement"], row["owner"] or owner)
            for item, row in picked
        ]


class AmendForm(RevisedForm):
    class Meta(RevisedForm.Meta):
        model = Rectification
        fields = ["category", "problem", "requirement", "owner", "due_on"]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each that is not taken says why."""

    widget = FilesInput(attrs={"multiple": True, "accept": PICTURES, "class": "form-control"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [super(FilesField, self).clean(one, initial) for one in data or []]
        unfit = []
        for file in files:
            try:
                kind_of(file)
            except UnfitFile as error:
                unfit.append(f"{file.name}：{error}")
        if unfit:
            raise forms.ValidationError(unfit)
        return files


class ReportForm(RevisedForm):
    """整改反馈."""

    before = FilesField(label="整改前照片", required=False)
    after = FilesField(
        label="整改后照片或证明材料", required=False, help_text="jpg、png照片或pdf、docx、xlsx文件，可一次选多个。"
    )

    class Meta(RevisedForm.Meta):
        model = Rectification
        fields = ["measure"]

    def __init__(self, data: Any = None, files: Any = None, *, instance: Rectification) -> None:
        super().__init__(data, instance=instance)
        self.files = files or MultiValueDict()
        self.fields["measure"].required = True
        self.fields["measure"].widget.attrs["rows"] = 4

    def values(self) -> dict[str, Any]:
        return {**super().values(), "before": self.cleaned_data["before"], "after": self.cleaned_data["after"]}


class RecheckForm(RevisedForm):
    """复查: 销号 or back."""

    passed = forms.TypedChoiceField(
        label="复查结论",
        choices=[("1", "已整改到位，销号"), ("0", "未整改到位，退回继续整改")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    class Meta(RevisedForm.Meta):
        model = Rectification
        fields = ["verdict"]

    def __init__(self, data: Any = None, *, instance: Rectification) -> None:
        super().__init__(data, instance=instance)
        self.initial["verdict"] = ""
        self.fields["verdict"].widget.attrs["rows"] = 3
        self.fields["verdict"].help_text = "退回继续整改时必填。"
        self.order_fields(["passed", "verdict"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("passed") is False and not given.get("verdict", "").strip():
            self.add_error("verdict", "退回继续整改必须写明复查意见。")
        return given

    def values(self) -> dict[str, Any]:
        return {**super().values(), "passed": self.cleaned_data["passed"]}


class SignForm(forms.Form):
    name = forms.CharField(label="签收人姓名", max_length=NAME_LENGTH)
