"""What is typed beside a letter: its number, who signs it, when, and whom to ask. It is not stored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from reporting.letters.letter import Mode, numbered

NUMBER_LENGTH, NAME_LENGTH = 60, 30
BLANK = "　　　"
DATE_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass(frozen=True)
class Terms:
    """Blank where nothing was typed."""

    mode: Mode = Mode.PLAIN
    city: str = ""
    province: str = ""
    number: str = ""
    signer: str = ""
    dated: date | None = None
    contact: str = ""
    phone: str = ""

    @property
    def note(self) -> str:
        """附注 of a 请示 (7.3.6): whom to ask, blanks to be filled in where it was not typed."""
        return f"联系人：{self.contact or BLANK}，联系电话：{self.phone or BLANK}"


class TermsForm(forms.Form):
    """Those of the fields that a letter has, always bound: what the address does not say is the default."""

    mode = forms.ChoiceField(label="版式", choices=[(mode.key, mode.label) for mode in Mode], required=False)
    city = forms.CharField(label="设区市", max_length=NAME_LENGTH, required=False, help_text="如“常州市”。")
    province = forms.CharField(label="省", max_length=NAME_LENGTH, required=False, help_text="如“江苏省”。")
    number = forms.CharField(
        label="发文字号", max_length=NUMBER_LENGTH, required=False, help_text="如“武民发〔2012〕8号”。"
    )
    signer = forms.CharField(label="签发人", max_length=NAME_LENGTH, required=False)
    dated = forms.DateField(
        label="成文日期", required=False, widget=DATE_INPUT, help_text="负责人签发的日期，空白的留待填写。"
    )
    contact = forms.CharField(label="联系人", max_length=NAME_LENGTH, required=False)
    phone = forms.CharField(label="联系电话", max_length=NAME_LENGTH, required=False)

    def __init__(self, typed: Mapping[str, Any], *, names: Collection[str], defaults: Mapping[str, Any]) -> None:
        super().__init__({**defaults, **{name: typed[name] for name in names if name in typed}})
        for name in set(self.fields) - set(names):
            del self.fields[name]

    def terms(self) -> Terms:
        """What could be understood of it; the rest is blank."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if "number" in given:
            given["number"] = numbered(given["number"])
        return Terms(**{**given, "mode": Mode.of(given.get("mode", ""))})
