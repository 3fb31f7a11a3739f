"""目标分解: how many units each town plans to have named by the end of the year, against the need (R41-R43, R82)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.urls import reverse

from assessment.dividing import divide
from assessment.models import CampaignYear, Designation, TownTarget
from assessment.models.campaigns import needed
from communities.models import Appointment, Category, CommunityVersion, Town
from communities.revisions import Conflict, revise
from communities.statements import TOTAL, Cell, Column, Kind, Statement

ACTION = "修改目标分解"


@dataclass(frozen=True)
class Target:
    """One category of one town. `planned` None: nothing planned yet, and `revision` is 0."""

    town: Town
    category: Category
    communities: int
    named: int
    planned: int | None
    revision: int

    @property
    def key(self) -> str:
        return f"{self.town.pk}_{self.category.value}"

    @property
    def missing(self) -> int | None:
        """Units still to be named to reach the plan."""
        return None if self.planned is None else max(0, self.planned - self.named)


@dataclass(frozen=True)
class Balance:
    """What the towns plan of a category, against what the district needs: sum(town) >= need (R82)."""

    category: Category
    communities: int
    named: int
    need: int
    planned: int

    @property
    def suffices(self) -> bool:
        return self.planned >= self.need

    @property
    def in_words(self) -> str:
        against = f"{self.category.label}：各镇计划合计{self.planned}个，全区应达{self.need}个，"
        if self.planned == self.need:
            return against + "正好相等。"
        difference = abs(self.planned - self.need)
        return against + (f"多{difference}个，满足目标。" if self.suffices else f"还差{difference}个，请调整各镇计划。")


Row = tuple[Town, Sequence[Target]]


@dataclass(frozen=True)
class Matrix:
    """The towns in administrative order, each with its targets by category. `balances` are those of the whole scope."""

    campaign_year: CampaignYear
    rows: Sequence[Row]

    @property
    def targets(self) -> list[Target]:
        return [target for _town, targets in self.rows for target in targets]

    @property
    def balances(self) -> list[Balance]:
        return [self._balance(category) for category in Category]

    def proposal(self) -> dict[str, int]:
        """A plan by key of the target, saved nowhere: what the district still needs is divided in proportion to the
        towns' communities without the title, and those with it are planned already."""
        found: dict[str, int] = {}
        for balance in self.balances:
            own = [target for target in self.targets if target.category == balance.category]
            missing = max(0, balance.need - balance.named)
            shares = divide(missing, [target.communities - target.named for target in own])
            found |= {target.key: target.named + share for target, share in zip(own, shares, strict=True)}
        return found

    def _balance(self, category: Category) -> Balance:
        targets = [target for target in self.targets if target.category == category]
        communities = sum(target.communities for target in targets)
        return Balance(
            category=category,
            communities=communities,
            named=sum(target.named for target in targets),
            need=needed(communities, self.campaign_year.target(category)),
            planned=sum(target.planned or 0 for target in targets),
        )


def matrix(campaign_year: CampaignYear, day: date, appointment: Appointment) -> Matrix:
    """The towns within the appointment's unit as they were on `day`, in three queries."""
    held = Designation.objects.held_on(day).filter(community=OuterRef("community")).order_by()
    counted = (
        CommunityVersion.objects.on(day)
        .filter(appointment.sees_versions())
        .order_by()
        .values_list("town", "category")
        .annotate(number=Count("pk"), named=Count("pk", filter=Exists(held)))
    )
    counts = {(town, category): (number, named) for town, category, number, named in counted}
    plans = {(plan.town_id, plan.category): plan for plan in TownTarget.objects.filter(campaign_year=campaign_year)}

    def target(town: Town, category: Category) -> Target:
        number, named = counts.get((town.pk, category.value), (0, 0))
        plan = plans.get((town.pk, category.value))
        return Target(town, category, number, named, plan.planned if plan else None, plan.revision if plan else 0)

    towns = Town.objects.visible_to(appointment)
    return Matrix(campaign_year, [(town, [target(town, category) for category in Category]) for town in towns])


@dataclass(frozen=True)
class Entry:
    """What a person typed for one town and category, and the revision they saw."""

    town: Town
    category: Category
    planned: int
    revision: int


class TargetsChanged(Exception):
    """Somebody else changed targets meanwhile; nothing was written. `pairs` are (typed, as it stands now)."""

    def __init__(self, pairs: list[tuple[Entry, TownTarget]]) -> None:
        super().__init__("目标分解已被他人修改")
        self.pairs = pairs


@transaction.atomic
def save_targets(campaign_year: CampaignYear, entries: Iterable[Entry], *, by: Appointment) -> int:
    """Write all entries that differ from what stands, or none: raises TargetsChanged. Answers how many were written."""
    written, pairs = 0, []
    for entry in entries:
        record, created = TownTarget.objects.get_or_create(
            campaign_year=campaign_year,
            town=entry.town,
            category=entry.category,
            defaults={"planned": 0, "revision": 0},
        )
        if not created and record.planned == entry.planned:
            continue
        try:
            revise(record, {"planned": entry.planned}, revision=entry.revision, by=by, action=ACTION)
        except Conflict:
            pairs.append((entry, TownTarget.objects.get(pk=record.pk)))
        written += 1
    if pairs:
        raise TargetsChanged(pairs)
    return written


def statement(found: Matrix) -> Statement:
    """The matrix as a table; page and workbook show it."""
    columns = [Column("镇（开发区、街道）")]
    for category in Category:
        labels = ("总数", "计划命名", "已命名", "距计划还差")
        columns += [Column(f"{category.label}{label}", Kind.NUMBER) for label in labels]
    address = f"{reverse('assessment:list')}?year={found.campaign_year.year}"
    return Statement(
        title="目标分解",
        columns=columns,
        rows=[
            [Cell(town.name), *(cell for target in targets for cell in _cells(target, address))]
            for town, targets in found.rows
        ],
        foot=[Cell(TOTAL), *(cell for balance in found.balances for cell in _sums(balance))],
        notes=[
            f"计划命名：到{found.campaign_year.year}年年底累计命名的个数。",
            *(balance.in_words for balance in found.balances if len(found.rows) > 1),
        ],
    )


def _cells(target: Target, address: str) -> list[Cell]:
    own = f"{address}&town={target.town.pk}&category={target.category.value}"
    return [
        Cell(target.communities, own),
        Cell(target.planned),
        Cell(target.named, f"{own}&recognised=1"),
        Cell(target.missing, f"{own}&recognised=0"),
    ]


def _sums(balance: Balance) -> list[Cell]:
    return [
        Cell(balance.communities),
        Cell(balance.planned),
        Cell(balance.named),
        Cell(max(0, balance.planned - balance.named)),
    ]
