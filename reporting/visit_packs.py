"""现场检查包 and 记录单 (forms F5, F12): what goes along to a visit on paper, and what was found there (R73, R78)."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils import timezone

from assessment.evidence import evidence_of
from assessment.inspecting.methods import METHODS, covered, methods_of
from assessment.inspecting.page import CheckPage, check_page
from assessment.inspecting.rights import OPEN_STATES
from assessment.models import Assessment, Inspection, Item, Method, Signature, Stage
from assessment.sheets import SheetTable, sheet_table
from communities.files import small_picture
from communities.models import StoredFile, YearProfile
from communities.templatetags.official import fact
from reporting.pdf import PICTURE, render_pdf

PICTURES_AN_ITEM = 3
PICTURE_SIDE = 240
FACTS = (
    *("registered_households", "resident_households", "resident_population", "grid_cells"),
    *("premises_area_sqm", "outdoor_area_sqm", "workers", "certified_workers"),
)
BLANKS = ["检查日期：　　　年　　月　　日", "检查地点：", "检查人员（签字）：", "社区（村）代表（签字）："]


@dataclass(frozen=True)
class PackRow:
    """An item to be checked, with what the unit says of itself; room for the score and the fault is left blank."""

    code: str
    content: str
    rule: str
    points: Decimal
    claimed: Decimal | None
    reason: str
    files: list[str]
    pictures: list[str]
    """data: addresses of small JPEGs: a document opens nothing but its own."""


@dataclass(frozen=True)
class VisitPack:
    """Everything of one unit for one method of a stage; page and PDF print this object."""

    title: str
    unit: str
    table: SheetTable
    stage: Stage
    method: Method
    facts: list[tuple[str, str]]
    parts: list[tuple[str, list[PackRow]]]


def stage_of(assessment: Assessment, asked: str) -> Stage:
    """The stage asked for, or the one that the assessment stands at, 区预查 otherwise."""
    if asked in METHODS:
        return Stage(asked)
    return next((stage for stage, states in OPEN_STATES.items() if assessment.state in states), Stage.DISTRICT)


def method_of(stage: Stage, asked: str) -> Method:
    return Method(asked) if asked in methods_of(stage) else Method.SITE


def visit_pack(assessment: Assessment, stage: Stage, method: Method) -> VisitPack:
    """The pack of an assessment that came with SHEET_RELATIONS."""
    table, files = sheet_table(assessment), evidence_of(assessment)
    items = {item.pk for item in covered(stage, method, Item.objects.filter(standard=assessment.standard_id))}
    parts = []
    for part in table.parts:
        rows = [
            PackRow(
                code=row.code,
                content=row.content,
                rule=row.rule,
                points=row.points,
                claimed=row.scores[Stage.SELF].points if Stage.SELF in row.scores else None,
                reason=row.scores[Stage.SELF].reason if Stage.SELF in row.scores else "",
                files=[one.file.name for one in files.get(row.item_id, [])],
                pictures=pictures(one.file for one in files.get(row.item_id, [])),
            )
            for row in part.rows
            if row.item_id in items
        ]
        if rows:
            parts.append((f"{part.part.value}. {part.label}", rows))
    return VisitPack(
        title=f"{assessment.campaign_year}{stage.label}{method.label}单",
        unit=table.unit,
        table=table,
        stage=stage,
        method=method,
        facts=facts_of(assessment),
        parts=parts,
    )


def facts_of(assessment: Assessment) -> list[tuple[str, str]]:
    """What the register of the year knows; unknown is blank."""
    year = assessment.campaign_year.year
    profile = YearProfile.objects.filter(community=assessment.community_id, year=year).first()
    fields = YearProfile._meta
    return [(str(fields.get_field(name).verbose_name), fact(getattr(profile, name, None))) for name in FACTS]  # type: ignore[union-attr]


def pictures(files: Iterable[StoredFile]) -> list[str]:
    """The first pictures among files, small; one that cannot be read any more is left out."""
    images = [file for file in files if file.is_image][:PICTURES_AN_ITEM]
    small = [small_picture(file, PICTURE_SIDE) for file in images]
    return [PICTURE + b64encode(content).decode() for content in small if content]


@dataclass(frozen=True)
class VisitRecord:
    """What one checker entered; `pictures` by item id."""

    inspection: Inspection
    page: CheckPage
    signatures: dict[str, Signature]
    pictures: dict[int, list[str]]

    @property
    def title(self) -> str:
        found = self.inspection
        return f"{found.assessment.campaign_year}{found.get_stage_display()}{found.get_method_display()}记录单"

    @property
    def unit(self) -> str:
        return self.inspection.assessment.community.full_name

    @property
    def parts(self) -> list[tuple[str, list[tuple[object, list[str]]]]]:
        return [
            (f"{part.part.value}. {part.label}", [(row, self.pictures.get(row.row.item_id, [])) for row in part.rows])
            for part in self.page.parts
        ]

    @property
    def signed(self) -> list[tuple[str, str]]:
        """Each side with name and time; blank where nobody has signed, to be signed on paper."""
        return [(side.label, self._signature(side)) for side in Signature.Side]

    def _signature(self, side: str) -> str:
        found = self.signatures.get(side)
        if found is None:
            return ""
        at = timezone.localtime(found.signed_at)
        return f"{found.name}　{fact(at.date())} {at:%H:%M}"


def visit_record(inspection: Inspection) -> VisitRecord:
    page = check_page(inspection)
    return VisitRecord(
        inspection=inspection,
        page=page,
        signatures={one.side: one for one in inspection.signatures.all()},
        pictures={
            row.row.item_id: pictures(photo.file for photo in row.photos) for part in page.parts for row in part.rows
        },
    )


def pack_context(pack: VisitPack) -> dict[str, object]:
    return {
        "pack": pack,
        "blanks": BLANKS,
        "title": pack.title,
        "unit": pack.unit,
        "standard": pack.table.standard_label,
    }


def record_context(record: VisitRecord) -> dict[str, object]:
    standard = record.inspection.assessment.standard.label
    return {"record": record, "title": record.title, "unit": record.unit, "standard": standard}


def pack_html(pack: VisitPack) -> str:
    return render_to_string("reporting/visit_pdf.html", {**pack_context(pack), "body": "reporting/_visit_pack.html"})


def record_html(record: VisitRecord) -> str:
    return render_to_string(
        "reporting/visit_pdf.html", {**record_context(record), "body": "reporting/_visit_record.html"}
    )


def pack_pdf(pack: VisitPack) -> bytes:
    return render_pdf(pack_html(pack))


def record_pdf(record: VisitRecord) -> bytes:
    return render_pdf(record_html(record))
