"""区划调整 on the page: which kind and which units, then what will be, why, and what becomes of what hangs on it."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.dateparse import parse_date

from assessment.models import AssessmentDecision, TitleDecision
from assessment.reorganising import Choice, Choices, assessment_field, running, title_field, titles
from communities.lineage.faults import Fault
from communities.lineage.plans import (
    Kind,
    Plan,
    Terms,
    Unit,
    merging,
    renaming,
    splitting,
    transferring,
    unit_of,
    urbanising,
)
from communities.models import Appointment, Category, Community, Town

MOST_NEW = 4
"""How many new units one split can name on the page; a split into more is recorded in two acts."""

NEW = "new"
ASK = ("", "请选择")
PASS_ON = AssessmentDecision.Outcome.PASS_ON.value
REASON_LENGTH = 500
LONGEST_NAME = Community._meta.get_field("name").max_length


class UnitsForm(forms.Form):
    """The first step: the kind, the town, and the town's communities it is about."""

    kind = forms.ChoiceField(label="调整类别", choices=Kind)
    town = forms.ModelChoiceField(label="镇（开发区、街道）", queryset=Town.objects.none(), empty_label="请选择")
    units = forms.ModelMultipleChoiceField(
        label="涉及的社区（村）",
        queryset=Community.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
        help_text="合并选两个以上，其他调整选一个。",
    )

    def __init__(self, data: Any = None, *, appointment: Appointment) -> None:
        super().__init__(data)
        towns = Town.objects.visible_to(appointment)
        cast("forms.ModelChoiceField", self.fields["town"]).queryset = towns
        living = Community.objects.visible_to(appointment).living().select_related("town__district")
        units = cast("forms.ModelMultipleChoiceField", self.fields["units"])
        units.queryset = living
        asked = str(self.data.get("town", ""))
        town = next((town for town in towns if str(town.pk) == asked), None)
        units.choices = [(one.code, one.name) for one in living if one.town_id == town.pk] if town else []
        if town is None:
            del self.fields["units"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = data.get("units")
        if not chosen or "kind" not in data:
            return data
        if data["kind"] == Kind.MERGER and len(chosen) == 1:
            self.add_error("units", "合并至少要选两个社区（村）。")
        if data["kind"] != Kind.MERGER and len(chosen) > 1:
            self.add_error("units", f"{Kind(data['kind']).label}一次只办理一个社区（村），请只选一个。")
        return data

    @property
    def sources(self) -> list[Community]:
        """The units chosen, none as long as the step is not done."""
        return list(self.cleaned_data.get("units") or []) if self.is_bound and self.is_valid() else []


class ReorganiseForm(forms.Form):
    """The second step, for `kind` and `sources`: what will be, why, every decision, and the confirmation."""

    effective_on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="自这一天起按调整后统计，以前的日子仍按调整前统计。",
    )
    document_number = forms.CharField(
        label="批准文号", max_length=60, required=False, help_text="没有批准文件的可不填。"
    )
    reason = forms.CharField(
        label="调整理由",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LENGTH,
        help_text="同时作为考评终止、转出和命名去向的理由。",
    )

    def __init__(self, data: Any = None, *, kind: str, sources: list[Community], today: date) -> None:
        super().__init__(data)
        self.kind, self.sources = Kind(kind), sources
        common = dict(self.fields)
        day = parse_day(self.data.get("effective_on", "")) or today
        self.running, self.titles = running(sources, day), titles(sources)
        self.fields = {**FIELDS_OF_A_KIND[self.kind](sources), **common, **self._decisions()}
        self.fields["confirmed"] = forms.BooleanField(
            label="以上内容已核对无误，确认办理", error_messages={"required": "请核对后勾选确认。"}
        )

    def _decisions(self) -> dict[str, forms.Field]:
        """One choice for each running assessment and each title in force."""
        required = {"required": "请作出决定。"}
        found: dict[str, forms.Field] = {}
        for one in self.running:
            label = f"{one.community.name}{one.campaign_year}考评（{one.status.label}）"
            choices = self._choices(AssessmentDecision.Outcome)
            found[assessment_field(one)] = forms.ChoiceField(label=label, choices=choices, error_messages=required)
        for title in self.titles:
            label = f"{title.community.name}的称号（{title.campaign_year}，{title.document_number}）"
            choices = self._choices(TitleDecision.Outcome)
            found[title_field(title)] = forms.ChoiceField(label=label, choices=choices, error_messages=required)
        return found

    def _choices(self, outcomes: type[AssessmentDecision.Outcome] | type[TitleDecision.Outcome]) -> list[Any]:
        """The outcomes as one chooses them: only a merger or a split has somebody to pass on to, a split several."""
        passing: list[tuple[str, str]] = []
        if self.kind == Kind.MERGER:
            passing = [(f"{PASS_ON}-1", outcomes.PASS_ON.label.replace("新单位", "合并后的单位"))]
        if self.kind == Kind.SPLIT:
            passing = [
                (f"{PASS_ON}-{number}", outcomes.PASS_ON.label.replace("新单位", f"新单位{number}"))
                for number in range(1, MOST_NEW + 1)
            ]
        keep, end = outcomes.KEEP, outcomes.END
        return [ASK, (keep.value, keep.label), *passing, (end.value, end.label)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = [data.get(f"name_{number}", "") for number in range(1, MOST_NEW + 1)]
        for number, name in enumerate(names, start=1):
            if not name and any(names[number:]) and f"name_{number}" in self.fields:
                self.add_error(f"name_{number}", "请从新单位1起依次填写。")
        return data

    def plan(self) -> Plan:
        return PLAN_OF_A_KIND[self.kind](self.sources, self.cleaned_data)

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(data["effective_on"], data["reason"], data["document_number"])

    def choices(self) -> Choices:
        """The decisions as the service takes them; a result is counted within the plan, behind a source that stays."""
        staying = 1 if self.cleaned_data.get("lives_on") == "yes" else 0

        def choice(name: str) -> Choice:
            outcome, _dash, number = self.cleaned_data[name].partition("-")
            return Choice(outcome, int(number) - 1 + staying) if number else Choice(outcome)

        return Choices(
            {one.pk: choice(assessment_field(one)) for one in self.running},
            {title.pk: choice(title_field(title)) for title in self.titles},
        )

    def refuse(self, faults: list[Fault]) -> None:
        """Show what the service refused, each fault beside its field."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)

    @property
    def of_the_act(self) -> list[forms.BoundField]:
        """What will be, from when and why."""
        return [bound for bound in self if bound.name not in {"confirmed", *self._decided}]

    @property
    def decisions(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name in self._decided]

    @property
    def _decided(self) -> set[str]:
        return {*map(assessment_field, self.running), *map(title_field, self.titles)}


def parse_day(text: str) -> date | None:
    """A day as the browser sends it, None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


# --- what each kind asks for, and what it makes of the answers -------------------------------------------------------
def name(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_NAME, required=required, help_text=help_text)


def category(sources: list[Community]) -> forms.ChoiceField:
    return forms.ChoiceField(label="新单位类别", choices=Category, initial=sources[0].category)


def fields_of_merger(sources: list[Community]) -> dict[str, forms.Field]:
    choices = [ASK, *((one.code, f"并入{one.name}，其他撤销") for one in sources), (NEW, "设立新单位，原单位都撤销")]
    return {
        "result": forms.ChoiceField(label="合并后的单位", choices=choices),
        "name": name("新单位名称", help_text="设立新单位时填写；可以沿用其中一个原名称。"),
        "category": category(sources),
    }


def fields_of_split(sources: list[Community]) -> dict[str, forms.Field]:
    choices = [ASK, ("yes", f"{sources[0].name}保留，另设新单位"), ("no", f"{sources[0].name}撤销，都是新单位")]
    return {
        "lives_on": forms.ChoiceField(label="原单位", choices=choices),
        **{f"name_{number}": name(f"新单位{number}名称") for number in range(1, MOST_NEW + 1)},
        "category": category(sources),
    }


def fields_of_transfer(sources: list[Community]) -> dict[str, forms.Field]:
    towns = Town.objects.filter(district=sources[0].town.district_id)
    return {"town": forms.ModelChoiceField(label="调整到", queryset=towns, empty_label="请选择")}


FIELDS_OF_A_KIND: dict[Kind, Callable[[list[Community]], dict[str, forms.Field]]] = {
    Kind.MERGER: fields_of_merger,
    Kind.SPLIT: fields_of_split,
    Kind.RENAMING: lambda _sources: {"name": name("新名称", required=True)},
    Kind.TRANSFER: fields_of_transfer,
    Kind.URBANISATION: lambda _sources: {"name": name("改居后的名称", help_text="不填则名称不变。")},
}


def plan_of_merger(sources: list[Community], data: dict[str, Any]) -> Plan:
    living = next((one for one in sources if one.code == data["result"]), None)
    new = Unit(data["name"], sources[0].town, data["category"])
    return merging(sources, into=unit_of(living) if living else new)


def plan_of_split(sources: list[Community], data: dict[str, Any]) -> Plan:
    names = [data[f"name_{number}"] for number in range(1, MOST_NEW + 1)]
    new = [Unit(one, sources[0].town, data["category"]) for one in names if one]
    return splitting(sources[0], into=new, lives_on=data["lives_on"] == "yes")


PLAN_OF_A_KIND: dict[Kind, Callable[[list[Community], dict[str, Any]], Plan]] = {
    Kind.MERGER: plan_of_merger,
    Kind.SPLIT: plan_of_split,
    Kind.RENAMING: lambda sources, data: renaming(sources[0], name=data["name"]),
    Kind.TRANSFER: lambda sources, data: transferring(sources[0], town=data["town"]),
    Kind.URBANISATION: lambda sources, data: urbanising(sources[0], name=data["name"]),
}
