"""Forms of accounts and appointments."""

from typing import Any, cast

from django import forms

from accounts.models import User
from communities.models import Appointment, Community, Department, District, Role, Town


class AppointmentForm(forms.Form):
    """Role and unit; the unit must fit the role. `district` limits what can be chosen."""

    role = forms.ChoiceField(label="角色", choices=Role)
    town = forms.ModelChoiceField(
        label="镇（开发区、街道）", queryset=Town.objects.none(), required=False, help_text="镇级经办人必选。"
    )
    community = forms.CharField(
        label="社区（村）代码", required=False, help_text="社区（村）工作者必填，12位代码见社区家底。"
    )

    department = forms.ModelChoiceField(
        label="部门",
        queryset=Department.objects.none(),
        required=False,
        help_text="部门联络员必选；没有要选的部门时，请区社区办先在“部门”中添加。",
    )

    def __init__(self, *args: Any, district: District, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district = district
        departments = district.departments.filter(active=True)
        cast("forms.ModelChoiceField", self.fields["department"]).queryset = departments
        cast("forms.ModelChoiceField", self.fields["town"]).queryset = district.towns.all()

    def clean_community(self) -> Community | None:
        code = self.cleaned_data["community"].strip()
        if not code:
            return None
        found = (
            Community.objects.living().filter(code=code, town__district=self.district).select_related("town").first()
        )
        if found is None:
            raise forms.ValidationError(f"没有代码为{code}的社区（村），请在社区家底中核对代码。")
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role = data.get("role")
        if role == Role.TOWN_OFFICER and not data.get("town"):
            self.add_error("town", "请选择经办人所在的镇（开发区、街道）。")
        if role == Role.COMMUNITY_WORKER and not data.get("community") and "community" not in self.errors:
            self.add_error("community", "请填写工作者所在社区（村）的代码。")
        if role == Role.LIAISON and not data.get("department") and "department" not in self.errors:
            self.add_error("department", "请选择联络员所在的部门。")
        return data

    def unit(self) -> dict[str, Any]:
        """Keyword arguments that name role and unit for the services."""
        role = Role(self.cleaned_data["role"])
        community = self.cleaned_data["community"] if role == Role.COMMUNITY_WORKER else None
        town = self.cleaned_data["town"] if role == Role.TOWN_OFFICER else None
        return {
            "role": role,
            "district": self.district,
            "town": community.town if community else town,
            "community": community,
            "department": self.cleaned_data["department"] if role == Role.LIAISON else None,
        }


class NewPersonForm(AppointmentForm):
    username = forms.CharField(label="账号", max_length=150, validators=[User.username_validator])
    name = forms.CharField(label="姓名", max_length=30)
    email = forms.EmailField(label="电子邮箱", required=False, max_length=254, help_text="用来接收到期提醒，可不填。")

    field_order = ["username", "name", "email", "role", "town", "community", "department"]

    def clean_username(self) -> str:
        username = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(f"账号{username}已存在，请换一个。")
        return username


def initial_of(appointment: Appointment) -> dict[str, Any]:
    return {
        "role": appointment.role,
        "town": appointment.town_id if appointment.role == Role.TOWN_OFFICER else None,
        "community": appointment.community.code if appointment.community else "",
        "department": appointment.department_id,
    }
