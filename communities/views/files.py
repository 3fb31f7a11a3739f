"""A stored file, served to those who may see the unit it belongs to."""

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts import audit
from communities.access import READERS, Request, allow
from communities.files import response_with
from communities.models import StoredFile


@allow(READERS)
def serve(request: Request, pk: int) -> HttpResponseBase:
    """The file itself; who looked at it is recorded."""
    file = get_object_or_404(StoredFile.objects.visible_to(request.appointment), pk=pk)
    audit.record("查看附件", file, by=request.user, after={"文件": file.name})
    return response_with(file)
