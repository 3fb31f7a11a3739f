"""The form that takes a filled 填报工作簿."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from communities.forms.importing import RegisterFileForm
from communities.importing.workbooks import EMPTY

REQUIRED = "请选择填好的填报工作簿。"


class FilledWorkbookForm(RegisterFileForm):
    """Takes an .xlsx only: the older format does not tell a percentage from a number."""

    file = forms.FileField(
        label="自评填报工作簿",
        help_text="从本系统下载并填好的“.xlsx”文件，一个社区（村）或全镇的都可以。",
        error_messages={"required": REQUIRED, "empty": EMPTY, "missing": REQUIRED},
        widget=forms.FileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
    )

    def clean_file(self) -> UploadedFile:
        file = super().clean_file()
        if not self.content.startswith(b"PK"):
            raise forms.ValidationError("请在WPS或LibreOffice中把填报工作簿另存为“.xlsx”格式，再上传。")
        return file
