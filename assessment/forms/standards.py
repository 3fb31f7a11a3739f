"""Uploading a standard, and publishing what the preview showed."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from assessment.standards.file import StandardFile, read_file
from communities.importing.problems import FileRefusedError
from communities.importing.workbooks import check_size
from communities.models import Category


class StandardFileForm(forms.Form):
    """`cleaned_data["file"]` is the StandardFile read from the upload."""

    category = forms.ChoiceField(label="类别", choices=Category)
    file = forms.FileField(label="考评标准文件", help_text="“.xlsx”或UTF-8编码的“.csv”，栏目与导入模板相同。")

    def clean_file(self) -> StandardFile:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(upload.size or 0)
            return read_file(upload.read())
        except FileRefusedError as error:
            raise forms.ValidationError(str(error)) from error


class PublishForm(forms.Form):
    """The previewed standard as CSV, and the version that was current then (none for the first)."""

    category = forms.ChoiceField(choices=Category, widget=forms.HiddenInput)
    text = forms.CharField(widget=forms.HiddenInput, strip=False)
    replaces = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_text(self) -> StandardFile:
        try:
            return read_file(self.cleaned_data["text"].encode())
        except FileRefusedError as error:
            raise forms.ValidationError(str(error)) from error
