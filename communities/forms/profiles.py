"""The form of the yearly profile: by section, last year's value beside each field, counted facts to be read only."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from communities.counting import registers_of_fact
from communities.forms.bounded import bounded
from communities.forms.records import RecordForm
from communities.models import YearProfile
from communities.models.profiles import COUNTED_ONLY, SECTIONS
from communities.models.records import REGISTERS, Register
from communities.revisions import label, shown


@dataclass(frozen=True)
class CountedFact:
    """A fact that nobody types here, and the register it comes from."""

    label: str
    value: str
    register: Register


@dataclass(frozen=True)
class Section:
    label: str
    fields: list[forms.BoundField]
    counted: list[CountedFact]


class ProfileForm(RecordForm):
    class Meta:
        model = YearProfile
        fields = REGISTERS["profiles"].columns
        formfield_callback = bounded

    def __init__(self, *args: Any, last_year: YearProfile | None, instance: YearProfile, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        for name in instance.counted:
            self.fields.pop(name, None)
        before = last_year or YearProfile()
        for name in self.Meta.fields:
            previous = shown(before, name)
            if previous and name in self.fields:
                self.fields[name].help_text = f"上年：{previous}"

    @property
    def sections(self) -> Iterator[Section]:
        registers = registers_of_fact()
        for title, names in SECTIONS.items():
            counted = [
                CountedFact(label(self.instance, name), shown(self.instance, name), registers[name])
                for name in names
                if name in self.instance.counted or name in COUNTED_ONLY
            ]
            yield Section(title, [self[name] for name in names if name in self.fields], counted)
