"""The form that takes the file of an import."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from communities.importing.problems import FileRefusedError
from communities.importing.workbooks import EMPTY, MEGABYTE, check_size, read_workbook

LONGEST_NAME = 120


class RegisterFileForm(forms.Form):
    """Takes a file only when it is a workbook that can be read safely; the file's bytes are in `content`."""

    file = forms.FileField(
        label="社区基本情况表",
        help_text=f"“.xlsx”“.xls”或“.csv”格式，不超过{settings.IMPORT_MAX_BYTES // MEGABYTE}MB。"
        "城镇社区和农村社区（村）可以在同一工作簿的两张工作表中。",
        error_messages={"required": "请选择要导入的文件。", "empty": EMPTY, "missing": "请选择要导入的文件。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv", "class": "form-control"}),
    )
    content = b""

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(file.size or 0)
            self.content = file.read()
            read_workbook(self.content, self.display_name)
        except FileRefusedError as refused:
            raise forms.ValidationError(str(refused)) from refused
        return file

    @property
    def display_name(self) -> str:
        """The sender's name for the file, without what cannot be seen and no longer than a line."""
        name = str(self.cleaned_data["file"].name)
        return "".join(character for character in name if character.isprintable())[-LONGEST_NAME:]
