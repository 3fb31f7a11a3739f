"""The kinds of ledger entries a new district begins with; from then on they are data of the district (R60-R64)."""

import csv
from pathlib import Path
from typing import Any

from communities.models import District, LedgerKind

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
