"""What checkers, and those who name them, fill in."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms

from assessment.forms.scores import REASON_LENGTH, read_points
from assessment.inspecting.methods import METHODS, methods_of
from assessment.inspecting.rights import DISTRICT_CHECKERS, eligible
from assessment.models import Assessment, Inspection, Item, Method, Signature, Stage
from communities.forms.bounded import bounded
from communities.forms.revised import RevisedForm
from communities.models import Appointment, District

NAME_LENGTH = 30
RECORD_LENGTH = 2000
COUNTS = ("satisfaction_asked", "satisfied", "awareness_asked", "aware")
PAIRS = {"satisfied": "satisfaction_asked", "aware": "awareness_asked"}
"""Who answered well, among whom."""


class FactsForm(RevisedForm):
    """Date, place, record, the counts of 座谈走访, and the two signatures, which go by the side's name."""

    checker = forms.CharField(label="检查人员签字", max_length=NAME_LENGTH, required=False)
    unit = forms.CharField(label="社区（村）代表签字", max_length=NAME_LENGTH, required=False)

    class Meta:
        model = Inspection
        fields = ["inspected_on", "place", "checkers", "record", *COUNTS]
        formfield_callback = bounded
        widgets = {"record": forms.Textarea(attrs={"rows": 4, "maxlength": RECORD_LENGTH})}

    def __init__(self, data: Any = None, *, instance: Inspection, signed: dict[str, Signature], today: date) -> None:
        super().__init__(data, instance=instance)
        self.today = today
        self.fields["revision"].widget.attrs["data-revision"] = ""
        if instance.method != Method.INTERVIEW:
            for name in COUNTS:
                del self.fields[name]
        for side in Signature.Side:
            self.initial[side.value] = signed[side].name if side in signed else ""
            if side in signed:
                self.fields[side.value].help_text = "已签"
        for name, field in self.fields.items():
            if name != "revision":
                field.widget.attrs["data-field"] = name
            if name in COUNTS:
                field.widget.attrs["inputmode"] = "numeric"

    def clean_inspected_on(self) -> date | None:
        day = self.cleaned_data["inspected_on"]
        if day and day > self.today:
            raise forms.ValidationError("检查日期不能晚于今天。")
        return day

    def clean_record(self) -> str:
        record = self.cleaned_data["record"]
        if len(record) > RECORD_LENGTH:
            raise forms.ValidationError(f"情况记录有{len(record)}字，请控制在{RECORD_LENGTH}字以内。")
        return record

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for part, whole in PAIRS.items():
            well, asked = cleaned.get(part), cleaned.get(whole)
            if well is not None and whole in cleaned and (asked is None or well > asked):
                label, of = self.fields[part].label, self.fields[whole].label
                self.add_error(part, f"{label}不能多于{of}。" if asked is not None else f"请先填写{of}。")
        return cleaned

    @property
    def signed_names(self) -> dict[Signature.Side, str]:
        return {side: self.cleaned_data[side.value].strip() for side in Signature.Side}


class CheckerField(forms.ModelChoiceField):
    """A person as they are chosen: 赵科员（牛塘镇）."""

    default_error_messages = {
        "invalid_choice": "所选人员不能检查该单位：本镇人员不检查本镇单位（交叉检查），市、省由各自的考评人员检查。"
    }

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.name}（{obj.unit_name}）"


def people_of(form: forms.Form, name: str) -> forms.ModelChoiceField:
    return cast("forms.ModelChoiceField", form.fields[name])


class AssignForm(forms.Form):
    """A method of a stage and who is to check by it; only people who may are offered and taken."""

    method = forms.ChoiceField(label="测评方法")
    inspector = CheckerField(label="检查人员", queryset=Appointment.objects.none(), empty_label="请选择")

    def __init__(self, data: Any = None, *, assessment: Assessment, stage: Stage, initial: Any = None) -> None:
        super().__init__(data, auto_id=f"{stage.value}-%s", initial=initial)
        method, inspector = cast("forms.ChoiceField", self.fields["method"]), people_of(self, "inspector")
        method.choices = [(one.value, one.label) for one in methods_of(stage)]
        inspector.queryset = eligible(assessment, stage)


class ReassignForm(forms.Form):
    to = CheckerField(label="改派给", queryset=Appointment.objects.none(), empty_label="请选择")

    def __init__(self, data: Any = None, *, inspection: Inspection) -> None:
        super().__init__(data)
        people_of(self, "to").queryset = eligible(inspection.assessment, Stage(inspection.stage)).exclude(
            user=inspection.inspector_id
        )


class DistributeForm(forms.Form):
    """Which methods are dealt out, and to whom."""

    methods = forms.MultipleChoiceField(
        label="测评方法",
        choices=[(method.value, method.label) for method in METHODS[Stage.DISTRICT]],
        widget=forms.CheckboxSelectMultiple,
    )
    inspectors = forms.ModelMultipleChoiceField(
        label="检查人员",
        queryset=Appointment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请先选择检查人员。"},
    )

    def __init__(self, data: Any = None, *, district: District, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        checkers = Appointment.objects.current().filter(district=district, role__in=DISTRICT_CHECKERS)
        checkers = checkers.select_related("user", "town", "district", "community", "department")
        people_of(self, "inspectors").queryset = checkers.order_by("role", "town__sort_order", "pk")

    @property
    def chosen_methods(self) -> list[Method]:
        return [Method(name) for name in self.cleaned_data["methods"]]

    @property
    def chosen_inspectors(self) -> Iterable[Appointment]:
        return list(self.cleaned_data["inspectors"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH)


class RulingForm(forms.Form):
    """A ruling; `points` blank lets the lowest score count again. `seen` is the ruling that was shown."""

    points = forms.CharField(label="裁定分", required=False, max_length=10)
    reason = forms.CharField(label="裁定理由", widget=forms.Textarea(attrs={"rows": 4}), max_length=REASON_LENGTH)
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, item: Item, ruled: bool, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.item, self.ruled = item, ruled
        self.fields["points"].widget.attrs["inputmode"] = "decimal"
        if ruled:
            self.fields["points"].help_text = "留空即撤销裁定，恢复按最低分计。"

    def clean_points(self) -> Any:
        points = read_points(self.cleaned_data["points"], self.item)
        if points is None and not self.ruled:
            raise forms.ValidationError("请填写裁定分。")
        return points
