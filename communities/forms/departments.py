"""Forms of the departments."""

from typing import Any

from django import forms
from django.db.models import Max

from communities.forms.revised import RevisedForm
from communities.models import Department, District
from communities.workbooks import clean


def check_name(name: str, department: Department) -> str:
    """A department's name, once in its district."""
    name = clean(name).strip()
    if not name:
        raise forms.ValidationError("请填写部门名称。")
    others = Department.objects.filter(district=department.district_id, name=name).exclude(pk=department.pk)
    if others.exists():
        raise forms.ValidationError(f"已经有“{name}”，不必再加；停用的部门可在名单中重新启用。")
    return name


class NewDepartmentForm(forms.ModelForm):
    """A department at the end of the order."""

    class Meta:
        model = Department
        fields = ["name"]

    def __init__(self, data: Any = None, *, district: District) -> None:
        last = district.departments.aggregate(last=Max("sort_order", default=0))["last"]
        super().__init__(data, instance=Department(district=district, sort_order=last + 1))

    def clean_name(self) -> str:
        return check_name(self.cleaned_data["name"], self.instance)


class DepartmentForm(RevisedForm):
    """Its name, and whether it is still asked."""

    class Meta:
        model = Department
        fields = ["name", "active"]

    def clean_name(self) -> str:
        return check_name(self.cleaned_data["name"], self.instance)
