"""更正命名文件: number, date or file of a document that was entered wrongly (R81). A document is never deleted.

Every title that it gave or took is dated anew with it, in the same transaction; what the titles' days cannot bear is
refused. The audit trail keeps what it said before and why it was corrected; the assessments' 办理过程 stays as written.
"""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.designating import Fault, Paper, TitleRefused, entered_already, faults_of_paper
from assessment.models import Designation, TitleDocument
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment
from communities.revisions import revise
from communities.templatetags.official import fact

Kind = TitleDocument.Kind


def correct(
    document: TitleDocument,
    *,
    number: str,
    dated: date,
    file: UploadedFile | None = None,
    reason: str,
    revision: int,
    by: Appointment,
    now: datetime,
) -> None:
    """Put right what a document says; without a `file` the one it has stays.

    Raises TitleRefused or revisions.Conflict, and then nothing is written.
    """
    paper = Paper(Kind(document.kind), document.campaign_year, number.strip(), dated)
    faults = faults_of_paper(paper, timezone.localdate(now), besides=document)
    if not reason.strip():
        faults.append(Fault("reason", "请写明更正原因。"))
    if faults:
        raise TitleRefused(faults)
    said: dict[str, Any] = {"number": paper.number, "dated": paper.dated}
    if file is None:
        _write(document, said, reason=reason, revision=revision, by=by)
        return
    try:
        with taking(file, district=by.district, by=by) as stored:
            _write(document, {**said, "file": keep(stored)}, reason=reason, revision=revision, by=by)
    except UnfitFile as unfit:
        raise TitleRefused([Fault("file", str(unfit))]) from unfit


@transaction.atomic
def _write(document: TitleDocument, said: dict[str, Any], *, reason: str, revision: int, by: Appointment) -> None:
    try:
        with transaction.atomic():
            action = f"更正{document.get_kind_display()}文件"
            revise(document, said, revision=revision, by=by, action=action, reason=reason)
    except IntegrityError:  # somebody entered a document of this number a moment ago
        raise TitleRefused([entered_already(document.campaign_year, Kind(document.kind), said["number"])]) from None
    if document.kind == Kind.REVOCATION:
        document.taken.update(revoked_on=said["dated"])
        on_it = document.taken.values("community")
    else:
        document.given.update(named_on=said["dated"], document_number=said["number"])
        on_it = document.given.values("community")
    titles = Designation.objects.filter(community__in=on_it).select_related("community__town")
    faults = [Fault("dated", message) for message in _clashes(titles)]
    if faults:
        raise TitleRefused(faults)


def _clashes(titles: Iterable[Designation]) -> list[str]:
    """What the days of titles cannot bear: an end before the beginning, or two titles of a unit at a time."""
    of_unit: dict[int, list[Designation]] = {}
    for title in sorted(titles, key=lambda one: (_begins(one), one.pk)):
        of_unit.setdefault(title.community_id, []).append(title)
    found = []
    for own in of_unit.values():
        found += [_backwards(one) for one in own if _backwards(one)]
        found += [
            f"{after.community.full_name}在{fact(_begins(after))}还持有另一个称号（{before.document_number}）。"
            for before, after in pairwise(own)
            if before.revoked_on is None or before.revoked_on > _begins(after)
        ]
    return found


def _backwards(title: Designation) -> str:
    name = title.community.full_name
    if title.inherited_on and title.named_on > title.inherited_on:
        return f"{name}于{fact(title.inherited_on)}承继称号，命名日期不能晚于这一天。"
    if title.revoked_on and _begins(title) > title.revoked_on:
        return f"{name}的称号自{fact(_begins(title))}起持有，至{fact(title.revoked_on)}终止，前后颠倒。"
    return ""


def _begins(title: Designation) -> date:
    return title.inherited_on or title.named_on
