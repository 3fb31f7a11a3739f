"""Forms of one's own account."""

from django import forms


class EmailForm(forms.Form):
    email = forms.EmailField(
        label="电子邮箱", required=False, max_length=254, help_text="用来接收到期提醒，可不填；不填只在系统内提醒。"
    )
