"""What is asked for when a frame is frozen, drawn from, changed and planned (R75, R77-R80)."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from assessment.forms.scores import REASON_LENGTH
from assessment.models import FrameUnit, Inspection, SamplingDraw, Stage
from assessment.sampling.drawing import SEED_LENGTH, begun
from communities.forms.bounded import EARLIEST, LATEST, UNLIKELY_DAY
from communities.forms.revised import RevisedForm, suit_people
from communities.templatetags.official import fact, plain

USUAL_RATIO = 30


class FreezeForm(forms.Form):
    ratio = forms.DecimalField(
        label="抽样比例（%）",
        max_digits=5,
        decimal_places=2,
        min_value=0.01,
        max_value=100,
        help_text="按类别、性质分别计算，有小数的进一位，每类至少抽一个。",
    )
    without_named = forms.CharField(
        label="没有已命名单位的说明",
        max_length=200,
        required=False,
        help_text="只在还没有任何已命名单位（如创建第一年）时填写。",
    )

    def __init__(self, data: Any = None, *, stage: str, draw: SamplingDraw | None, anybody_is_named: bool) -> None:
        ratio = draw.ratio if draw else USUAL_RATIO
        super().__init__(
            data, initial={"ratio": Decimal(plain(ratio)), "without_named": draw.without_named if draw else ""}
        )
        if stage != Stage.PROVINCE or anybody_is_named:
            del self.fields["without_named"]


class SeedForm(forms.Form):
    """The draw. `digest` is that of the frame that was on the page, so that nobody draws from another unseen."""

    seed = forms.CharField(
        label="种子",
        min_length=SEED_LENGTH,
        max_length=100,
        help_text="由见证人当场摇号、掷骰等产生，抽样前无人知道的数字或文字，不少于4个字符；首尾空白不计。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    place = forms.CharField(label="抽样地点", max_length=100)
    host = forms.CharField(label="主持人", max_length=60)
    witnesses = forms.CharField(
        label="见证人", max_length=200, help_text="至少一名，几名之间用“、”隔开，写明单位和姓名。"
    )
    digest = forms.CharField(label="抽样框摘要", widget=forms.HiddenInput)
    confirmed = forms.BooleanField(
        label="已当众核对抽样框和种子。抽样只进行一次，确认后不能撤回、不能重抽。",
        error_messages={"required": "请核对后勾选确认。"},
    )


class ReplaceForm(forms.Form):
    """Only units whose visit has not begun can be replaced; who comes is for the keys to say."""

    removed = forms.ModelChoiceField(label="调出单位", queryset=FrameUnit.objects.none(), empty_label="请选择")
    reason = forms.CharField(label="调换原因", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, draw: SamplingDraw) -> None:
        super().__init__(data)
        visited = Inspection.objects.filter(begun(draw)).order_by().values("assessment")
        units = FrameUnit.objects.filter(draw=draw, drawn=True).exclude(assessment__in=visited)
        cast("forms.ModelChoiceField", self.fields["removed"]).queryset = units


class VisitForm(RevisedForm):
    """The group with its programme, and a day for each drawn unit (R77)."""

    class Meta(RevisedForm.Meta):
        model = SamplingDraw
        fields = ["group"]
        widgets = {"group": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, data: Any = None, *, instance: SamplingDraw, units: list[FrameUnit]) -> None:
        super().__init__(data, instance=instance)
        self.fields["group"].label = "考评组成员和日程"
        self.units = {f"visit-{unit.pk}": unit for unit in units}
        for name, unit in self.units.items():
            field = forms.DateField(label=str(unit), required=False)
            field.validators += [MinValueValidator(EARLIEST, UNLIKELY_DAY), MaxValueValidator(LATEST, UNLIKELY_DAY)]
            suit_people(field)
            self.fields[name] = field
            self.initial[name] = unit.visit_on

    @property
    def visit_fields(self) -> list[tuple[FrameUnit, forms.BoundField]]:
        return [(unit, self[name]) for name, unit in self.units.items()]

    @property
    def days(self) -> dict[int, date | None]:
        """What was typed, by the unit's id."""
        return {unit.pk: self.cleaned_data.get(name) for name, unit in self.units.items()}

    def face(self, current: Any) -> list[tuple[str, str, str]]:
        """Go on from what somebody else saved, days included."""
        stored = dict(FrameUnit.objects.filter(draw=current).values_list("pk", "visit_on"))
        days = [(str(unit), fact(stored.get(unit.pk)), fact(self.days[unit.pk])) for unit in self.units.values()]
        return [*super().face(current), *((name, theirs, mine) for name, theirs, mine in days if theirs != mine)]
