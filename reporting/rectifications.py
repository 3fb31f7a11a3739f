"""整改通知单 (F7) and 整改反馈单、复查记录 (F8): one object, from which the preview and the PDF are laid out."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from assessment.models import Inspection, Rectification, RectificationNotice, RectificationPhoto, Stage
from communities.templatetags.official import fact
from reporting.pdf import render_pdf
from reporting.pictures import picture_source

DIGEST_LENGTH = 16
MOST_PICTURES = 2
"""Of each moment of a fault on paper; how many more there are is said in words."""
RELATIONS = ("assessment__community__town__district", "assessment__standard", "campaign_year", "issued_by")
Moment = RectificationPhoto.Moment


@dataclass(frozen=True)
class Pictures:
    """Addresses of the pictures, and in words what is not shown as one."""

    sources: Sequence[str]
    words: str


@dataclass(frozen=True)
class Line:
    """One fault as printed. Days and people are words already; blank where it has not come to that."""

    number: int
    code: str
    category: str
    problem: str
    requirement: str
    owner: str
    measure: str
    reported: str
    verdict: str
    rechecked: str
    progress: str
    before: Pictures
    after: Pictures


@dataclass(frozen=True)
class Paper:
    """A notice with its faults."""

    title: str
    number: str
    unit: str
    stage: str
    standard: str
    standard_name: str
    inspected: str
    issued_on: date
    due_on: date
    requirement: str
    issuer: str
    issued_by: str
    signed: str
    lines: Sequence[Line]

    @property
    def owners(self) -> str:
        return "、".join(dict.fromkeys(line.owner for line in self.lines))

    @property
    def digest(self) -> str:
        """16 hex digits of SHA-256 over all that is printed but the pictures: two prints agree if it does."""
        words = [
            *(self.title, self.number, self.unit, self.inspected, fact(self.issued_on), fact(self.due_on)),
            *(self.requirement, self.signed),
            *([*vars(line).values()][:11] for line in self.lines),
        ]
        canonical = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True)
class Form:
    """One of the two papers: its url name, its word in the address, its template, and whether it shows pictures."""

    name: str
    path: str
    title: str
    body: str
    with_pictures: bool = False


NOTICE = Form("rectification_notice", "notice", "整改通知单", "reporting/_rectification_notice.html")
FEEDBACK = Form(
    *("rectification_feedback", "feedback", "整改反馈单（复查记录）", "reporting/_rectification_feedback.html"),
    with_pictures=True,
)
SourceOf = Callable[[RectificationPhoto], str]


def address(photo: RectificationPhoto) -> str:
    """Where a browser finds a picture."""
    return reverse("assessment:rectification_photo", args=[photo.rectification_id, photo.pk])


def embedded(photo: RectificationPhoto) -> str:
    """The picture itself, for paper."""
    return picture_source(photo.file)


def paper(notice: RectificationNotice, form: Form, source_of: SourceOf) -> Paper:
    """What a notice, which came with RELATIONS, says; its pictures only where the form shows them."""
    rows = Rectification.objects.filter(notice=notice).select_related("item", "reported_by", "rechecked_by")
    if form.with_pictures:
        rows = rows.prefetch_related("photos__file")
    faults = list(rows.order_by("item__sort_order", "pk"))
    stage = Stage(faults[0].stage) if faults else Stage.DISTRICT
    district = notice.assessment.community.town.district
    return Paper(
        title=form.title,
        number=notice.number,
        unit=notice.assessment.community.full_name,
        stage=stage.label,
        standard=notice.assessment.standard.label,
        standard_name=notice.assessment.standard.name,
        inspected=inspected_on(notice, stage),
        issued_on=notice.issued_on,
        due_on=notice.due_on,
        requirement=notice.requirement,
        issuer=f"{district}社区建设领导小组办公室",
        issued_by=notice.issued_by.name,
        signed=signed(notice.signed_for_by, notice.signed_for_at),
        lines=[line(number, one, form, source_of) for number, one in enumerate(faults, start=1)],
    )


def inspected_on(notice: RectificationNotice, stage: Stage) -> str:
    """The days on which the stage's checkers were there; blank for what was found in the town's own sheet."""
    visits = Inspection.objects.filter(assessment=notice.assessment_id, stage=stage, inspected_on__isnull=False)
    days = visits.order_by("inspected_on").values_list("inspected_on", flat=True).distinct()
    return "、".join(fact(day) for day in days)


def line(number: int, one: Rectification, form: Form, source_of: SourceOf) -> Line:
    photos = list(one.photos.all()) if form.with_pictures else []
    return Line(
        number=number,
        code=one.item.code if one.item else "",
        category=one.get_category_display(),
        problem=one.problem,
        requirement=one.requirement,
        owner=one.owner,
        measure=one.measure,
        reported=signed(one.reported_by.name if one.reported_by else "", one.reported_at),
        verdict=one.verdict,
        rechecked=signed(one.rechecked_by.name if one.rechecked_by else "", one.rechecked_at),
        progress=one.get_progress_display(),
        before=pictures(photos, Moment.BEFORE, source_of),
        after=pictures(photos, Moment.AFTER, source_of),
    )


def pictures(photos: Iterable[RectificationPhoto], moment: str, source_of: SourceOf) -> Pictures:
    of_moment = [photo for photo in photos if photo.moment == moment]
    images = [photo for photo in of_moment if photo.file.is_image][:MOST_PICTURES]
    found = {photo: source_of(photo) for photo in images}
    shown = [source for source in found.values() if source]
    rest = "、".join(photo.file.name for photo in of_moment if not found.get(photo))
    return Pictures(shown, f"另有：{rest}" if rest and shown else rest)


def signed(name: str, at: datetime | None) -> str:
    """陈书记　2012年11月8日, or blank."""
    return f"{name}　{fact(timezone.localtime(at).date())}" if at else ""


def paper_pdf(notice: RectificationNotice, form: Form) -> tuple[Paper, bytes]:
    """The paper and the PDF of it."""
    printed = paper(notice, form, embedded)
    html = render_to_string("reporting/rectification_pdf.html", {"paper": printed, "body": form.body})
    return printed, render_pdf(html)
