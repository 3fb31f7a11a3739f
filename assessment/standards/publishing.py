"""Publishing a standard: a new version beside the old ones, which stay as they are (R38)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from django.db import transaction
from django.db.models import Count, Max

from accounts import audit
from assessment.models import Item, Standard
from assessment.standards.file import read_file
from assessment.standards.importing import Draft, ItemDraft, check
from communities.models import Appointment, Category, District

INITIAL = Path(__file__).parent / "initial"
DRAFT_FIELDS = [field.name for field in fields(ItemDraft)]


class StandardRefusedError(Exception):
    """A sound draft that may not be published; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Comparison:
    """Item codes of a draft against the current version."""

    created: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    same_notice: bool

    @property
    def is_identical(self) -> bool:
        return self.same_notice and not (self.created or self.changed or self.removed)


@dataclass(frozen=True)
class Version:
    """A published standard in the list of versions."""

    standard: Standard
    items: int
    is_current: bool


def versions(appointment: Appointment) -> list[Version]:
    """Every version a person may read, by category, the newest first and marked as current."""
    found = list(
        Standard.objects.visible_to(appointment).select_related("district").annotate(item_count=Count("items"))
    )
    current = {standard.category: standard.pk for standard in reversed(found)}
    return [Version(standard, standard.item_count, current[standard.category] == standard.pk) for standard in found]


def current_standard(category: str, district: District | None) -> Standard | None:
    """The newest version for a district; without a district, the newest of those shared by all."""
    if district is not None:
        return Standard.objects.current(district, category)
    return Standard.objects.filter(category=category, district=None).order_by("-id").first()


def compare(draft: Draft, current: Standard | None) -> Comparison:
    """What publishing the draft would change."""
    before = {item.code: _draft_of(item) for item in current.items.all()} if current else {}
    after = {item.code: item for item in draft.items}
    return Comparison(
        created=[code for code in after if code not in before],
        changed=[code for code in after if code in before and after[code] != before[code]],
        unchanged=[code for code in after if before.get(code) == after[code]],
        removed=[code for code in before if code not in after],
        same_notice=current is not None and current.notice == draft.notice,
    )


def _draft_of(item: Item) -> ItemDraft:
    return ItemDraft(**{name: getattr(item, name) for name in DRAFT_FIELDS})


@transaction.atomic
def publish_standard(
    *, draft: Draft, category: str, district: District | None, replaces: Standard | None, by: Appointment | None
) -> Standard:
    """Publish the draft as the next version. Assessments already begun stay bound to their own.

    `replaces` is the version the publisher saw as current. Raises StandardRefusedError when another one was published
    meanwhile, or when the draft says nothing new.
    """
    current = current_standard(category, district)
    if current != replaces:
        raise StandardRefusedError(f"刚刚有人发布了{current}，请重新导入并核对后再发布。")
    if current and compare(draft, current).is_identical:
        raise StandardRefusedError(f"与现行第{current.version}版内容相同，没有发布新版本。")
    standard = Standard.objects.create(
        district=district,
        category=category,
        version=_next_version(category, district),
        name=f"{Category(category).label}考评标准",
        notice=draft.notice,
        is_template=draft.is_template,
    )
    Item.objects.bulk_create(
        Item(standard=standard, sort_order=order, **asdict(item)) for order, item in enumerate(draft.items, 1)
    )
    after = {
        "版本": standard.label,
        "考评内容": f"{len(draft.items)}条",
        "适用范围": district.name if district else "各区通用",
    }
    audit.record("发布考评标准", standard, by=by.user if by else None, after=after)
    return standard


def _next_version(category: str, district: District | None) -> int:
    """One more than any version that somebody would see beside the new one."""
    versions = Standard.objects.filter(category=category)
    if district is not None:
        versions = versions.for_district(district)
    return (versions.aggregate(newest=Max("version"))["newest"] or 0) + 1


@transaction.atomic
def load_initial_standards(*, by: Appointment | None = None) -> list[Standard]:
    """Publish the working template for every category that has no shared standard yet; the new ones."""
    return list(_initial_standards(by))


def _initial_standards(by: Appointment | None) -> Iterator[Standard]:
    for category in Category:
        if current_standard(category, None) is None:
            path = INITIAL / f"standard_{category.value}.csv"
            draft = check(read_file(path.read_bytes()))
            yield publish_standard(draft=draft, category=category, district=None, replaces=None, by=by)
