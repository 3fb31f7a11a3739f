"""What of a community the bureau keeps by hand; name, town and category change by 区划调整 only (R34)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from communities.access import BUREAU, Request, allow
from communities.forms.lineage import CommunityForm
from communities.models import Community
from communities.revisions import revise
from communities.views.editing import edit_record


@allow(BUREAU)
def community_edit(request: Request, code: str) -> HttpResponse:
    """Subtype and the statistical codes."""
    communities = Community.objects.visible_to(request.appointment).select_related("town")
    record = get_object_or_404(communities, code=code)
    return edit_record(
        request,
        CommunityForm(request.POST or None, instance=record),
        lambda values, revision: revise(
            record, values, revision=revision, by=request.appointment, action="修改类型和代码"
        ),
        title=f"{record.full_name}类型和代码",
        back=record.get_absolute_url(),
        back_label=record.name,
        note="名称、所属镇（开发区、街道）和类别的变化请通过“区划调整”办理，以便保留沿革。",
    )
