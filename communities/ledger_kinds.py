"""The kinds of ledger entries: a new district begins with these, from then on they are its own data (R60-R64)."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

from communities.models import ClosedYear, District, LedgerEntry, LedgerKind
from communities.models.ledger import steps_in

INITIAL = Path(__file__).parent / "initial/ledger_kinds.csv"
STEP = 10
"""Between two places of the order, so that the district can put a kind of its own between two."""


def load_ledger_kinds(district: District) -> list[LedgerKind]:
    """Give a district that has no kinds yet the initial ones, in the order of the file; answers with the new ones."""
    if LedgerKind.objects.filter(district=district).exists():
        return []
    with INITIAL.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return LedgerKind.objects.bulk_create(
        LedgerKind(district=district, sort_order=number * STEP, **_values(row)) for number, row in enumerate(rows, 1)
    )


def _values(row: dict[str, str]) -> dict[str, Any]:
    interval = row["interval_months"]
    return {**row, "interval_months": int(interval) if interval else None}


COUNTED_BY = {"name", "counted_in", "serves", "steps"}
"""What of a kind says how its entries count."""


def complete_anew(kind: LedgerKind) -> dict[int, set[int]]:
    """Let the kind's entries be complete as its stored steps say; answers with {year: communities} to be counted anew.

    What is closed stays as it was closed, and so does what a community had that has ended.
    """
    closed = ClosedYear.objects.filter(district=kind.district_id).values("year")
    entries = LedgerEntry.objects.filter(kind=kind, community__closed_on__isnull=True).exclude(year__in=closed)
    entries = entries.order_by()
    wanted = set(steps_in(LedgerKind.objects.values_list("steps", flat=True).get(pk=kind.pk)))
    done = entries.values_list("steps_done", flat=True).distinct()
    complete = [text for text in done if wanted <= set(steps_in(text))]
    entries.filter(steps_done__in=complete).update(is_complete=True)
    entries.exclude(steps_done__in=complete).update(is_complete=False)
    touched: dict[int, set[int]] = defaultdict(set)
    for year, community in entries.values_list("year", "community").distinct():
        touched[year].add(community)
    return touched
